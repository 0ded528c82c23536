package crawler

import (
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shellLetters is how many letters a page has at most whose scripts bring its content:
// a menu, a notice that it is loading, a footer.
const shellLetters = 300

// Scripted reports whether the content of a page is likely to be brought by its
// scripts: it has scripts, and either hardly any text, or nothing in the element that
// is there for its content.
func Scripted(root *html.Node) bool {
	var s pageShell
	s.walk(root)
	return s.scripts > 0 && (s.letters < shellLetters || s.hollow && s.filled == 0)
}

// pageShell is what a page has before its scripts run.
type pageShell struct {
	scripts int
	letters int  // of visible text
	hollow  bool // an element for the content is empty
	filled  int  // such elements with something in them
}

// walk adds what is in a node.
func (s *pageShell) walk(n *html.Node) {
	if n.Type == html.TextNode {
		for _, r := range n.Data {
			if unicode.IsLetter(r) {
				s.letters++
			}
		}
		return
	}
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Script:
			s.scripts++
			return
		case atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Svg, atom.Textarea, atom.Select:
			for c := range n.Descendants() {
				if c.DataAtom == atom.Script {
					s.scripts++
				}
			}
			return
		}
	}
	before := s.letters
	for c := range n.ChildNodes() {
		s.walk(c)
	}
	if n.Type == html.ElementNode && holdsContent(n) {
		if s.letters > before {
			s.filled++
		} else {
			s.hollow = true
		}
	}
}

// holdsContent reports whether an element is there for the content of a page, by its
// kind or by the IDs that frameworks use for it.
func holdsContent(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Main, atom.Article:
		return true
	}
	if attribute(n, "role") == "main" {
		return true
	}
	switch attribute(n, "id") {
	case "root", "app", "__next", "__nuxt", "___gatsby", "app-root", "svelte", "content", "main", "main-content":
		return true
	}
	return false
}
