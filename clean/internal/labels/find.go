package labels

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Hit is a label found on a line.
type Hit struct {
	Section wordlists.Section
	Form    wordlists.Form
	Rest    string // what follows a label at the start of the line, as written, without the separator
	Alone   bool   // nothing else is on the line
}

// Find returns the labels on a line: those of [Finder.FindStart], then those
// anywhere on it, then those at its end.
func (f *Finder) Find(l *letters.Line) (hits []Hit) {
	hits = f.FindStart(l)
	hits = f.findInside(l.Fold, hits)
	for k := range f.ends {
		if lab := &f.ends[k]; strings.HasSuffix(l.Bare, lab.text) && len(lab.text) < len(l.Bare) && endsWord(l.Bare, len(l.Bare)-len(lab.text)) {
			hits = append(hits, Hit{Section: lab.section, Form: wordlists.LineEnd})
		}
	}
	return hits
}

// maxDuration is the length, in bytes, of a number in brackets that may follow a
// label on its line: "Listen (3 min)".
const maxDuration = 16

// FindStart returns the labels that a line is or begins with.
func (f *Finder) FindStart(l *letters.Line) (hits []Hit) {
	if len(l.Masked) <= f.longest {
		for _, section := range f.whole[l.Masked] {
			hits = append(hits, Hit{Section: section, Form: wordlists.WholeLine, Alone: true})
		}
		if i := strings.LastIndex(l.Masked, " ("); i > 0 && len(hits) == 0 && strings.Contains(l.Masked[i:], "#") && len(l.Masked)-i <= maxDuration {
			for _, section := range f.whole[letters.TrimTrailing(l.Masked[:i])] {
				hits = append(hits, Hit{Section: section, Form: wordlists.WholeLine, Alone: true})
			}
		}
	}
	first, size := utf8.DecodeRuneInString(l.Fold)
	list := f.starts[first]
	if list == nil {
		return hits
	}
	tail, next := l.Fold[size:], byte(0)
	if tail != "" {
		next = tail[0]
	}
	for k, c := range list.next {
		if c != next && c != 0 || !strings.HasPrefix(tail, list.labels[k].head) {
			continue
		}
		if hit, ok := list.labels[k].atStart(l); ok {
			hits = append(hits, hit)
		}
	}
	return hits
}

// atStart reports whether a line begins with the label in the way of its form.
func (l *label) atStart(line *letters.Line) (Hit, bool) {
	if l.counts {
		return Hit{Section: l.section, Form: l.form}, strings.HasPrefix(line.Masked, l.text)
	}
	tail := line.Fold[len(l.text):]
	last, _ := utf8.DecodeLastRuneInString(l.text)
	next, _ := utf8.DecodeRuneInString(tail)
	if tail != "" && letters.IsWordRune(last) && letters.IsWordRune(next) && !letters.IsUnspaced(last) {
		return Hit{}, false
	}
	hit := Hit{Section: l.section, Form: l.form, Rest: line.After(len(l.text))}
	switch l.form {
	case wordlists.BeforeColon:
		hit.Alone = strings.Trim(tail, " .:…!?>-»") == ""
		if !hit.Alone && !l.separated(line, tail, hit.Rest) {
			return Hit{}, false
		}
	case wordlists.BeforeName:
		name, _ := utf8.DecodeRuneInString(strings.TrimLeft(hit.Rest, " :@\""))
		if !unicode.IsUpper(name) && !unicode.IsDigit(name) && !letters.IsCaseless(name) {
			return Hit{}, false
		}
	}
	hit.Rest = strings.TrimLeft(hit.Rest, " :|•/-–—")
	return hit, true
}

// separated reports whether tail, the folded rest of a line behind the label,
// begins with a sign that makes the text before it a label, or shows in another
// way that it is one: by a headline, a number or a time of day.
func (l *label) separated(line *letters.Line, tail, rest string) bool {
	trimmed := strings.TrimLeft(tail, " ")
	sign, size := utf8.DecodeRuneInString(trimmed)
	switch {
	case sign == ':' || sign == '|' || sign == '•':
		return true
	case sign == '-' && strings.HasPrefix(trimmed[size:], " ") && strings.HasPrefix(tail, " "):
		return true
	case l.section == wordlists.Related && strings.Contains(l.text, " ") && !line.EndsSentence && letters.StartsUpper(rest):
		return true
	case l.section == wordlists.Count && letters.IsNumber(strings.ReplaceAll(trimmed, " ", "")):
		return true
	}
	return l.section == wordlists.Date && dates.IsHour(trimmed)
}

// findInside appends the labels that are anywhere in a folded text, in the
// order of the files. It goes over the text once, and looks for labels where a
// word begins.
func (f *Finder) findInside(fold string, hits []Hit) []Hit {
	if f.insides == 0 {
		return hits
	}
	var found []*label
	after := false // the rune before belongs to a word
	for next := 0; next+wordlists.MinAnywhere <= len(fold); {
		i := next
		var wordy, unspaced bool
		if c := fold[i]; c < utf8.RuneSelf {
			wordy = letters.ASCIIClass(c).IsWord()
			next++
		} else {
			r, size := utf8.DecodeRuneInString(fold[i:])
			wordy, unspaced = letters.IsWordRune(r), letters.IsUnspaced(r)
			next += size
		}
		within := wordy && after && !unspaced
		after = wordy
		if within {
			continue
		}
		key, word, bit := insideKey(fold[i:])
		if f.opening[word]&bit == 0 {
			continue
		}
		labels := f.inside[key]
		for k := range labels {
			if lab := &labels[k]; strings.HasPrefix(fold[i:], lab.text) && endsWord(fold, i+len(lab.text)) && !slices.Contains(found, lab) {
				found = append(found, lab)
			}
		}
	}
	slices.SortFunc(found, func(a, b *label) int { return int(a.order - b.order) })
	for _, lab := range found {
		hits = append(hits, Hit{Section: lab.section, Form: wordlists.Anywhere})
	}
	return hits
}

// endsWord reports whether a phrase that ends at byte i of text does not end
// within a longer word. In scripts without spaces it never does.
func endsWord(text string, i int) bool {
	if i == len(text) {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(text[:i])
	next, _ := utf8.DecodeRuneInString(text[i:])
	return !letters.IsWordRune(last) || !letters.IsWordRune(next) || letters.IsUnspaced(last)
}
