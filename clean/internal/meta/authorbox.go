package meta

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// authorBox is an element that names an author, by its class or by rel=author.
type authorBox struct {
	line   int // of the page where it begins
	pieces []piece
	sure   bool // rel=author
	long   bool // more than a byline is in it: what the author is and does
}

// piece is a run of text in an authorBox that no element but those of emphasis
// divides.
type piece struct {
	text   string
	line   int  // of the box
	marked bool // an element within the box that names an author, too
}

// text returns the text of the box, a blank between pieces.
func (b *authorBox) text() string {
	parts := make([]string, len(b.pieces))
	for i, p := range b.pieces {
		parts[i] = p.text
	}
	return strings.Join(parts, " ")
}

// names returns the people that the box names. A list goes on behind a comma, a
// word for "and", and in an element that names an author itself; what else follows
// the names is what they are, the name of the paper, or a link to more by them.
func (b *authorBox) names(language string) (names []string) {
	t := labels.All()
	last, more := 0, false
	for i, p := range b.pieces {
		if b.long && i > 1 {
			break
		}
		text := strings.TrimLeft(p.text, " ")
		if isSeparator(text, language) {
			more = true
			continue
		}
		open := len(names) == 0 || p.marked || p.line == last && (more || strings.HasPrefix(text, ","))
		more = false
		if !open {
			continue
		}
		var found []string
		if bare := withoutLabel(t, text); bare != text {
			found = byline.LeadingNames(bare, language)
		} else if h := byline.ReadHeader(text, language); len(h.Names) > 0 && len(h.Dates) > 0 {
			found = h.Names
		} else {
			found = byline.ParseNames(text, language)
			if len(found) == 1 && !isFullName(found[0]) && !b.sure {
				found = nil // a word of a menu
			}
		}
		if len(found) == 0 || len(names) > 0 && len(found) == 1 && !strings.ContainsRune(found[0], ' ') && strings.ContainsRune(names[0], ' ') {
			continue
		}
		names = append(names, found...)
		last, more = p.line, strings.HasSuffix(text, ",") || isSeparator(text[strings.LastIndexByte(text, ' ')+1:], language)
	}
	return names
}

// framedNames returns the name in a box that has more than names: that behind a colon, or
// behind the last word in small letters, as in "interview and text by Ann Lee".
func (b *authorBox) framedNames(language string) []string {
	text := b.text()
	if b.long {
		return nil
	}
	if i := strings.IndexAny(text, ":："); i > 0 {
		_, size := utf8.DecodeRuneInString(text[i:])
		if names := byline.LeadingNames(strings.TrimSpace(text[i+size:]), language); len(names) > 0 && isFullName(names[0]) {
			return names
		}
	}
	words := strings.Fields(text)
	from := len(words)
	for from > 0 && startsUpper(words[from-1]) {
		from--
	}
	if from == 0 || len(words)-from < minFramed || len(words)-from > maxFramed || unicode.IsUpper([]rune(words[from-1])[0]) {
		return nil
	}
	return byline.PersonNames(strings.Join(words[from:], " "), language)
}

// Lengths of a name that framedNames returns, in words.
const (
	minFramed = 2
	maxFramed = 4
)

func startsUpper(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first)
}

// isSeparator reports whether a text is nothing but what is between two names.
func isSeparator(text, language string) bool {
	return strings.Trim(strings.Join(byline.SplitList(" "+text+" ", language), ""), " ") == ""
}

// boxReader collects the pieces of an authorBox.
type boxReader struct {
	pieces []piece
	text   letters.TextBuilder
	line   int
	marked bool
}

// maxPieces bounds the pieces of one box.
const maxPieces = 40

// readBox returns the pieces of an element.
func readBox(n *html.Node) []piece {
	var b boxReader
	b.walk(n, false, 0)
	b.end()
	return b.pieces
}

// end ends a piece.
func (b *boxReader) end() {
	if text := b.text.String(); text != "" && len(b.pieces) < maxPieces {
		b.pieces = append(b.pieces, piece{text, b.line, b.marked})
	}
	b.text.Reset()
}

// besideName are words in the classes of elements beside a name: what an author
// is, and how to follow them.
var besideName = strings.Fields("role job jobtitle position bio desc description social share follow email twitter org organization affiliation publication location date time count comments tooltip hidden image photo avatar")

// isBesideName reports whether an element within a box has no name, by its name or
// its class.
func isBesideName(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A:
		if IsTopicLink(n) {
			return true
		}
	case atom.Button, atom.Script, atom.Style, atom.Svg, atom.Noscript, atom.Template, atom.Time, atom.Figcaption, atom.Select:
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(dom.Attr(n, "class")), func(r rune) bool { return r < 0x80 && isClassBreak(byte(r)) })
	author := hintsOf(dom.Attr(n, "class"))&authorHint != 0
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(besideName, w) || author && w == "title" })
}

// walk reads what is below n. marked is true below an element that names an author.
func (b *boxReader) walk(n *html.Node, marked bool, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			b.marked = marked
			b.text.Add(c.Data)
		case html.ElementNode:
			if depth >= dom.MaxNesting {
				continue
			}
			divides := !isEmphasis(c)
			if divides {
				b.end()
			}
			if !dom.IsInline(c) {
				b.line++
			}
			if !isBesideName(c) {
				b.walk(c, marked || hintsOf(dom.Attr(c, "class"))&authorHint != 0 || hasToken(dom.Attr(c, "rel"), "author"), depth+1)
			}
			if divides {
				b.end()
			}
			if !dom.IsInline(c) {
				b.line++
			}
		}
	}
}

// isEmphasis reports whether an element changes how text looks and no more.
func isEmphasis(n *html.Node) bool {
	switch n.DataAtom {
	case atom.B, atom.I, atom.Em, atom.Strong, atom.Font, atom.U, atom.Small, atom.Big, atom.Abbr, atom.Wbr:
		return true
	}
	return false
}
