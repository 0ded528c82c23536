package clean

import (
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// detectable are the languages that text is told apart into: those of defence
// news that the labels know, and the neighbours they are mistaken for.
var detectable = map[whatlanggo.Lang]bool{
	whatlanggo.Eng: true, whatlanggo.Rus: true, whatlanggo.Ukr: true, whatlanggo.Bel: true, whatlanggo.Bul: true, whatlanggo.Srp: true, whatlanggo.Mkd: true,
	whatlanggo.Cmn: true, whatlanggo.Jpn: true, whatlanggo.Kor: true, whatlanggo.Arb: true, whatlanggo.Pes: true, whatlanggo.Urd: true, whatlanggo.Heb: true,
	whatlanggo.Fra: true, whatlanggo.Deu: true, whatlanggo.Spa: true, whatlanggo.Por: true, whatlanggo.Ita: true, whatlanggo.Nld: true, whatlanggo.Pol: true,
	whatlanggo.Ces: true, whatlanggo.Hun: true, whatlanggo.Ron: true, whatlanggo.Ell: true, whatlanggo.Tur: true, whatlanggo.Vie: true,
	whatlanggo.Swe: true, whatlanggo.Dan: true, whatlanggo.Nob: true, whatlanggo.Fin: true, whatlanggo.Est: true, whatlanggo.Lav: true, whatlanggo.Lit: true,
	whatlanggo.Hrv: true, whatlanggo.Slv: true, whatlanggo.Ind: true, whatlanggo.Tha: true, whatlanggo.Hin: true, whatlanggo.Kat: true,
}

// Bounds of the text that a language is told from, in letters.
const (
	minLanguageText = 60
	maxLanguageText = 1500
)

// detectLanguage tells the language of text, with the declared one (ISO 639-1,
// or "") as a prior: a declaration stands unless the text speaks clearly
// against it. The score is 1 where both agree, 0.5 for a declaration alone, and
// the detector's own where it stands alone. Short text is not judged.
func detectLanguage(text, declared string) (language string, score float64) {
	text = firstBytes(text, maxLanguageText*2)
	if utf8.RuneCountInString(text) < minLanguageText {
		if declared != "" {
			return declared, 0.5
		}
		if utf8.RuneCountInString(text) < minLanguageText/3 {
			return "", 0
		}
	}
	info := whatlanggo.DetectWithOptions(text, whatlanggo.Options{Whitelist: detectable})
	found, sure := cyrillicLanguage(text, isoLanguage(info.Lang)), min(1, max(0, info.Confidence))
	switch {
	case found == "":
		return declared, 0.5
	case found == declared:
		return found, 1
	case !writtenLike(text, declared):
		return found, sure
	case declared != "" && (sure < 0.5 || sameReading(found, declared)):
		return declared, 0.5
	}
	return found, sure
}

// writtenLike says whether text is in the writing system of the declared
// language; true where either is not known.
func writtenLike(text, declared string) bool {
	script := mainScript(scriptOf(text))
	switch declared {
	case "":
		return true
	case "ru", "uk", "be", "bg", "mk", "kk":
		return script == 1
	case "ar", "fa", "ur":
		return script == 2
	case "zh", "ja", "th":
		return script == 3 || script < 0
	case "en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "sk", "hu", "ro", "tr", "sv", "da", "no", "fi", "et", "lv", "lt", "hr", "sl":
		return script == 0 || script < 0
	}
	return true
}

// cyrillicLanguage settles by their own letters what trigrams mix up in shorter
// texts: languages written in Cyrillic. Other languages come back as they are.
func cyrillicLanguage(text, found string) string {
	switch found {
	case "ru", "uk", "be", "bg", "sr", "mk":
	default:
		return found
	}
	ukrainian, russian, belarusian, serbian := 0, 0, 0, 0
	for _, r := range text {
		switch r {
		case 'ў', 'Ў':
			belarusian++
		case 'ї', 'є', 'ґ', 'Ї', 'Є':
			ukrainian++
		case 'ы', 'э', 'ё', 'Э':
			russian++
		case 'ј', 'љ', 'њ', 'ћ', 'ђ', 'џ':
			serbian++
		}
	}
	switch {
	case belarusian > 0 && belarusian >= ukrainian:
		return "be"
	case ukrainian > russian:
		return "uk"
	case serbian > russian:
		if found == "mk" {
			return "mk"
		}
		return "sr"
	case russian > 0:
		return "ru"
	}
	return found
}

// sameReading says whether two languages are so near that the detector's word
// does not outweigh a declaration.
func sameReading(a, b string) bool {
	for _, group := range []string{" no nb nn da ", " hr sr bs sl ", " cs sk ", " id ms ", " pt gl es ", " fa ps ur ", " bg mk "} {
		if strings.Contains(group, " "+a+" ") && strings.Contains(group, " "+b+" ") {
			return true
		}
	}
	return false
}

// isoLanguage is the two-letter code of a language, "" for none.
func isoLanguage(l whatlanggo.Lang) string {
	switch l {
	case whatlanggo.Nob:
		return "no"
	case whatlanggo.Pes:
		return "fa"
	}
	if code := l.Iso6391(); len(code) == 2 {
		return code
	}
	return ""
}

// languageCode is the two-letter code at the start of a language tag such as
// "en-US" or "ru_RU"; "" for anything else.
func languageCode(tag string) string {
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

// firstBytes cuts text to at most n bytes, at the end of a letter.
func firstBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
