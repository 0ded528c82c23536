package textprofile

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// bylines is how a source prints who wrote a story.
type bylines struct {
	offset int    // lines from the title; 0 when not known
	label  string // the word before the names, "" for none
	place  string // the last item of the list, if it is the same on most lines
	and    string // the word between the last two names
}

// Where bylines are looked for, in lines from the title.
const (
	firstByline = -3
	lastByline  = 5
)

// Shares of the lines in one place, from which they are bylines.
const (
	minBylines  = 0.4  // that are names, of the texts with a title
	minVariety  = 0.15 // that differ
	sameLabel   = 0.6  // that begin with the same word, or end with the same item
	sameAnd     = 2    // lines with the same word between names
	maxTopShare = 0.5  // of the heads with a line that is no byline
)

// Lengths of names, in words, and of lists of them.
const (
	maxNameWords = 4
	maxNameList  = 8
)

// findBylines finds where and how the source prints the authors.
func (p *Profile) findBylines(views []*view) {
	var best bylines
	most := 0.0
	for offset := firstByline; offset <= lastByline; offset++ {
		if offset == 0 {
			continue
		}
		titles := 0
		var lines []string
		for _, v := range views {
			if v.title < 0 {
				continue
			}
			titles++
			if i := v.title + offset; p.mayBeByline(v, i) {
				lines = append(lines, v.lines[i].text)
			}
		}
		b := learnByline(lines)
		b.offset = offset
		good, distinct := 0, map[string]bool{}
		for _, text := range lines {
			if len(b.names(text)) > 0 {
				good++
				distinct[text] = true
			}
		}
		share := float64(good) / float64(max(1, titles))
		if share < minBylines || float64(len(distinct)) < minVariety*float64(good) || good < 2 {
			continue
		}
		if b.label != "" {
			share += sameLabel // a label is the best evidence
		}
		if share > most {
			best, most = b, share
		}
	}
	p.bylines = best
}

// mayBeByline reports whether line i can be a byline.
func (p *Profile) mayBeByline(v *view, i int) bool {
	return i >= 0 && i < len(v.lines) && v.lines[i].text != "" && !p.pointer(v, i) &&
		float64(p.on(p.head.tops, v.lines[i].exact, v.self)) < max(2, maxTopShare*float64(p.known(v)))
}

// learnByline finds the label, the place and the word for "and" of some lines.
func learnByline(lines []string) (b bylines) {
	firsts, lasts := map[string]int{}, map[string]int{}
	for _, text := range lines {
		if first, rest := firstWord(text); rest != "" {
			firsts[first]++
		}
		if items := splitNames(text, ""); len(items) > 1 {
			lasts[items[len(items)-1]]++
		}
	}
	b.label = frequent(firsts, sameLabel*float64(len(lines)))
	b.place = frequent(lasts, sameLabel*float64(len(lines)))
	ands := map[string]int{}
	for _, text := range lines {
		for _, item := range splitNames(b.bare(text), "") {
			words := strings.Fields(item)
			if len(words) <= maxNameWords {
				continue
			}
			for k := 1; k+1 < len(words); k++ {
				if isName(words[:k]) && isName(words[k+1:]) && !startsUpper(words[k]) {
					ands[words[k]]++
				}
			}
		}
	}
	b.and = frequent(ands, sameAnd)
	return b
}

// frequent returns the most frequent text, "" if none is there often enough.
func frequent(counts map[string]int, least float64) string {
	best, most := "", max(2, least)
	for _, text := range slices.SortedFunc(maps.Keys(counts), cmp.Compare[string]) {
		if n := float64(counts[text]); n >= most && (best == "" || n > most) {
			best, most = text, n
		}
	}
	return best
}

// firstWord returns the first word of a text, or what is before its colon, and the
// rest.
func firstWord(text string) (first, rest string) {
	if i := strings.IndexAny(text, ":："); i > 0 {
		_, size := utf8.DecodeRuneInString(text[i:])
		return text[:i+size], strings.TrimSpace(text[i+size:])
	}
	first, rest, _ = strings.Cut(text, " ")
	return first, rest
}

// bare returns a byline without its label.
func (b *bylines) bare(text string) string {
	if first, rest := firstWord(text); b.label != "" && first == b.label {
		return rest
	}
	return text
}

// names returns the names of a byline, nil if it is none.
func (b *bylines) names(text string) (names []string) {
	if first, _ := firstWord(text); b.label != "" && first != b.label {
		return nil
	}
	items := splitNames(b.bare(text), b.and)
	if n := len(items); n > 1 && b.place != "" && items[n-1] == b.place {
		items = items[:n-1]
	}
	for _, item := range items {
		if !isName(strings.Fields(item)) {
			return nil
		}
		names = append(names, item)
	}
	if len(names) > maxNameList {
		return nil
	}
	return names
}

// splitNames splits a list of names at commas, other signs, and the word for "and".
func splitNames(text, and string) (items []string) {
	if and != "" {
		text = strings.ReplaceAll(text, " "+and+" ", ",")
	}
	for item := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;/&،、，|•·", r) }) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// isName reports whether words can be the name of a person: a few, and all but
// particles with a capital.
func isName(words []string) bool {
	if len(words) == 0 || len(words) > maxNameWords {
		return false
	}
	for i, w := range words {
		if !isCapital(w) && (i == 0 || i == len(words)-1 || utf8.RuneCountInString(w) > maxParticle) {
			return false
		}
		if strings.ContainsFunc(w, unicode.IsDigit) {
			return false
		}
	}
	return true
}

// isNames reports whether a line with capitals is a list of names and nothing else.
func isNames(text string) bool {
	items := splitNames(text, "")
	for _, item := range items {
		if words := strings.Fields(item); !isName(words) || !startsUpper(words[0]) || len(words) < 2 {
			return false
		}
	}
	return len(items) > 0
}

// maxParticle is the length of a particle of names, in characters.
const maxParticle = 3

// startsUpper reports whether a word begins with a capital.
func startsUpper(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// isCapital reports whether a word begins with a capital or is of a script without
// capitals.
func isCapital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r) || unicode.IsTitle(r) || letters.IsCaseless(r)
}

// authors returns the line with the authors of a text and their names, -1 if none
// shows itself.
func (p *Profile) authors(t *Text, v *view) (at int, names []string) {
	if p.bylines.offset == 0 || v.title < 0 {
		return -1, nil
	}
	for _, step := range []int{0, 1, -1, 2, -2} {
		i := v.title + p.bylines.offset + step
		if step != 0 && p.bylines.label == "" || i == v.title || !p.mayBeByline(v, i) {
			continue
		}
		if names := p.bylines.names(t.Lines[i]); len(names) > 0 {
			return i, names
		}
	}
	return -1, nil
}

// maxDateLines is how many lines from the title the date of a story is looked for.
const maxDateLines = 10

// date returns the line with the date of a text, -1 if none shows itself: the next
// behind the title and before the story, or before the title, or right behind the
// story. The date that all heads have is that of the day on which they were scraped.
func (p *Profile) date(v *view, end int) int {
	may := func(i int) bool {
		l := &v.lines[i]
		return l.flags&lineStamp != 0 && !p.pointer(v, i) && v.aside[i] == "" &&
			float64(p.on(p.head.tops, l.exact, v.self)) < max(2, maxTopShare*float64(p.known(v)))
	}
	title := max(v.title, 0)
	first := v.firstProse(title)
	for i := title; i < min(first, title+maxDateLines); i++ {
		if i != v.title && may(i) {
			return i
		}
	}
	for i := title - 1; i >= max(0, title-maxDateLines) && v.title >= 0; i-- {
		if may(i) && !v.isNeighbours(i) {
			return i
		}
	}
	last := first
	for i := first; i < end; i++ {
		if v.isProse(i) {
			last = i
		}
	}
	for i := last + 1; i < min(v.to, last+maxDateLines); i++ {
		if may(i) {
			return i
		}
	}
	return -1
}

// isNeighbours reports whether line i is before the title but behind prose: it is of
// another story.
func (v *view) isNeighbours(i int) bool {
	for k := range i {
		if v.lines[k].flags&lineProse != 0 && v.recurs[k] != byText {
			return true
		}
	}
	return false
}
