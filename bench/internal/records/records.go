// Package records makes up any number of records as winnow dedupe reads them, to
// see how a method bears up with very many.
//
// The texts are made of invented words whose frequencies fall as those of a
// language do (Zipf's law, its head left out as stop words and set phrases are),
// with names, figures and dates, so that pairs of words recur by chance as they
// do in news. Of each hundred,
//
//   - fifteen are copies of one of the last ten thousand originals: the same,
//     under an agency's mark, cut, or with some words changed; one in five of
//     them with the boilerplate of its outlet left in;
//   - three are the day's issue of a series, all of them written from one form
//     with other names and figures, and no copies of each other;
//   - the others are original, one in ten with the boilerplate of its outlet.
//
// What is a copy of what is in the ids: a copy is "ORIGINAL-NUMBER". The same
// seed makes the same records.
package records

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// Record is one text.
type Record struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Title    string `json:"title"`
	Date     string `json:"date"`
	Hostname string `json:"hostname"`
}

// Original is the id of the record that an id's record is a copy of, itself when
// it is none.
func Original(id string) string {
	original, _, _ := strings.Cut(id, "-")
	return original
}

// Mill makes records.
type Mill struct {
	*rand.Rand
	words  []string
	names  []string
	zipf   *rand.Zipf
	recent []Record // the originals that may be copied, a ring
	next   int
	made   int
	house  []string   // text of each outlet
	series [][]string // sentences of each form, a gap where a %s stands
}

const (
	vocabulary = 120_000
	memory     = 10_000 // originals that are copied
	aDay       = 1_000  // records
	outlets    = 300
	forms      = 30

	copied = 15 // of a hundred records
	serial = 3  // likewise
)

// NewMill returns a mill.
func NewMill(seed uint64) *Mill {
	m := &Mill{Rand: rand.New(rand.NewPCG(seed, 1))}
	m.zipf = rand.NewZipf(m.Rand, 1.03, 60, vocabulary-1)
	for range vocabulary {
		m.words = append(m.words, m.word(1+m.IntN(4)))
	}
	for range 20_000 {
		w := m.word(2 + m.IntN(2))
		m.names = append(m.names, strings.ToUpper(w[:1])+w[1:])
	}
	for range outlets {
		m.house = append(m.house, m.sentence(20)+". "+m.sentence(15)+".")
	}
	for range forms {
		var form []string
		for range 12 {
			words := strings.Fields(m.sentence(14))
			words[3], words[9] = "%s", "%s"
			form = append(form, strings.Join(words, " ")+".")
		}
		m.series = append(m.series, form)
	}
	return m
}

func (m *Mill) word(syllables int) string {
	const consonants, vowels = "bcdfghklmnprstvz", "aeiou"
	var b strings.Builder
	for range syllables {
		b.WriteByte(consonants[m.IntN(len(consonants))])
		b.WriteByte(vowels[m.IntN(len(vowels))])
	}
	b.WriteByte(consonants[m.IntN(len(consonants))])
	return b.String()
}

// Next makes the next record.
func (m *Mill) Next() Record {
	i, outlet := m.made, m.IntN(outlets)
	m.made++
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/aDay)
	r := Record{ID: fmt.Sprint("r", i), Date: day.Format(time.DateOnly), Hostname: fmt.Sprintf("h%d.example", outlet), Title: m.sentence(8)}
	roll := m.IntN(100)
	switch {
	case roll < copied && len(m.recent) > 0:
		from := m.recent[m.IntN(len(m.recent))]
		r.ID, r.Text, r.Date = fmt.Sprintf("%s-%d", from.ID, i), m.edited(from.Text), from.Date
		if m.IntN(5) == 0 {
			r.Text += "\n\n" + m.house[outlet]
		}
		return r
	case roll < copied+serial:
		r.Text = m.issue(m.series[m.IntN(forms)])
		return r
	}
	if r.Text = m.text(150 + m.IntN(300)); m.IntN(10) == 0 {
		r.Text += "\n\n" + m.house[outlet]
	}
	if len(m.recent) < memory {
		m.recent = append(m.recent, r)
	} else {
		m.recent[m.next] = r
		m.next = (m.next + 1) % memory
	}
	return r
}

// issue fills the gaps of a form.
func (m *Mill) issue(form []string) string {
	lines := make([]string, len(form))
	for i, line := range form {
		lines[i] = fmt.Sprintf(line, m.names[m.IntN(len(m.names))], fmt.Sprint(10+m.IntN(9990)))
	}
	return strings.Join(lines, "\n\n")
}

// text is a story of so many words.
func (m *Mill) text(words int) string {
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

func (m *Mill) sentence(words int, cast ...string) string {
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
func (m *Mill) edited(text string) string {
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

// Write writes n records, one JSON object a line.
func Write(out io.Writer, n int, seed uint64) error {
	enc := json.NewEncoder(out)
	m := NewMill(seed)
	for range n {
		if err := enc.Encode(m.Next()); err != nil {
			return err
		}
	}
	return nil
}
