package modelview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// textFeatures are what is read of a block's text in one pass.
type textFeatures struct {
	words, shortWords, digits, capitals, commas, signs, quotes int32 // how many there are
	inTitle, inDescription                                     int32 // words that the headline or the description has, too
	start                                                      uint8 // what it begins with
	year                                                       bool
	running                                                    bool // see [dom.Block.IsRunningText]
}

// What a text begins with. The numbers are part of every model.
const (
	startsSmall = 1 + iota
	startsCapital
	startsDigit
	startsCaseless // a letter of a script without capitals
	startsSign
)

const (
	shortWord     = 3  // letters of a short word, at most
	comparedWords = 60 // words of a block that are looked up in headline and description
)

// readText reads the text of a block. title and description are the words of the
// headline and of the page's description.
func readText(b *dom.Block, title, description map[string]bool) (t textFeatures) {
	text := b.Text
	t.running = b.IsRunningText()
	word, start := int32(0), 0 // letters of the word at hand, and where it begins
	digits, digitsStart := 0, 0
	endWord := func(at int) {
		if word == 0 {
			return
		}
		t.words++
		if word <= shortWord {
			t.shortWords++
		}
		if t.words <= comparedWords && (len(title) > 0 || len(description) > 0) {
			w := letters.Lower(text[start:at])
			if title[w] {
				t.inTitle++
			}
			if description[w] {
				t.inDescription++
			}
		}
		word = 0
	}
	for i, r := range text {
		isDigit := '0' <= r && r <= '9'
		if isDigit {
			if digits == 0 {
				digitsStart = i
			}
			digits++
		} else {
			t.year = t.year || digits == 4 && isYear(text[digitsStart:])
			digits = 0
		}
		switch {
		case isDigit:
			t.digits++
			t.begin(startsDigit)
		case 'a' <= r && r <= 'z':
			t.begin(startsSmall)
		case 'A' <= r && r <= 'Z':
			t.capitals++
			t.begin(startsCapital)
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			switch {
			case unicode.IsUpper(r):
				t.capitals++
				t.begin(startsCapital)
			case unicode.IsLower(r):
				t.begin(startsSmall)
			default:
				t.begin(startsCaseless)
			}
		default:
			endWord(i)
			t.countSign(r)
			if r > ' ' {
				t.begin(startsSign)
			}
			continue
		}
		if word == 0 {
			start = i
		}
		word++
	}
	endWord(len(text))
	t.year = t.year || digits == 4 && isYear(text[digitsStart:])
	return t
}

// isYear reports whether the four digits that a text begins with are a year.
func isYear(text string) bool {
	return strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20")
}

// countSign counts a character that is neither letter nor digit.
func (t *textFeatures) countSign(r rune) {
	switch r {
	case ',', '،', '，', '、':
		t.commas++
	case '|', '©', '@', '→', '»', '›', '•', '/', '#', '+', '↓', '▶', '>', '·', '_', '=':
		t.signs++
	case '"', '“', '”', '„', '«', '‘', '’':
		t.quotes++
	}
}

// begin sets what the text begins with, once.
func (t *textFeatures) begin(with uint8) {
	if t.start == 0 {
		t.start = with
	}
}
