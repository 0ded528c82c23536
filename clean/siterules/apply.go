package siterules

import (
	"bytes"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/meta"
	"winnow/news"
	"winnow/news/markup"
)

// Apply follows the rules for a page before the story is searched, nil when there
// are none: it replaces strings and parses the page again, reads title, authors,
// date and links into m, removes elements, and finds those with the text. It
// changes the tree and m. Expressions that remove have a budget of steps of their
// own, so that costly ones do not starve the others.
func (s *Rules) Apply(page *news.Page, tree **html.Node, m *meta.Meta) *Result {
	if s == nil {
		return nil
	}
	address := page.URL
	if address == "" {
		address = m.Canonical // a file: the page itself says where it belongs
	}
	file := s.find(page.Source, address)
	if file == nil {
		return nil
	}
	r := &Result{file: file, page: page}
	r.replaceStrings(tree, m)
	r.root = *tree
	nodes := 1
	for range r.root.Descendants() {
		nodes++
	}
	r.each = maxSteps + stepsPerNode*nodes
	r.total.left = pageShares * r.each
	r.readLinks(m)
	r.readFacts(m)
	facts := r.total
	r.total.left = pageShares * r.each
	r.strip()
	r.total = facts
	r.findBody()
	return r
}

// Replacements may make a page so many times as large, and some more.
const (
	maxGrowth   = 2
	extraGrowth = 64 << 10 // bytes
)

// replaceStrings replaces strings in the text of the page, and parses it again.
func (r *Result) replaceStrings(tree **html.Node, m *meta.Meta) {
	if len(r.file.replace) == 0 || len(r.page.Body) == 0 {
		return
	}
	text, _ := markup.Decode(r.page.Body, r.page.ContentType())
	limit := maxGrowth*len(text) + extraGrowth
	changed := false
	for _, p := range r.file.replace {
		n := bytes.Count(text, []byte(p.find))
		if n == 0 {
			continue
		}
		if len(text)+n*(len(p.put)-len(p.find)) > limit {
			r.miss("replace_string (%s): the page would grow too large", p.at)
			continue
		}
		text, changed = bytes.ReplaceAll(text, []byte(p.find), []byte(p.put)), true
	}
	if !changed {
		return
	}
	root, _, err := markup.Parse(text, "text/html; charset=utf-8")
	if err != nil {
		r.miss("replace_string: nothing of the page was left")
		return
	}
	*tree = root
	*m = meta.Read(r.page, goquery.NewDocumentFromNode(root), nil)
}

// readFacts reads title, authors and date. A story without an author is no miss.
func (r *Result) readFacts(m *meta.Meta) {
	if t := r.texts(r.file.title); len(t) > 0 {
		m.Titles = meta.Distinct(t[:1], []string{m.Title}, m.Titles)
		m.Title = t[0]
	} else if len(r.file.title) > 0 {
		r.miss("title (%s)", r.file.title[0].at)
	}
	if names := meta.CleanAuthors(r.texts(r.file.author), ""); len(names) > 0 {
		m.Authors = names
	}
	if len(r.file.date) == 0 {
		return
	}
	for i := range r.file.date {
		for _, text := range r.dateTexts(&r.file.date[i]) {
			if date, at := meta.ParseDate(text, m.Language, r.page.FetchedAt); date != "" {
				m.Date, m.Published = date, at
				return
			}
		}
	}
	r.miss("date (%s)", r.file.date[0].at)
}

// dateTexts returns the texts that an expression selects and, before that of an
// element, its attributes with a date for machines.
func (r *Result) dateTexts(e *expression) []string {
	v := r.evaluate(e)
	texts := []string{v.text}
	for _, n := range v.nodes {
		if n.isElement() {
			texts = append(texts, dom.Attr(n.node, "datetime"), dom.Attr(n.node, "content"))
		}
		if texts = append(texts, n.text()); len(texts) > meta.MaxTags {
			break
		}
	}
	return texts
}

// readLinks reads the links to the next page and to the whole story on one page.
func (r *Result) readLinks(m *meta.Meta) {
	if next := r.link(r.file.nextPage); next != "" {
		m.NextPage = next
	}
	r.single = r.link(r.file.singlePage)
}

// link returns the first address of another page that expressions select, "" for
// none.
func (r *Result) link(list []expression) string {
	base := meta.BaseURL(r.page.URL)
	for i := range list {
		v := r.evaluate(&list[i])
		refs := []string{v.text}
		for _, n := range v.nodes {
			if n.isElement() {
				refs = append(refs, dom.Attr(n.node, "href"))
			} else {
				refs = append(refs, n.text())
			}
		}
		for _, ref := range refs {
			if u := meta.AbsoluteURL(base, ref); u != "" && u != r.page.URL {
				return u
			}
		}
	}
	return ""
}

// StripRule is the ID of the rule of what site rules remove.
const StripRule = "site:strip"

// strip removes elements from the tree.
func (r *Result) strip() {
	for i := range r.file.strip {
		e := &r.file.strip[i]
		for _, n := range r.evaluate(e).nodes {
			if n.attr < 0 {
				r.remove(n.node, e.at)
			}
		}
	}
	if len(r.file.stripNames)+len(r.file.stripImages) == 0 {
		return
	}
	for n := r.root.FirstChild; n != nil; {
		at := r.file.stripsNode(n)
		next := nextNode(n, r.root, at == "")
		if at != "" && !r.remove(n, at) {
			next = nextNode(n, r.root, true)
		}
		n = next
	}
}

// stripsNode returns file and line of the rule with a part of an element's class or
// id, or of the address of a picture; "" for none.
func (f *File) stripsNode(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	if class, id := dom.Attr(n, "class"), dom.Attr(n, "id"); class != "" || id != "" {
		for _, p := range f.stripNames {
			if strings.Contains(class, p.part) || strings.Contains(id, p.part) {
				return p.at
			}
		}
	}
	if n.DataAtom == atom.Img {
		src := dom.Attr(n, "src")
		for _, p := range f.stripImages {
			if strings.Contains(src, p.part) {
				return p.at
			}
		}
	}
	return ""
}

// nextNode returns the next node below root in document order, after the
// descendants of n or with them.
func nextNode(n, root *html.Node, into bool) *html.Node {
	if into && n.FirstChild != nil {
		return n.FirstChild
	}
	for ; n != nil && n != root; n = n.Parent {
		if n.NextSibling != nil {
			return n.NextSibling
		}
	}
	return nil
}

// remove removes a node from the tree and keeps its text as a removal. It reports
// false for a node that is the whole page, or that has been removed before.
func (r *Result) remove(n *html.Node, at string) bool {
	switch {
	case n.Type == html.DocumentNode || n.DataAtom == atom.Html || n.DataAtom == atom.Body:
		r.miss("strip (%s): it would remove the whole page", at)
		return false
	case !r.isOnPage(n):
		return false
	}
	if text := textOf(n); text != "" {
		r.removals = append(r.removals, news.Removal{Rule: StripRule, Why: "the site's rules cut it: " + at, Text: text})
	}
	n.Parent.RemoveChild(n)
	return true
}
