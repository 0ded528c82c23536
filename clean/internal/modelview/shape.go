package modelview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// textShape is what one reading of a block's text tells.
type textShape struct {
	words, short, digits, capitals, commas, signs, quotes int32
	inTitle, inDescription                                int32
	start                                                 uint8
	year, ends, running                                   bool
}

// shape reads one block's text.
func (v *View) shape(b *dom.Block) (t textShape) {
	text := b.Text
	t.ends = letters.EndsClause(text)
	t.running = b.IsRunningText()
	first := true
	word, start := int32(0), 0
	digitRun, runStart := 0, 0
	endWord := func(at int) {
		if word == 0 {
			return
		}
		t.words++
		if word <= 3 {
			t.short++
		}
		if t.words <= 60 && (len(v.title) > 0 || len(v.description) > 0) {
			w := letters.Lower(text[start:at])
			if v.title[w] {
				t.inTitle++
			}
			if v.description[w] {
				t.inDescription++
			}
		}
		word = 0
	}
	for i, r := range text {
		isDigit := '0' <= r && r <= '9'
		if isDigit {
			if digitRun == 0 {
				runStart = i
			}
			digitRun++
		} else {
			t.year = t.year || digitRun == 4 && isYear(text[runStart:])
			digitRun = 0
		}
		switch {
		case isDigit:
			t.digits++
			t.begin(&first, 3)
		case 'a' <= r && r <= 'z':
			t.begin(&first, 1)
		case 'A' <= r && r <= 'Z':
			t.capitals++
			t.begin(&first, 2)
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			switch {
			case unicode.IsUpper(r):
				t.capitals++
				t.begin(&first, 2)
			case unicode.IsLower(r):
				t.begin(&first, 1)
			default:
				t.begin(&first, 4)
			}
		default:
			endWord(i)
			t.sign(r)
			if r > ' ' {
				t.begin(&first, 5)
			}
			continue
		}
		if word == 0 {
			start = i
		}
		word++
	}
	endWord(len(text))
	t.year = t.year || digitRun == 4 && isYear(text[runStart:])
	return t
}

// isYear says whether four digits that a text begins with are a year.
func isYear(text string) bool {
	return strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20")
}

// sign counts a character that is neither letter nor digit.
func (t *textShape) sign(r rune) {
	switch r {
	case ',', '،', '，', '、':
		t.commas++
	case '|', '©', '@', '→', '»', '›', '•', '/', '#', '+', '↓', '▶', '>', '·', '_', '=':
		t.signs++
	case '"', '“', '”', '„', '«', '‘', '’':
		t.quotes++
	}
}

func (t *textShape) begin(first *bool, with uint8) {
	if *first {
		*first, t.start = false, with
	}
}
