package letters

import (
	"strings"
	"unicode/utf8"
)

// TrimTrailing returns s without the blanks and the punctuation at its end that do
// not distinguish two labels.
func TrimTrailing(s string) string {
	for n := len(s); n > 0; n-- {
		if c := s[n-1]; c >= utf8.RuneSelf {
			return strings.TrimRight(s[:n], trailing)
		} else if asciiClasses[c]&trailedBit == 0 {
			return s[:n]
		}
	}
	return ""
}

// Line holds a line or a block of text in the forms that rules compare, and
// what they ask of it most.
type Line struct {
	Plain        string // by FoldSigns, case kept
	Fold         string // Plain by FoldCase
	Bare         string // Fold by TrimTrailing
	Masked       string // Bare by MaskNumbers
	Words        int    // see CountWords
	EndsSentence bool   // see EndsLikeSentence
}

// NewLine returns the forms of text.
func NewLine(text string) Line {
	l := Line{Plain: FoldSigns(text), Words: CountWords(text)}
	if l.Words <= maxFramed {
		l.Plain = withoutFrame(l.Plain)
	}
	l.Fold = FoldCase(l.Plain)
	l.Bare = TrimTrailing(l.Fold)
	l.Masked = MaskNumbers(l.Bare)
	l.EndsSentence = EndsLikeSentence(text)
	return l
}

// Square brackets frame a label or a line that is one.
const (
	maxFramed     = 25 // words; in a longer line, brackets belong to a sentence
	maxFrameLabel = 4  // words of a label in brackets at the start of a line
)

// withoutFrame cuts the square brackets off a line that is all within them, and
// replaces those of its first words by a colon: "[Related] Yard to close".
func withoutFrame(plain string) string {
	if !strings.HasPrefix(plain, "[") {
		return plain
	}
	inner, rest, ok := strings.Cut(plain[1:], "]")
	inner = strings.TrimSpace(inner)
	switch {
	case !ok || inner == "" || strings.Contains(inner, "["):
		return plain
	case rest == "":
		return inner
	case CountWords(inner) <= maxFrameLabel && strings.HasPrefix(rest, " "):
		return strings.TrimRight(inner, ":") + ":" + rest
	}
	return plain
}

// After returns the part of Plain that follows the first n bytes of Fold. The
// two forms have the same characters, but not the same bytes.
func (l *Line) After(n int) string {
	tail := utf8.RuneCountInString(l.Fold[n:])
	at := len(l.Plain)
	for ; tail > 0 && at > 0; tail-- {
		_, size := utf8.DecodeLastRuneInString(l.Plain[:at])
		at -= size
	}
	return l.Plain[at:]
}
