package meta

import (
	"net/url"
	"slices"
	"strings"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"

	"golang.org/x/net/html"
)

func (s *scanner) link(n *html.Node) {
	for rel := range strings.FieldsSeq(strings.ToLower(dom.Attr(n, "rel"))) {
		if len(s.links[rel]) < maxValues {
			s.links[rel] = append(s.links[rel], dom.Attr(n, "href"))
		}
		if rel == "next" {
			s.next = append(s.next, dom.Attr(n, "href"))
		}
	}
}

// nextLink collects a link to the next page, by rel or by its text.
func (s *scanner) nextLink(n *html.Node) {
	if len(s.next) > maxValues {
		return
	}
	if hasToken(strings.ToLower(dom.Attr(n, "rel")), "next") {
		s.next = append(s.next, dom.Attr(n, "href"))
		return
	}
	if n.FirstChild == nil || n.FirstChild.Type != html.TextNode || len(n.FirstChild.Data) > maxNextText {
		return
	}
	if text := letters.Fold(n.FirstChild.Data); wordlists.All().Has(wordlists.NextPage, strings.Trim(text, " .>»-")) {
		s.next = append(s.next, dom.Attr(n, "href"))
	}
}

// endLink adds the link n to its line, where it began at byte start of line.
func (s *scanner) endLink(n *html.Node, line, start int) {
	end := s.line.Len()
	if line != len(s.lines) || end <= start {
		return
	}
	if start > 0 {
		start++ // the blank before it
	}
	if len(s.anchors) <= maxLineLinks {
		s.anchors = append(s.anchors, lineLink{start, end, IsAuthorLink(n)})
	}
}

// authorSegments are segments in the addresses of pages of authors, also in the
// plural and before a hyphen: /authors/ann-lee, /author-ann-lee.
var authorSegments = strings.Fields("author autor auteur autore avtor staff journalist journaliste people person profile profil contributor columnist writer reporter redakteur redacteur redactor redaktor periodista giornalista firma firme szerzo kirjoittaja toimittaja skribent forfatter penulis yazar expert arthrografos syntaktis wartawan muhabir editor")

// plurals are endings of authorSegments.
var plurals = []string{"", "s", "es", "i", "y", "en", "in", "er", "r", "lar"}

// IsAuthorLink reports whether a link leads to the page of an author. The list of all
// authors (/authors/), and a section of that name (/news/people), are none.
func IsAuthorLink(n *html.Node) bool {
	if hasToken(dom.Attr(n, "rel"), "author") {
		return true
	}
	u, err := url.Parse(dom.Attr(n, "href"))
	if err != nil {
		return false
	}
	segments := strings.Split(strings.ToLower(strings.Trim(u.Path, "/")), "/")
	for i, segment := range segments {
		named := i < len(segments)-1 || u.RawQuery != ""
		for _, begin := range authorSegments {
			rest, ok := strings.CutPrefix(segment, begin)
			if ok && (named && slices.Contains(plurals, rest) || rest != "" && (rest[0] == '-' || rest[0] == '_')) {
				return true
			}
		}
	}
	return false
}

// topicPaths are in the addresses of pages of topics and sections.
var topicPaths = []string{"/tag/", "/tags/", "/category/", "/categories/", "/topic/", "/topics/", "/section/", "/sections/", "/hub/", "/label/", "/rubric/", "/thema/", "/tema/"}

// maxTopics bounds the topics of a page.
const maxTopics = 100

// IsTopicLink reports whether a link leads to the page of a topic.
func IsTopicLink(n *html.Node) bool {
	return hasToken(dom.Attr(n, "rel"), "tag") || letters.ContainsOneOf(dom.Attr(n, "href"), topicPaths) && !IsAuthorLink(n)
}

// topicLink collects the text of a link to the page of a topic.
func (s *scanner) topicLink(n *html.Node) {
	if len(s.topics) >= maxTopics || !IsTopicLink(n) {
		return
	}
	if text := letters.NormalizeSpace(dom.NodeText(n)); text != "" && len(text) < maxLinkedText {
		s.topics[letters.Key(text)] = true
	}
}

// authorPaths are in the addresses of pages of authors, and of no others.
var authorPaths = []string{"/author/", "/authors/", "/autor/", "/staff/", "/journalist/"}

// authorLink collects the text of a link to the page of an author.
func (s *scanner) authorLink(n *html.Node) {
	if len(s.linked) >= maxLinked || !letters.ContainsOneOf(dom.Attr(n, "href"), authorPaths) {
		return
	}
	if text := letters.NormalizeSpace(dom.NodeText(n)); text != "" && len(text) < maxLinkedText {
		s.linked = append(s.linked, text)
	}
}
