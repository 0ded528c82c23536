package dedupe

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
)

// Numbers in words, one language a line: the value, then the words for it.
//
//go:embed weights/numerals.txt
var numerals string

// thousand is the one scale that outlets write in a word and in figures: "6.4
// thousand", "6,400". A million is a word nearly everywhere.
const thousand = 1000

// numeralSet reads the list of numbers in words: the hash of a word to what it
// is worth.
func numeralSet() map[uint32]int {
	set := make(map[uint32]int)
	for line := range strings.Lines(numerals) {
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
			for _, h := range split(word).hash {
				set[h] = value
			}
		}
	}
	return set
}

// numeral reads the number that begins at word i: its value in digits, and how
// many words it takes; 0 where none begins. "41", "forty-one", "6,4 тысячи" and
// "3 bin 700" are numbers; the word of a name ("Seven" in the midst of a
// sentence) is none.
func (c *Checker) numeral(text string, w *words, i int) (value string, n int) {
	switch v := c.numerals[w.hash[i]]; {
	case w.flag[i]&isNumber != 0:
		value, n = figure(text[w.at[i].from:w.at[i].to]), 1
	case v > 1 && v < thousand && w.flag[i]&isName == 0 && !c.stop.has(w.hash[i]):
		sum, taken := c.spelled(text, w, i, v)
		value, n = strconv.Itoa(sum), taken
	default:
		return "", 0
	}
	if !adjoins(text, w, i+n) || c.numerals[w.hash[i+n]] != thousand {
		return value, n
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || f >= thousand { // a year before "thousands of"
		return value, n
	}
	sum := int(math.Round(f * thousand))
	if n++; adjoins(text, w, i+n) && w.flag[i+n]&isNumber != 0 {
		if rest, err := strconv.Atoi(figure(text[w.at[i+n].from:w.at[i+n].to])); err == nil && rest < thousand && !measures(text[w.at[i+n].to:]) {
			sum, n = sum+rest, n+1
		}
	}
	return strconv.Itoa(sum), n
}

// measures says whether what follows a number makes it a measure of what is
// counted: "10 тысяч 152-мм снарядов", "two thousand 122 mm rockets".
func measures(after string) bool {
	after = strings.TrimPrefix(after, " ")
	return strings.HasPrefix(after, "-") || strings.HasPrefix(after, "mm") || strings.HasPrefix(after, "мм")
}

// spelled adds up a number below a thousand that begins at word i with the value
// given, and says how many words it takes.
func (c *Checker) spelled(text string, w *words, i, value int) (sum, n int) {
	for n = 1; adjoins(text, w, i+n); n++ {
		switch next := c.numerals[w.hash[i+n]]; {
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

// adjoins says whether there is a word i and only a space or a hyphen between it
// and the word before.
func adjoins(text string, w *words, i int) bool {
	if i >= len(w.hash) {
		return false
	}
	switch text[w.at[i-1].to:w.at[i].from] {
	case " ", "-", "\u00a0", "\u202f", "\u2011":
		return true
	}
	return false
}

// figure writes a number as the tokeniser reads it: without thousands
// separators, its decimals behind a point, in the digits of ASCII.
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
