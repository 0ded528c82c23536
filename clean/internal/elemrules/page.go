package elemrules

import (
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// Bounds of a box that asks for consent to cookies and is so long that it
// outweighs a short story.
const (
	minConsent = 80   // letters of the box
	maxConsent = 6000 // letters of the box
)

// isConsentBox tells such a box by its sentences: two of them or more say what
// consent boxes say, and make a third of it. A story that tells of cookies
// stands under a headline of the first rank.
func isConsentBox(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	switch e.Node.DataAtom {
	case atom.Div, atom.Section, atom.Aside, atom.Dialog, atom.Form:
	default:
		return false
	}
	if e.Letters < minConsent || e.Letters > maxConsent || e.In&dom.InArticle != 0 || float64(e.Prose) < usualGuard*float64(o.Elements[0].Prose) || m.holdsTitle(i) {
		return false
	}
	said, saying := 0, int32(0)
	for k := e.Tokens.From; k < min(e.Tokens.To, e.Tokens.From+maxBoxSteps); k++ {
		t := &o.Tokens[k]
		if t.Kind != dom.TextToken || letters.Count(t.Text) < dom.MinProse || o.Elements[t.Elem].In&dom.InLink != 0 {
			continue
		}
		l := letters.NewLine(t.Text)
		for _, h := range labels.All().Find(&l) {
			if h.Section == "consent" {
				said++
				saying += letters.Count(t.Text)
				break
			}
		}
	}
	return said >= 2 && saying*3 >= e.Prose
}

// maxTitles bounds the headlines that twins are looked for by.
const maxTitles = 50

// isTwinStory tells the second and the later stories of an endless page: an
// article with a headline of the first rank, after another such article beside
// it that is built alike.
func isTwinStory(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
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
		for a > e.Parent && o.Elements[a].Parent != e.Parent {
			a = o.Elements[a].Parent
		}
		if a > e.Parent && o.Elements[a].Node.DataAtom == atom.Article && dom.Signature(&o.Elements[a]) == dom.Signature(e) {
			return true
		}
	}
	return false
}

// headlines are the first headlines of the first rank that have text.
func (m *matcher) headlines() []int32 {
	o := m.o
	if m.titles == nil {
		m.titles = make([]int32, 0, 2)
		for i := range o.Elements {
			if o.Elements[i].Node.DataAtom == atom.H1 && o.Elements[i].Letters > 0 && len(m.titles) < maxTitles {
				m.titles = append(m.titles, int32(i))
			}
		}
	}
	return m.titles
}
