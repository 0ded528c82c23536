package linerules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

var (
	sponsoredRule = Rule{ID: "line-sponsored", Why: "sponsored content, labelled as such"}
	adRule        = Rule{ID: "line-ad", Why: "label of an advertisement"}
)

// Lengths of labels and of blocks that are paid for, in words.
const (
	maxAdLabel       = 12 // a label of an advertisement with more on its line
	maxEndLabel      = 6  // a line that ends in "sponsored"
	maxPaidLabel     = 12 // a line that begins with a label; a longer one is the block itself
	maxPaidSentence  = 6  // such a line that is a full sentence
	maxPaidBlock     = 60 // a block that begins with its label
	maxPaidAnywhere  = 80 // a block with its label anywhere
	maxFramedName    = 8
	minFrameHeadline = 4
	maxFrameHeadline = 25
)

// maxPaidBlocks bounds the labels whose neighbours are weighed, each against the
// whole story.
const maxPaidBlocks = 40

// cutSponsored cuts the labels of paid blocks, each with the headline before or
// behind it and the pitch that follows. Only the label may tell such a block from
// the story, so its neighbours are weighed, see pass.pitch.
func (p *pass) cutSponsored() {
	labels := 0
	for i := range p.lines {
		l := &p.lines[i]
		if l.rule != nil || l.Kind == news.TableRow || l.Kind == news.Code {
			continue
		}
		label, block := p.paidLabel(i)
		label = label || p.isFramed(i)
		switch {
		case block:
			p.cut(i, &sponsoredRule)
		case label:
			p.cut(i, &sponsoredRule)
			if labels++; labels <= maxPaidBlocks {
				p.cutPaid(i, minPitch)
			}
		default:
			if h, ok := l.hit(wordlists.Ad); ok && (h.Alone || l.Words <= maxAdLabel) {
				p.cut(i, &adRule)
				if labels++; labels <= maxPaidBlocks {
					p.cutPaid(i, minSlotPitch)
				}
			}
		}
	}
}

// paidLabel reports whether a line is the label of a paid block, and whether it
// is the block itself too, as in "Advertisement. Acme Ltd. …".
func (p *pass) paidLabel(i int) (label, block bool) {
	l := &p.lines[i]
	h, ok := l.hit(wordlists.Sponsored)
	if !ok {
		return false, false
	}
	switch h.Form {
	case wordlists.LineEnd:
		last := l.Plain[strings.LastIndexByte(strings.TrimRight(l.Plain, " "), ' ')+1:]
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(last, "("))
		return l.Words <= maxEndLabel && !l.EndsSentence && (unicode.IsUpper(first) || strings.ContainsAny(l.Plain, "()-")), false
	case wordlists.LineStart:
		if l.Words > maxPaidLabel {
			return false, l.Words <= maxPaidBlock && !p.reports(i) && !strings.HasPrefix(h.Rest, "the ")
		}
		return !l.EndsSentence || l.Words <= maxPaidSentence, false
	case wordlists.Anywhere:
		return false, l.Words <= maxPaidAnywhere
	}
	return true, false
}

// isFramed reports whether a line of few words, such as a name, is between two
// lines that are the same headline: the boxes of some paid blocks come out so as
// text.
func (p *pass) isFramed(i int) bool {
	l := &p.lines[i]
	before, after := p.previous(i), p.next(i)
	if !p.c.PlainText || l.Words > maxFramedName || l.Words == 0 || l.EndsSentence || before < 0 || after >= len(p.lines) {
		return false
	}
	a, b := &p.lines[before], &p.lines[after]
	return a.Words >= minFrameHeadline && a.Words <= maxFrameHeadline && a.group == l.group && a.Fold == b.Fold
}

// Points of pass.pitch from which on a paragraph beside a label is cut. They were
// chosen on the pages of testdata: a paragraph of the story has about -2, a pitch
// 3 and more.
const (
	minPitch     = 2 // behind the label of a paid block
	minSlotPitch = 3 // behind that of a slot, which may be empty and within the story
	minMorePitch = 3 // behind another pitch, with a word to the reader
)

const (
	maxPitches = 3 // paragraphs behind one label
	minOpening = 8 // words of the first, if it is no full sentence
)

// cutPaid cuts the headline and the pitch around the label in line i. need is
// minPitch or minSlotPitch.
func (p *pass) cutPaid(i, need int) {
	rule := &sponsoredRule
	before, after := p.previous(i), p.next(i)
	framed := before >= 0 && after < len(p.lines) && p.lines[before].Words <= maxFrameHeadline && letters.SameKey(p.lines[before].Text, letters.Key(p.lines[after].Text))
	if framed {
		p.cut(before, rule)
		p.cut(after, rule)
		before, after, need = -1, p.next(after), 0
	}
	end, head := after, -1
	if end < len(p.lines) && !framed && p.isPaidHeadline(end, i) {
		head, end = end, p.next(end)
	}
	cut := 0
	for cut < maxPitches && end < len(p.lines) {
		l := &p.lines[end]
		needed := need
		if cut == 0 && (l.group == p.lines[i].group || head >= 0 && l.group == p.lines[head].group) {
			needed--
		}
		if cut > 0 { // one pitch is enough unless the next speaks to the reader too
			needed = minMorePitch
			if !p.words.Mentions(wordlists.Person, l.Fold) {
				break
			}
		}
		if l.Words < minOpening && cut == 0 && !l.EndsSentence || p.pitch(end, i) < needed {
			break
		}
		p.cut(end, rule)
		cut, end = cut+1, p.next(end)
	}
	switch {
	case cut > 0 && head >= 0:
		p.cut(head, rule)
	case cut > 0 && before >= 0 && p.isPaidHeadline(before, i):
		p.cut(before, rule)
	case head >= 0 && p.lines[head].group == p.lines[i].group && p.lines[head].Kind != news.Heading:
		p.cut(head, rule)
	}
}

// Bounds of the headline of a paid block.
const (
	minPaidHeadline = 2   // words
	maxPaidHeadline = 16  // words
	maxPaidShare    = 0.6 // of its stems that the story has too
	fewStems        = 3   // with fewer, the share does not count
)

// isPaidHeadline reports whether line k beside a label can be the headline of the
// paid block: short, and not in the words of the story.
func (p *pass) isPaidHeadline(k, label int) bool {
	l := &p.lines[k]
	if l.Words > maxPaidHeadline || l.Words < minPaidHeadline || l.Kind == news.TableRow || letters.SameKey(p.c.Title, letters.Key(l.Text)) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(l.Plain)
	if l.EndsSentence && last == '.' || strings.ContainsRune(":;,", last) {
		return false
	}
	share, stems := p.overlap(k, label)
	return share < maxPaidShare || stems < fewStems
}

// Points of pass.pitch.
const (
	maxPitchWords   = 160 // in a pitch
	noPitch         = -9
	maxPersonPoints = 2 // one for each word that speaks to the reader
	maxTradePoints  = 3 // one for each word of trade
	reportPoints    = 2 // off for a word of reporting
	namePoints      = 2 // off for a name that the story has
	closePoints     = 2 // off for sharing most words with the story
	foreignShare    = 0.15
	nearShare       = 0.3
	closeShare      = 0.5
)

// pitch returns how much a paragraph beside a paid label sells something: points
// for speaking to the reader, for words of trade and for calls; points off for
// what stories do, and for sharing words and names with this one.
func (p *pass) pitch(k, label int) int {
	l := &p.lines[k]
	if l.Words > maxPitchWords || l.Kind == news.TableRow {
		return noPitch
	}
	points := min(maxPersonPoints, p.words.CountDistinct(wordlists.Person, l.Fold))
	points += min(maxTradePoints, p.words.CountDistinct(wordlists.Pitch, l.Fold))
	quotes := letters.HasQuotation(l.Plain)
	if strings.ContainsAny(l.Text, "!?！？؟") && !quotes {
		points++
	}
	if p.reports(k) {
		points -= reportPoints
	}
	if quotes {
		points--
	}
	switch share, _ := p.overlap(k, label); {
	case share < foreignShare:
		points++
	case share > closeShare:
		points -= closePoints
	case share > nearShare:
		points--
	}
	if p.sharesName(k, label) {
		points -= namePoints
	}
	return points
}

// What a paid block is compared with.
const (
	nearLines  = 200 // lines before and after its label
	linesAbove = 1   // that may belong to the block
	linesBelow = 3
)

// eachNear calls do for the lines around a label that are left, without line k
// and those that may belong to the block.
func (p *pass) eachNear(k, label int, do func(l *line)) {
	for i := max(0, label-nearLines); i < min(len(p.lines), label+nearLines); i++ {
		if i != k && p.lines[i].rule == nil && (i < label-linesAbove || i > label+linesBelow) {
			do(&p.lines[i])
		}
	}
}

// overlap returns the share, 0 to 1, of the stems of line k that are in the title
// or in the lines around the label too, and how many stems the line has.
func (p *pass) overlap(k, label int) (share float64, stems int) {
	story := map[string]bool{}
	add := func(fold string) {
		for _, w := range letters.SplitWords(fold) {
			if s := stem(w); s != "" {
				story[s] = true
			}
		}
	}
	add(letters.Fold(p.c.Title))
	p.eachNear(k, label, func(l *line) { add(l.Fold) })
	seen, all, shared := map[string]bool{}, 0, 0
	for _, w := range letters.SplitWords(p.lines[k].Fold) {
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

// Lengths of the words that stem compares, in characters.
const (
	stemLength      = 5
	minUnspacedStem = 2
)

// stem returns the first characters of a word, so that inflections do not
// matter, "" of a word that is too short to say much. In scripts without spaces
// a short run is its own stem.
func stem(word string) string {
	n, end := 0, 0
	for i := range word {
		if n == stemLength {
			end = i
			break
		}
		n++
	}
	if n < stemLength {
		if r, _ := utf8.DecodeRuneInString(word); n >= minUnspacedStem && letters.IsUnspaced(r) {
			return word
		}
		return ""
	}
	if end == 0 {
		end = len(word)
	}
	return word[:end]
}

// sharesName reports whether a name within a sentence of line k is within one of
// the lines around the label too.
func (p *pass) sharesName(k, label int) bool {
	names := map[string]bool{}
	p.eachNear(k, label, func(l *line) {
		for _, n := range innerNames(l.Plain) {
			names[n] = true
		}
	})
	for _, n := range innerNames(p.lines[k].Plain) {
		if names[n] {
			return true
		}
	}
	return false
}

// minName is the length of a name in innerNames, in characters.
const minName = 4

// innerNames returns the capitalized words of a text that do not begin a
// sentence, folded, without months and weekdays.
func innerNames(text string) []string {
	var out []string
	words := wordlists.All()
	opens := true // a sentence
	for _, w := range strings.Fields(text) {
		bare := strings.Trim(w, ".,;:!?\"'()")
		first, _ := utf8.DecodeRuneInString(bare)
		fold := letters.FoldCase(bare)
		if !opens && unicode.IsUpper(first) && utf8.RuneCountInString(bare) >= minName && words.Month(fold, "") == 0 && !words.Has(wordlists.Weekdays, fold) {
			out = append(out, fold)
		}
		opens = strings.ContainsAny(w[len(w)-1:], ".!?\"")
	}
	return out
}
