package clean

import "golang.org/x/net/html/atom"

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
	e := &o.elems[i]
	switch e.node.DataAtom {
	case atom.Div, atom.Section, atom.Aside, atom.Dialog, atom.Form:
	default:
		return false
	}
	if e.chars < minConsent || e.chars > maxConsent || e.in&inArticle != 0 || float64(e.prose) < usualGuard*float64(o.elems[0].prose) || m.holdsTitle(i) {
		return false
	}
	said, saying := 0, int32(0)
	for k := e.tokens; k < min(e.tokensEnd, e.tokens+maxBoxSteps); k++ {
		t := &o.tokens[k]
		if t.kind != textToken || letters(t.text) < longPiece || o.elems[t.elem].in&inLink != 0 {
			continue
		}
		l := newTextLine(t.text)
		for _, h := range labelWords().find(&l) {
			if h.section == "consent" {
				said++
				saying += letters(t.text)
				break
			}
		}
	}
	return said >= 2 && saying*3 >= e.prose
}

// maxTitles bounds the headlines that twins are looked for by.
const maxTitles = 50

// isTwinStory tells the second and the later stories of an endless page: an
// article with a headline of the first rank, after another such article beside
// it that is built alike.
func isTwinStory(m *matcher, i int32) bool {
	o := m.o
	e := &o.elems[i]
	if e.node.DataAtom != atom.Article {
		return false
	}
	titles := m.headlines()
	if len(titles) < 2 {
		return false
	}
	own := false
	for _, t := range titles {
		own = own || t > i && t < e.end
	}
	if !own {
		return false
	}
	for _, t := range titles {
		if t >= i {
			return false
		}
		a := t
		for a > e.parent && o.elems[a].parent != e.parent {
			a = o.elems[a].parent
		}
		if a > e.parent && o.elems[a].node.DataAtom == atom.Article && signature(&o.elems[a]) == signature(e) {
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
		for i := range o.elems {
			if o.elems[i].node.DataAtom == atom.H1 && o.elems[i].chars > 0 && len(m.titles) < maxTitles {
				m.titles = append(m.titles, int32(i))
			}
		}
	}
	return m.titles
}
