package elemrules

import (
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Bounds of a cookie consent box that is so long that it outweighs a short story.
const (
	minConsent      = 80   // letters of the box
	maxConsent      = 6000 // letters of the box
	minConsentLines = 2    // pieces of its prose that bear a label of consent
	consentShare    = 3    // those pieces are at least one part in so many of its prose
)

// isConsentBox reports whether an element is such a box: two or more of its
// sentences bear a label of consent, and they make a third of its prose. A story
// about cookies would have its headline (h1) in the element.
func isConsentBox(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	switch e.Node.DataAtom {
	case atom.Div, atom.Section, atom.Aside, atom.Dialog, atom.Form:
	default:
		return false
	}
	if e.Letters < minConsent || e.Letters > maxConsent || e.In&dom.InArticle != 0 || float64(e.Prose) < usualGuard*float64(doc.Elements[0].Prose) || m.holdsTitle(i) {
		return false
	}
	said, saying := 0, int32(0)
	for k := e.Tokens.From; k < min(e.Tokens.To, e.Tokens.From+maxBoxSteps); k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || letters.Count(t.Text) < dom.MinProse || doc.Elements[t.Elem].In&dom.InLink != 0 {
			continue
		}
		l := letters.NewLine(t.Text)
		for _, h := range labels.All().Find(&l) {
			if h.Section == wordlists.Consent {
				said++
				saying += letters.Count(t.Text)
				break
			}
		}
	}
	return said >= minConsentLines && saying*consentShare >= e.Prose
}

// maxHeadlines bounds the headlines of a page that are looked at.
const maxHeadlines = 50

// isTwinStory reports whether an element is the second or a later story of an
// endless page: an article with a headline (h1), after a sibling article with a
// headline and the same signature.
func isTwinStory(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.Node.DataAtom != atom.Article {
		return false
	}
	titles := m.headlines()
	if len(titles) < 2 {
		return false
	}
	own := false
	for _, t := range titles {
		own = own || t > i && t < e.End
	}
	if !own {
		return false
	}
	for _, t := range titles {
		if t >= i {
			return false
		}
		a := t
		for a > e.Parent && doc.Elements[a].Parent != e.Parent {
			a = doc.Elements[a].Parent
		}
		if a > e.Parent && doc.Elements[a].Node.DataAtom == atom.Article && dom.Signature(&doc.Elements[a]) == dom.Signature(e) {
			return true
		}
	}
	return false
}

// headlines returns the h1 elements that have text, up to maxHeadlines.
func (m *matcher) headlines() []int32 {
	doc := m.doc
	if m.headings == nil {
		m.headings = make([]int32, 0, 2)
		for i := range doc.Elements {
			if doc.Elements[i].Node.DataAtom == atom.H1 && doc.Elements[i].Letters > 0 && len(m.headings) < maxHeadlines {
				m.headings = append(m.headings, int32(i))
			}
		}
	}
	return m.headings
}
