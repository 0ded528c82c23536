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

// wordLists is the content of all label files.
type wordLists struct {
	labels  []labelLine                // the phrases that are labels, in the order of the files
	words   map[string]map[string]bool // section without forms → its words and phrases
	phrases map[string][]string        // section without forms → those of its words that are no single word between spaces
	months  map[string]int             // name → 1 to 12
	common  map[string][]string        // frequent word → languages (ISO 639-1) it is one of
}

// labelLine is one phrase of a label file.
type labelLine struct {
	section string
	form    byte // '=', ':', '^', '>', '~' or '$', see labels/en.txt
	text    string
}

// wordSections hold words, not labels.
var wordSections = []string{"newsletter-thing", "newsletter-verb", "reporting", "person", "pitch", "weekdays", "roles", "rights-word", "related-word", "follow-verb", "subscribe", "us"}

// minInside is the length, in bytes, of the shortest label that may stand
// anywhere in a line.
const minInside = 4

// lists are the word lists, read once.
var lists = sync.OnceValue(readLists)

// readLists reads the embedded files. It panics on a file that breaks the
// format, which the tests see and a user never does.
func readLists() *wordLists {
	t := &wordLists{phrases: map[string][]string{}, words: map[string]map[string]bool{}, months: map[string]int{}, common: map[string][]string{}}
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

func (t *wordLists) add(language, data string) error {
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
			t.labels = append(t.labels, labelLine{section: section, form: text[0], text: text[1:]})
		default:
			return fmt.Errorf("[%s] %q has no form", section, text)
		}
	}
	return nil
}

// has says whether a folded word or phrase is in a section of words.
func (t *wordLists) has(section, word string) bool { return t.words[section][word] }

// addWord files a word or phrase of a section without forms.
func (t *wordLists) addWord(section, word string) {
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
func (t *wordLists) mentions(section, text string) bool {
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
func (t *wordLists) count(section, text string) int {
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
