package clean

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// labelFinder is a set of labels made ready to be found on lines.
type labelFinder struct {
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

func (f *labelFinder) addStart(first rune, l label) {
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

func (f *labelFinder) addWhole(phrase, section string) {
	f.whole[phrase] = append(f.whole[phrase], section)
	f.longest = max(f.longest, len(phrase))
}

// insideKey is the key of a label that begins text, which has minInside bytes,
// and its place in opening.
func insideKey(text string) (key, word uint32, bit uint64) {
	key = uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
	hash := key * 2654435769 >> 20
	return key, hash >> 6, 1 << (hash & 63)
}

func newLabelFinder() labelFinder {
	return labelFinder{whole: map[string][]string{}, starts: map[rune]*startList{}, inside: map[uint32][]label{}}
}

// only is the finder of some sections. It finds what the whole finder finds,
// in the same order, other sections apart.
func (f *labelFinder) only(sections ...string) *labelFinder {
	wanted := func(all []label) (out []label) {
		for _, l := range all {
			if slices.Contains(sections, l.section) {
				out = append(out, l)
			}
		}
		return out
	}
	out := newLabelFinder()
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
func (f *labelFinder) file(l label) {
	l.text = foldCase(l.text)
	if l.form == '=' {
		l.text = strings.TrimRight(l.text, bareCut)
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

func (f *labelFinder) addInside(l label) {
	key, word, bit := insideKey(l.text)
	f.inside[key] = append(f.inside[key], l)
	f.opening[word] |= bit
	f.insides++
}

// labelHit is a label found on a line.
type labelHit struct {
	section string
	form    byte
	rest    string // what follows the label, as written, without the separator; only for ':', '^' and '>'
	alone   bool   // nothing else stands on the line
}

// find gives the labels on a line.
func (f *labelFinder) find(l *textLine) (hits []labelHit) {
	hits = f.findStart(l)
	hits = f.findInside(l.fold, hits)
	for k := range f.ends {
		if lab := &f.ends[k]; strings.HasSuffix(l.bare, lab.text) && len(lab.text) < len(l.bare) && endsWord(l.bare, len(l.bare)-len(lab.text)) {
			hits = append(hits, labelHit{section: lab.section, form: '$'})
		}
	}
	return hits
}

// findStart gives the labels that a line is or begins with.
func (f *labelFinder) findStart(l *textLine) (hits []labelHit) {
	if len(l.counted) <= f.longest {
		for _, section := range f.whole[l.counted] {
			hits = append(hits, labelHit{section: section, form: '=', alone: true})
		}
		if i := strings.LastIndex(l.counted, " ("); i > 0 && len(hits) == 0 && strings.Contains(l.counted[i:], "#") && len(l.counted)-i <= 16 {
			for _, section := range f.whole[strings.TrimRight(l.counted[:i], bareCut)] { // "Listen (3 min)"
				hits = append(hits, labelHit{section: section, form: '=', alone: true})
			}
		}
	}
	first, size := utf8.DecodeRuneInString(l.fold)
	list := f.starts[first]
	if list == nil {
		return hits
	}
	tail, next := l.fold[size:], byte(0)
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
func (f *labelFinder) findInside(fold string, hits []labelHit) []labelHit {
	if f.insides == 0 {
		return hits
	}
	var found []*label
	after := false // the rune before is of a word
	for next := 0; next+minInside <= len(fold); {
		i := next
		var wordy, dense bool
		if c := fold[i]; c < utf8.RuneSelf {
			wordy = asciiClass[c]&letterByte != 0
			next++
		} else {
			r, size := utf8.DecodeRuneInString(fold[i:])
			wordy, dense = isWordy(r), unbroken(r)
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
		hits = append(hits, labelHit{section: lab.section, form: '~'})
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
	return !isWordy(last) || !isWordy(next) || unbroken(last)
}

// startsUpper says whether text begins with a capital, spaces apart.
func startsUpper(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \""))
	return unicode.IsUpper(r)
}

// atStart says whether a line begins with the label in the way of its form.
func (l *label) atStart(line *textLine) (labelHit, bool) {
	if l.counts {
		return labelHit{section: l.section, form: l.form}, strings.HasPrefix(line.counted, l.text)
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
		case l.section == "count" && bareNumber(strings.ReplaceAll(stripped, " ", "")):
		case l.section == "date" && isHour(stripped):
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

// isWordy says whether r is of a word: a letter, a digit or a mark on one.
func isWordy(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
