package dedupe

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// term is a content word as the second look sees it: by its letters, where the
// alignment knows words by their hashes only.
type term struct {
	form string // folded; of a number its value in digits
	flag uint8
	at   int32 // which content word of the text, the first of a number in several words
}

// terms lists the content words of a text. A number is one term, whether it is
// written in digits or in words.
func (c *Checker) terms(text string) []term {
	w := splitPlaces(text)
	out := make([]term, 0, len(w.hash))
	content := int32(0)
	for i := 0; i < len(w.hash); {
		t, n := term{at: content}, 1
		if value, taken := c.numeral(text, &w, i); taken > 0 {
			t.form, t.flag, n = value, isNumber, taken
		} else {
			t.form, t.flag = formOf(text[w.at[i].from:w.at[i].to]), w.flag[i]
		}
		before := content
		for _, h := range w.hash[i : i+n] {
			if !c.stop.has(h) {
				content++
			}
		}
		if content > before {
			out = append(out, t)
		}
		i += n
	}
	return out
}

// formOf is a word as the tokeniser compares it.
func formOf(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		for c, f, pair := fold(r); ; c, f, pair = fold(pair) {
			if c == letter || c == digit || c == ideograph {
				b.WriteRune(f)
			}
			if pair == 0 {
				break
			}
		}
	}
	return b.String()
}

// sameTerm says whether two terms are the same: numbers and the pairs of scripts
// without spaces exactly, words also in another ending, spelling or reading.
func sameTerm(a, b *term) bool {
	return a.form == b.form || (a.flag|b.flag)&(isNumber|isEast) == 0 && similar(a.form, b.form, perMistakeOf(a.flag&b.flag))
}

// perMistakeOf is perMistake for words with the flags.
func perMistakeOf(flag uint8) int {
	if flag&isName != 0 {
		return perNameMistake
	}
	return perMistake
}

// Limits of similar, in letters.
const (
	leastLetters = 4
	mostLetters  = 32
	stemLetters  = 5 // from which on a common beginning is a stem
	perMistake   = 4 // of the longer word, for each letter that differs

	// Iran and Iraq, Slovakia and Slovenia, Tuesday and Thursday are two names.
	perNameMistake = 5
)

// similar says whether two folded words, of the same first letter, are one word
// inflected ("бригада", "бригады"), spelled ("defence", "defense") or read
// ("rnetres", "metres") in two ways: five letters or more and six in ten of the
// longer one begin both, or one letter in per of it differs.
func similar(a, b string, per int) bool {
	if a == "" || b == "" || a[0] != b[0] {
		return false
	}
	var runesA, runesB [mostLetters]rune
	x, y := runesOf(a, &runesA), runesOf(b, &runesB)
	longer, shorter := max(len(x), len(y)), min(len(x), len(y))
	if shorter < leastLetters || x[0] != y[0] {
		return false
	}
	same := 0
	for same < shorter && x[same] == y[same] {
		same++
	}
	if same >= stemLetters && 10*same >= 6*longer {
		return true
	}
	mistakes := longer / per
	return longer-shorter <= mistakes && distance(x, y) <= mistakes
}

// runesOf gives the letters of a word; none where they are more than fit.
func runesOf(s string, into *[mostLetters]rune) []rune {
	n := 0
	for _, r := range s {
		if n == mostLetters {
			return nil
		}
		into[n] = r
		n++
	}
	return into[:n]
}

// distance is the number of letters put in, left out or changed (Levenshtein
// 1965) between two words of at most mostLetters.
func distance(a, b []rune) int {
	var row [mostLetters + 1]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			changed := diagonal
			if x != y {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// vocabulary finds terms of a text.
type vocabulary struct {
	exact  map[string]bool
	begins map[string][]*term // by their first letters: at most maxBegins each, the first in the text
}

const (
	beginLetters = 3
	maxBegins    = 32
)

func vocabularyOf(terms []term) vocabulary {
	v := vocabulary{make(map[string]bool, len(terms)), make(map[string][]*term, len(terms)/2)}
	for i := range terms {
		t := &terms[i]
		if v.exact[t.form] {
			continue
		}
		v.exact[t.form] = true
		if k := beginning(t.form); len(v.begins[k]) < maxBegins {
			v.begins[k] = append(v.begins[k], t)
		}
	}
	return v
}

func (v *vocabulary) has(t *term) bool {
	return v.exact[t.form] ||
		slices.ContainsFunc(v.begins[beginning(t.form)], func(o *term) bool { return sameTerm(t, o) })
}

func beginning(s string) string {
	n := 0
	for range beginLetters {
		_, size := utf8.DecodeRuneInString(s[n:])
		n += size
	}
	return s[:n]
}
