package clean

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// labelFiles are the words of what is not story, one file a language. All
// languages count on every page: an English story may carry a Russian
// newsletter box.
//
//go:embed labels/*.txt
var labelFiles embed.FS

// label is one phrase of a label file.
type label struct {
	section string
	form    byte   // '=', ':', '^', '>', '~' or '$', see labels/en.txt
	text    string // folded
}

// labelTable is the content of all label files, made ready to match.
type labelTable struct {
	whole  map[string][]string // phrase → sections
	starts map[rune][]label    // by first letter; forms ':', '^' and '>'
	inside []label
	ends   []label
	words  map[string]map[string]bool // section without forms → its words and phrases
	months map[string]int             // name → 1 to 12
	common map[string][]string        // frequent word → languages (ISO 639-1) it is one of
}

// wordSections hold words, not labels.
var wordSections = []string{"newsletter-thing", "newsletter-verb", "reporting", "person", "pitch", "weekdays", "roles", "rights-word"}

// labelWords is the table, read once.
var labelWords = sync.OnceValue(readLabels)

// readLabels reads the embedded files. It panics on a file that breaks the
// format, which the tests see and a user never does.
func readLabels() *labelTable {
	t := &labelTable{
		whole: map[string][]string{}, starts: map[rune][]label{},
		words: map[string]map[string]bool{}, months: map[string]int{}, common: map[string][]string{},
	}
	files, err := labelFiles.ReadDir("labels")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		data, err := labelFiles.ReadFile(path.Join("labels", f.Name()))
		if err != nil {
			panic(err)
		}
		if err := t.add(strings.TrimSuffix(f.Name(), ".txt"), string(data)); err != nil {
			panic(fmt.Sprintf("%s: %v", f.Name(), err))
		}
	}
	return t
}

func (t *labelTable) add(language, data string) error {
	section, month := "", 0
	for text := range strings.Lines(data) {
		text = strings.TrimRight(text, "\n")
		switch {
		case text == "" || strings.HasPrefix(text, "# ") && section == "":
		case text[0] == '[':
			section, month = strings.Trim(text, "[]"), 0
		case section == "months":
			month++
			for _, name := range strings.Fields(text) {
				t.months[foldText(strings.ReplaceAll(name, "_", " "))] = month
			}
		case section == "common":
			for _, w := range strings.Fields(foldText(text)) {
				t.common[w] = append(t.common[w], language)
			}
		case slices.Contains(wordSections, section):
			if t.words[section] == nil {
				t.words[section] = map[string]bool{}
			}
			t.words[section][foldText(text)] = true
		case strings.ContainsRune("=:^>~$", rune(text[0])) && len(text) > 1:
			t.file(label{section, text[0], text[1:]})
		default:
			return fmt.Errorf("[%s] %q has no form", section, text)
		}
	}
	return nil
}

// file puts a label where it is looked for.
func (t *labelTable) file(l label) {
	l.text = foldCase(l.text)
	if l.form == '=' {
		l.text = strings.TrimRight(l.text, bareCut)
	}
	switch l.form {
	case '=':
		t.whole[l.text] = append(t.whole[l.text], l.section)
	case '~':
		t.inside = append(t.inside, l)
	case '$':
		t.ends = append(t.ends, l)
	default:
		first, _ := utf8.DecodeRuneInString(l.text)
		t.starts[first] = append(t.starts[first], l)
	}
}

// labelHit is a label found on a line.
type labelHit struct {
	section string
	form    byte
	rest    string // what follows the label, as written, without the separator; only for ':', '^' and '>'
	alone   bool   // nothing else stands on the line
}

// find gives the labels on a line.
func (t *labelTable) find(l *textLine) (hits []labelHit) {
	for _, section := range t.whole[l.counted] {
		hits = append(hits, labelHit{section: section, form: '=', alone: true})
	}
	first, _ := utf8.DecodeRuneInString(l.fold)
	for _, lab := range t.starts[first] {
		if hit, ok := lab.atStart(l); ok {
			hits = append(hits, hit)
		}
	}
	for _, lab := range t.inside {
		if containsWord(l.fold, lab.text) {
			hits = append(hits, labelHit{section: lab.section, form: '~'})
		}
	}
	for _, lab := range t.ends {
		if strings.HasSuffix(l.bare, lab.text) && len(lab.text) < len(l.bare) {
			hits = append(hits, labelHit{section: lab.section, form: '$'})
		}
	}
	return hits
}

// startsUpper says whether text begins with a capital, spaces apart.
func startsUpper(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \""))
	return unicode.IsUpper(r)
}

// containsWord says whether text holds phrase, not as a part of longer words.
func containsWord(text, phrase string) bool {
	first, _ := utf8.DecodeRuneInString(phrase)
	last, _ := utf8.DecodeLastRuneInString(phrase)
	for at := 0; ; {
		i := strings.Index(text[at:], phrase)
		if i < 0 {
			return false
		}
		i += at
		before, size := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(phrase):])
		if !(size > 0 && isWordy(before) && isWordy(first) && !unbroken(first)) &&
			!(i+len(phrase) < len(text) && isWordy(last) && isWordy(after) && !unbroken(last)) {
			return true
		}
		at = i + len(phrase)
	}
}

// atStart says whether a line begins with the label in the way of its form.
func (l label) atStart(line *textLine) (labelHit, bool) {
	if head, _, counts := strings.Cut(l.text, "#"); counts {
		ok := strings.HasPrefix(line.fold, head) && strings.HasPrefix(line.counted, l.text)
		return labelHit{section: l.section, form: l.form}, ok
	}
	if !strings.HasPrefix(line.fold, l.text) {
		return labelHit{}, false
	}
	tail := line.fold[len(l.text):]
	last, _ := utf8.DecodeLastRuneInString(l.text)
	next, _ := utf8.DecodeRuneInString(tail)
	if tail != "" && isWordy(last) && isWordy(next) && !unbroken(last) {
		return labelHit{}, false
	}
	hit := labelHit{section: l.section, form: l.form, rest: line.after(len(l.text))}
	stripped := strings.TrimLeft(tail, " ")
	switch l.form {
	case ':':
		sep, size := utf8.DecodeRuneInString(stripped)
		switch {
		case strings.Trim(tail, " .:…!?>-»") == "":
			hit.alone = true
		case sep == ':' || sep == '|' || sep == '•':
		case sep == '-' && strings.HasPrefix(stripped[size:], " ") && strings.HasPrefix(tail, " "):
		case l.section == "related" && strings.Contains(l.text, " ") && !line.ends && startsUpper(hit.rest):
		default:
			return labelHit{}, false
		}
	case '>':
		hit.alone = false
		name, _ := utf8.DecodeRuneInString(strings.TrimLeft(hit.rest, " :@\""))
		if !unicode.IsUpper(name) && !unicode.IsDigit(name) && !caseless(name) {
			return labelHit{}, false
		}
	}
	hit.rest = strings.TrimLeft(hit.rest, " :|•/-–—")
	return hit, true
}

func isWordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// has says whether a folded word or phrase is in a section of words.
func (t *labelTable) has(section, word string) bool { return t.words[section][word] }

// count gives how many different entries of a section of words text holds; text
// is folded.
func (t *labelTable) count(section, text string) int {
	n := 0
	seen := map[string]bool{}
	for _, w := range foldedWords(text) {
		if t.words[section][w] && !seen[w] {
			seen[w] = true
			n++
		}
	}
	for phrase := range t.words[section] {
		first, _ := utf8.DecodeRuneInString(phrase)
		if (unbroken(first) || strings.Contains(phrase, " ")) && strings.Contains(text, phrase) {
			n++
		}
	}
	return n
}
