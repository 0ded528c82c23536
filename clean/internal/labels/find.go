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

// Finder is a set of labels made ready to be found on lines.
type Finder struct {
	whole   map[string][]string // form '=': phrase → sections
	longest int                 // length of the longest phrase in whole, in bytes
	starts  map[rune]*startList // forms ':', '^' and '>', by first letter
	inside  map[uint32][]label  // form '~', by their first four bytes
	insides int32               // how many labels inside has
	opening [64]uint64          // a bit for the hash of each key of inside
	ends    []label             // form '$'
}

// startList holds the labels that begin with one letter, in the order of the
// files.
type startList struct {
	next   []byte // of each label the byte behind the letter; 0 where there is none
	labels []label
}

func (f *Finder) addStart(first rune, l label) {
	list := f.starts[first]
	if list == nil {
		list = &startList{}
		f.starts[first] = list
	}
	next := byte(0)
	if l.head != "" {
		next = l.head[0]
	}
	list.next, list.labels = append(list.next, next), append(list.labels, l)
}

func (f *Finder) addWhole(phrase, section string) {
	f.whole[phrase] = append(f.whole[phrase], section)
	f.longest = max(f.longest, len(phrase))
}

// insideKey is the key of a label that begins text, which has wordlists.MinInside bytes,
// and its place in opening.
func insideKey(text string) (key, word uint32, bit uint64) {
	key = uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
	hash := key * 2654435769 >> 20
	return key, hash >> 6, 1 << (hash & 63)
}

func newFinder() Finder {
	return Finder{whole: map[string][]string{}, starts: map[rune]*startList{}, inside: map[uint32][]label{}}
}

// only is the finder of some sections. It finds what the whole finder finds,
// in the same order, other sections apart.
func (f *Finder) only(sections ...string) *Finder {
	wanted := func(all []label) (out []label) {
		for _, l := range all {
			if slices.Contains(sections, l.section) {
				out = append(out, l)
			}
		}
		return out
	}
	out := newFinder()
	for phrase, all := range f.whole {
		for _, section := range all {
			if slices.Contains(sections, section) {
				out.addWhole(phrase, section)
			}
		}
	}
	for r, list := range f.starts {
		for _, l := range wanted(list.labels) {
			out.addStart(r, l)
		}
	}
	for _, all := range f.inside {
		for _, l := range wanted(all) {
			out.addInside(l)
		}
	}
	out.ends = wanted(f.ends)
	return &out
}

// file puts a label where it is looked for.
func (f *Finder) file(l label) {
	l.text = letters.FoldCase(l.text)
	if l.form == '=' {
		l.text = letters.TrimTrailing(l.text)
	}
	first, size := utf8.DecodeRuneInString(l.text)
	switch l.form {
	case '=':
		f.addWhole(l.text, l.section)
	case '~':
		l.order = f.insides
		f.addInside(l)
	case '$':
		f.ends = append(f.ends, l)
	default:
		l.head, _, l.counts = strings.Cut(l.text, "#")
		l.head = l.head[min(size, len(l.head)):]
		f.addStart(first, l)
	}
}

func (f *Finder) addInside(l label) {
	key, word, bit := insideKey(l.text)
	f.inside[key] = append(f.inside[key], l)
	f.opening[word] |= bit
	f.insides++
}

// Hit is a label found on a line.
type Hit struct {
	Section string
	Form    byte
	Rest    string // what follows the label, as written, without the separator; only for ':', '^' and '>'
	Alone   bool   // nothing else stands on the line
}

// Find gives the labels on a line.
func (f *Finder) Find(l *letters.Line) (hits []Hit) {
	hits = f.FindStart(l)
	hits = f.findInside(l.Fold, hits)
	for k := range f.ends {
		if lab := &f.ends[k]; strings.HasSuffix(l.Bare, lab.text) && len(lab.text) < len(l.Bare) && endsWord(l.Bare, len(l.Bare)-len(lab.text)) {
			hits = append(hits, Hit{Section: lab.section, Form: '$'})
		}
	}
	return hits
}

// FindStart gives the labels that a line is or begins with.
func (f *Finder) FindStart(l *letters.Line) (hits []Hit) {
	if len(l.Masked) <= f.longest {
		for _, section := range f.whole[l.Masked] {
			hits = append(hits, Hit{Section: section, Form: '=', Alone: true})
		}
		if i := strings.LastIndex(l.Masked, " ("); i > 0 && len(hits) == 0 && strings.Contains(l.Masked[i:], "#") && len(l.Masked)-i <= 16 {
			for _, section := range f.whole[letters.TrimTrailing(l.Masked[:i])] { // "Listen (3 min)"
				hits = append(hits, Hit{Section: section, Form: '=', Alone: true})
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

// findInside adds the labels that stand anywhere in a folded text, in the
// order of the files. It goes over the text once, and looks for labels where a
// word begins.
func (f *Finder) findInside(fold string, hits []Hit) []Hit {
	if f.insides == 0 {
		return hits
	}
	var found []*label
	after := false // the rune before is of a word
	for next := 0; next+wordlists.MinInside <= len(fold); {
		i := next
		var wordy, dense bool
		if c := fold[i]; c < utf8.RuneSelf {
			wordy = letters.ASCIIClass(c).IsWord()
			next++
		} else {
			r, size := utf8.DecodeRuneInString(fold[i:])
			wordy, dense = letters.IsWordRune(r), letters.IsUnspaced(r)
			next += size
		}
		within := wordy && after && !dense
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
		hits = append(hits, Hit{Section: lab.section, Form: '~'})
	}
	return hits
}

// endsWord says whether a phrase that ends at byte i of text ends no longer
// word in its middle. Scripts that write without spaces have no such thing.
func endsWord(text string, i int) bool {
	if i == len(text) {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(text[:i])
	next, _ := utf8.DecodeRuneInString(text[i:])
	return !letters.IsWordRune(last) || !letters.IsWordRune(next) || letters.IsUnspaced(last)
}

// StartsUpper says whether text begins with a capital, spaces apart.
func StartsUpper(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \""))
	return unicode.IsUpper(r)
}

// atStart says whether a line begins with the label in the way of its form.
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
	stripped := strings.TrimLeft(tail, " ")
	switch l.form {
	case ':':
		sep, size := utf8.DecodeRuneInString(stripped)
		switch {
		case strings.Trim(tail, " .:…!?>-»") == "":
			hit.Alone = true
		case sep == ':' || sep == '|' || sep == '•':
		case sep == '-' && strings.HasPrefix(stripped[size:], " ") && strings.HasPrefix(tail, " "):
		case l.section == "related" && strings.Contains(l.text, " ") && !line.EndsSentence && StartsUpper(hit.Rest):
		case l.section == "count" && letters.IsNumber(strings.ReplaceAll(stripped, " ", "")):
		case l.section == "date" && dates.IsHour(stripped):
		default:
			return Hit{}, false
		}
	case '>':
		hit.Alone = false
		name, _ := utf8.DecodeRuneInString(strings.TrimLeft(hit.Rest, " :@\""))
		if !unicode.IsUpper(name) && !unicode.IsDigit(name) && !letters.IsCaseless(name) {
			return Hit{}, false
		}
	}
	hit.Rest = strings.TrimLeft(hit.Rest, " :|•/-–—")
	return hit, true
}
