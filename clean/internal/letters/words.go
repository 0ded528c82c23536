package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// EndsSentence says whether a text ends as a sentence does.
func EndsSentence(s string) bool {
	for s != "" {
		r, size := rune(s[len(s)-1]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeLastRuneInString(s)
		}
		switch r {
		case ' ', '"', '\'', '”', '’', '»', ')', ']', '“', '*':
			s = s[:len(s)-size]
			continue
		case '.', '!', '?', '…', ':', ';', '。', '！', '？', '؟', '।', '：', '；':
			return true
		}
		return false
	}
	return false
}

// HasClock says whether a text has a time of day in it, 9.54 or 15:03.
func HasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && Digit(s[i-1]) && '0' <= s[i+1] && s[i+1] <= '5' && Digit(s[i+2]) && (i+3 == len(s) || !Digit(s[i+3]) && s[i+3] != '.') {
			h, from := 0, i
			for from > 0 && Digit(s[from-1]) {
				from--
			}
			for _, c := range s[from:i] {
				h = min(h*10+int(c-'0'), 99)
			}
			if i-from <= 2 && h < 24 {
				return true
			}
		}
	}
	return false
}

func ContainsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// Quotes says whether text holds speech.
func Quotes(text string) bool {
	return strings.Count(text, "\"") >= 2
}

// FoldedWords splits folded text into words.
func FoldedWords(fold string) []string { return strings.FieldsFunc(fold, BetweenWords) }

// BetweenWords says whether r stands between words.
func BetweenWords(r rune) bool { return !IsWordy(r) && r != '\'' && r != '-' }

// Words counts words; two characters of a script without spaces make one.
func Words(s string) int {
	words, dense := 0, 0
	in := uint8(0) // 1 within a word
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			class := AsciiClass[c]
			letter := class & LetterByte
			words += int(letter &^ in)
			in = letter | in&(class/innerByte)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case Unbroken(r):
			dense++
			in = 0
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if in == 0 {
				words++
			}
			in = 1
		case in != 0 && r == '’':
		default:
			in = 0
		}
	}
	return words + (dense+1)/2
}

// CountedForm puts "#" for each number of a folded text, so that "2 418 views"
// and "3 views" are one. Groups of three digits after a space, a point or a
// comma belong to the number before them.
func CountedForm(fold string) string {
	from := 0
	for from < len(fold) && AsciiClass[fold[from]]&DigitByte == 0 {
		from++
	}
	if from == len(fold) {
		return fold
	}
	var b strings.Builder
	b.Grow(len(fold))
	b.WriteString(fold[:from])
	for i := from; i < len(fold); {
		if AsciiClass[fold[i]]&DigitByte == 0 {
			b.WriteByte(fold[i])
			i++
			continue
		}
		i = numberEnd(fold, i)
		b.WriteByte('#')
	}
	return b.String()
}

// numberEnd is where the number that starts at i ends.
func numberEnd(s string, i int) int {
	digits := func(i int) int {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i
	}
	i = digits(i)
	for i < len(s) && strings.IndexByte(" ,.", s[i]) >= 0 && digits(i+1) == i+4 {
		i += 4
	}
	if i+1 < len(s) && (s[i] == '.' || s[i] == ',') && digits(i+1) > i+1 {
		i = digits(i + 1)
	}
	if i < len(s) && (s[i] == 'k' || s[i] == 'm') && (i+1 == len(s) || s[i+1] == ' ') {
		i++
	}
	return i
}

// BareNumber says whether a folded line is nothing but a number, with or
// without a sign.
func BareNumber(fold string) bool {
	s := strings.Trim(fold, "+-() ")
	return s != "" && CountedForm(s) == "#"
}

// Lower is strings.ToLower that leaves small words alone.
func Lower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' || s[i] >= utf8.RuneSelf {
			return strings.ToLower(s)
		}
	}
	return s
}
