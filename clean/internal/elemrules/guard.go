package elemrules

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// applyGuards decides which of the marked elements go: those whose prose is no
// more than their rule's guard allows, and that do not hold what their name
// denies. What is below them is marked too, with a negative number.
func (m *matcher) applyGuards() {
	doc := m.doc
	n := int32(len(doc.Elements))
	prose := int32(0) // of the page
	for i := int32(0); i < n; i = doc.Elements[i].End {
		prose += doc.Elements[i].Prose
	}
	taken := make([]int32, len(m.Rules)) // prose, by rule
	for i := int32(0); i < n; {
		e := &doc.Elements[i]
		if e.Cut != 0 && m.namedByText(i) {
			e.Cut = m.matchNode(e, false)
		}
		if e.Cut == 0 {
			i++
			continue
		}
		r := &m.Rules[e.Cut-1]
		if float64(e.Prose) > r.Guard*float64(prose) && !m.isDouble(i) {
			m.keepAlike(i)
			continue
		}
		if float64(e.LinkLetters) < r.Links*float64(e.Letters) || m.denies(r, i) {
			e.Cut = 0
			i++
			continue
		}
		if !m.isDouble(i) {
			taken[e.Cut-1] += e.Prose
		}
		for i++; i < e.End; i++ {
			doc.Elements[i].Cut = -e.Cut
		}
	}
	left := prose // after the rules without a sum
	for id, sum := range taken {
		if !m.Rules[id].Sum {
			left -= sum
		}
	}
	for id, sum := range taken {
		if r := &m.Rules[id]; r.Sum && float64(sum) > r.Guard*float64(left) {
			m.uncut(int16(id + 1))
		}
	}
	m.restoreStory()
}

// keepAlike takes back the cut of an element that is too large, and of its siblings
// that are built alike: the paragraphs of a story may each be in such a box.
func (m *matcher) keepAlike(i int32) {
	doc := m.doc
	e := &doc.Elements[i]
	cut := e.Cut
	e.Cut = 0
	if e.Parent < 0 || m.Rules[cut-1].Match != nil {
		return
	}
	n := 0
	for k := e.Parent + 1; k < doc.Elements[e.Parent].End && n < maxSiblings; k = doc.Elements[k].End {
		n++
		s := &doc.Elements[k]
		if s.Cut != cut || !sameMake(s.Node, e.Node) {
			continue
		}
		if s.Cut = 0; k < i { // what is in it was marked
			m.uncutElement(k)
		}
	}
}

// uncut takes back all that a rule has cut but hidden doubles of what is seen.
func (m *matcher) uncut(cut int16) {
	doc := m.doc
	for i := int32(0); i < int32(len(doc.Elements)); i++ {
		e := &doc.Elements[i]
		if e.Cut != cut {
			continue
		}
		if m.isDouble(i) {
			i = e.End - 1
			continue
		}
		m.uncutElement(i)
	}
}

// uncutElement takes back the cut of an element.
func (m *matcher) uncutElement(i int32) {
	for k := i; k < m.doc.Elements[i].End; k++ {
		m.doc.Elements[k].Cut = 0
	}
}

// maxRunningLinks is the share of an element's letters in links, 0 to 1, from
// which running text in it counts for nothing: it is between links.
const maxRunningLinks = 0.25

// runningToken is the length, in letters, from which a text between two tags is
// most of a paragraph.
const runningToken = 80

// running returns how many paragraphs of running text outside links are in an
// element, and their letters.
func (m *matcher) running(i int32) (paragraphs int, sum int32) {
	doc := m.doc
	e := &doc.Elements[i]
	if float64(e.LinkLetters) >= maxRunningLinks*float64(e.Letters) {
		return 0, 0
	}
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || len(t.Text) < runningToken || doc.Elements[t.Elem].In&dom.InLink != 0 {
			continue
		}
		if n := letters.Count(t.Text); n >= runningToken {
			paragraphs++
			sum += n
		}
	}
	return paragraphs, sum
}

// denies reports whether an element holds what the name that it was cut by denies:
// running text in a menu, or the headline and the text of the page.
func (m *matcher) denies(r *Rule, i int32) bool {
	e := &m.doc.Elements[i]
	if e.Prose < dom.MinProse || r.Match != nil {
		return false
	}
	if r.Running > 0 {
		if paragraphs, _ := m.running(i); paragraphs >= r.Running {
			return true
		}
	}
	return (r.ID == "sidebar" || r.ID == "login" || r.ID == "ads") && (m.holdsMain(i) || m.isCalledStory(i))
}

// storyNames are class names of the text of a story, by their words.
var storyNames = []string{"-article-body-", "-article-content-", "-article-story-", "-article-text-", "-entry-content-", "-post-content-", "-story-body-", "-story-content-"}

// isCalledStory reports whether another class of an element, or one of its only child,
// calls it the text of a story.
func (m *matcher) isCalledStory(i int32) bool {
	for _, k := range [2]int32{i, m.core(i)} {
		for name := range strings.FieldsSeq(letters.Truncate(dom.Attr(m.doc.Elements[k].Node, "class"), dom.MaxClass)) {
			m.words = dom.SplitName(m.words[:0], name)
			if letters.ContainsOneOf("-"+strings.Join(m.words, "-")+"-", storyNames) {
				return true
			}
		}
	}
	return false
}

// holdsMain reports whether an element holds the main part of the page, by its
// markup, with running text in it: it is around story and sidebar together.
func (m *matcher) holdsMain(i int32) bool {
	doc := m.doc
	for k := i; k < doc.Elements[i].End; k++ {
		n := doc.Elements[k].Node
		if n.DataAtom == atom.Main || n.DataAtom == atom.H1 || dom.Attr(n, "itemprop") == "articleBody" {
			paragraphs, _ := m.running(i)
			return paragraphs >= 2
		}
	}
	return false
}

// Bounds of ids that are made from the text of their element.
const (
	slugWords = 3   // first words of the text that are in the id
	slugText  = 120 // bytes of the text that are read
)

// namedByText reports whether the id of an element is made from its first words, as
// anchors of sections are, and says nothing of what it is for.
func (m *matcher) namedByText(i int32) bool {
	e := &m.doc.Elements[i]
	id := dom.Attr(e.Node, "id")
	if id == "" || len(id) > dom.MaxClass {
		return false
	}
	words := dom.SplitName(nil, id)
	if len(words) < slugWords {
		return false
	}
	first, _ := m.firstLine(e.Tokens.From, e.Tokens.To)
	if len(first) > slugText {
		first = first[:slugText]
	}
	text := dom.SplitName(nil, letters.Lower(first))
	if len(text) < slugWords {
		return false
	}
	for k := 0; k+slugWords <= len(words); k++ {
		if slices.Equal(words[k:k+slugWords], text[:slugWords]) {
			return true
		}
	}
	return false
}

// A story that a name has taken is one of so many letters of running text, and so
// many times what is left of the page.
const (
	fewLeft    = 200
	farBetter  = 3
	minRestore = 200
)

// restoreStory takes back the cuts by names of one rule where the page has hardly
// any running text left without them, and they have: the name does not mean what
// it says.
func (m *matcher) restoreStory() {
	doc := m.doc
	left := int32(0)
	for k := range doc.Tokens {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || len(t.Text) < runningToken || t.Elem < 0 {
			continue
		}
		if e := &doc.Elements[t.Elem]; e.Cut == 0 && e.In&dom.InLink == 0 {
			if n := letters.Count(t.Text); n >= runningToken {
				left += n
			}
		}
		if left >= fewLeft {
			return
		}
	}
	best, most := int16(0), max(minRestore, farBetter*left)
	sums := make([]int32, len(m.Rules)+1)
	for i := int32(0); i < int32(len(doc.Elements)); {
		e := &doc.Elements[i]
		if e.Cut <= 0 {
			i++
			continue
		}
		if m.Rules[e.Cut-1].mayHoldStory() {
			_, n := m.running(i)
			if left == 0 {
				n = max(n, m.sentences(i))
			}
			if sums[e.Cut] += n; sums[e.Cut] > most {
				best, most = e.Cut, sums[e.Cut]
			}
		}
		i = e.End
	}
	if best > 0 {
		m.uncut(best)
	}
}

// minSentences is the number of sentences that a short story has.
const minSentences = 4

// sentences returns the letters of the texts outside links in an element that are
// sentences, 0 if there are fewer than minSentences.
func (m *matcher) sentences(i int32) int32 {
	doc := m.doc
	e := &doc.Elements[i]
	n, sum := 0, int32(0)
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || len(t.Text) < dom.MinProse || doc.Elements[t.Elem].In&dom.InLink != 0 || !letters.EndsStatement(t.Text) {
			continue
		}
		if l := letters.Count(t.Text); l >= dom.MinProse {
			n++
			sum += l
		}
	}
	if n < minSentences {
		return 0
	}
	return sum
}

// mayHoldStory reports whether a rule goes by names that stories may have by
// mistake. The boxes of the others have running text that is no story.
func (r *Rule) mayHoldStory() bool {
	switch r.ID {
	case "login", "ads", "sponsored", "share", "teaser", "related", "author-box", "byline", "tags", "tools", "follow", "navigation", "toc", "masthead", "sidebar", "widget-box", "fact-box", "counter", "player", "newsletter", "popup", "footer", "caption":
		return true
	}
	return false
}

// Bounds of the search for hidden doubles.
const (
	maxDoubleTokens = 400 // texts of a hidden element that are looked up
	doubleTenths    = 8   // tenths of its prose that are seen elsewhere
)

// isDouble reports whether what an element that was cut as hidden says is seen
// elsewhere on the page, or is a template that a script fills in.
func (m *matcher) isDouble(i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.Cut <= 0 || m.Rules[e.Cut-1].ID != "hidden" || e.Prose == 0 {
		return false
	}
	m.findShown()
	seen, all := int32(0), int32(0)
	for k, n := e.Tokens.From, 0; k < e.Tokens.To && n < maxDoubleTokens; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken {
			continue
		}
		l := letters.Count(t.Text)
		if l < dom.MinProse {
			continue
		}
		n++
		all += l
		if m.shown[letters.Key(t.Text)] || isTemplate(t.Text) {
			seen += l
		}
	}
	return all > 0 && seen*10 >= all*doubleTenths
}

// isTemplate reports whether a text has the marks of a template that a script
// fills in.
func isTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "${") || strings.Contains(text, "<%")
}

// findShown notes the texts of the page that are long enough to be prose and not
// hidden, once.
func (m *matcher) findShown() {
	if m.shown != nil {
		return
	}
	doc := m.doc
	m.shown = map[string]bool{}
	var hidden dom.Span // elements of the hidden part that was read last
	next := int32(0)
	for k := range doc.Tokens {
		t := &doc.Tokens[k]
		if t.Elem < 0 {
			continue
		}
		for ; next <= t.Elem; next++ {
			if next >= hidden.To && doc.IsHidden(next) {
				hidden = dom.Span{From: next, To: doc.Elements[next].End}
			}
		}
		if t.Kind == dom.TextToken && (t.Elem < hidden.From || t.Elem >= hidden.To) && letters.Count(t.Text) >= dom.MinProse {
			m.shown[letters.Key(t.Text)] = true
		}
	}
}
