// Package wordlists reads the word lists of the clean stage: one file per
// language in labels/, and labels/any.txt for words that are the same in all of
// them. The head of labels/en.txt describes the format.
//
// A list holds labels (phrases such as "Read also" that mark a line as no part of
// the story), plain words by section (weekdays, roles, verbs of reporting), the
// names of months and time zones, and the most frequent words of the language.
// All languages count on every page: an English story may carry a Russian
// newsletter box. sections.go has the sections, with what each is for.
//
// Start with [All]. Package labels finds the labels on lines; packages dates and
// langid read months, zones and frequent words from here.
package wordlists

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// listFiles holds the word lists.
//
//go:embed labels/*.txt
var listFiles embed.FS

// Lists is the content of all word lists. Words and phrases are in the form of
// [letters.Fold], labels as written.
type Lists struct {
	Labels []Label                  // in the order of the files
	Zones  map[string]time.Duration // name → distance east of UTC
	Common map[string][]string      // frequent word → languages (ISO 639-1) it is one of
	words  map[Section]*words

	ands     map[string][]string       // language → its entries of And
	months   map[string]int            // name → 1 to 12
	monthsOf map[string]map[string]int // language → name → 1 to 12
}

// Label is one phrase that marks a line.
type Label struct {
	Section Section
	Form    Form
	Text    string
}

// words holds the entries of one section of words.
type words struct {
	has     map[string]bool
	entries []string // each once, in the order of the files
	phrases []string // the entries that are not one word between blanks
}

// All returns the word lists of all languages, which are read once.
var All = sync.OnceValue(func() *Lists {
	l, err := read(listFiles)
	if err != nil {
		panic(err) // unreachable: the files are embedded, and a test reads them
	}
	return l
})

// read reads the files labels/*.txt in the order of their names.
func read(files fs.FS) (*Lists, error) {
	l := &Lists{ands: map[string][]string{}, months: map[string]int{}, monthsOf: map[string]map[string]int{}, Zones: map[string]time.Duration{}, Common: map[string][]string{}, words: map[Section]*words{}}
	for _, s := range wordSections {
		l.words[s] = &words{has: map[string]bool{}}
	}
	names, err := fs.Glob(files, "labels/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if err := l.add(strings.TrimSuffix(path.Base(name), ".txt"), string(data)); err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
	}
	l.addCalendars()
	l.addOtherCalendars()
	return l, nil
}

// add reads the file of one language. Its error begins with the line's number.
func (l *Lists) add(language, data string) error {
	section, number := Section(""), 0
	for line := range strings.Lines(data) {
		number++
		line = strings.TrimRight(line, "\n")
		if line == "" || line == "#" || strings.HasPrefix(line, "# ") {
			continue
		}
		if line[0] == '[' {
			section = Section(strings.Trim(line, "[]"))
			continue
		}
		if err := l.addEntry(language, section, line); err != nil {
			return fmt.Errorf("%d: [%s] %w", number, section, err)
		}
	}
	return nil
}

// addEntry adds a line of a section.
func (l *Lists) addEntry(language string, section Section, line string) error {
	switch {
	case section == months:
		names := strings.Fields(line)
		n, err := strconv.Atoi(names[0])
		if err != nil || n < 1 || n > 12 {
			return fmt.Errorf("%q does not begin with the number of a month", line)
		}
		for _, name := range names[1:] {
			l.addMonth(language, strings.ReplaceAll(name, "_", " "), n)
		}
	case section == zones:
		name, east, _ := strings.Cut(line, " ")
		hours, minutes, _ := strings.Cut(east, ":")
		h, err := strconv.Atoi(hours)
		m, err2 := strconv.Atoi("0" + minutes)
		if err != nil || err2 != nil {
			return fmt.Errorf("%q has no hours east of UTC", line)
		}
		l.Zones[letters.FoldCase(name)] = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	case section == common:
		for _, w := range strings.Fields(letters.Fold(line)) {
			l.Common[w] = append(l.Common[w], language)
		}
	case section == And:
		l.words[section].add(line)
		l.ands[language] = append(l.ands[language], line)
	case slices.Contains(wordSections, section):
		l.words[section].add(letters.Fold(line))
	case !slices.Contains(labelSections, section):
		return fmt.Errorf("is no section; sections.go has them all")
	case len(line) < 2 || strings.IndexByte(forms, line[0]) < 0:
		return fmt.Errorf("%q does not begin with a form, one of %s", line, forms)
	case Form(line[0]) == Anywhere && len(line) <= MinAnywhere:
		return fmt.Errorf("%q is shorter than %d bytes", line[1:], MinAnywhere)
	default:
		l.Labels = append(l.Labels, Label{Section: section, Form: Form(line[0]), Text: line[1:]})
	}
	return nil
}

func (w *words) add(entry string) {
	if w.has[entry] {
		return
	}
	w.has[entry] = true
	w.entries = append(w.entries, entry)
	if first, _ := utf8.DecodeRuneInString(entry); letters.IsUnspaced(first) || strings.Contains(entry, " ") {
		w.phrases = append(w.phrases, entry)
	}
}

// Entries returns the entries of a section of words, in the order of the files.
func (l *Lists) Entries(section Section) []string { return l.words[section].entries }

// Ands returns the entries of [And] of a language (ISO 639-1).
func (l *Lists) Ands(language string) []string { return l.ands[language] }

// Has reports whether a folded word or phrase is in a section of words.
func (l *Lists) Has(section Section, word string) bool { return l.words[section].has[word] }

// HasPrefix reports whether a folded text begins with an entry of a section of
// words.
func (l *Lists) HasPrefix(section Section, text string) bool {
	return slices.ContainsFunc(l.words[section].entries, func(entry string) bool { return strings.HasPrefix(text, entry) })
}

// HasSuffix reports whether a folded text ends with an entry of a section of
// words.
func (l *Lists) HasSuffix(section Section, text string) bool {
	return slices.ContainsFunc(l.words[section].entries, func(entry string) bool { return strings.HasSuffix(text, entry) })
}

// Mentions reports whether a folded text contains an entry of a section of
// words.
func (l *Lists) Mentions(section Section, text string) bool {
	words := l.words[section]
	for w := range strings.FieldsFuncSeq(text, letters.IsWordBreak) {
		if words.has[w] {
			return true
		}
	}
	return slices.ContainsFunc(words.phrases, func(phrase string) bool { return strings.Contains(text, phrase) })
}

// CountDistinct returns how many different entries of a section of words a
// folded text contains.
func (l *Lists) CountDistinct(section Section, text string) int {
	n := 0
	var seen []string
	words := l.words[section]
	for w := range strings.FieldsFuncSeq(text, letters.IsWordBreak) {
		if words.has[w] && !slices.Contains(seen, w) {
			seen = append(seen, w)
			n++
		}
	}
	for _, phrase := range words.phrases {
		if strings.Contains(text, phrase) {
			n++
		}
	}
	return n
}

// WriteTo writes the content of the lists, comments apart, in a form that is the
// same for the same content. It serves to name a state of the lists by a hash.
func (l *Lists) WriteTo(w io.Writer) (int64, error) {
	n, err := fmt.Fprintf(w, "%+v\n%v\n%v\n%v\n", l.Labels, l.monthsOf, l.Zones, l.Common) // maps come in the order of their keys
	for _, section := range slices.Sorted(maps.Keys(l.words)) {
		if err != nil {
			break
		}
		var k int
		k, err = fmt.Fprintf(w, "%v %q\n", section, l.words[section].entries)
		n += k
	}
	return int64(n), err
}
