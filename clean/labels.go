package clean

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
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
	order   int32  // among the labels of its form
	head    string // form ':', '^' and '>': text behind its first letter, up to its first "#"
	counts  bool   // text has a "#", which stands for a number
}

// labelTable is the content of all label files, made ready to match.
type labelTable struct {
	labelFinder
	credits *labelFinder // the labels of credits and captions alone
	sources *labelFinder // the labels that name a source alone, captions among them
	boxes   *labelFinder // the labels of boxes alone, see labelOf

	words   map[string]map[string]bool // section without forms → its words and phrases
	phrases map[string][]string        // section without forms → those of its words that are no single word between spaces
	months  map[string]int             // name → 1 to 12
	common  map[string][]string        // frequent word → languages (ISO 639-1) it is one of
}

// wordSections hold words, not labels.
var wordSections = []string{"newsletter-thing", "newsletter-verb", "reporting", "person", "pitch", "weekdays", "roles", "rights-word", "related-word", "follow-verb", "subscribe", "us"}

// labelWords is the table, read once.
var labelWords = sync.OnceValue(readLabels)

// readLabels reads the embedded files. It panics on a file that breaks the
// format, which the tests see and a user never does.
func readLabels() *labelTable {
	t := &labelTable{
		labelFinder: newLabelFinder(), phrases: map[string][]string{},
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
	t.credits, t.sources = t.only("caption", "agency"), t.only("caption", "source")
	t.boxes = t.only("ad", "sponsored", "related", "comments", "newsletter")
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
			t.addWord(section, foldText(text))
		case strings.ContainsRune("=:^>~$", rune(text[0])) && len(text) > 1:
			if text[0] == '~' && len(text) <= minInside {
				return fmt.Errorf("[%s] %q is too short", section, text)
			}
			t.file(label{section: section, form: text[0], text: text[1:]})
		default:
			return fmt.Errorf("[%s] %q has no form", section, text)
		}
	}
	return nil
}

// has says whether a folded word or phrase is in a section of words.
func (t *labelTable) has(section, word string) bool { return t.words[section][word] }

// addWord files a word or phrase of a section without forms.
func (t *labelTable) addWord(section, word string) {
	if t.words[section] == nil {
		t.words[section] = map[string]bool{}
	}
	first, _ := utf8.DecodeRuneInString(word)
	if !t.words[section][word] && (unbroken(first) || strings.Contains(word, " ")) {
		t.phrases[section] = append(t.phrases[section], word)
	}
	t.words[section][word] = true
}

// mentions says whether text holds an entry of a section of words; text is
// folded.
func (t *labelTable) mentions(section, text string) bool {
	words := t.words[section]
	for w := range strings.FieldsFuncSeq(text, betweenWords) {
		if words[w] {
			return true
		}
	}
	return slices.ContainsFunc(t.phrases[section], func(phrase string) bool { return strings.Contains(text, phrase) })
}

// count gives how many different entries of a section of words text holds; text
// is folded.
func (t *labelTable) count(section, text string) int {
	n := 0
	var seen []string
	words := t.words[section]
	for w := range strings.FieldsFuncSeq(text, betweenWords) {
		if words[w] && !slices.Contains(seen, w) {
			seen = append(seen, w)
			n++
		}
	}
	for _, phrase := range t.phrases[section] {
		if strings.Contains(text, phrase) {
			n++
		}
	}
	return n
}
