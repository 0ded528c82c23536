package siteprofile

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Page is a page as its own rules have judged it.
type Page struct {
	URL    string      // or another name that no other page of the host has
	Titles []string    // every spelling of its title
	Doc    *dom.Doc    //
	Blocks []dom.Block // all of them, see [dom.Doc.AllBlocks]
	Rules  []string    // the ID of the rule that cut each block; "" where it stays
	Story  bool        // they take it for a story
	Named  bool        // a feed or a news sitemap names it as an item
	Day    int32       // of publication, in days since 1970; 0 means unknown

	Fields        []Field  // in reading order; the first MaxFields count
	Authors       []string // as the page alone has them
	StatesAuthors bool     // it states people for machines
	Stated        int32    // day of publication that the page or its URL states for machines, as Day
	Fetched       int32    // day on which the page was fetched, as Day
}

// Sketch is what a profile needs to know of one page: how the elements around its
// texts are named and nested; and of each text hashes, a length, and what the page's
// own rules did. It is a function of the page and of the rules.
type Sketch struct {
	url    uint64   // hash
	rank   uint64   // see Rank
	day    int32    // of publication, in days since 1970; 0 means unknown
	form   string   // of the address, see formOf
	named  bool     // see Page.Named
	story  bool     // see Page.Story
	titles []uint64 // keys of the title's spellings, ascending
	shapes []shape
	elems  []elem
	units  []unit // one for each block
	parts  []unit

	self    uint64 // key of the page as the target of links; 0: unknown
	fields  []field
	authors []uint64 // keys of the authors that the page alone has, ascending
	people  bool     // it states people for machines
	stated  int32    // day that it states for machines, in days since 1970; 0 means unknown
	fetched int32    // day on which it was fetched; 0 means unknown
}

// shape is how elements are named: the tag, and what class names and other attributes
// say of what an element is for. All are hashes.
type shape struct {
	tag    uint32
	tokens []uint32 // ascending
}

// elem is an element that has text.
type elem struct {
	parent int32 // index, -1 at the top
	shape  int32 // index
}

// unit is a block of text, or a part of one.
type unit struct {
	elem    int32  // the innermost element with all of the text
	block   int32  // the block element
	of      int32  // of a part: the index of its block's unit
	exact   uint64 // key of the text
	masked  uint64 // key of the text without digits; 0 for long texts
	target  uint64 // key of the page that a link leads to which is the unit; 0: none
	label   uint64 // key of the label of a pointer in the text; 0: none
	link    uint64 // key of the text of its link; 0: no pointer
	letters int32  // as letters.Count returns them
	flags   unitFlags
}

type unitFlags uint16

const (
	unitKept     unitFlags = 1 << iota // by the page's own rules
	unitPlaced                         // cut for its place, or for its language
	unitBuilt                          // cut for how its box is built or labelled
	unitProse                          // unlinked, and as long as paragraphs are
	unitSentence                       // ends like a sentence
	unitHeading
	unitCell   // of a table of data
	unitItem   // of a list
	unitLinked // a link and hardly more
	unitAll    = 1<<iota - 1
)

// Lengths of texts, in letters.
const (
	minProse     = 60  // of prose that ends like a sentence
	minOpenProse = 150 // of prose that does not
	maxMasked    = 49  // of a text whose digits may differ
	minPointer   = 16  // of a link that may be a headline
	maxPointer   = 260 // of a headline with a label and a time stamp
	minTitle     = 12  // of a title that is looked for on other pages
)

// Shares of a unit's letters in links, 0 to 1.
const (
	linkedShare = 0.8 // from which it is a link and hardly more
	proseLinks  = 0.3 // under which it can be prose
)

// maxPointerLinks is how many links a unit may have that leads to one page.
const maxPointerLinks = 3

// digitsOnly is the masked key of texts without letters.
const digitsOnly = 1

// NewSketch returns the sketch of a page.
func NewSketch(p *Page) *Sketch { return sketchPage(p).Sketch }

func sketchPage(p *Page) *sketcher {
	s := &sketcher{
		Sketch: &Sketch{url: hash(p.URL)}, doc: p.Doc,
		elemOf: map[int32]int32{}, shapeOf: map[string]int32{},
	}
	s.day = min(max(p.Day, 0), maxDay)
	s.rank = rank(s.url, s.day, p.Story)
	if u, err := url.Parse(p.URL); err == nil {
		s.base, s.form = u, formOf(u)
		if u.Host != "" {
			s.self = targetKey(u)
		}
	}
	s.named, s.story = p.Named, p.Story
	for _, title := range p.Titles {
		if key := letters.Key(title); letters.Count(key) >= minTitle {
			s.titles = append(s.titles, hash(key))
		}
	}
	slices.Sort(s.titles)
	s.titles = slices.Compact(s.titles)
	for i := range p.Blocks {
		s.add(&p.Blocks[i], p.Rules[i])
	}
	s.addFields(p) // last: their elements are behind those of the blocks
	return s
}

// Rank returns the place of the page among those of its host: those with the smallest
// are the [Sample].
func (s *Sketch) Rank() uint64 { return s.rank }

// URL returns the hash of the page's URL, by which pages are told apart.
func (s *Sketch) URL() uint64 { return s.url }

// URLHash returns what [Sketch.URL] returns for a page of this URL.
func URLHash(url string) uint64 { return hash(url) }

// MaxUnits is the number of blocks of a page that a profile is built from, and that
// are encoded: the first ones.
const MaxUnits = 2000

// bounded returns the sketch without what is behind [MaxUnits] blocks.
func (s *Sketch) bounded() *Sketch {
	if len(s.units) <= MaxUnits {
		return s
	}
	b := *s
	b.units, b.parts, b.fields = s.units[:MaxUnits], nil, nil
	elems := int32(0)
	for i := range b.units {
		elems = max(elems, b.units[i].elem+1, b.units[i].block+1)
	}
	for i := range s.parts {
		if p := &s.parts[i]; int(p.of) < MaxUnits && len(b.parts) < MaxUnits {
			b.parts = append(b.parts, *p)
			elems = max(elems, p.elem+1)
		}
	}
	shapes := int32(0)
	b.elems = s.elems[:elems] // parents are before their children
	for i := range b.elems {
		shapes = max(shapes, b.elems[i].shape+1)
	}
	b.shapes = s.shapes[:shapes]
	return &b
}

// textElems returns the number of elements around the units and their parts, which
// are before all others.
func (s *Sketch) textElems() int {
	n := int32(0)
	for _, units := range [][]unit{s.units, s.parts} {
		for i := range units {
			n = max(n, units[i].elem+1, units[i].block+1)
		}
	}
	return int(n)
}

// hasTitle reports whether a key is that of the page's own title.
func (s *Sketch) hasTitle(key uint64) bool {
	_, ok := slices.BinarySearch(s.titles, key)
	return ok
}

// sketcher makes the sketch of one page.
type sketcher struct {
	*Sketch
	doc     *dom.Doc
	base    *url.URL         // of the page; nil if it has none
	elemOf  map[int32]int32  // element of the page → of the sketch
	shapeOf map[string]int32 // by tag and tokens
}

// add adds a block and its parts. rule is what cut it.
func (s *sketcher) add(b *dom.Block, rule string) {
	key := letters.Key(b.Text)
	u := unit{elem: s.element(innermost(s.doc, b)), block: s.element(b.Elem), letters: b.Letters}
	u.exact, u.masked = textKeys(key)
	set := func(on bool, f unitFlags) {
		if on {
			u.flags |= f
		}
	}
	sentence, links := letters.EndsClause(b.Text), linkShare(b)
	set(rule == "", unitKept)
	set(isPlaceRule(rule) || rule == pictureRule && (b.Kind == news.TableRow || b.Kind == news.Quote), unitPlaced)
	set(isBuildRule(rule), unitBuilt)
	set(sentence, unitSentence)
	set(b.Kind == news.Heading, unitHeading)
	set(b.Kind == news.TableRow, unitCell)
	set(b.Kind == news.ListItem, unitItem)
	set(links >= linkedShare, unitLinked)
	set(u.flags&(unitHeading|unitCell) == 0 && links < proseLinks && (u.letters >= minOpenProse || u.letters >= minProse && sentence), unitProse)
	if links >= linkedShare && u.letters >= minPointer && b.Letters <= maxPointer && b.Links >= 1 && b.Links <= maxPointerLinks && b.LongestLink >= 0 {
		u.target = s.target(dom.Attr(s.doc.Elements[b.LongestLink].Node, "href"))
	}
	if p, ok := findPointer(s.doc, b); ok && s.target(p.href) != 0 {
		u.link = hash(letters.Key(p.link))
		if label := letters.Key(p.label); label != "" {
			u.label = hash(label)
		}
	}
	for _, part := range findParts(s.doc, b) {
		key := letters.Key(part.text)
		p := unit{elem: s.element(part.elem), block: u.block, of: int32(len(s.units)), letters: letters.Count(part.text), flags: u.flags & unitKept}
		p.exact, p.masked = textKeys(key)
		if letters.EndsClause(part.text) && p.letters >= minProse {
			p.flags |= unitProse
		}
		s.parts = append(s.parts, p)
	}
	s.units = append(s.units, u)
}

// linkShare returns the share of a block's letters that are in links, 0 to 1. A time
// stamp before or behind the links does not count.
func linkShare(b *dom.Block) float64 {
	if b.LinkLetters == 0 {
		return 0
	}
	stamp := letters.Count(b.Text) - letters.Count(strings.TrimFunc(b.Text, isStamp))
	return min(1, float64(b.LinkLetters)/float64(max(1, b.Letters-stamp)))
}

// isStamp reports whether a sign can be one of a time stamp in figures.
func isStamp(r rune) bool { return '0' <= r && r <= '9' || !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// element returns the sketch's index of an element of the page.
func (s *sketcher) element(i int32) int32 {
	if i < 0 {
		return -1
	}
	if k, ok := s.elemOf[i]; ok {
		return k
	}
	parent := s.element(s.doc.Elements[i].Parent)
	k := int32(len(s.elems))
	s.elems = append(s.elems, elem{parent: parent, shape: s.shape(i)})
	s.elemOf[i] = k
	return k
}

// shape returns the index of the shape of an element of the page.
func (s *sketcher) shape(i int32) int32 {
	n := s.doc.Elements[i].Node
	var tokens []uint32
	for _, a := range attributes(n) {
		tokens = append(tokens, a.token())
	}
	slices.Sort(tokens)
	tokens = slices.Compact(tokens)
	id := []byte(n.Data)
	for _, t := range tokens {
		id = append(id, ' ', byte(t), byte(t>>8), byte(t>>16), byte(t>>24))
	}
	if k, ok := s.shapeOf[string(id)]; ok {
		return k
	}
	k := int32(len(s.shapes))
	s.shapes = append(s.shapes, shape{tag: token("tag", n.Data), tokens: tokens})
	s.shapeOf[string(id)] = k
	return k
}

// attribute is what an attribute says of what an element is for: a class or id, a role
// or itemprop, or the name of another one.
type attribute struct{ kind, text string }

func (a attribute) token() uint32 { return token(a.kind, a.text) }

// attributes returns the attributes of an element that say what it is for.
func attributes(n *html.Node) (all []attribute) {
	if n.Data == "html" || n.Data == "body" { // their names speak of the page
		return nil
	}
	for k := range n.Attr {
		a := &n.Attr[k]
		switch {
		case a.Key == dom.IndexAttr:
		case a.Key == "class" || a.Key == "id":
			for name := range strings.FieldsSeq(a.Val[:min(len(a.Val), dom.MaxClass)]) {
				all = append(all, attribute{a.Key, maskDigits(name)})
			}
		case a.Key == "role" || a.Key == "itemprop" || a.Key == "align" || a.Key == "bgcolor" || a.Key == "width" || a.Key == "size" || a.Key == "color": // the last ones of pages of old
			all = append(all, attribute{a.Key, a.Val})
		case strings.HasPrefix(a.Key, "data-") || strings.HasPrefix(a.Key, "aria-"):
			all = append(all, attribute{"name", a.Key})
		}
	}
	return all
}

// target returns the key of the page that a link leads to, and 0 for links to other
// hosts and within the page.
func (s *sketcher) target(href string) uint64 {
	href = strings.TrimSpace(href)
	if s.base == nil || href == "" || href[0] == '#' {
		return 0
	}
	u, err := s.base.Parse(href)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || hostOf(u) != hostOf(s.base) || u.Path == s.base.Path && u.RawQuery == s.base.RawQuery {
		return 0
	}
	return targetKey(u)
}

func targetKey(u *url.URL) uint64 { return hash(u.Path + "?" + u.RawQuery) }

func hostOf(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

func hash(s string) uint64 { return xxhash.Sum64String(s) }

func token(kind, text string) uint32 { return uint32(hash(kind + "=" + text)) }

// digitMask is the sign for digits in names.
const digitMask = "#"

// maskDigits replaces each run of digits by one sign.
func maskDigits(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return s
	}
	masked := make([]byte, 0, len(s))
	for i := range len(s) {
		if !letters.IsDigit(s[i]) {
			masked = append(masked, s[i])
		} else if i == 0 || !letters.IsDigit(s[i-1]) {
			masked = append(masked, digitMask...)
		}
	}
	return string(masked)
}

// textKeys returns the keys of a text, given its [letters.Key].
func textKeys(key string) (exact, masked uint64) {
	if letters.Count(key) > maxMasked {
		return hash(key), 0
	}
	bare := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, key)
	if bare == "" {
		return hash(key), digitsOnly
	}
	return hash(key), hash(bare)
}

// isPlaceRule reports whether a rule cuts for the place of a text or for its
// language, and not for what the text is.
func isPlaceRule(id string) bool {
	switch id {
	case "outside", news.ModelRule, "sidebar", "embed", "line-language", "line-tail", "line-head", "head-line", "tail-line", "lone-heading", "figures":
		return true
	}
	return false
}

// IsAboutPlace reports whether a rule cuts for where a text is or how its box is built,
// and not for what the text says.
func IsAboutPlace(rule string) bool { return isPlaceRule(rule) || isBuildRule(rule) }

// pictureRule cuts the words under pictures, in which tables and quotations are none.
const pictureRule = "picture"

// isBuildRule reports whether a rule cuts for how a box is built or labelled. Such
// a box is the story's where the site has its stories, unless the site repeats it.
func isBuildRule(id string) bool {
	switch id {
	case "card", "call-line", "figures", "widget-box", "fact-box", "inset", "link-list", "headline-box", "teaser", "related", "above-headline", "next-story", "twin-story", "popup",
		"anchor-list", "toc", "link-line", "repeat", "pull-quote", "form", "tools", "follow", "tags", "masthead", "foot", "line-facts", "line-title":
		return true
	}
	return false
}
