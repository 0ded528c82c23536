// Package elemrules cuts elements that are never story: navigation, ads, share
// bars, comments. A rule is a row of [Table]. It names tags, roles, terms of class
// names, or a function on the element, and a guard: the share of the page's prose
// above which the cut must be wrong.
//
// table.go holds the rules and terms/*.txt their terms, which terms.go reads.
// match.go marks what the rules want cut and guard.go decides what goes. box.go
// recognizes boxes by their first line, thread.go comments, shape.go lists and
// pictures, page.go what the rest of the page gives away.
//
// Start with [New] and [Set.Flatten].
package elemrules

import "strings"

// Rule is one reason to cut an element with all that is in it. An element is
// cut by the first rule of the table that matches it, under the rule's guard.
type Rule struct {
	ID  string
	Why string // shown to people

	Tags  string                         // names of elements, with spaces between
	Roles string                         // values of the role attribute, with spaces between
	Terms []string                       // of class names, ids and test ids; see terms/README.md
	Match func(m *matcher, i int32) bool // called for every element when the page is flat; nil means no function

	// Guard is the share of the page's prose (see dom.MinProse), 0 to 1, above
	// which the element stays: a name that takes more than that does not mean
	// what it says.
	Guard float64
	// Sum applies the guard to all elements together that the rule cuts, as a
	// share of the prose that the other rules leave.
	Sum bool
	// Links is the share of its letters, 0 to 1, that an element must have in
	// links to be cut; 0 means none.
	Links float64
	// Running is the number of paragraphs of running text outside links from which
	// an element stays: what is called so has none, or one. 0 means no bound.
	Running int
	// Outside keeps the rule off elements within an article or main element.
	Outside bool
}

// Set is a table of rules made ready to match.
type Set struct {
	Rules []Rule // in their order; an element's Cut is 1 + the index of its rule

	tags, roles map[string]int16
	terms       map[string][]term // by first word
	funcs       []int16           // the rules with a Match
}

// New makes a set of rules, which keep their order.
func New(rules []Rule) *Set {
	s := &Set{Rules: rules, tags: map[string]int16{}, roles: map[string]int16{}, terms: map[string][]term{}}
	for i := range rules {
		r, id := &rules[i], int16(i)
		for tag := range strings.FieldsSeq(r.Tags) {
			s.tags[tag] = id
		}
		for role := range strings.FieldsSeq(r.Roles) {
			s.roles[role] = id
		}
		for _, text := range r.Terms {
			first, t := readTerm(id, text)
			s.terms[first] = append(s.terms[first], t)
		}
		if r.Match != nil {
			s.funcs = append(s.funcs, id)
		}
	}
	return s
}
