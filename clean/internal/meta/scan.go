package meta

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Bounds of what is read of a page. Pages need a hundredth of it.
const (
	maxLD    = 4 << 20 // bytes of JSON-LD
	maxLines = 3000
)

// pageFacts is what one walk over the tree gathers for Read, not yet
// judged.
type pageFacts struct {
	lang    string
	amp     bool
	prints  bool                // asks the browser to print
	metas   map[string][]string // name, property, itemprop or http-equiv in lower case → content
	links   map[string][]string // rel in lower case → href, of link elements
	next    []string            // href of links that lead to the next page
	titles  []string            // title elements
	heads   []heading           // h1, and elements that say that they are the headline
	seconds []heading           // the first of the second and third rank
	ld      []string            // bodies of JSON-LD scripts
	props   map[string][]string // itemprop → value, outside of comments and lists of other stories
	times   []timeFact
	people  []string     // text of elements whose class names an author
	linked  []string     // text of links to the page of an author
	days    []string     // text of elements whose class names a date
	lines   []string     // the short and long lines of the page in reading order
	menus   map[int]bool // lines that are two links or more and no other word
}

// heading is a candidate for the title.
type heading struct {
	text string
	sure bool // itemprop=headline, or a class that says so
	line int  // index into lines of the text around it
}

// timeFact is one time element.
type timeFact struct {
	stamp, text string
	published   bool // says that it is the date of publication
	modified    bool
}

// pageScan is the state of the walk.
type pageScan struct {
	pageFacts
	line        letters.TextBuilder
	lineBytes   int  // read of the line
	lineLinks   int  // links on the line
	lineWords   bool // letters, or a sign between names, outside of its links
	ldBytes     int
	asideChecks int
}

// scanPage walks the tree once. It recurses as deep as the tree, which
// news/markup bounds.
func scanPage(root *html.Node) *pageFacts {
	s := &pageScan{pageFacts: pageFacts{menus: map[int]bool{}, metas: map[string][]string{}, links: map[string][]string{}, props: map[string][]string{}}}
	s.walk(root, false, 0)
	s.flush()
	return &s.pageFacts
}

func (s *pageScan) walk(n *html.Node, aside bool, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			if !aside && s.lineBytes < dom.MaxNodeText && len(s.lines) < maxLines {
				s.line.Add(c.Data)
				s.lineBytes += len(c.Data)
				if !s.lineWords && strings.IndexFunc(c.Data, outsideMenu) >= 0 && !withinLink(n) {
					s.lineWords = true
				}
			}
		case html.ElementNode:
			if depth < dom.MaxNesting {
				s.element(c, aside, depth)
			}
		}
	}
}

func (s *pageScan) element(n *html.Node, aside bool, depth int) {
	switch n.DataAtom {
	case atom.Html:
		s.lang = dom.Attr(n, "lang")
		if s.lang == "" {
			s.lang = dom.Attr(n, "xml:lang")
		}
		s.amp = dom.HasAttr(n, "amp") || dom.HasAttr(n, "⚡")
	case atom.Body:
		s.prints = s.prints || strings.Contains(dom.Attr(n, "onload"), "print(")
	case atom.Meta:
		s.meta(n)
		return
	case atom.Link:
		s.link(n)
		return
	case atom.Title:
		if n.FirstChild != nil && (n.Parent == nil || n.Parent.DataAtom != atom.Svg) {
			s.titles = append(s.titles, letters.NormalizeSpace(dom.NodeText(n)))
		}
		return
	case atom.Script:
		s.script(n)
		return
	case atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Svg, atom.Textarea, atom.Select, atom.Button:
		return
	case atom.A:
		s.anchor(n)
		s.lineLinks++
		if href := dom.Attr(n, "href"); !aside && len(s.linked) < 20 && (strings.Contains(href, "/author/") || strings.Contains(href, "/authors/") || strings.Contains(href, "/autor/") || strings.Contains(href, "/staff/") || strings.Contains(href, "/journalist/")) {
			if text := letters.NormalizeSpace(dom.NodeText(n)); text != "" && len(text) < 100 {
				s.linked = append(s.linked, text)
			}
		}
	case atom.Br, atom.Hr:
		s.flush()
		return
	}
	says := saysOf(dom.Attr(n, "class")) | saysOf(dom.Attr(n, "id"))
	aside = aside || n.DataAtom != atom.Body && n.DataAtom != atom.Html && s.isAside(n, says)
	block := !dom.IsInline(n)
	switch {
	case block:
		s.flush()
	case n.DataAtom == atom.Span || n.DataAtom == atom.A || n.DataAtom == atom.Time:
		s.line.AddSpace()
		s.lineBytes++ // the parts of a byline often have no space between them
	}
	if !aside || hasToken(dom.Attr(n, "rel"), "author") {
		s.facts(n, says)
	}
	s.walk(n, aside, depth+1)
	if block {
		s.flush()
	}
}

// facts reads what an element says by its name, its class and its itemprop.
func (s *pageScan) facts(n *html.Node, says saying) {
	prop := dom.Attr(n, "itemprop")
	s.headline(n, prop)
	if prop != "" {
		s.itemprop(n, prop)
	}
	if n.DataAtom == atom.Time && len(s.times) < 200 {
		near := strings.ToLower(names(n) + " " + prop)
		if n.Parent != nil {
			near += " " + strings.ToLower(dom.Attr(n.Parent, "class"))
		}
		s.times = append(s.times, timeFact{
			stamp: dom.Attr(n, "datetime"), text: letters.NormalizeSpace(dom.NodeText(n)),
			published: dom.HasAttr(n, "pubdate") || strings.Contains(near, "publish") || strings.Contains(near, "entry-date") || strings.Contains(near, "created") || strings.Contains(near, "posted"),
			modified:  strings.Contains(near, "modif") || strings.Contains(near, "updated") || strings.Contains(near, "update"),
		})
	}
	if says&saysAuthor != 0 && len(s.people) < 50 && n.DataAtom != atom.Body && n.DataAtom != atom.Html || hasToken(dom.Attr(n, "rel"), "author") {
		if text := letters.NormalizeSpace(dom.NodeText(n)); len(text) < 300 {
			s.people = append(s.people, text)
		}
	}
	if says&saysDate != 0 && len(s.days) < 50 && n.DataAtom != atom.Body {
		if text := letters.NormalizeSpace(dom.NodeText(n)); text != "" && len(text) < 200 {
			s.days = append(s.days, text)
		}
	}
}

// headline keeps an element that is a headline of the first rank, or says so.
func (s *pageScan) headline(n *html.Node, prop string) {
	said := strings.Contains(prop, "headline")
	if n.DataAtom != atom.H1 && n.DataAtom != atom.H2 && n.DataAtom != atom.H3 && !said {
		return
	}
	name := strings.ToLower(names(n))
	sure := said || strings.Contains(name, "headline") || strings.Contains(name, "entry-title") || strings.Contains(name, "article-title") || strings.Contains(name, "post-title")
	switch {
	case n.DataAtom == atom.H1 || sure:
		s.heads = append(s.heads, heading{letters.NormalizeSpace(dom.NodeText(n)), sure, len(s.lines)})
	case len(s.seconds) < 3:
		s.seconds = append(s.seconds, heading{letters.NormalizeSpace(dom.NodeText(n)), false, len(s.lines)})
	}
}

// names are the class names and the id of an element.
func names(n *html.Node) string { return dom.Attr(n, "class") + " " + dom.Attr(n, "id") }

func (s *pageScan) itemprop(n *html.Node, prop string) {
	value := dom.Attr(n, "content")
	if value == "" {
		value = dom.Attr(n, "datetime")
	}
	if value == "" && (prop == "author" || prop == "name" || prop == "creator") {
		value = letters.NormalizeSpace(dom.NodeText(n))
	}
	for p := range strings.FieldsSeq(prop) {
		if value != "" && len(s.props[p]) < 20 {
			s.props[p] = append(s.props[p], letters.Truncate(value, dom.MaxNodeText))
		}
	}
}

func (s *pageScan) meta(n *html.Node) {
	content := dom.Attr(n, "content")
	if content == "" {
		return
	}
	for _, key := range []string{"name", "property", "itemprop", "http-equiv"} {
		if k := strings.ToLower(strings.TrimSpace(dom.Attr(n, key))); k != "" && len(s.metas[k]) < 60 {
			s.metas[k] = append(s.metas[k], letters.NormalizeSpace(letters.Truncate(content, dom.MaxNodeText)))
			if key == "itemprop" {
				s.props[dom.Attr(n, key)] = append(s.props[dom.Attr(n, key)], content)
			}
		}
	}
}

func (s *pageScan) link(n *html.Node) {
	for rel := range strings.FieldsSeq(strings.ToLower(dom.Attr(n, "rel"))) {
		if len(s.links[rel]) < 20 {
			s.links[rel] = append(s.links[rel], dom.Attr(n, "href"))
		}
		if rel == "next" {
			s.next = append(s.next, dom.Attr(n, "href"))
		}
	}
}

// anchor keeps links to the next page, by rel or by their words.
func (s *pageScan) anchor(n *html.Node) {
	if len(s.next) > 20 {
		return
	}
	if hasToken(strings.ToLower(dom.Attr(n, "rel")), "next") {
		s.next = append(s.next, dom.Attr(n, "href"))
		return
	}
	if n.FirstChild == nil || n.FirstChild.Type != html.TextNode || len(n.FirstChild.Data) > 60 {
		return
	}
	if text := letters.Fold(n.FirstChild.Data); wordlists.All().Has(wordlists.NextPage, strings.Trim(text, " .>»-")) {
		s.next = append(s.next, dom.Attr(n, "href"))
	}
}

func (s *pageScan) script(n *html.Node) {
	if n.FirstChild == nil {
		return
	}
	body := n.FirstChild.Data
	if strings.Contains(strings.ToLower(dom.Attr(n, "type")), "ld+json") {
		if s.ldBytes += len(body); s.ldBytes <= maxLD {
			s.ld = append(s.ld, body)
		}
		return
	}
	if len(body) < 2000 && strings.Contains(body, "window.print()") {
		s.prints = true
	}
}

// flush ends a line of the page.
func (s *pageScan) flush() {
	menu := s.lineLinks >= 2 && !s.lineWords
	s.lineLinks, s.lineWords = 0, false
	if s.lineBytes == 0 {
		return
	}
	text := s.line.String()
	s.line.Reset()
	s.lineBytes = 0
	if text != "" && len(s.lines) < maxLines {
		if menu {
			s.menus[len(s.lines)] = true
		}
		s.lines = append(s.lines, text)
	}
}

// outsideMenu says whether a rune between links speaks against a menu: names
// of people have commas and words between them, the items of menus bars at most.
func outsideMenu(r rune) bool {
	return !unicode.IsSpace(r) && r != '|' && r != '/' && r != '·' && r != '•'
}

// withinLink says whether an element is a link or stands right in one.
func withinLink(n *html.Node) bool {
	return n.DataAtom == atom.A || n.Parent != nil && n.Parent.DataAtom == atom.A
}

// saying is what the names of an element say of it.
type saying uint8

const (
	saysAside  saying = 1 << iota // beside the story
	saysAuthor                    // names who wrote it
	saysDate
)

// sayings are what words in classes and ids say.
var sayings = func() map[string]saying {
	t := map[string]saying{}
	for says, words := range map[saying]string{
		saysAside:  "comment comments related sidebar disqus recommended recommendations mostread popular trending taboola outbrain newsletter breadcrumb breadcrumbs footer recirculation",
		saysAuthor: "byline author authors writer reporter authorname bylines fn",
		saysDate:   "date time timestamp published pubdate dateline datetime posted meta created byline submitted info postdate",
	} {
		for w := range strings.FieldsSeq(words) {
			t[w] |= says
		}
	}
	return t
}()

// saysOf is what the words of a class attribute or an id say.
func saysOf(name string) (says saying) {
	name = letters.Lower(name)
	from := 0
	for i := 0; i <= len(name); i++ {
		if i == len(name) || classBreak(name[i]) {
			if i-from >= len("fn") {
				says |= sayings[name[from:i]]
			}
			from = i + 1
		}
	}
	return says
}

// classBreak parts the words of classes and ids.
func classBreak(c byte) bool { return c == ' ' || c == '-' || c == '_' || c == ':' || c == '/' }

// maxAsideChecks bounds the elements that are searched for the headline.
const maxAsideChecks = 60

// isAside says whether an element is beside the story: by its name or its
// class, unless it holds the headline, as whole pages of class "has-sidebar" do.
func (s *pageScan) isAside(n *html.Node, says saying) bool {
	beside := says&saysAside != 0 || n.DataAtom == atom.Aside || n.DataAtom == atom.Nav || n.DataAtom == atom.Footer
	if !beside || s.asideChecks >= maxAsideChecks {
		return beside
	}
	s.asideChecks++
	for c := range n.Descendants() {
		if c.DataAtom == atom.H1 {
			return false
		}
	}
	return true
}

func hasToken(list, word string) bool { return slices.Contains(strings.Fields(list), word) }
