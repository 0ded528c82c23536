package meta

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// Bounds of what is kept of a page, against pages that repeat an element without
// end. Pages need a hundredth of it.
const (
	maxLD       = 4 << 20 // bytes of JSON-LD
	maxLines    = 3000
	maxTimes    = 200 // time elements
	maxTexts    = 50  // elements of a class for authors, and for dates
	maxLinked   = 20  // links to pages of authors
	maxSubheads = 3
	maxDivides  = 20 // of one line
	maxMetas    = 60 // meta elements of one name
	maxValues   = 20 // link elements of one rel, values of one itemprop, links to a next page
)

// Lengths of text, in bytes, above which an element is not what its name or its
// place promises.
const (
	maxAuthorText = 300  // a byline
	maxAuthorBox  = 1500 // a byline and what the author is and does
	maxDateText   = 200
	maxLinkedText = 100
	maxNextText   = 60
)

// facts is what one walk over the tree collects, not yet weighed.
type facts struct {
	lang      string              // of the html element
	metas     map[string][]string // name, property, itemprop or http-equiv in lower case → content
	links     map[string][]string // rel in lower case → href, of link elements
	next      []string            // href of links to a next page
	titles    []string            // title elements
	headlines []headline          // h1, and elements marked as the headline
	subheads  []headline          // the first h2 and h3
	ld        []string            // bodies of JSON-LD scripts
	props     map[string][]string // itemprop → value, outside of comments and lists of other stories
	times     []timeElement
	authors   []authorBox
	linked    []string           // text of links to pages of authors
	linkTexts map[string]bool    // texts of links on short lines
	topics    map[string]bool    // letters.Key of the text of links to pages of topics
	dates     []datedText        // elements whose class names a date
	lines     []string           // all lines of the page in reading order
	lineLinks map[int][]lineLink // of short lines
	divides   map[int][]int      // of short lines: bytes where one element follows another, without text between
	menus     map[int]bool       // lines that are two links or more and no other word
}

// headline is a candidate for the title.
type headline struct {
	text   string
	opener string // text of the element that it begins with
	marked bool   // by itemprop=headline or a class
}

// lineLink is a link on a line.
type lineLink struct {
	start, end int  // bytes of the line
	author     bool // it leads to the page of an author
}

// datedText is the text of an element that has a date.
type datedText struct {
	text string
	line int // of the page where it begins
}

// timeElement is one time element.
type timeElement struct {
	datetime, text string
	line           int  // of the page where it begins
	published      bool // marked as the date of publication
	modified       bool // marked as the date of a change
}

// scanner is the state of the walk.
type scanner struct {
	facts
	line        letters.TextBuilder
	lineBytes   int        // read of the line
	anchors     []lineLink // links on the line
	inlines     []int      // bytes of the line where an element follows another
	inlineEnd   int        // byte of the line where the last element ended
	lineWords   bool       // letters, or a sign between names, are outside of its links
	ldBytes     int
	asideChecks int
}

// scan walks the tree once. It recurses as deep as the tree, which news/markup
// bounds.
func scan(root *html.Node) *facts {
	s := &scanner{facts: facts{menus: map[int]bool{}, lineLinks: map[int][]lineLink{}, divides: map[int][]int{}, topics: map[string]bool{}, linkTexts: map[string]bool{}, metas: map[string][]string{}, links: map[string][]string{}, props: map[string][]string{}}}
	s.walk(root, false, 0)
	s.endLine()
	return &s.facts
}

// walk reads what is below n, which is beside the story if aside is true.
func (s *scanner) walk(n *html.Node, aside bool, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			if !aside && s.lineBytes < dom.MaxNodeText && len(s.lines) < maxLines {
				s.line.Add(c.Data)
				s.lineBytes += len(c.Data)
				if !s.lineWords && strings.IndexFunc(c.Data, isNoMenu) >= 0 && !withinLink(n) {
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

func (s *scanner) element(n *html.Node, aside bool, depth int) {
	switch n.DataAtom {
	case atom.Html:
		s.lang = dom.Attr(n, "lang")
		if s.lang == "" {
			s.lang = dom.Attr(n, "xml:lang")
		}
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
		s.nextLink(n)
		if !aside {
			s.authorLink(n)
			s.topicLink(n)
		}
		defer s.endLink(n, len(s.lines), s.line.Len())
	case atom.Br, atom.Hr:
		s.endLine()
		return
	}
	hints := hintsOf(dom.Attr(n, "class")) | hintsOf(dom.Attr(n, "id"))
	if n.DataAtom == 0 {
		hints |= hintsOf(n.Data) // of a custom element
	}
	aside = aside || n.DataAtom != atom.Body && n.DataAtom != atom.Html && s.isAside(n, hints)
	block := !dom.IsInline(n)
	switch {
	case block:
		s.endLine()
	case n.DataAtom == atom.Span || n.DataAtom == atom.A || n.DataAtom == atom.Time:
		if n := s.line.Len(); n > 0 && n == s.inlineEnd && len(s.inlines) < maxDivides {
			s.inlines = append(s.inlines, n)
		}
		s.line.AddSpace()
		s.lineBytes++ // the parts of a byline often have no space between them
	}
	if !aside || hasToken(dom.Attr(n, "rel"), "author") {
		s.read(n, hints)
	}
	s.walk(n, aside, depth+1)
	if block {
		s.endLine()
		return
	}
	s.inlineEnd = s.line.Len()
}

// endLine ends a line of the page.
func (s *scanner) endLine() {
	menu, links := len(s.anchors) >= 2 && !s.lineWords, s.anchors
	inlines := s.inlines
	s.anchors, s.inlines, s.inlineEnd, s.lineWords = nil, nil, 0, false
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
		if len(text) < maxAuthorText && len(links) <= maxLineLinks {
			s.lineLinks[len(s.lines)] = links
			for _, link := range links {
				s.linkTexts[text[link.start:link.end]] = true
			}
		}
		if len(text) < maxAuthorText && len(inlines) > 0 {
			s.divides[len(s.lines)] = inlines
		}
		s.lines = append(s.lines, text)
	}
}

// divided returns line i with a bar where one element follows another, without text
// between them: "Ann Lee" and "Share" in two elements are two things.
func (f *facts) divided(i int) string {
	line, at := f.lines[i], f.divides[i]
	if len(at) == 0 {
		return line
	}
	var b strings.Builder
	from := 0
	for _, end := range at {
		if end > from && end < len(line) {
			b.WriteString(line[from:end])
			b.WriteString(" |")
			from = end
		}
	}
	b.WriteString(line[from:])
	return b.String()
}

// isNoMenu reports whether r between links shows that they are no menu: names of
// people have commas and words between them, the items of menus bars at most.
func isNoMenu(r rune) bool {
	return !unicode.IsSpace(r) && r != '|' && r != '/' && r != '·' && r != '•'
}

// withinLink reports whether an element is a link or a child of one.
func withinLink(n *html.Node) bool {
	return n.DataAtom == atom.A || n.Parent != nil && n.Parent.DataAtom == atom.A
}

// read collects what an element is by its name, its class and its itemprop.
func (s *scanner) read(n *html.Node, hints hint) {
	prop := dom.Attr(n, "itemprop")
	s.headline(n, prop)
	if prop != "" {
		s.itemprop(n, prop)
	}
	if n.DataAtom == atom.Time && len(s.times) < maxTimes {
		s.time(n, prop)
	}
	if hints&authorHint != 0 && len(s.authors) < maxTexts && n.DataAtom != atom.Body && n.DataAtom != atom.Html || hasToken(dom.Attr(n, "rel"), "author") {
		if text := letters.NormalizeSpace(dom.NodeText(n)); text != "" && len(text) < maxAuthorBox {
			s.authors = append(s.authors, authorBox{line: len(s.lines), pieces: readBox(n), sure: hasToken(dom.Attr(n, "rel"), "author"), long: len(text) >= maxAuthorText})
		}
	}
	if hints&dateHint != 0 && len(s.dates) < maxTexts && n.DataAtom != atom.Body {
		if text := letters.NormalizeSpace(dom.NodeText(n)); text != "" && len(text) < maxDateText {
			s.dates = append(s.dates, datedText{text, len(s.lines)})
		}
	}
}

// Parts of class names by which elements are marked.
var (
	headlineNames  = []string{"headline", "entry-title", "article-title", "post-title"}
	publishedNames = []string{"publish", "entry-date", "created", "posted"}
	modifiedNames  = []string{"modif", "update"}
)

// headline collects an h1, an element marked as the headline, or a subhead.
func (s *scanner) headline(n *html.Node, prop string) {
	marked := strings.Contains(prop, "headline")
	if n.DataAtom != atom.H1 && n.DataAtom != atom.H2 && n.DataAtom != atom.H3 && !marked {
		return
	}
	marked = marked || letters.ContainsOneOf(strings.ToLower(names(n)), headlineNames)
	switch {
	case n.DataAtom == atom.H1 || marked:
		s.headlines = append(s.headlines, headline{letters.NormalizeSpace(dom.NodeText(n)), opener(n), marked})
	case len(s.subheads) < maxSubheads:
		s.subheads = append(s.subheads, headline{letters.NormalizeSpace(dom.NodeText(n)), opener(n), false})
	}
}

// opener returns the text of the element that an element begins with, "" when it
// begins with text.
func opener(n *html.Node) string {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			if text := letters.NormalizeSpace(dom.NodeText(c)); text != "" {
				return text
			}
		} else if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return ""
		}
	}
	return ""
}

// time collects a time element.
func (s *scanner) time(n *html.Node, prop string) {
	near := strings.ToLower(names(n) + " " + prop)
	if n.Parent != nil {
		near += " " + strings.ToLower(dom.Attr(n.Parent, "class"))
	}
	s.times = append(s.times, timeElement{
		datetime: dom.Attr(n, "datetime"), text: letters.NormalizeSpace(dom.NodeText(n)), line: len(s.lines),
		published: dom.HasAttr(n, "pubdate") || letters.ContainsOneOf(near, publishedNames),
		modified:  letters.ContainsOneOf(near, modifiedNames),
	})
}

// names returns the class names and the id of an element.
func names(n *html.Node) string { return dom.Attr(n, "class") + " " + dom.Attr(n, "id") }

func (s *scanner) itemprop(n *html.Node, prop string) {
	value := dom.Attr(n, "content")
	if value == "" {
		value = dom.Attr(n, "datetime")
	}
	if value == "" && (prop == "author" || prop == "name" || prop == "creator") {
		value = letters.NormalizeSpace(dom.NodeText(n))
	}
	for p := range strings.FieldsSeq(prop) {
		if value != "" && len(s.props[p]) < maxValues {
			s.props[p] = append(s.props[p], letters.Truncate(value, dom.MaxNodeText))
		}
	}
}

func (s *scanner) meta(n *html.Node) {
	content := dom.Attr(n, "content")
	if content == "" {
		return
	}
	for _, key := range []string{"name", "property", "itemprop", "http-equiv"} {
		if k := strings.ToLower(strings.TrimSpace(dom.Attr(n, key))); k != "" && len(s.metas[k]) < maxMetas {
			s.metas[k] = append(s.metas[k], letters.NormalizeSpace(letters.Truncate(content, dom.MaxNodeText)))
			if key == "itemprop" {
				s.props[dom.Attr(n, key)] = append(s.props[dom.Attr(n, key)], content)
			}
		}
	}
}

func (s *scanner) script(n *html.Node) {
	if n.FirstChild == nil || !strings.Contains(strings.ToLower(dom.Attr(n, "type")), "ld+json") {
		return
	}
	body := n.FirstChild.Data
	if s.ldBytes += len(body); s.ldBytes <= maxLD {
		s.ld = append(s.ld, body)
	}
}

// hint is what the class and the id of an element suggest, as bits.
type hint uint8

const (
	asideHint  hint = 1 << iota // beside the story
	authorHint                  // names the author
	dateHint                    // has the date
)

// hintWords holds the hint of each word in classes and ids.
var hintWords = func() map[string]hint {
	t := map[string]hint{}
	for h, words := range map[hint]string{
		asideHint:  "comment comments related sidebar disqus recommended recommendations mostread popular trending taboola outbrain newsletter breadcrumb breadcrumbs footer recirculation",
		authorHint: "byline author authors writer reporter authorname bylines by autor autores auteur contributor contributors journalist fn",
		dateHint:   "date time timestamp published pubdate dateline datetime posted meta created byline submitted info postdate",
	} {
		for w := range strings.FieldsSeq(words) {
			t[w] |= h
		}
	}
	return t
}()

// minHintWord is the length of the shortest word in hintWords: "fn" of hCard.
const minHintWord = 2

// hintsOf returns what the words of a class attribute or an id suggest.
func hintsOf(name string) (hints hint) {
	name = letters.Lower(name)
	from := 0
	for i := 0; i <= len(name); i++ {
		if i == len(name) || isClassBreak(name[i]) {
			if i-from >= minHintWord {
				hints |= hintWords[name[from:i]]
			}
			from = i + 1
		}
	}
	return hints
}

// isClassBreak reports whether c separates the words of classes and ids.
func isClassBreak(c byte) bool { return c == ' ' || c == '-' || c == '_' || c == ':' || c == '/' }

// maxAsideChecks bounds the elements that are searched for the headline.
const maxAsideChecks = 60

// isAside reports whether an element is beside the story: by its name or its
// class, unless the headline is in it, as in whole pages of class "has-sidebar".
func (s *scanner) isAside(n *html.Node, hints hint) bool {
	beside := hints&asideHint != 0 || n.DataAtom == atom.Aside || n.DataAtom == atom.Nav || n.DataAtom == atom.Footer && hints&(authorHint|dateHint) == 0
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
