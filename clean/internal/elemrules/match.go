package elemrules

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
)

// matcher applies the rules to one page. It keeps what several rules ask for.
type matcher struct {
	*Set
	doc *dom.Doc

	words []string            // room for the words of a name
	known [2]map[string]int16 // the results of matchNames so far: outside of articles, within

	stems    map[string]bool // see readStems; nil until asked for
	home     *string         // see homeHost; nil until asked for
	headings []int32         // see headlines; nil until asked for
	children []int32         // room for alikeChildren
	shown    map[string]bool // keys of the prose that readers see; nil until asked for, see findShown
	line     []byte          // room for firstLine
	box      struct {
		next          int32 // 1 + the element that boxLabel was called for last; 0: none
		section, rest string
		line, label   string // the line that lineLabel was called for last, and its result
	}
}

// maxKnown bounds the attributes whose results a matcher remembers.
const maxKnown = 4096

// Flatten lays a page flat and cuts what the rules want cut. Elements are marked
// as they are met, and by the rules' functions when the page is flat; the guards
// then decide, since they need the sums of the whole page.
func (s *Set) Flatten(root *html.Node) *dom.Doc {
	m := &matcher{Set: s}
	m.doc = dom.New(root, m.match)
	m.matchFuncs()
	m.applyGuards()
	return m.doc
}

// match returns 1 + the index of the first rule that matches an element by its
// tag, role or names, and 0 if none does.
func (m *matcher) match(e *dom.Element) int16 { return m.matchNode(e, true) }

// matchNode is match; without the id of the element where ids is false.
func (m *matcher) matchNode(e *dom.Element, ids bool) int16 {
	n := e.Node
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Tbody, atom.Tr, atom.H1, atom.Article:
		return 0 // names here speak of the page
	}
	best := int16(len(m.Rules))
	if id, ok := m.tags[n.Data]; ok {
		best = m.better(best, id, e.In)
	}
	for k := range n.Attr {
		a := &n.Attr[k]
		switch {
		case a.Key == "id":
			if ids && !namesItself(n.DataAtom) {
				best = min(best, m.matchNames(a.Val, e.In))
			}
		case a.Key == "role":
			if id, ok := m.roles[strings.ToLower(strings.TrimSpace(a.Val))]; ok {
				best = m.better(best, id, e.In)
			}
		case a.Val != "" && hasNames(a.Key):
			best = min(best, m.matchKnown(a.Val, e.In))
		}
	}
	if int(best) == len(m.Rules) {
		return 0
	}
	return best + 1
}

// matchFuncs marks the elements that the functions of rules match, where no
// earlier rule has.
func (m *matcher) matchFuncs() {
	for i := range m.doc.Elements {
		e := &m.doc.Elements[i]
		for _, id := range m.funcs {
			r := &m.Rules[id]
			if (e.Cut == 0 || id+1 < e.Cut) && !(r.Outside && e.In&dom.InArticle != 0) && r.Match(m, int32(i)) {
				e.Cut = id + 1
			}
		}
	}
	m.keepEntries()
}

// hasNames reports whether an attribute says what an element is for, ids apart.
func hasNames(key string) bool {
	switch key {
	case "class", "data-testid", "data-component", "data-qa", "data-block", "data-module":
		return true
	}
	return false
}

// namesItself reports whether the ids of such elements are made from their own
// text, as anchors are, and say nothing of what the element is for.
func namesItself(a atom.Atom) bool {
	switch a {
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Li, atom.A, atom.Span:
		return true
	}
	return false
}

// better returns the earlier of two rules that may be used in this place.
func (s *Set) better(best, id int16, in dom.Context) int16 {
	if id < best && !(s.Rules[id].Outside && in&dom.InArticle != 0) {
		return id
	}
	return best
}

// matchKnown is matchNames with a memory, for attributes that many elements of a
// page have in common.
func (m *matcher) matchKnown(names string, in dom.Context) int16 {
	known := &m.known[0]
	if in&dom.InArticle != 0 {
		known = &m.known[1]
	}
	best, ok := (*known)[names]
	if !ok {
		best = m.matchNames(names, in)
		if *known == nil {
			*known = map[string]int16{}
		}
		if len(*known) < maxKnown {
			(*known)[names] = best
		}
	}
	return best
}

// matchNames returns the index of the first rule with a term in the names of an
// attribute, and the number of rules if there is none.
func (m *matcher) matchNames(names string, in dom.Context) int16 {
	best := int16(len(m.Rules))
	if len(names) > dom.MaxClass {
		names = names[:dom.MaxClass]
	}
	if scrambled(names) {
		return best
	}
	for name := range strings.FieldsSeq(names) {
		if strings.ContainsAny(name, ":[") {
			continue // a utility with its condition, as in "print:max-w-none"
		}
		m.words = dom.SplitName(m.words[:0], name)
		words := m.words
		if isState(words) {
			continue
		}
		for i, w := range words {
			for _, t := range m.terms[w] {
				if t.rule < best && t.fits(words, i) {
					best = m.better(best, t.rule, in)
				}
			}
		}
	}
	return best
}

// stateStarts begin names that say in which state an element is, or how it looks,
// and not what it is: "has-sidebar", "d-print-none", "max-w-print".
var stateStarts = []string{"has", "no", "not", "with", "without", "hide", "hidden", "show", "visible", "exclude", "d", "max", "min", "mh"}

// stateWords do so anywhere in a name: "sidebar-enabled--false".
var stateWords = []string{"not", "enabled", "disabled", "false", "offset", "exclude"}

// isState reports whether a name says in which state an element is.
func isState(words []string) bool {
	if len(words) < 2 {
		return false
	}
	return slices.Contains(stateStarts, words[0]) || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(stateWords, w) })
}

// Class names are scrambled, that is made by a machine, when there are at least
// scrambledNames of them and more than half have scrambledLength bytes or fewer.
const (
	scrambledNames  = 4
	scrambledLength = 3
)

// scrambled reports whether class names were made by a machine, a few letters for
// each: the second of "ab ad kq fj" is no advertisement.
func scrambled(names string) bool {
	n, short := 0, 0
	for name := range strings.FieldsSeq(names) {
		if n++; len(name) <= scrambledLength {
			short++
		}
	}
	return n >= scrambledNames && short*2 > n
}
