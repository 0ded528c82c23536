// Command mkrecords writes records as winnow dedupe reads them, any number of
// them, to see how it bears up:
//
//	go run ./dedupe/internal/mkrecords -n 1000000 >records.jsonl
//	/usr/bin/time -v winnow dedupe --json records.jsonl >verdicts.jsonl
//
// The texts are made of invented words that are as frequent as those of a
// language (Zipf's law), in sentences of set phrases, with names, figures and
// dates; so pairs of words recur by chance as they do in news. Of each hundred,
// fifteen are copies of one of the last ten thousand: the same, under an agency's
// mark, cut, or with some words changed. What is a copy of what is in the ids: a
// copy is "ORIGINAL-NUMBER". The same seed gives the same records.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

func main() {
	n := flag.Int("n", 10_000, "number of records")
	seed := flag.Uint64("seed", 1, "of the texts")
	flag.Parse()
	if err := write(*n, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "mkrecords:", err)
		os.Exit(1)
	}
}

func write(n int, seed uint64) error {
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	enc := json.NewEncoder(out)
	m := newMill(seed)
	for i := range n {
		if err := enc.Encode(m.record(i)); err != nil {
			return err
		}
	}
	return out.Flush()
}

type record struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Title    string `json:"title"`
	Date     string `json:"date"`
	Hostname string `json:"hostname"`
}

// mill makes records.
type mill struct {
	*rand.Rand
	words  []string
	names  []string
	zipf   *rand.Zipf
	recent []record // the originals that may be copied, a ring
	next   int
}

const (
	vocabulary = 80_000
	memory     = 10_000 // originals
	copies     = 15     // of a hundred records
	sources    = 300
)

func newMill(seed uint64) *mill {
	m := &mill{Rand: rand.New(rand.NewPCG(seed, 1))}
	m.zipf = rand.NewZipf(m.Rand, 1.07, 3, vocabulary-1)
	for range vocabulary {
		m.words = append(m.words, m.word(1+m.IntN(4)))
	}
	for range 20_000 {
		w := m.word(2 + m.IntN(2))
		m.names = append(m.names, strings.ToUpper(w[:1])+w[1:])
	}
	return m
}

func (m *mill) word(syllables int) string {
	const consonants, vowels = "bcdfghklmnprstvz", "aeiou"
	var b strings.Builder
	for range syllables {
		b.WriteByte(consonants[m.IntN(len(consonants))])
		b.WriteByte(vowels[m.IntN(len(vowels))])
	}
	b.WriteByte(consonants[m.IntN(len(consonants))])
	return b.String()
}

func (m *mill) record(i int) record {
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/1000)
	r := record{Date: day.Format(time.DateOnly), Hostname: fmt.Sprintf("h%d.example", m.IntN(sources))}
	if len(m.recent) > 0 && m.IntN(100) < copies {
		from := m.recent[m.IntN(len(m.recent))]
		r.ID, r.Title, r.Text, r.Date = fmt.Sprintf("%s-%d", from.ID, i), m.sentence(8), m.edited(from.Text), from.Date
		return r
	}
	r.ID, r.Title, r.Text = fmt.Sprint("r", i), m.sentence(8), m.text(150+m.IntN(300))
	if len(m.recent) < memory {
		m.recent = append(m.recent, r)
	} else {
		m.recent[m.next] = r
		m.next = (m.next + 1) % memory
	}
	return r
}

// text is a story of so many words.
func (m *mill) text(words int) string {
	cast := make([]string, 6)
	for i := range cast {
		cast[i] = m.names[m.IntN(len(m.names))]
	}
	var b strings.Builder
	for n, s := 0, 0; n < words; s++ {
		length := 8 + m.IntN(20)
		n += length
		switch {
		case s%3 == 0 && s > 0:
			b.WriteString("\n\n")
		case s > 0:
			b.WriteByte(' ')
		}
		b.WriteString(m.sentence(length, cast...))
		b.WriteByte('.')
	}
	return b.String()
}

func (m *mill) sentence(words int, cast ...string) string {
	out := make([]string, words)
	for i := range out {
		switch roll := m.IntN(40); {
		case roll < 3 && len(cast) > 0:
			out[i] = cast[m.IntN(len(cast))]
		case roll == 4:
			out[i] = fmt.Sprint(1 + m.IntN(900))
		default:
			out[i] = m.words[m.zipf.Uint64()]
		}
	}
	out[0] = strings.ToUpper(out[0][:1]) + out[0][1:]
	return strings.Join(out, " ")
}

// edited is what another outlet makes of a text.
func (m *mill) edited(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	switch m.IntN(4) {
	case 0:
		return text
	case 1:
		return "(" + m.names[0] + ") " + text + "\n\n" + m.sentence(12) + "."
	case 2:
		return strings.Join(paragraphs[:1+len(paragraphs)*2/3], "\n\n")
	}
	words := strings.Split(text, " ")
	for range len(words) / 20 {
		words[m.IntN(len(words))] = m.words[m.zipf.Uint64()]
	}
	return strings.Join(words, " ")
}
