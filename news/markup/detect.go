package markup

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/net/html/charset"
)

// sampleSize is how much text an encoding is detected by, in bytes.
const sampleSize = 32 << 10

// foreignText returns the text between tags that has bytes outside ASCII, up to
// sampleSize bytes; or the start of body, if only the markup has such bytes.
func foreignText(body []byte) []byte {
	var sample []byte
	for rest := body; len(rest) > 0 && len(sample) < sampleSize; {
		text := rest
		if i := bytes.IndexByte(rest, '<'); i >= 0 {
			text = rest[:i]
		}
		if slices.ContainsFunc(text, func(b byte) bool { return b >= utf8.RuneSelf }) {
			sample = append(append(sample, text[:min(len(text), sampleSize)]...), '\n')
		}
		rest = rest[len(text):]
		if i := bytes.IndexByte(rest, '>'); i >= 0 {
			rest = rest[i+1:]
		} else {
			rest = nil
		}
	}
	if len(sample) == 0 {
		return body[:min(len(body), sampleSize)]
	}
	return sample
}

// inRuns returns the share, 0 to 1, of the bytes outside ASCII that are in runs of
// three and more: near 1 for Cyrillic, Arabic or Chinese, near 0 for languages with
// an accented letter between plain ones.
func inRuns(sample []byte) float64 {
	high, long, run := 0, 0, 0
	flush := func() {
		if run >= 3 {
			long += run
		}
		run = 0
	}
	for _, b := range sample {
		if b < utf8.RuneSelf {
			flush()
			continue
		}
		high++
		run++
	}
	flush()
	if high == 0 {
		return 0
	}
	return float64(long) / float64(high)
}

// script is a single-byte encoding of a script other than Latin.
type script struct {
	name     string
	frequent string // letters that most of any text in it consists of
}

// scripts are the encodings in order of preference, for bytes that two explain
// equally well. The letters are the most frequent ones of Russian and Ukrainian,
// Greek, Hebrew and Arabic, in lower case.
var scripts = []script{
	{"windows-1251", "оеаинтсрвлкмдпуяьзіы"},
	{"koi8-r", "оеаинтсрвлкмдпуяьзы"},
	{"koi8-u", "оеаинтсрвлкмдпуяьзі"},
	{"ibm866", "оеаинтсрвлкмдпуяьзы"},
	{"iso-8859-5", "оеаинтсрвлкмдпуяьзіы"},
	{"x-mac-cyrillic", "оеаинтсрвлкмдпуяьзіы"},
	{"windows-1253", "αοιετσνηυρπκλμςόίάέ"},
	{"windows-1255", "יוהלאתרמבנשםע"},
	{"windows-1256", "اليمنوترباةعدسفهكح"},
}

// minScript is the share of frequent letters among the characters outside ASCII, 0
// to 1, above which a script is detected. Texts in the script have 0.75 and more,
// texts in another less than 0.45.
const minScript = 0.55

// alphabets are the letters outside ASCII of the languages that are written in each
// single-byte Latin encoding.
var alphabets = []struct {
	name      string
	languages []string // the letters of one language each
}{
	{"windows-1252", []string{"àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúñü", "áâãàçéêíóôõúü", "àèéìíîòóù", "æøåéäö", "éëïöüèê", "áéíóúýðþæö", "é"}},
	{"windows-1250", []string{"ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ"}},
	{"iso-8859-2", []string{"ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ"}},
	{"windows-1254", []string{"çğıöşüİâî"}},
	{"windows-1257", []string{"ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"}},
}

// detect returns the encoding of a sample that is not UTF-8.
func detect(sample []byte) string {
	if inRuns(sample) < 0.4 {
		name, _ := latin(sample)
		return name
	}
	if name, _ := frequentScript(sample); name != "" {
		return name
	}
	if found := chardet.Detect(sample).Encoding; found != "" {
		switch _, name := charset.Lookup(found); name {
		case "", UTF8:
		case "gbk":
			return "gb18030" // the same and more
		default:
			return name
		}
	}
	name, _ := latin(sample)
	return name
}

// frequentScript returns the encoding of the script that explains sample best, and
// its share of frequent letters; "" and minScript if none exceeds minScript.
func frequentScript(sample []byte) (string, float64) {
	best, share := "", minScript
	for _, s := range scripts {
		if got := scriptShare(s, sample); got > share {
			best, share = s.name, got
		}
	}
	return best, share
}

// scriptShare returns the share, 0 to 1, of a script's frequent letters among the
// characters outside ASCII of sample, decoded by that script.
func scriptShare(s script, sample []byte) float64 {
	frequent, foreign := 0, 0
	for _, r := range string(convert(sample, s.name)) {
		if r < utf8.RuneSelf || unicode.IsSpace(r) || unicode.IsPunct(r) {
			continue
		}
		foreign++
		if unicode.IsSymbol(r) { // as 0xff, the я of windows-1251, is in x-mac-cyrillic
			foreign += 2
		}
		if strings.ContainsRune(s.frequent, r) {
			frequent++
		}
	}
	if foreign == 0 {
		return 0
	}
	return float64(frequent) / float64(foreign)
}

// latin returns the Latin encoding in which one language explains the accented
// letters of sample best, and the share of them that it explains.
func latin(sample []byte) (string, float64) {
	name, best := "windows-1252", 0.0
	for _, a := range alphabets {
		if share := explained(a.languages, string(convert(sample, a.name))); share > best+1e-9 {
			name, best = a.name, share
		}
	}
	return name, best
}

// explained returns the largest share, 0 to 1, of the accented letters in text that
// one of the alphabets has. Signs inside words count as letters that none has. It
// is 1 for text without either.
func explained(alphabets []string, text string) (share float64) {
	letters, others := accents(text)
	for _, alphabet := range alphabets {
		known, all := 0, others
		for r, n := range letters {
			all += n
			if strings.ContainsRune(alphabet, r) {
				known += n
			}
		}
		if all == 0 {
			return 1
		}
		share = max(share, float64(known)/float64(all))
	}
	return share
}

// accents counts the letters outside ASCII, in lower case, and the signs inside
// words, where no language has them.
func accents(text string) (letters map[rune]int, inside int) {
	letters = map[rune]int{}
	var before, sign rune
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsMark(r):
			if sign == 0 && r >= utf8.RuneSelf && unicode.IsLetter(before) && !unicode.IsPunct(r) && !unicode.IsSpace(r) {
				sign = r
			} else {
				if sign != 0 && unicode.IsLetter(r) {
					inside++
				}
				sign = 0
			}
		default:
			letters[unicode.ToLower(r)]++
			if sign != 0 {
				inside++
			}
			sign = 0
		}
		before = r
	}
	return letters, inside
}

// fits reports whether sample can be text in the declared encoding.
func fits(name string, sample []byte) bool {
	switch name {
	case UTF8, "utf-16le", "utf-16be", "iso-2022-jp":
		return false
	case "gbk", "gb18030", "euc-jp", "euc-kr":
		return inRuns(sample) >= 0.3 && eastAsian(string(convert(sample, name)))
	case "big5", "shift_jis": // of which the second bytes are often ASCII
		return eastAsian(string(convert(sample, name)))
	}
	runs := inRuns(sample)
	for _, s := range scripts {
		if s.name == name {
			// A short text may be far from the averages: only another script
			// that explains it much better contradicts the declaration.
			_, share := frequentScript(sample)
			return runs >= 0.2 && scriptShare(s, sample) > share-0.25
		}
	}
	if runs >= 0.5 {
		return false
	}
	found, share := latin(sample)
	for _, a := range alphabets {
		if a.name == name {
			return found == name || share < 0.9 || explained(a.languages, string(convert(sample, name))) > share-0.15
		}
	}
	return true
}

// eastAsian reports whether at least seven in ten of the characters outside ASCII are
// those of Chinese, Japanese or Korean text. A lost byte spoils what follows it up to
// the next character of ASCII.
func eastAsian(text string) bool {
	good, all := 0, 0
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			continue
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul),
			r >= 0x3000 && r <= 0x303F, r >= 0xFF00 && r <= 0xFFEF, unicode.IsPunct(r), unicode.IsSpace(r):
			good++
		}
		all++
	}
	return good*10 >= all*7
}
