package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsWordBreak reports whether r separates words.
func IsWordBreak(r rune) bool { return !IsWordRune(r) && r != '\'' && r != '-' }

// SplitWords returns the words of folded text.
func SplitWords(fold string) []string { return strings.FieldsFunc(fold, IsWordBreak) }

// CountWords returns the number of words in s. Two characters of a script
// without spaces count as one word.
func CountWords(s string) int {
	words, unspaced := 0, 0
	in := Class(0) // wordBit within a word
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			class := asciiClasses[c]
			word := class & wordBit
			words += int(word &^ in)
			in = word | in&(class/innerBit)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case IsUnspaced(r):
			unspaced++
			in = 0
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if in == 0 {
				words++
			}
			in = wordBit
		case in != 0 && r == '’':
		default:
			in = 0
		}
	}
	return words + (unspaced+1)/2
}

// MaskNumbers returns folded text with "#" for each number, so that "2 418
// views" and "3 views" are equal. Groups of three digits after a blank, a point
// or a comma belong to the number before them.
func MaskNumbers(fold string) string {
	from := 0
	for from < len(fold) && asciiClasses[fold[from]]&digitBit == 0 {
		from++
	}
	if from == len(fold) {
		return fold
	}
	var b strings.Builder
	b.Grow(len(fold))
	b.WriteString(fold[:from])
	for i := from; i < len(fold); {
		if asciiClasses[fold[i]]&digitBit == 0 {
			b.WriteByte(fold[i])
			i++
			continue
		}
		i = numberEnd(fold, i)
		b.WriteByte('#')
	}
	return b.String()
}

// numberEnd returns the end of the number that begins at byte i.
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
	if i < len(s) && (s[i] == 'k' || s[i] == 'm') && (i+1 == len(s) || s[i+1] == ' ') { // 3k, 3m
		i++
	}
	return i
}

// IsNumber reports whether a folded line is nothing but a number, with or
// without a sign or brackets.
func IsNumber(fold string) bool {
	s := strings.Trim(fold, "+-() ")
	return s != "" && MaskNumbers(s) == "#"
}

// HasClock reports whether s contains a time of day: 9.54 or 15:03.
func HasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && IsDigit(s[i-1]) && '0' <= s[i+1] && s[i+1] <= '5' && IsDigit(s[i+2]) && (i+3 == len(s) || !IsDigit(s[i+3]) && s[i+3] != '.') {
			h, from := 0, i
			for from > 0 && IsDigit(s[from-1]) {
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

// ContainsOneOf reports whether one of parts is in s.
func ContainsOneOf(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// HasQuotation reports whether text, in the form of [FoldSigns], has a pair of
// double quotes: somebody speaks.
func HasQuotation(text string) bool {
	return strings.Count(text, "\"") >= 2
}

// EndsLikeSentence reports whether text ends with the point, the question or
// the exclamation mark of a sentence. Quotes and brackets may follow it.
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
		if !unicode.IsSpace(r) && !strings.ContainsRune(`’”»“«›‹』」）】`, r) {
			return strings.ContainsRune("…。！？؟۔।॥։።။។", r)
		}
		n -= size
	}
	return false
}

// EndsClause reports whether text ends as a sentence or a clause does: with a mark of
// [EndsLikeSentence], a colon or a semicolon.
func EndsClause(s string) bool {
	for s != "" {
		r, size := rune(s[len(s)-1]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeLastRuneInString(s)
		}
		switch r {
		case ' ', '"', '\'', '”', '’', '»', '«', '›', '‹', ')', ']', '“', '*', '』', '」', '）', '】':
			s = s[:len(s)-size]
			continue
		case '.', '!', '?', '…', ':', ';', '。', '！', '？', '؟', '۔', '।', '॥', '։', '።', '။', '។', '：', '；':
			return true
		}
		return false
	}
	return false
}

// EndsStatement reports whether text ends with a full stop of any script, before
// quotes and brackets. Headlines, questions and labels do not.
func EndsStatement(s string) bool {
	s = strings.TrimRight(s, " \"'”’»)]“*」』")
	for _, stop := range [...]string{".", "。", "।", "։", "۔", "።"} {
		if strings.HasSuffix(s, stop) {
			return !strings.HasSuffix(s, "..")
		}
	}
	return false
}

// StartsUpper reports whether text begins with a capital. Blanks and quotes
// before it do not count.
func StartsUpper(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \""))
	return unicode.IsUpper(r)
}

// StartsCaseless reports whether text begins with a letter of a script without
// capitals.
func StartsCaseless(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return IsCaseless(r)
}
