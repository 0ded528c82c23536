package textprofile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/letters"
)

// Text is a scraped text.
type Text struct {
	Lines    []string
	Rules    []string // the ID of the rule that cuts each line by itself; "" where it stays
	Language string   // ISO 639-1, "" when not known
}

// Sketch is what a profile needs to know of one text: hashes of its lines, their
// lengths and forms, and the letters of those that may be its title.
type Sketch struct {
	id    uint64 // hash of all lines
	lines []line
}

// line is a line of a text.
type line struct {
	exact   uint64   // key of the text
	masked  uint64   // key of the text without digits; 0 for prose and for texts without letters
	titles  []uint64 // keys of what in the line may be the title of another text
	key     string   // the letters of a line that may be the title; "" for others
	text    string   // of a line that may be a byline; "" for others
	letters int32    // weighed, see denseWeight
	flags   lineFlags
}

type lineFlags uint16

const (
	lineProse    lineFlags = 1 << iota // reads like a sentence of a story
	lineSentence                       // ends like a sentence
	lineColon                          // ends in a colon
	lineNumber                         // has no letters
	lineFigure                         // is a number, or begins with one
	lineStamped                        // has a date
	lineTimed                          // has a time of day
	lineStamp                          // has a date, and little else
	lineName                           // a few words without digits that may be names
)

// Lengths of texts, in letters.
const (
	minProse     = 32  // of prose that ends like a sentence
	minOpenProse = 150 // of prose that does not
	minTitle     = 12
	maxTitle     = 200
	maxStampRest = 16 // of what is beside a date
	maxTimedRest = 28 // of what is beside a date with a time of day
	maxNames     = 70 // of a line of names
	maxDated     = 260
)

// maxTitleLines is how many lines at the start of a text may be its title.
const maxTitleLines = 40

// denseWeight is how many letters of an alphabet a sign of a dense script is worth.
const denseWeight = 2

// NewSketch returns the sketch of a text.
func NewSketch(t *Text) *Sketch {
	s := &Sketch{lines: make([]line, len(t.Lines))}
	id := xxhash.New()
	for i, text := range t.Lines {
		key := letters.Key(text)
		_, _ = id.WriteString(key) // a hash takes every byte
		_, _ = id.WriteString("\n")
		s.lines[i] = newLine(text, key, t.Language)
		if l := &s.lines[i]; i < maxTitleLines && l.letters >= minTitle && l.letters <= maxTitle {
			l.key = key
		}
		if l := &s.lines[i]; i < maxTitleLines && l.flags&lineName != 0 {
			l.text = text
		}
	}
	s.id = id.Sum64()
	return s
}

func newLine(text, key, language string) line {
	if key == "" {
		return line{exact: hash("signs=" + text), flags: lineNumber}
	}
	l := line{exact: hash(key), letters: weigh(key)}
	set := func(on bool, f lineFlags) {
		if on {
			l.flags |= f
		}
	}
	sentence := letters.EndsLikeSentence(text)
	bare := withoutDigits(key)
	first, _ := utf8.DecodeRuneInString(key)
	set(sentence, lineSentence)
	set(strings.HasSuffix(text, ":") || strings.HasSuffix(text, "："), lineColon)
	set(bare == "", lineNumber)
	set(unicode.IsDigit(first), lineFigure)
	if len(text) <= maxDated {
		l.date(text, language)
	}
	set(l.flags&lineStamp == 0 && (l.letters >= minOpenProse || l.letters >= minProse && sentence), lineProse)
	set(bare == key && !sentence && l.letters <= maxNames, lineName)
	if l.flags&lineProse == 0 {
		if bare != "" {
			l.masked = hash(bare)
		}
		l.point(text)
	}
	return l
}

// date sets what the line says of dates.
func (l *line) date(text, language string) {
	if !strings.ContainsAny(text, "0123456789") && !strings.ContainsFunc(text, unicode.IsDigit) {
		return
	}
	if letters.HasClock(text) || strings.Contains(text, ":") && strings.ContainsAny(text, "0123456789") && hasClock(text) {
		l.flags |= lineTimed
	}
	folded := letters.FoldSigns(text)
	found := dates.Find(folded, language)
	if len(found) == 0 {
		return
	}
	l.flags |= lineStamped
	n := int32(0)
	for _, d := range found {
		n += letters.Count(folded[d.Start:d.End])
	}
	most := int32(maxStampRest)
	if l.flags&lineTimed != 0 {
		most = maxTimedRest
	}
	if l.letters-n <= most*int32(len(found)) {
		l.flags |= lineStamp
	}
}

// hasClock reports whether a text has two digits on both sides of a colon.
func hasClock(text string) bool {
	for i := 2; i+2 < len(text); i++ {
		if text[i] == ':' && letters.IsDigit(text[i-1]) && letters.IsDigit(text[i+1]) && letters.IsDigit(text[i+2]) {
			return true
		}
	}
	return false
}

func hash(s string) uint64 { return xxhash.Sum64String(s) }

// mix returns the key of two keys in their order.
func mix(a, b uint64) uint64 {
	h := a*0x9e3779b97f4a7c15 + b
	h ^= h >> 29
	return h * 0xbf58476d1ce4e5b9
}

// withoutDigits returns a key without its digits.
func withoutDigits(key string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, key)
}

// weigh returns the length of a key in letters of an alphabet.
func weigh(key string) int32 {
	n := int32(0)
	for _, r := range key {
		n++
		if letters.IsUnspaced(r) || unicode.Is(unicode.Hangul, r) {
			n += denseWeight - 1
		}
	}
	return n
}
