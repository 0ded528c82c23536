// Package langid identifies the language of a text: by its writing system and
// the letters that only some languages have, and where many share them by the
// most frequent words of each.
//
// Start with [Detect], which weighs what the text says against what the page
// declares.
package langid

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Bounds of the text that a language is told from.
const (
	minLanguageText = 60   // characters; shorter text is not judged
	MaxLanguageText = 3000 // bytes
)

// Detect tells the language of text (ISO 639-1), with the declared one
// (or "") as a prior: a declaration stands unless the text speaks clearly
// against it. The score, 0 to 1, is 1 where both agree, 0.5 for a declaration
// alone, and how far the language is ahead of the next where the text alone
// tells. It is the same for the same text always; detectors that rank trigrams
// out of a map (whatlanggo) are not, since trigrams of equal rank change places
// from run to run.
func Detect(text, declared string) (language string, score float64) {
	text = letters.Truncate(text, MaxLanguageText)
	if utf8.RuneCountInString(text) < minLanguageText {
		text = ""
	}
	found, sure := readLanguage(text)
	switch {
	case found == "" && declared == "":
		return "", 0
	case found == "":
		return declared, 0.5
	case found == declared:
		return found, 1
	case !writtenLike(text, declared):
		return found, sure
	case declared != "" && (sure < 0.3 || sameReading(found, declared)):
		return declared, 0.5
	}
	return found, sure
}

// readLanguage tells the language from the text alone: by its writing system
// and letters of its own, and where many share them, by the most frequent words
// of each language.
func readLanguage(text string) (language string, sure float64) {
	counts := map[string]int{}
	count, latin, cyrillic := 0, 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			if letters.ASCIIClass(byte(r)).IsLetter() {
				count++
				latin++
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		count++
		switch {
		case r < 0x370:
			latin++
			continue
		case r >= 0x400 && r < 0x484: // the count of the block Cyrillic
			cyrillic++
			continue
		}
		if name := letterSystem(r); name != "" {
			counts[name]++
		}
	}
	counts["latin"] += latin
	counts["cyrillic"] += cyrillic
	is := func(name string, share float64) bool { return float64(counts[name]) > share*float64(count) }
	switch {
	case count == 0:
		return "", 0
	case is("kana", 0.1):
		return "ja", 1
	case is("han", 0.4):
		return "zh", 1
	case is("arabic", 0.5):
		return arabicLanguage(text), 1
	case is("cyrillic", 0.5):
		return cyrillicLanguage(text), 1
	case is("latin", 0.5):
		return commonLanguage(text)
	}
	for _, s := range []string{"ko", "el", "he", "th", "ka", "hy", "hi", "bn"} {
		if is(s, 0.5) {
			return s, 1
		}
	}
	return "", 0
}

// letterSystem names the writing system of a letter; by the language where one
// language has it.
func letterSystem(r rune) string {
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		return "cyrillic"
	case unicode.Is(unicode.Arabic, r):
		return "arabic"
	case unicode.Is(unicode.Han, r):
		return "han"
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return "kana"
	case unicode.Is(unicode.Hangul, r):
		return "ko"
	case unicode.Is(unicode.Greek, r):
		return "el"
	case unicode.Is(unicode.Hebrew, r):
		return "he"
	case unicode.Is(unicode.Thai, r):
		return "th"
	case unicode.Is(unicode.Georgian, r):
		return "ka"
	case unicode.Is(unicode.Armenian, r):
		return "hy"
	case unicode.Is(unicode.Devanagari, r):
		return "hi"
	case unicode.Is(unicode.Bengali, r):
		return "bn"
	case unicode.Is(unicode.Latin, r):
		return "latin"
	}
	return ""
}

// commonLanguage counts the frequent words of each language. Three of them and
// one in twenty words are needed; running text has one in five and more.
func commonLanguage(text string) (string, float64) {
	t := wordlists.All()
	counts := map[string]int{}
	words := 0
	for w := range strings.FieldsFuncSeq(letters.Fold(text), letters.IsWordBreak) {
		words++
		for _, l := range t.Common[w] {
			counts[l]++
		}
	}
	codes := make([]string, 0, len(counts))
	for l := range counts {
		codes = append(codes, l)
	}
	slices.Sort(codes)
	best, next := "", 0
	for _, l := range codes {
		switch n := counts[l]; {
		case n > counts[best]:
			best, next = l, counts[best]
		case n > next:
			next = n
		}
	}
	n := counts[best]
	if n < 3 || n*20 < words {
		return "", 0
	}
	return best, float64(n-next) / float64(n)
}

// cyrillicLanguage tells languages written in Cyrillic by the letters that each
// has alone.
func cyrillicLanguage(text string) string {
	ukrainian, russian, belarusian, serbian, macedonian, hard := 0, 0, 0, 0, 0, 0
	for _, r := range strings.ToLower(text) {
		switch r {
		case 'ў':
			belarusian++
		case 'ї', 'є', 'ґ', 'і':
			ukrainian++
		case 'ы', 'э', 'ё':
			russian++
		case 'ј', 'љ', 'њ', 'ћ', 'ђ', 'џ':
			serbian++
		case 'ѓ', 'ќ', 'ѕ':
			macedonian++
		case 'ъ':
			hard++
		}
	}
	switch {
	case belarusian > 0 && belarusian*10 > ukrainian:
		return "be"
	case ukrainian > russian:
		return "uk"
	case serbian > russian && macedonian > 0:
		return "mk"
	case serbian > russian:
		return "sr"
	case hard > russian:
		return "bg"
	}
	return "ru"
}

// arabicLanguage tells languages written in Arabic letters by the letters that
// Arabic has not.
func arabicLanguage(text string) string {
	persian, urdu := 0, 0
	for _, r := range text {
		switch r {
		case 'پ', 'چ', 'ژ', 'گ', 'ی', 'ک':
			persian++
		case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں':
			urdu++
		}
	}
	switch {
	case urdu > 2:
		return "ur"
	case persian > 2:
		return "fa"
	}
	return "ar"
}

// writtenLike says whether text is in the writing system of the declared
// language; true where either is not known.
func writtenLike(text, declared string) bool {
	script := letters.CountScripts(text).Main()
	switch declared {
	case "":
		return true
	case "ru", "uk", "be", "bg", "mk", "kk":
		return script == letters.Cyrillic
	case "ar", "fa", "ur":
		return script == letters.Arabic
	case "zh", "ja", "th":
		return script == letters.Unspaced || script == letters.NoScript
	case "en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "sk", "hu", "ro", "tr", "sv", "da", "no", "fi", "et", "lv", "lt", "hr", "sl":
		return script == letters.Latin || script == letters.NoScript
	}
	return true
}

// sameReading says whether two languages are so near that the words of a text
// do not outweigh a declaration.
func sameReading(a, b string) bool {
	for _, group := range []string{" no nb nn da ", " hr sr bs sl ", " cs sk ", " id ms ", " pt gl es ca ", " fa ps ur ", " bg mk ", " ru kk ky tg "} {
		if strings.Contains(group, " "+a+" ") && strings.Contains(group, " "+b+" ") {
			return true
		}
	}
	return false
}

// LanguageCode is the two-letter code at the start of a language tag such as
// "en-US" or "ru_RU"; "" for anything else.
func LanguageCode(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_,; "); i >= 0 {
		tag = tag[:i]
	}
	switch tag {
	case "eng", "english":
		return "en"
	case "rus":
		return "ru"
	case "ukr", "ua":
		return "uk"
	case "nb", "nn":
		return "no"
	case "zho", "chi", "cn":
		return "zh"
	}
	if len(tag) != 2 || tag[0] < 'a' || tag[0] > 'z' || tag[1] < 'a' || tag[1] > 'z' {
		return ""
	}
	return tag
}
