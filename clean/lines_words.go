package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// foldText makes two spellings of a line equal: lower case, one space between
// words, plain quotes and dashes, е for ё, no bullet or mark at the start.
func foldText(s string) string { return foldCase(plainSigns(s)) }

// foldCase is lower case with е for ё.
func foldCase(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// plainSigns normalises spaces, quotes, dashes and wide colons, and cuts what
// stands before the first letter, digit or opening quote or bracket.
func plainSigns(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if noWidth(r) {
			continue
		}
		r = plainSign(r)
		if b.Len() == 0 && !isOpening(r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isPlain says whether plainSigns would leave s as it is.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	if first, _ := utf8.DecodeRuneInString(s); !isOpening(first) {
		return false
	}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ':
			if i+1 == len(s) || s[i+1] == ' ' {
				return false
			}
			i++
		case c >= '\t' && c <= '\r' || c == '`':
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || unicode.IsSpace(r) || noWidth(r) || plainSign(r) != r {
				return false
			}
			i += size
		}
	}
	return true
}

// isOpening says whether a line begins with r: a letter, a digit, an opening
// quote or bracket, or a sign that means something.
func isOpening(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("\"'([©@#¿¡", r)
}

// plainSign gives the plain form of quotes, dashes, brackets and separators.
func plainSign(r rune) rune {
	switch r {
	case '‘', '’', '‛', 'ʼ', '`', '´':
		return '\''
	case '“', '”', '„', '«', '»', '‟':
		return '"'
	case '–', '—', '―', '−', '‐', '‑':
		return '-'
	case '：', '︰':
		return ':'
	case '（':
		return '('
	case '）':
		return ')'
	case '【', '〔':
		return '['
	case '】', '〕':
		return ']'
	case '｜', '│', '┃', '¦':
		return '|'
	case '·', '∙', '●', '‧', '・', '⋅', '◦', '▪', '■':
		return '•'
	}
	return r
}

// foldedWords splits folded text into words.
func foldedWords(fold string) []string { return strings.FieldsFunc(fold, betweenWords) }

// betweenWords says whether r stands between words.
func betweenWords(r rune) bool { return !isWordy(r) && r != '\'' && r != '-' }

// wordBytes are the ASCII characters of words: 'w' for those that words are
// made of, '-' for those that words may have inside.
var wordBytes = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		if isWordy(rune(c)) {
			t[c] = 'w'
		}
	}
	t['\''], t['-'] = '-', '-'
	return t
}()

// wordCount counts words; two characters of a script without spaces make one.
func wordCount(s string) int {
	words, dense := 0, 0
	in := false
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			switch wordBytes[c] {
			case 'w':
				if !in {
					words++
				}
				in = true
			case 0:
				in = false
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case unbroken(r):
			dense++
			in = false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if !in {
				words++
			}
			in = true
		case in && r == '’':
		default:
			in = false
		}
	}
	return words + (dense+1)/2
}

// countedForm puts "#" for each number of a folded text, so that "2 418 views"
// and "3 views" are one. Groups of three digits after a space, a point or a
// comma belong to the number before them.
func countedForm(fold string) string {
	if !strings.ContainsAny(fold, "0123456789") {
		return fold
	}
	var b strings.Builder
	for i := 0; i < len(fold); {
		if fold[i] < '0' || fold[i] > '9' {
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

// bareNumber says whether a folded line is nothing but a number, with or
// without a sign.
func bareNumber(fold string) bool {
	s := strings.Trim(fold, "+-() ")
	return s != "" && countedForm(s) == "#"
}

// bareCut is the punctuation that does not tell two labels apart.
const bareCut = " .:!…>\"'-|•*"

// textLine is one line or block with what the rules ask of it.
type textLine struct {
	clean   string // plain signs, case kept
	fold    string // clean in lower case
	bare    string // fold without trailing punctuation
	counted string // bare with numbers as "#"
	words   int
	ends    bool // ends like a sentence
}

func newTextLine(text string) textLine {
	l := textLine{clean: plainSigns(text)}
	l.fold = foldCase(l.clean)
	l.bare = strings.TrimRight(l.fold, bareCut)
	l.counted = countedForm(l.bare)
	l.words = wordCount(text)
	l.ends = endsLikeSentence(text)
	return l
}

// after gives, as written, what follows the first n bytes of the line's folded
// form. The two forms have the same letters, not the same bytes.
func (l *textLine) after(n int) string {
	tail := utf8.RuneCountInString(l.fold[n:])
	at := len(l.clean)
	for ; tail > 0 && at > 0; tail-- {
		_, size := utf8.DecodeLastRuneInString(l.clean[:at])
		at -= size
	}
	return l.clean[at:]
}

// endsLikeSentence says whether text ends with the point of a sentence, quotes
// and brackets after it apart.
func endsLikeSentence(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`"'”’»“)]』」`, r)
	})
	last, _ := utf8.DecodeLastRuneInString(text)
	return last != utf8.RuneError && strings.ContainsRune(".!?…。！？؟۔", last)
}

// unbroken says whether r is of a script that writes without spaces.
func unbroken(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// caseless says whether r is a letter of a script without capitals.
func caseless(r rune) bool {
	return unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r)
}
