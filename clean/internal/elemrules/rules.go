// Package elemrules cuts elements that are never story: navigation, ads, share
// bars, comments. A rule is a row of [Table]; it names elements, words in class
// names, roles, or a function on the element, and a guard: the share of the
// page's prose above which the cut must be wrong.
//
// table.go holds the rules; rules.go matches names and applies the guards; box.go
// recognizes boxes by their first line, shape.go by how they are built, page.go by
// the rest of the page.
//
// Start with [New] and [Set.Flatten].
package elemrules

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
)

// Rule is one reason to cut an element with all that is in it. An element is
// cut by the first rule of the table that matches it, under the rule's guard.
type Rule struct {
	ID  string
	Why string

	// Tags are names of elements.
	Tags string
	// Words are words that class names, ids and test ids are made of: "share"
	// is in "post-share", "shareBar" and "b_share2"; "social+share" wants the
	// two side by side in one name; "=pull" wants the name to be just that.
	Words string
	// Roles are values of the role attribute.
	Roles string
	// Match, if set, is asked of every element when the whole page is known.
	Match func(m *matcher, i int32) bool

	// Guard is the share of the page's prose (see dom.MinProse), 0 to 1,
	// under which the element must stay to be cut: a name that takes more than
	// that is no furniture, whatever it says.
	Guard float64
	// Sum makes the guard hold for all elements together that the rule cuts,
	// as a share of the prose that the other rules leave.
	Sum bool
	// Links is the share of its letters, 0 to 1, that an element must have in
	// links to be cut.
	Links float64
	// Outside keeps the rule off elements within an article or main element.
	Outside bool
}

// usualGuard is the share measured to cost no recall: without a guard, rules
// on class names lose three points of it.
const usualGuard = 0.3

// wordPattern is what must follow the word that it is filed under.
type wordPattern struct {
	rule  int16
	whole bool
	rest  []string
}

// Set is a table of rules made ready to match.
type Set struct {
	Rules []Rule
	tags  map[string]int16
	roles map[string]int16
	words map[string][]wordPattern
	funcs []int16
}

func New(rules []Rule) *Set {
	s := &Set{Rules: rules, tags: map[string]int16{}, roles: map[string]int16{}, words: map[string][]wordPattern{}}
	for i := range rules {
		r, id := &rules[i], int16(i)
		for _, tag := range strings.Fields(r.Tags) {
			s.tags[tag] = id
		}
		for _, role := range strings.Fields(r.Roles) {
			s.roles[role] = id
		}
		for _, w := range strings.Fields(r.Words) {
			w, whole := strings.CutPrefix(w, "=")
			parts := strings.Split(w, "+")
			s.words[parts[0]] = append(s.words[parts[0]], wordPattern{id, whole, parts[1:]})
		}
		if r.Match != nil {
			s.funcs = append(s.funcs, id)
		}
	}
	return s
}

// matcher applies the rules to one page. It keeps what several rules ask for.
type matcher struct {
	*Set
	o        *dom.Doc
	names    nameCache
	titles   []int32 // see headlines; nil until asked for
	children []int32 // room for alikeChildren
	line     []byte  // room for firstLine
	box      struct {
		next          int32 // behind the element that boxLabel was asked of last; 0: none
		section, rest string
		line, label   string // the first line that labelOf was asked of last, and its answer
	}
}

// Flatten lays a page flat and cuts what the rules want cut. Rules mark elements
// as they are met; who of them may cut is decided when the sums are known.
func (s *Set) Flatten(root *html.Node) *dom.Doc {
	m := &matcher{Set: s}
	m.o = dom.New(root, m.match)
	m.matchFuncs()
	m.cutElements()
	return m.o
}

// match gives 1 + the index of the first rule that wants an element cut, 0 if
// none does.
func (s *matcher) match(e *dom.Element) int16 {
	n := e.Node
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Tbody, atom.Tr, atom.H1, atom.Article:
		return 0 // names here speak of the page
	}
	best := int16(len(s.Rules))
	if id, ok := s.tags[n.Data]; ok {
		best = s.better(best, id, e.In)
	}
	for k := range n.Attr {
		a := &n.Attr[k]
		switch a.Key {
		case "id":
			if !namesItself(n.DataAtom) {
				best = min(best, s.matchNames(a.Val, e.In, &s.names))
			}
		case "class", "data-testid", "data-component", "data-qa", "data-block", "data-module":
			if a.Val != "" {
				best = min(best, s.matchKnown(a.Val, e.In, &s.names))
			}
		case "role":
			if id, ok := s.roles[strings.ToLower(strings.TrimSpace(a.Val))]; ok {
				best = s.better(best, id, e.In)
			}
		}
	}
	if int(best) == len(s.Rules) {
		return 0
	}
	return best + 1
}

// matchFuncs asks the rules that look at what is in an element, once all is
// known of it.
func (m *matcher) matchFuncs() {
	for i := range m.o.Elements {
		e := &m.o.Elements[i]
		for _, id := range m.funcs {
			r := &m.Rules[id]
			if (e.Cut == 0 || id+1 < e.Cut) && !(r.Outside && e.In&dom.InArticle != 0) && r.Match(m, int32(i)) {
				e.Cut = id + 1
			}
		}
	}
}

// namesItself says whether ids of such elements are made from their own text,
// as anchors are, and tell nothing of their part in the page.
func namesItself(a atom.Atom) bool {
	switch a {
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Li, atom.A, atom.Span:
		return true
	}
	return false
}

// better is the earlier of two rules, if it may be used in this place.
func (s *Set) better(best, id int16, in dom.Context) int16 {
	if id < best && !(s.Rules[id].Outside && in&dom.InArticle != 0) {
		return id
	}
	return best
}

// nameCache has what matchNames has returned for attributes of a page so far,
// and room for the words of one name.
type nameCache struct {
	known [2]map[string]int16 // outside an article, and within one
	words []string
}

// matchKnown is matchNames for attributes that elements of a page have in
// common.
func (s *Set) matchKnown(names string, in dom.Context, buf *nameCache) int16 {
	known := &buf.known[0]
	if in&dom.InArticle != 0 {
		known = &buf.known[1]
	}
	best, ok := (*known)[names]
	if !ok {
		best = s.matchNames(names, in, buf)
		if *known == nil {
			*known = map[string]int16{}
		}
		if len(*known) < maxKnown {
			(*known)[names] = best
		}
	}
	return best
}

// matchNames gives the first rule that wants one of the names of an attribute
// cut; behind the last if none does.
func (s *Set) matchNames(names string, in dom.Context, buf *nameCache) int16 {
	best := int16(len(s.Rules))
	if len(names) > dom.MaxClass {
		names = names[:dom.MaxClass]
	}
	if scrambled(names) {
		return best
	}
	for name := range strings.FieldsSeq(names) {
		buf.words = dom.SplitName(buf.words[:0], name)
		words := buf.words
		if len(words) > 1 {
			switch words[0] {
			case "has", "no", "not", "with", "without", "hide":
				continue // a state of the element, not what it is
			}
			if slices.Contains(words, "not") {
				continue
			}
		}
		for i, w := range words {
			for _, p := range s.words[w] {
				if p.rule < best && p.fits(words, i) {
					best = s.better(best, p.rule, in)
				}
			}
		}
	}
	return best
}

// scrambled says whether class names were made by a machine, which has two
// letters for each: "ab fj ad kq" speaks of no advertisement.
func scrambled(names string) bool {
	n, short := 0, 0
	for name := range strings.FieldsSeq(names) {
		if n++; len(name) <= 3 {
			short++
		}
	}
	return n >= 4 && short*2 > n
}

func (p wordPattern) fits(words []string, i int) bool {
	if p.whole {
		return i == 0 && len(words) == len(p.rest)+1 && equalWords(words[1:], p.rest)
	}
	return len(words)-i-1 >= len(p.rest) && equalWords(words[i+1:i+1+len(p.rest)], p.rest)
}

func equalWords(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// maxKnown bounds the attributes that are remembered.
const maxKnown = 4096

// cutElements decides who of the marked elements goes: those under their
// rule's guard. What is below them is marked too, with a negative number.
func (m *matcher) cutElements() {
	o := m.o
	n := int32(len(o.Elements))
	prose := int32(0) // of the page
	for i := int32(0); i < n; i = o.Elements[i].End {
		prose += o.Elements[i].Prose
	}
	taken := make([]int32, len(m.Rules))
	for i := int32(0); i < n; {
		e := &o.Elements[i]
		if e.Cut == 0 {
			i++
			continue
		}
		r := &m.Rules[e.Cut-1]
		if float64(e.Prose) > r.Guard*float64(prose) || float64(e.LinkLetters) < r.Links*float64(e.Letters) {
			e.Cut = 0
			i++
			continue
		}
		taken[e.Cut-1] += e.Prose
		for i++; i < e.End; i++ {
			o.Elements[i].Cut = -e.Cut
		}
	}
	left := prose // what the rules without a sum have left
	for id, sum := range taken {
		if !m.Rules[id].Sum {
			left -= sum
		}
	}
	for id, sum := range taken {
		if r := &m.Rules[id]; r.Sum && float64(sum) > r.Guard*float64(left) {
			uncut(o, int16(id+1))
		}
	}
}

// uncut takes back all that a rule has cut.
func uncut(o *dom.Doc, cut int16) {
	for i := range o.Elements {
		if e := &o.Elements[i]; e.Cut == cut || e.Cut == -cut {
			e.Cut = 0
		}
	}
}
