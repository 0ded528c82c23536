package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Token is a content word in normalized form, by its letters, where the
// alignment knows words by their hashes only.
type Token struct {
	Form string // folded; of a number its value in digits
	Flag uint8
	At   int32 // which content word of the text; of a number in several words the first
}

// Tokens returns the normalized tokens of a text: its content words, each number
// as one token, whether it is written in digits or in words.
func (l *Lexicon) Tokens(text string) []Token {
	w := SplitPlaces(text)
	out := make([]Token, 0, len(w.Hash))
	content := int32(0)
	for i := 0; i < len(w.Hash); {
		t, n := Token{At: content}, 1
		if value, taken := l.numeral(text, &w, i); taken > 0 {
			t.Form, t.Flag, n = value, IsNumber, taken
		} else {
			t.Form, t.Flag = formOf(text[w.Place[i].From:w.Place[i].To]), w.Flag[i]
		}
		before := content
		for _, h := range w.Hash[i : i+n] {
			if !l.stop.has(h) {
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

// formOf returns a word in its folded form.
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

// Same reports whether two tokens are the same: numbers and the pairs of scripts
// without spaces exactly, words also in another ending, spelling or reading.
func Same(a, b *Token) bool {
	return a.Form == b.Form || (a.Flag|b.Flag)&(IsNumber|isEast) == 0 && similar(a.Form, b.Form, perMistakeOf(a.Flag&b.Flag))
}

// perMistakeOf is perMistake for words with the flags.
func perMistakeOf(flag uint8) int {
	if flag&IsName != 0 {
		return perNameMistake
	}
	return perMistake
}

// Limits of similar, in letters.
const (
	leastLetters = 4  // of the shorter word: "war" and "was" are two words
	mostLetters  = 32 // of either; longer rows are no words, and would cost time
	stemLetters  = 5  // from which on a common beginning is a stem
	stemTenths   = 6  // of the longer word, in tenths, that the stem must cover
	perMistake   = 4  // of the longer word, for each letter that differs

	// Iran and Iraq, Slovakia and Slovenia, Tuesday and Thursday are two names.
	perNameMistake = 5
)

// similar reports whether two folded words, of the same first letter, are one
// word inflected ("бригада", "бригады"), spelled ("defence", "defense") or read
// ("rnetres", "metres") in two ways: they begin with the same stem, or one letter
// in per of the longer one differs.
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
	if same >= stemLetters && 10*same >= stemTenths*longer {
		return true
	}
	mistakes := longer / per
	return longer-shorter <= mistakes && distance(x, y) <= mistakes
}

// runesOf returns the letters of a word; none where they are more than fit.
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

// Vocabulary finds tokens of a text.
type Vocabulary struct {
	exact  map[string]bool
	begins map[string][]*Token // by their first letters: at most maxBegins each, the first in the text
}

// A token in another form is looked for among those with the same beginning.
const (
	beginLetters = 3
	maxBegins    = 32 // tokens looked at for one, so that the time stays linear
)

// NewVocabulary returns the vocabulary of tokens. It keeps pointers into the
// slice.
func NewVocabulary(tokens []Token) *Vocabulary {
	v := Vocabulary{make(map[string]bool, len(tokens)), make(map[string][]*Token, len(tokens)/2)}
	for i := range tokens {
		t := &tokens[i]
		if v.exact[t.Form] {
			continue
		}
		v.exact[t.Form] = true
		if k := beginning(t.Form); len(v.begins[k]) < maxBegins {
			v.begins[k] = append(v.begins[k], t)
		}
	}
	return &v
}

// Has reports whether the text has a token that is the [Same].
func (v *Vocabulary) Has(t *Token) bool {
	return v.exact[t.Form] ||
		slices.ContainsFunc(v.begins[beginning(t.Form)], func(o *Token) bool { return Same(t, o) })
}

// beginning returns the first letters of a word.
func beginning(s string) string {
	n := 0
	for range beginLetters {
		_, size := utf8.DecodeRuneInString(s[n:])
		n += size
	}
	return s[:n]
}
