package text

import (
	"math"
	"strconv"
	"strings"

	"winnow/dedupe/internal/weights"
)

// thousand is the one scale that outlets write in a word and in figures: "6.4
// thousand", "6,400". A million is a word nearly everywhere.
const thousand = 1000

// numeralValues reads the list of numbers in words: the hash of a word to its
// value.
func numeralValues() map[uint32]int {
	values := make(map[uint32]int)
	for line := range strings.Lines(weights.Numerals) {
		_, list, ok := strings.Cut(line, ": ")
		if !ok || line[0] == '#' {
			continue
		}
		value := 0
		for _, word := range strings.Fields(list) {
			if n, err := strconv.Atoi(word); err == nil {
				value = n
				continue
			}
			for _, h := range Split(word).Hash {
				values[h] = value
			}
		}
	}
	return values
}

// numeral reads the number that begins at word i. It returns its value in digits
// and how many words it takes, 0 where none begins. "41", "forty-one", "6,4
// тысячи" and "3 bin 700" are numbers; the word of a name ("Seven" in the midst
// of a sentence) is not.
func (l *Lexicon) numeral(text string, w *Words, i int) (value string, n int) {
	switch v := l.numerals[w.Hash[i]]; {
	case w.Flag[i]&IsNumber != 0:
		value, n = figure(text[w.Place[i].From:w.Place[i].To]), 1
	case v > 1 && v < thousand && w.Flag[i]&IsName == 0 && !l.stop.has(w.Hash[i]):
		sum, taken := l.spelled(text, w, i, v)
		value, n = strconv.Itoa(sum), taken
	default:
		return "", 0
	}
	if !adjoins(text, w, i+n) || l.numerals[w.Hash[i+n]] != thousand {
		return value, n
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || f >= thousand { // a year before "thousands of"
		return value, n
	}
	sum := int(math.Round(f * thousand))
	if n++; adjoins(text, w, i+n) && w.Flag[i+n]&IsNumber != 0 {
		at := w.Place[i+n]
		if rest, err := strconv.Atoi(figure(text[at.From:at.To])); err == nil && rest < thousand && !measures(text[at.To:]) {
			sum, n = sum+rest, n+1
		}
	}
	return strconv.Itoa(sum), n
}

// measures reports whether what follows a number makes it a measure of what is
// counted: "10 тысяч 152-мм снарядов", "two thousand 122 mm rockets".
func measures(after string) bool {
	after = strings.TrimPrefix(after, " ")
	return strings.HasPrefix(after, "-") || strings.HasPrefix(after, "mm") || strings.HasPrefix(after, "мм")
}

// spelled adds up a number below a thousand that begins at word i, of the value
// given, and returns how many words it takes.
func (l *Lexicon) spelled(text string, w *Words, i, value int) (sum, n int) {
	for n = 1; adjoins(text, w, i+n); n++ {
		switch next := l.numerals[w.Hash[i+n]]; {
		case next == 100 && value < 10:
			value *= next
		case 0 < next && next < 10 && value >= 20 && value%10 == 0,
			0 < next && next < 100 && value >= 100 && value%100 == 0:
			value += next
		default:
			return value, n
		}
	}
	return value, n
}

// adjoins reports whether there is a word i with only a space or a hyphen between
// it and the word before.
func adjoins(text string, w *Words, i int) bool {
	if i >= len(w.Hash) {
		return false
	}
	switch text[w.Place[i-1].To:w.Place[i].From] {
	case " ", "-", "\u00a0", "\u202f", "\u2011":
		return true
	}
	return false
}

// figure writes a number as [Split] reads it: without thousands separators, its
// decimals behind a point, in ASCII digits.
func figure(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch c, f, _ := fold(r); {
		case c == digit:
			b.WriteRune(f)
		case (r == '.' || r == ',') && digitsAt(s, i+1) != 3:
			b.WriteByte('.')
		}
	}
	return b.String()
}
