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
func foldCase(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && asciiClass[s[i]]&upperByte == 0 {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if asciiClass[c]&upperByte != 0 {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r >= 'А' && r <= 'Я':
			r += 'а' - 'А'
		case r == 'ё' || r == 'Ё':
			r = 'е'
		case r < 'а' || r > 'я':
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

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
		switch {
		case ordinary(r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case noWidth(r):
			continue
		default:
			r = plainSign(r)
		}
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

// ordinary says of most letters, digits and ASCII signs that they are no space,
// have a width and are their own plain sign; it says so of no other rune.
func ordinary(r rune) bool {
	return r > ' ' && r < 0x7f && r != '`' || r >= 0xc0 && r < 0x2b0 || r >= 0x370 && r < 0x1680 || r >= 0x3100 && r < 0xd800
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
		case asciiClass[c]&oddByte != 0:
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !ordinary(r) && (r == utf8.RuneError || unicode.IsSpace(r) || noWidth(r) || plainSign(r) != r) {
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
	case '／', '∕':
		return '/'
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

// What an ASCII character is in a line, as bits.
const (
	letterByte uint8 = 1 << iota // a letter or a digit
	innerByte                    // a sign that words may have inside
	digitByte
	upperByte
	oddByte  // white space other than a blank, or a grave accent: not plain
	bareByte // of bareCut
)

// asciiClass is what each ASCII character is; 0 for other bytes.
var asciiClass = func() (t [256]uint8) {
	for c := range utf8.RuneSelf {
		switch {
		case '0' <= c && c <= '9':
			t[c] = letterByte | digitByte
		case 'A' <= c && c <= 'Z':
			t[c] = letterByte | upperByte
		case 'a' <= c && c <= 'z':
			t[c] = letterByte
		case c == '\'' || c == '-':
			t[c] = innerByte
		case c >= '\t' && c <= '\r' || c == '`':
			t[c] = oddByte
		}
		if strings.IndexByte(bareCut, byte(c)) >= 0 {
			t[c] |= bareByte
		}
	}
	return t
}()

// wordCount counts words; two characters of a script without spaces make one.
func wordCount(s string) int {
	words, dense := 0, 0
	in := uint8(0) // 1 within a word
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			class := asciiClass[c]
			letter := class & letterByte
			words += int(letter &^ in)
			in = letter | in&(class/innerByte)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case unbroken(r):
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

// countedForm puts "#" for each number of a folded text, so that "2 418 views"
// and "3 views" are one. Groups of three digits after a space, a point or a
// comma belong to the number before them.
func countedForm(fold string) string {
	from := 0
	for from < len(fold) && asciiClass[fold[from]]&digitByte == 0 {
		from++
	}
	if from == len(fold) {
		return fold
	}
	var b strings.Builder
	b.Grow(len(fold))
	b.WriteString(fold[:from])
	for i := from; i < len(fold); {
		if asciiClass[fold[i]]&digitByte == 0 {
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
	l := textLine{clean: plainSigns(text), words: wordCount(text)}
	if l.words <= maxBracketed {
		l.clean = withoutFrame(l.clean)
	}
	l.fold = foldCase(l.clean)
	l.bare = trimBare(l.fold)
	l.counted = countedForm(l.bare)
	l.ends = endsLikeSentence(text)
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
	case wordCount(inner) <= 4 && strings.HasPrefix(rest, " "):
		return strings.TrimRight(inner, ":") + ":" + rest
	}
	return clean
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

// trimBare cuts the signs of bareCut off the end.
func trimBare(s string) string {
	for n := len(s); n > 0; n-- {
		if c := s[n-1]; c >= utf8.RuneSelf {
			return strings.TrimRight(s[:n], bareCut)
		} else if asciiClass[c]&bareByte == 0 {
			return s[:n]
		}
	}
	return ""
}

// endsLikeSentence says whether text ends with the point of a sentence, quotes
// and brackets after it apart.
func endsLikeSentence(text string) bool {
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

// unbroken says whether r is of a script that writes without spaces.
func unbroken(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// caseless says whether r is a letter of a script without capitals.
func caseless(r rune) bool {
	return unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r)
}
