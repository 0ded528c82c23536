package config

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// Mistake is one error in the file.
type Mistake struct {
	File   string
	Line   int    // from 1; 0 when it concerns the file as a whole
	Column int    // from 1, in characters
	Key    string // such as sources[2].delay; "" for the file as a whole
	What   string // what is wrong
	Write  string // what to write instead; may be empty
}

func (m Mistake) Error() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", m.Line, m.Column)
	}
	b.WriteString(": ")
	if m.Key != "" {
		b.WriteString(m.Key + ": ")
	}
	b.WriteString(m.What)
	if m.Write != "" {
		b.WriteString("; " + m.Write)
	}
	return b.String()
}

// Mistakes are all the mistakes of a file, in the order of its lines.
type Mistakes []Mistake

// shownMistakes bounds the message, not the value: a file with more is not worth
// correcting line by line.
const shownMistakes = 50

func (m Mistakes) Error() string {
	var b strings.Builder
	for i, mistake := range m {
		if i == shownMistakes {
			fmt.Fprintf(&b, "\n… and %d more", len(m)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(mistake.Error())
	}
	return b.String()
}

func (m Mistakes) sorted() Mistakes {
	sort.SliceStable(m, func(i, j int) bool {
		if m[i].Line != m[j].Line {
			return m[i].Line < m[j].Line
		}
		return m[i].Column < m[j].Column
	})
	return m
}

// syntaxMistake makes a mistake of an error of the YAML reader.
func syntaxMistake(file string, err error) Mistake {
	m := Mistake{File: file, What: err.Error()}
	var load *yaml.LoadError
	if errors.As(err, &load) {
		m.Line, m.Column, m.What = load.Mark.Line, load.Mark.Column, load.Message
	}
	m.What = "not valid YAML: " + strings.TrimPrefix(m.What, "yaml: ")
	switch {
	case strings.Contains(m.What, "tab character"):
		m.Write = "indent by spaces"
	case strings.Contains(m.What, "mapping values are not allowed"):
		m.Write = `put values with ": " in them into quotes`
	case strings.Contains(m.What, "found multiple"):
		m.What, m.Write = "the file has several documents", "leave only one document, without --- between"
	}
	return m
}

// nearest returns the word of the list that was probably meant, or "".
func nearest(word string, list []string) string {
	best, bestDistance := "", len(word)/3+2
	for _, candidate := range list {
		if d := distance(strings.ToLower(word), candidate); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance returns how many letters have to be inserted, removed or replaced to
// make one word of another (Levenshtein 1966). Words beyond 64 bytes are far from each other.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
