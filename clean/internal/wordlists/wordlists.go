// Package wordlists reads the word lists of the clean stage: one file per
// language in labels/, whose format is described at the head of labels/en.txt.
//
// A list holds labels (phrases such as "Read also" that mark what is not story),
// plain words by section (weekdays, roles, verbs of reporting), the names of the
// months, and the most frequent words of the language. All languages count on
// every page: an English story may carry a Russian newsletter box.
//
// Start with [All]. Package labels finds the labels on lines; packages dates and
// langid read months and frequent words from here.
package wordlists

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// labelFiles are the words of what is not story, one file a language. All
// languages count on every page: an English story may carry a Russian
// newsletter box.
//
//go:embed labels/*.txt
var labelFiles embed.FS

// Lists is the content of all label files.
type Lists struct {
	Labels  []labelLine                // the phrases that are labels, in the order of the files
	words   map[string]map[string]bool // section without forms → its words and phrases
	phrases map[string][]string        // section without forms → those of its words that are no single word between spaces
	Months  map[string]int             // name → 1 to 12
	Common  map[string][]string        // frequent word → languages (ISO 639-1) it is one of
}

// labelLine is one phrase of a label file.
type labelLine struct {
	Section string
	Form    byte // '=', ':', '^', '>', '~' or '$', see labels/en.txt
	Text    string
}

// wordSections hold words, not labels.
var wordSections = []string{"newsletter-thing", "newsletter-verb", "reporting", "person", "pitch", "weekdays", "roles", "rights-word", "related-word", "follow-verb", "subscribe", "us"}

// MinInside is the length, in bytes, of the shortest label that may stand
// anywhere in a line.
const MinInside = 4

// All are the word lists, read once.
var All = sync.OnceValue(readLists)

// readLists reads the embedded files. It panics on a file that breaks the
// format, which the tests see and a user never does.
func readLists() *Lists {
	t := &Lists{phrases: map[string][]string{}, words: map[string]map[string]bool{}, Months: map[string]int{}, Common: map[string][]string{}}
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

func (t *Lists) add(language, data string) error {
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
				t.Months[letters.Fold(strings.ReplaceAll(name, "_", " "))] = month
			}
		case section == "common":
			for _, w := range strings.Fields(letters.Fold(text)) {
				t.Common[w] = append(t.Common[w], language)
			}
		case slices.Contains(wordSections, section):
			t.addWord(section, letters.Fold(text))
		case strings.ContainsRune("=:^>~$", rune(text[0])) && len(text) > 1:
			if text[0] == '~' && len(text) <= MinInside {
				return fmt.Errorf("[%s] %q is too short", section, text)
			}
			t.Labels = append(t.Labels, labelLine{Section: section, Form: text[0], Text: text[1:]})
		default:
			return fmt.Errorf("[%s] %q has no form", section, text)
		}
	}
	return nil
}

// Has says whether a folded word or phrase is in a section of words.
func (t *Lists) Has(section, word string) bool { return t.words[section][word] }

// addWord files a word or phrase of a section without forms.
func (t *Lists) addWord(section, word string) {
	if t.words[section] == nil {
		t.words[section] = map[string]bool{}
	}
	first, _ := utf8.DecodeRuneInString(word)
	if !t.words[section][word] && (letters.IsUnspaced(first) || strings.Contains(word, " ")) {
		t.phrases[section] = append(t.phrases[section], word)
	}
	t.words[section][word] = true
}

// Mentions says whether text holds an entry of a section of words; text is
// folded.
func (t *Lists) Mentions(section, text string) bool {
	words := t.words[section]
	for w := range strings.FieldsFuncSeq(text, letters.IsWordBreak) {
		if words[w] {
			return true
		}
	}
	return slices.ContainsFunc(t.phrases[section], func(phrase string) bool { return strings.Contains(text, phrase) })
}

// Count gives how many different entries of a section of words text holds; text
// is folded.
func (t *Lists) Count(section, text string) int {
	n := 0
	var seen []string
	words := t.words[section]
	for w := range strings.FieldsFuncSeq(text, letters.IsWordBreak) {
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
