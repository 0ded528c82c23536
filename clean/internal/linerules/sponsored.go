package linerules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

var SponsoredRule = Rule{ID: "line-sponsored", Why: "paid for by somebody else, with the label that says so"}

var AdRule = Rule{ID: "line-ad", Why: "marks the place of an advertisement"}

// maxPaidBlocks bounds the labels whose neighbours are weighed, each against
// the whole story.
const maxPaidBlocks = 40

// cutSponsored finds the labels of paid blocks and cuts each with the headline
// before or after it and with the pitch that follows. Nothing but the label
// need tell the block from the story, so the neighbours are weighed: see pitch.
func (j *pass) cutSponsored() {
	labels := 0
	for i := range j.lines {
		l := &j.lines[i]
		if l.rule != nil || l.Kind == news.TableRow || l.Kind == news.Code {
			continue
		}
		sponsored, glued := j.paidLabel(i)
		sponsored = sponsored || j.isFramed(i)
		switch {
		case glued:
			j.cut(i, &SponsoredRule)
		case sponsored:
			j.cut(i, &SponsoredRule)
			if labels++; labels <= maxPaidBlocks {
				j.reachPaid(i, true)
			}
		default:
			if h, ok := l.hit(wordlists.Ad); ok && (h.Alone || l.Words <= 12) {
				j.cut(i, &AdRule)
				if labels++; labels <= maxPaidBlocks {
					j.reachPaid(i, false)
				}
			}
		}
	}
}

// isFramed says whether a line of few words, such as a name, stands between two
// lines that are the same headline: so the boxes of paid blocks come out as text.
func (j *pass) isFramed(i int) bool {
	l := &j.lines[i]
	before, after := j.previous(i), j.next(i)
	if !j.c.PlainText || l.Words > 8 || l.Words == 0 || l.EndsSentence || before < 0 || after >= len(j.lines) {
		return false
	}
	a, b := &j.lines[before], &j.lines[after]
	return a.Words >= 4 && a.Words <= 25 && a.Group == l.Group && a.Fold == b.Fold
}

// paidLabel says whether a line labels a paid block, and whether it holds the
// block itself too, as "Advertisement. Acme Ltd. …" does.
func (j *pass) paidLabel(i int) (label, glued bool) {
	l := &j.lines[i]
	h, ok := l.hit(wordlists.Sponsored)
	if !ok {
		return false, false
	}
	switch h.Form {
	case wordlists.LineEnd:
		last := l.Plain[strings.LastIndexByte(strings.TrimRight(l.Plain, " "), ' ')+1:]
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(last, "("))
		return l.Words <= 6 && !l.EndsSentence && (unicode.IsUpper(first) || strings.ContainsAny(l.Plain, "()-")), false
	case wordlists.LineStart:
		if l.Words > 12 {
			return false, l.Words <= 60 && !j.reports(i) && !strings.HasPrefix(h.Rest, "the ")
		}
		return !l.EndsSentence || l.Words <= 6, false
	case wordlists.Anywhere:
		return false, l.Words <= 80
	}
	return true, false
}

// reachPaid cuts the headline and the pitch around the label in line i. sure
// says that the label is one of a paid block, not of a mere slot, which may be
// empty and stand between two paragraphs of the story.
func (j *pass) reachPaid(i int, sure bool) {
	rule := &SponsoredRule
	before, after := j.previous(i), j.next(i)
	need := 3
	if sure {
		need = 2
	}
	if before >= 0 && after < len(j.lines) && j.lines[before].Words <= 25 && letters.SameKey(j.lines[before].Text, letters.Key(j.lines[after].Text)) {
		j.cut(before, rule)
		j.cut(after, rule)
		before, after, need = -1, j.next(after), 0
	}
	end, head := after, -1
	if end < len(j.lines) && need > 0 && j.isPaidHeadline(end, i) {
		head, end = end, j.next(end)
	}
	took := 0
	for took < 3 && end < len(j.lines) {
		needed := need
		if took == 0 && (j.lines[end].Group == j.lines[i].Group || head >= 0 && j.lines[end].Group == j.lines[head].Group) {
			needed--
		}
		if took > 0 { // one pitch is enough unless the next speaks to the reader too
			needed = 3
			if !j.labels.Words.Mentions(wordlists.Person, j.lines[end].Fold) {
				break
			}
		}
		if j.lines[end].Words < 8 && took == 0 && !j.lines[end].EndsSentence || j.pitch(end, i) < needed {
			break
		}
		j.cut(end, rule)
		took, end = took+1, j.next(end)
	}
	switch {
	case took > 0 && head >= 0:
		j.cut(head, rule)
	case took > 0 && before >= 0 && j.isPaidHeadline(before, i):
		j.cut(before, rule)
	case head >= 0 && j.lines[head].Group == j.lines[i].Group && j.lines[head].Kind != news.Heading:
		j.cut(head, rule)
	}
}

// isPaidHeadline says whether line k beside a label can be the headline of the
// paid block: short, no part of the story's words.
func (j *pass) isPaidHeadline(k, label int) bool {
	l := &j.lines[k]
	if l.Words > 16 || l.Words < 2 || l.Kind == news.TableRow || letters.SameKey(j.c.Title, letters.Key(l.Text)) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(l.Plain)
	if l.EndsSentence && last == '.' || strings.ContainsRune(":;,", last) {
		return false
	}
	share, stems := j.overlap(k, label)
	return share < 0.6 || stems < 3
}

// pitch weighs whether a paragraph beside a paid label sells something: points
// for speaking to the reader, for the words of trade and for calls; points off
// for what stories do, and for sharing words and names with this one. A
// paragraph of the story has about -2, a pitch 3 and more.
func (j *pass) pitch(k, label int) int {
	l := &j.lines[k]
	if l.Words > 160 || l.Kind == news.TableRow {
		return -9
	}
	points := min(2, j.labels.Words.CountDistinct(wordlists.Person, l.Fold))
	points += min(3, j.labels.Words.CountDistinct(wordlists.Pitch, l.Fold))
	if strings.ContainsAny(l.Text, "!?！？؟") && !letters.HasQuotation(l.Plain) {
		points++
	}
	if j.reports(k) {
		points -= 2
	}
	if letters.HasQuotation(l.Plain) {
		points--
	}
	switch share, _ := j.overlap(k, label); {
	case share < 0.15:
		points++
	case share > 0.5:
		points -= 2
	case share > 0.3:
		points--
	}
	points -= 2 * min(1, j.sharedNames(k, label))
	return points
}

// nearby is how many lines before and after a label a pitch is weighed
// against.
const nearby = 200

// overlap is the share, 0 to 1, of the longer words of line k that occur
// elsewhere in what is left of the story, the lines around the label apart, and
// how many such words there are. Words count by their first five letters, so
// that endings do not matter.
func (j *pass) overlap(k, label int) (share float64, stems int) {
	story := j.stems(k, label)
	seen, all, shared := map[string]bool{}, 0, 0
	for _, w := range letters.SplitWords(j.lines[k].Fold) {
		s := stem(w)
		if s == "" || seen[s] {
			continue
		}
		seen[s] = true
		all++
		if story[s] {
			shared++
		}
	}
	if all == 0 {
		return 0, 0
	}
	return float64(shared) / float64(all), all
}

// stem is the start of a word that is long enough to mean something; the pairs
// of characters of a script without spaces are not told apart, so there it is
// the first four.
func stem(word string) string {
	n, end := 0, 0
	for i := range word {
		if n == 5 {
			end = i
			break
		}
		n++
	}
	if n < 5 {
		if r, _ := utf8.DecodeRuneInString(word); n >= 2 && letters.IsUnspaced(r) {
			return word
		}
		return ""
	}
	if end == 0 {
		end = len(word)
	}
	return word[:end]
}

// stems gathers the stems of what is left, but for line k and the lines within
// three of the label.
func (j *pass) stems(k, label int) map[string]bool {
	out := map[string]bool{}
	add := func(text string) {
		for _, w := range letters.SplitWords(text) {
			if s := stem(w); s != "" {
				out[s] = true
			}
		}
	}
	add(letters.Fold(j.c.Title))
	for i := max(0, label-nearby); i < min(len(j.lines), label+nearby); i++ {
		if i != k && j.lines[i].rule == nil && (i < label-1 || i > label+3) {
			add(j.lines[i].Fold)
		}
	}
	return out
}

// sharedNames counts the words in capitals inside the sentences of line k that
// the story has in capitals too.
func (j *pass) sharedNames(k, label int) int {
	names := map[string]bool{}
	for i := max(0, label-nearby); i < min(len(j.lines), label+nearby); i++ {
		if i != k && j.lines[i].rule == nil && (i < label-1 || i > label+3) {
			for _, n := range innerCapitals(j.lines[i].Plain) {
				names[n] = true
			}
		}
	}
	shared := 0
	for _, n := range innerCapitals(j.lines[k].Plain) {
		if names[n] {
			shared++
		}
	}
	return shared
}

// innerCapitals lists the capitalised words of four letters and more that do
// not begin a sentence, months and weekdays apart.
func innerCapitals(text string) []string {
	var out []string
	start := true
	for _, w := range strings.Fields(text) {
		bare := strings.Trim(w, ".,;:!?\"'()")
		first, _ := utf8.DecodeRuneInString(bare)
		fold := letters.FoldCase(bare)
		t := wordlists.All()
		if !start && unicode.IsUpper(first) && utf8.RuneCountInString(bare) >= 4 && t.Months[fold] == 0 && !t.Has(wordlists.Weekdays, fold) {
			out = append(out, fold)
		}
		start = strings.ContainsAny(w[len(w)-1:], ".!?\"")
	}
	return out
}
