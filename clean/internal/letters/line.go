package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// BareCut is the punctuation that does not tell two labels apart.
const BareCut = " .:!…>\"'-|•*"

// Line is one line or block with what the rules ask of it.
type Line struct {
	Clean   string // plain signs, case kept
	Fold    string // clean in lower case
	Bare    string // fold without trailing punctuation
	Counted string // bare with numbers as "#"
	Words   int
	Ends    bool // ends like a sentence
}

func NewLine(text string) Line {
	l := Line{Clean: PlainSigns(text), Words: Words(text)}
	if l.Words <= maxBracketed {
		l.Clean = withoutFrame(l.Clean)
	}
	l.Fold = FoldCase(l.Clean)
	l.Bare = trimBare(l.Fold)
	l.Counted = CountedForm(l.Bare)
	l.Ends = EndsLikeSentence(text)
	return l
}

// maxBracketed is the length of line, in words, above which square brackets are
// those of a sentence.
const maxBracketed = 25

// withoutFrame takes the square brackets off a line that is all within them, and
// puts a colon for those of its first words: "[Related] Yard to close".
func withoutFrame(clean string) string {
	if !strings.HasPrefix(clean, "[") {
		return clean
	}
	inner, rest, ok := strings.Cut(clean[1:], "]")
	inner = strings.TrimSpace(inner)
	switch {
	case !ok || inner == "" || strings.Contains(inner, "["):
		return clean
	case rest == "":
		return inner
	case Words(inner) <= 4 && strings.HasPrefix(rest, " "):
		return strings.TrimRight(inner, ":") + ":" + rest
	}
	return clean
}

// After gives, as written, what follows the first n bytes of the line's folded
// form. The two forms have the same letters, not the same bytes.
func (l *Line) After(n int) string {
	tail := utf8.RuneCountInString(l.Fold[n:])
	at := len(l.Clean)
	for ; tail > 0 && at > 0; tail-- {
		_, size := utf8.DecodeLastRuneInString(l.Clean[:at])
		at -= size
	}
	return l.Clean[at:]
}

// trimBare cuts the signs of BareCut off the end.
func trimBare(s string) string {
	for n := len(s); n > 0; n-- {
		if c := s[n-1]; c >= utf8.RuneSelf {
			return strings.TrimRight(s[:n], BareCut)
		} else if AsciiClass[c]&bareByte == 0 {
			return s[:n]
		}
	}
	return ""
}

// EndsLikeSentence says whether text ends with the point of a sentence, quotes
// and brackets after it apart.
func EndsLikeSentence(text string) bool {
	for n := len(text); n > 0; {
		switch c := text[n-1]; {
		case c == ' ' || c == '"' || c == '\'' || c == ')' || c == ']' || c >= '\t' && c <= '\r':
			n--
			continue
		case c < utf8.RuneSelf:
			return c == '.' || c == '!' || c == '?'
		}
		r, size := utf8.DecodeLastRuneInString(text[:n])
		if !unicode.IsSpace(r) && !strings.ContainsRune(`’”»“』」`, r) {
			return strings.ContainsRune("…。！？؟۔", r)
		}
		n -= size
	}
	return false
}
