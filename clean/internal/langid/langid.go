// Package langid identifies the language of a text: by its script and the
// letters that only some languages have and, where many languages share these,
// by the most frequent words of each.
//
// Start with [Detect], which weighs what the text shows against what the page
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

// MaxText is how much of a text [Detect] looks at, in bytes.
const MaxText = 3000

// minText is the length of text, in characters, below which only the
// declaration counts.
const minText = 60

// Scores of Detect.
const (
	agreedScore   = 1.0
	declaredScore = 0.5 // by declaration alone
	// minScore is the score below which common words do not outweigh a
	// declaration of another language.
	minScore = 0.3
)

// Detect returns the language of text (ISO 639-1), "" when it cannot tell, and
// its confidence: 1 where text and declaration agree, 0.5 where only the
// declaration counts, else how far the language is ahead of the next, 0 to 1.
//
// declared is the language that the page declares, or "". It counts unless the
// text clearly contradicts it.
//
// Equal arguments have equal results. That is not so with detectors that rank
// trigrams out of a map (whatlanggo), where trigrams of equal rank change places
// from run to run.
func Detect(text, declared string) (language string, score float64) {
	text = letters.Truncate(text, MaxText)
	if utf8.RuneCountInString(text) < minText {
		text = ""
	}
	detected, score := detect(text)
	switch {
	case detected == "" && declared == "":
		return "", 0
	case detected == "":
		return declared, declaredScore
	case detected == declared:
		return detected, agreedScore
	case !hasScriptOf(text, declared):
		return detected, score
	case declared != "" && (score < minScore || confusable(detected, declared)):
		return declared, declaredScore
	}
	return detected, score
}

// Shares of all letters of a text at which a group of letters decides. Japanese
// and Chinese mix scripts, names in other scripts are in every text.
const (
	minKanaShare   = 0.1
	minHanShare    = 0.4
	minScriptShare = 0.5
)

// ownScripts are the languages that have a script to themselves, by their code,
// which letterGroup returns for the letters of it.
var ownScripts = []string{"ko", "el", "he", "th", "ka", "hy", "hi", "bn"}

// detect returns the language that text alone shows, "" when it shows none.
func detect(text string) (language string, score float64) {
	counts, all := countGroups(text)
	has := func(group string, share float64) bool { return float64(counts[group]) > share*float64(all) }
	switch {
	case all == 0:
		return "", 0
	case has("kana", minKanaShare):
		return "ja", 1
	case has("han", minHanShare):
		return "zh", 1
	case has("arabic", minScriptShare):
		return arabicLanguage(text), 1
	case has("cyrillic", minScriptShare):
		return cyrillicLanguage(text), 1
	case has("latin", minScriptShare):
		return byCommonWords(text)
	}
	for _, s := range ownScripts {
		if has(s, minScriptShare) {
			return s, 1
		}
	}
	return "", 0
}

// countGroups counts the letters of text by letterGroup, and all of them.
func countGroups(text string) (counts map[string]int, all int) {
	counts = map[string]int{}
	latin, cyrillic := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			if letters.ASCIIClass(byte(r)).IsLetter() {
				all++
				latin++
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		all++
		switch {
		case r < 0x370: // the begin of the block Greek
			latin++
			continue
		case r >= 0x400 && r < 0x484: // the letters of the block Cyrillic that are in use
			cyrillic++
			continue
		}
		if group := letterGroup(r); group != "" {
			counts[group]++
		}
	}
	counts["latin"] += latin
	counts["cyrillic"] += cyrillic
	return counts, all
}

// letterGroup names the script of a letter, or its language where the script has
// one language. It returns "" for scripts that no rule asks for.
func letterGroup(r rune) string {
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

// A language is identified by its common words when a text has at least
// minCommonWords of them, and one in maxCommonGap words is one. In running text,
// one in five is.
const (
	minCommonWords = 3
	maxCommonGap   = 20
)

// byCommonWords returns the language with most of its common words in text, and
// how far it is ahead of the next, 0 to 1.
func byCommonWords(text string) (language string, score float64) {
	common := wordlists.All().Common
	counts := map[string]int{}
	words := 0
	for w := range strings.FieldsFuncSeq(letters.Fold(text), letters.IsWordBreak) {
		words++
		for _, l := range common[w] {
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
	if n < minCommonWords || n*maxCommonGap < words {
		return "", 0
	}
	return best, float64(n-next) / float64(n)
}

// cyrillicLanguage distinguishes the languages written in Cyrillic by the letters
// that only some of them have.
func cyrillicLanguage(text string) string {
	ukrainian, russian, belarusian, serbian, macedonian, hardSigns := 0, 0, 0, 0, 0, 0
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
			hardSigns++
		}
	}
	switch {
	case belarusian > 0 && belarusian*10 > ukrainian: // Belarusian has і too
		return "be"
	case ukrainian > russian:
		return "uk"
	case serbian > russian && macedonian > 0:
		return "mk"
	case serbian > russian:
		return "sr"
	case hardSigns > russian: // a vowel in Bulgarian, rare in Russian
		return "bg"
	}
	return "ru"
}

// maxForeignLetters is how many letters of Persian or Urdu an Arabic text may
// have, in names.
const maxForeignLetters = 2

// arabicLanguage distinguishes the languages written in Arabic letters by those
// that Arabic does not have.
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
	case urdu > maxForeignLetters:
		return "ur"
	case persian > maxForeignLetters:
		return "fa"
	}
	return "ar"
}

// hasScriptOf reports whether text is in the script of a language. It is true
// where either is not known.
func hasScriptOf(text, language string) bool {
	script := letters.CountScripts(text).Main()
	switch language {
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

// confusableGroups are languages that share most of their common words or their
// letters.
var confusableGroups = []string{" no nb nn da ", " hr sr bs sl ", " cs sk ", " id ms ", " pt gl es ca ", " fa ps ur ", " bg mk ", " ru kk ky tg "}

// confusable reports whether two languages are so close that the words of a text
// do not outweigh a declaration.
func confusable(a, b string) bool {
	return slices.ContainsFunc(confusableGroups, func(group string) bool {
		return strings.Contains(group, " "+a+" ") && strings.Contains(group, " "+b+" ")
	})
}

// Code returns the two-letter code at the start of a language tag such as
// "en-US" or "ru_RU", and of some names that pages use in its place; "" for
// anything else.
func Code(tag string) string {
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
