package siterules

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/news"
)

// Result is what the rules of a site have found on a page. A nil *Result is that
// of a page without rules. Only package clean can use it.
type Result struct {
	file     *File
	page     *news.Page
	root     *html.Node
	each     int                 // steps of one expression
	total    budget              // steps of all expressions of one kind, see Apply
	body     map[*html.Node]bool // the elements with the text; nil when none were found
	bodyAt   string              // file and line of the rule that found them
	single   string              // address of the whole story on one page
	removals []news.Removal
	misses   []string // what rules did not find
}

// miss notes that a rule found nothing, or could not be followed.
func (r *Result) miss(format string, args ...any) {
	r.misses = append(r.misses, fmt.Sprintf(format, args...))
}

// evaluate evaluates an expression, if its conditions hold. Errors are misses.
func (r *Result) evaluate(e *expression) value {
	for i := range e.conditions {
		if v := r.evaluate(&e.conditions[i]); len(v.nodes) == 0 && v.text == "" {
			return value{}
		}
	}
	v, err := e.evaluate(r.root, r.each, &r.total)
	if err != nil {
		r.miss("%s: %v", e.at, err)
	}
	return v
}

// texts returns the texts that the first expression with any selects.
func (r *Result) texts(list []expression) []string {
	for i := range list {
		v := r.evaluate(&list[i])
		var texts []string
		if v.text != "" {
			texts = append(texts, v.text)
		}
		for _, n := range v.nodes {
			if t := n.text(); t != "" && len(texts) < meta.MaxTags {
				texts = append(texts, t)
			}
		}
		if len(texts) > 0 {
			return texts
		}
	}
	return nil
}

// isOnPage reports whether a node is still in the tree.
func (r *Result) isOnPage(n *html.Node) bool {
	for n.Parent != nil {
		n = n.Parent
	}
	return n == r.root
}

// textOf returns the text in a node on one line, with a space where a line ends; ""
// when it has neither letters nor digits.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return letters.NormalizeSpace(n.Data)
	}
	var b strings.Builder
	writeText(&b, n)
	if s := letters.NormalizeSpace(b.String()); strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		return s
	}
	return ""
}

func writeText(b *strings.Builder, n *html.Node) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Svg:
		return
	}
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	block := n.Type == html.ElementNode && !dom.IsInline(n)
	if block {
		b.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeText(b, c)
	}
	if block {
		b.WriteByte(' ')
	}
}

// AddTo adds to a story what the rules did.
func (r *Result) AddTo(s *news.Story) {
	if r == nil {
		return
	}
	s.Rules += "+site." + r.file.digest
	s.SinglePage, s.SiteMisses = r.single, r.misses
	s.Removals = append(r.removals, s.Removals...)
}
