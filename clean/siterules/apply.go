package siterules

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/region"
	"winnow/news"
	"winnow/news/markup"
)

// Reading is what the rules of a site have found on a page. The nil value
// is that of a page without rules.
type Reading struct {
	file     *File
	page     *news.Page
	root     *html.Node
	each     int      // steps of one expression
	total    pathCost // of the expressions that find; those that cut have their own
	body     map[*html.Node]bool
	bodyAt   string
	single   string
	removals []news.Removal
	misses   []string
}

// Read takes the rules for the page, if there are any, and does what they say
// before the story is looked for: it puts strings for others and parses again,
// reads title, author, date and links, cuts, and finds the text's elements.
// tree and m are changed.
func (s *Rules) Read(page *news.Page, tree **html.Node, m *meta.Meta) *Reading {
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
	r := &Reading{file: file, page: page}
	r.rewrite(tree, m)
	r.root = *tree
	nodes := 1
	for range r.root.Descendants() {
		nodes++
	}
	r.each = pathSteps + pathStepsNode*nodes
	r.total.left = pageSteps * r.each
	r.links(m)
	r.facts(m)
	facts := r.total
	r.total.left = pageSteps * r.each
	r.strip()
	r.total = facts
	r.findBody()
	return r
}

// miss notes that rules found nothing.
func (r *Reading) miss(format string, args ...any) {
	r.misses = append(r.misses, fmt.Sprintf(format, args...))
}

// maxRewritten bounds what replacements may make of a page: so many times its
// size and a little more.
const maxRewritten = 2

// rewrite does the replacements, on the page's text before it is parsed.
func (r *Reading) rewrite(tree **html.Node, m *meta.Meta) {
	if len(r.file.Replace) == 0 || len(r.page.Body) == 0 {
		return
	}
	text, _ := markup.Decode(r.page.Body, r.page.ContentType())
	limit := maxRewritten*len(text) + 64<<10
	changed := false
	for _, p := range r.file.Replace {
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
	*m = meta.Read(r.page, goquery.NewDocumentFromNode(root))
}

// values evaluates a path; what goes wrong is noted.
func (r *Reading) values(p *sitePath) pathValue {
	for i := range p.only {
		if v := r.values(&p.only[i]); len(v.nodes) == 0 && v.text == "" {
			return pathValue{}
		}
	}
	v, err := p.evaluate(r.root, r.each, &r.total)
	if err != nil {
		r.miss("%s: %v", p.at, err)
	}
	return v
}

// texts gives what the first path that finds text finds.
func (r *Reading) texts(paths []sitePath) []string {
	for i := range paths {
		v := r.values(&paths[i])
		var out []string
		if v.text != "" {
			out = append(out, v.text)
		}
		for _, n := range v.nodes {
			if t := n.text(); t != "" && len(out) < meta.MaxTags {
				out = append(out, t)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// facts reads title, authors and date. That a story names no author is no miss.
func (r *Reading) facts(m *meta.Meta) {
	if t := r.texts(r.file.Title); len(t) > 0 {
		m.Titles = meta.Distinct(t[:1], []string{m.Title}, m.Titles)
		m.Title = t[0]
	} else if len(r.file.Title) > 0 {
		r.miss("title (%s)", r.file.Title[0].at)
	}
	if names := meta.CleanAuthors(r.texts(r.file.Author), ""); len(names) > 0 {
		m.Authors = names
	}
	if len(r.file.Date) == 0 {
		return
	}
	for i := range r.file.Date {
		for _, text := range r.dateTexts(&r.file.Date[i]) {
			if date, at := meta.ParseDate(text, m.Language, r.page.FetchedAt); date != "" {
				m.Date, m.Published = date, at
				return
			}
		}
	}
	r.miss("date (%s)", r.file.Date[0].at)
}

// dateTexts are what a path gives, and what time elements say for machines.
func (r *Reading) dateTexts(p *sitePath) []string {
	v := r.values(p)
	out := []string{v.text}
	for _, n := range v.nodes {
		if n.attr < 0 && n.node.Type == html.ElementNode {
			out = append(out, dom.Attr(n.node, "datetime"), dom.Attr(n.node, "content"))
		}
		if out = append(out, n.text()); len(out) > meta.MaxTags {
			break
		}
	}
	return out
}

// links reads where the story goes on, and where it stands on one page.
func (r *Reading) links(m *meta.Meta) {
	if next := r.link(r.file.NextPage); next != "" {
		m.NextPage = next
	}
	r.single = r.link(r.file.SinglePage)
}

func (r *Reading) link(paths []sitePath) string {
	base := meta.BaseURL(r.page.URL)
	for i := range paths {
		v := r.values(&paths[i])
		refs := []string{v.text}
		for _, n := range v.nodes {
			if n.attr < 0 && n.node.Type == html.ElementNode {
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

// StripRule is the ID of the rule under which what site rules cut is told.
const StripRule = "site:strip"

// strip takes elements off the tree and keeps what they said.
func (r *Reading) strip() {
	for i := range r.file.Strip {
		p := &r.file.Strip[i]
		for _, n := range r.values(p).nodes {
			if n.attr < 0 {
				r.take(n.node, p.at)
			}
		}
	}
	if len(r.file.StripNames)+len(r.file.StripImages) == 0 {
		return
	}
	for n := r.root.FirstChild; n != nil; {
		at := r.file.named(n)
		next := nextNode(n, r.root, at == "")
		if at != "" && !r.take(n, at) {
			next = nextNode(n, r.root, true)
		}
		n = next
	}
}

// take takes a node off the tree, unless it is all of the page, and says
// whether it did.
func (r *Reading) take(n *html.Node, at string) bool {
	switch {
	case n.Type == html.DocumentNode || n.DataAtom == atom.Html || n.DataAtom == atom.Body:
		r.miss("strip (%s): it would take the whole page", at)
		return false
	case !r.has(n):
		return false // in something that went before
	}
	if text := shownText(n); text != "" {
		r.removals = append(r.removals, news.Removal{Rule: StripRule, Why: "the site's rules cut it: " + at, Text: text})
	}
	n.Parent.RemoveChild(n)
	return true
}

// has says whether a node is still on the page.
func (r *Reading) has(n *html.Node) bool {
	for n.Parent != nil {
		n = n.Parent
	}
	return n == r.root
}

// named is the line whose word is in an element's class or id, or in the
// address of a picture; "" for none.
func (f *File) named(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	if class, id := dom.Attr(n, "class"), dom.Attr(n, "id"); class != "" || id != "" {
		for _, w := range f.StripNames {
			if strings.Contains(class, w.word) || strings.Contains(id, w.word) {
				return w.at
			}
		}
	}
	if n.DataAtom == atom.Img {
		src := dom.Attr(n, "src")
		for _, w := range f.StripImages {
			if strings.Contains(src, w.word) {
				return w.at
			}
		}
	}
	return ""
}

// nextNode is the next node of the tree below root in reading order, with or
// without what is in n.
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

// findBody finds the elements that hold the text.
func (r *Reading) findBody() {
	for i := range r.file.Body {
		p := &r.file.Body[i]
		found := map[*html.Node]bool{}
		text := false
		for _, n := range r.values(p).nodes {
			if n.attr < 0 && n.node.Type == html.ElementNode && r.has(n.node) {
				found[n.node] = true
				text = text || shownText(n.node) != ""
			}
		}
		if text {
			r.body, r.bodyAt = found, p.at
			for n := range found {
				r.raise(n)
			}
			return
		}
	}
	if len(r.file.Body) > 0 {
		r.miss("body (%s)", r.file.Body[0].at)
	}
}

// raise takes from an element that holds the text, and from all that it stands
// in, what the general rules could cut them by: the site's rule goes first.
func (r *Reading) raise(n *html.Node) {
	for ; n != nil && n.Type == html.ElementNode; n = n.Parent {
		switch n.DataAtom {
		case atom.Html, atom.Body:
			return
		case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Blockquote:
		default:
			n.Data, n.DataAtom = "main", atom.Main
		}
		n.Attr = nil
	}
}

// Table is the rules on elements for a page. With prune: no those that go by
// names are left out where the site's rules have found the text.
func (r *Reading) Table(all, unpruned *elemrules.Set) *elemrules.Set {
	if r != nil && r.body != nil && r.file.prune == "no" {
		return unpruned
	}
	return all
}

// Region is the blocks of the elements that the site's rules have found.
func (r *Reading) Region(doc *dom.Doc, blocks []dom.Block) (region.Region, bool) {
	if r == nil || r.body == nil {
		return region.Region{}, false
	}
	inside := make([]bool, len(doc.Elements))
	for i := range doc.Elements {
		e := &doc.Elements[i]
		inside[i] = e.Parent >= 0 && inside[e.Parent] || r.body[e.Node]
	}
	out, some := region.Region{}, false
	for i := range blocks {
		if b := &blocks[i]; inside[b.Elem] {
			out.Add(int32(i))
			some = some || b.Cut == 0 && b.Letters > 0
		}
	}
	if !some {
		r.miss("body (%s): nothing in it looks like text of a story", r.bodyAt)
		r.body = nil
	}
	return out, some
}

// FoundText says whether the rules have told where the text stands.
func (r *Reading) FoundText() bool { return r != nil && r.body != nil }

// Tell writes into the story what the rules did.
func (r *Reading) Tell(s *news.Story) {
	if r == nil {
		return
	}
	s.Rules += "+site." + r.file.digest
	s.SinglePage, s.SiteMisses = r.single, r.misses
	s.Removals = append(r.removals, s.Removals...)
}

// shownText is all text in a node, parts of the page apart by a blank.
func shownText(n *html.Node) string {
	if n.Type == html.TextNode {
		return letters.NormalizeSpace(n.Data)
	}
	var b strings.Builder
	writeShown(&b, n)
	if s := letters.NormalizeSpace(b.String()); strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		return s
	}
	return ""
}

func writeShown(b *strings.Builder, n *html.Node) {
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
		writeShown(b, c)
	}
	if block {
		b.WriteByte(' ')
	}
}
