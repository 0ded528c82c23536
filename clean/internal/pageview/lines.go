package pageview

import (
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/pagemodel"
)

// Bounds of lines, in weighed letters.
const (
	proseLetters    = 60  // of a line of running text, at least
	longLine        = 200 // of a long paragraph
	titleLetters    = 20  // of a link that may be a headline
	maxTitleLetters = 220
	shortLetters    = 30 // of a line that may be a label, a date or a price
	dateLetters     = 60 // of a line that has a date for it
)

// line is a line of text: what is between two block elements or line breaks.
type line struct {
	elem    int32 // the block element that it is in
	link    int32 // the first element with a link; -1 for none
	letters int32 // weighed, and digits
	linked  int32 // of them, in links
	links   int32
	digits  int32
	commas  int32
	quotes  int32
	asks    int32
	heading bool
	title   bool // in an h1
	prose   bool // running text
	ends    bool // like a sentence
	head    bool // a link as long as a headline, or a heading that is a link
	date    bool
	clock   bool
	price   bool
	user    bool   // a link to a user
	outward bool   // its first link leads to another site
	leads   bool   // it begins with a link as long as a headline, and another sentence follows
	tail    uint64 // hash of the short link that it ends with; 0 for none
}

// readLines reads the lines of the page.
func (v *view) readLines() {
	v.lines = make([]line, 0, len(v.doc.Tokens)/4+1)
	r := lineReader{v: v}
	r.begin(-1)
	at := int32(-1) // elements before this have their number of lines
	for k := range v.doc.Tokens {
		t := &v.doc.Tokens[k]
		switch t.Kind {
		case dom.TextToken:
			r.text(t)
		case dom.ImageToken:
		default:
			r.end()
		}
		for ; t.Kind == dom.OpenToken && at < t.Elem; at++ {
			v.elems[at+1].lines = int32(len(v.lines))
		}
	}
	r.end()
	for ; int(at)+1 < len(v.elems); at++ {
		v.elems[at+1].lines = int32(len(v.lines))
	}
}

// linesOf returns the range of the lines in a block element.
func (v *view) linesOf(i int32) (from, to int32) {
	return v.elems[i].lines, v.elems[v.doc.Elements[i].End].lines
}

// lineReader reads one line after the other.
type lineReader struct {
	v        *view
	line     line
	last     byte // the last byte that is no blank, or an ASCII one in its place
	short    []byte
	lastLink int32
	tail     uint64 // hash of the text of the last link
	tailSize int32  // its letters, weighed
	opening  int32  // letters of the link that the line begins with
	follows  bool   // text follows the last link
	parted   bool   // what follows the first link begins like another sentence
}

func (r *lineReader) begin(elem int32) {
	r.line = line{elem: elem, link: -1}
	r.last, r.short, r.lastLink = 0, r.short[:0], -1
	r.tail, r.tailSize, r.opening, r.follows, r.parted = 0, 0, 0, false, false
}

// text adds the text of a token to the line.
func (r *lineReader) text(t *dom.Token) {
	e := &r.v.doc.Elements[t.Elem]
	if e.Node.DataAtom == atom.Option || e.Node.DataAtom == atom.Textarea {
		return
	}
	n := int32(0)
	for _, c := range t.Text {
		if c < 0x80 {
			switch {
			case 'a' <= c|0x20 && c|0x20 <= 'z':
				n++
			case '0' <= c && c <= '9':
				n++
				r.line.digits++
			case c == ',':
				r.line.commas++
			case c == '"':
				r.line.quotes++
			case c == '?':
				r.line.asks++
			}
			if c > ' ' {
				r.last = byte(c)
			}
			continue
		}
		n += r.wide(c)
	}
	n = r.v.weigh(n)
	if len(r.short) < dateLetters*3 {
		r.short = append(append(r.short, letters.Truncate(t.Text, dateLetters*3)...), ' ')
	}
	if n == 0 {
		return
	}
	if r.line.elem < 0 {
		r.line.elem = r.v.blockOf(t.Elem)
		r.line.heading, r.line.title = e.In&dom.InHeading != 0, e.In&dom.InTitle != 0
	}
	r.line.date = r.line.date || e.In&dom.InTime != 0
	r.line.letters += n
	if e.In&dom.InLink != 0 {
		r.line.linked += n
		if a := r.v.linkOf(t.Elem); a != r.lastLink {
			r.lastLink = a
			r.line.links++
			if r.line.link < 0 {
				r.line.link = a
			}
			r.tail, r.tailSize = 14695981039346656037, 0
		}
		r.inLink(t.Text, n)
		return
	}
	if r.line.links == 1 && !r.follows && r.opening > 0 {
		r.parted = startsSentence(t.Text)
	}
	r.follows = true
}

// inLink reads a text of a link with n weighed letters.
func (r *lineReader) inLink(text string, n int32) {
	if r.line.links == 1 && r.line.letters == r.line.linked {
		r.opening += n
	}
	r.follows = false
	r.tailSize += n
	if r.tailSize <= shortLetters {
		for i := 0; i < len(text); i++ {
			r.tail = (r.tail ^ uint64(text[i])) * 1099511628211
		}
	}
}

// startsSentence reports whether what follows a link begins as a sentence does, or
// with a dash or a colon.
func startsSentence(text string) bool {
	for _, c := range text {
		switch {
		case unicode.IsSpace(c) || c == '|' || c == '(' || c == '[':
		case unicode.IsUpper(c) || letters.IsCaseless(c) || unicode.IsDigit(c) || c == '-' || c == '–' || c == '—' || c == ':':
			return true
		default:
			return false
		}
	}
	return false
}

// wide reads a character that is not ASCII and returns 1 for a letter or a digit.
func (r *lineReader) wide(c rune) int32 {
	switch c {
	case '،', '、', '，':
		r.line.commas++
	case '“', '”', '„', '«', '»', '「', '」', '『':
		r.line.quotes++
		r.last = '"'
	case '？', '؟':
		r.line.asks++
		r.last = '?'
	case '。', '।', '！', '…', '۔':
		r.last = '.'
	default:
		switch {
		case unicode.IsLetter(c) || unicode.Is(unicode.Mn, c):
			r.last = 'x'
			return 1
		case unicode.IsDigit(c):
			r.last = '0'
			r.line.digits++
			return 1
		}
	}
	return 0
}

// end ends the line.
func (r *lineReader) end() {
	l := &r.line
	if l.letters > 0 {
		l.ends = strings.IndexByte(".!?\":;)", r.last) >= 0
		l.prose = l.letters >= proseLetters && l.linked*10 < l.letters*4 && !l.title && (l.ends || l.letters >= longLine || !l.heading)
		l.head = l.linked*10 >= l.letters*8 && l.letters <= maxTitleLetters && (l.letters >= titleLetters || l.heading && l.letters >= 8)
		if l.letters <= dateLetters {
			s := asciiDigits(r.short)
			l.date = l.date || l.digits > 0 && hasYear(s)
			l.clock = l.digits > 1 && letters.HasClock(s)
			l.price = l.digits > 0 && hasPrice(s)
		}
		if l.link >= 0 {
			href := dom.Attr(r.v.doc.Elements[l.link].Node, "href")
			l.user, l.outward = isUser(href), r.v.isOutward(href)
			l.leads = !l.head && (r.opening >= titleLetters && r.opening <= maxTitleLetters && r.parted || r.isDated())
			if !r.follows && r.tailSize <= shortLetters {
				l.tail = r.tail
			}
		}
		r.v.lines = append(r.v.lines, *l)
	}
	r.begin(-1)
}

// isDated reports whether the line is a day and then a link as long as a headline.
func (r *lineReader) isDated() bool {
	l := &r.line
	return l.links == 1 && !r.follows && r.opening == 0 && r.tailSize >= titleLetters && r.tailSize <= maxTitleLetters &&
		l.letters-l.linked <= shortLetters && l.digits > 0 && hasYear(asciiDigits(r.short))
}

// blockOf returns the nearest block element around element i, itself included.
func (v *view) blockOf(i int32) int32 {
	for i > 0 && !v.doc.Elements[i].IsBlock {
		i = v.doc.Elements[i].Parent
	}
	return i
}

// linkOf returns the link that element i is in, -1 for none.
func (v *view) linkOf(i int32) int32 {
	for i >= 0 && v.doc.Elements[i].Node.DataAtom != atom.A {
		i = v.doc.Elements[i].Parent
	}
	return i
}

// asciiDigits returns a text with ASCII digits for those of other scripts.
func asciiDigits(b []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 0x660 <= r && r <= 0x669:
			return '0' + r - 0x660
		case 0x6f0 <= r && r <= 0x6f9:
			return '0' + r - 0x6f0
		case 0x966 <= r && r <= 0x96f:
			return '0' + r - 0x966
		}
		return r
	}, string(b))
}

// hasYear reports whether a text has a year, or a day and a month in figures.
func hasYear(s string) bool {
	for i := 0; i < len(s); {
		if !letters.IsDigit(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && letters.IsDigit(s[i]) {
			i++
		}
		switch n := i - start; {
		case n == 4 && (s[start:start+2] == "19" || s[start:start+2] == "20"):
			return true
		case n <= 2 && i+2 < len(s) && (s[i] == '.' || s[i] == '/') && letters.IsDigit(s[i+1]) && letters.IsDigit(s[i+2]) && i+3 < len(s) && (s[i+3] == s[i]):
			return true
		}
	}
	return false
}

// codes of currencies that follow an amount.
var currencies = []string{"USD", "EUR", "GBP", "CHF", "zł", "kr", "Kč", "руб", "грн", "lei", "Ft", "AED", "INR", "CAD", "AUD", "TL"}

// hasPrice reports whether a text has an amount of money.
func hasPrice(s string) bool {
	digit := func(s string) bool {
		s = strings.TrimSpace(s)
		return s != "" && letters.IsDigit(s[0])
	}
	for i, r := range s {
		if (r == '$' || r >= 0x80) && unicode.Is(unicode.Sc, r) {
			before, after := strings.TrimSpace(s[:i]), s[i+len(string(r)):]
			return digit(after) || before != "" && letters.IsDigit(before[len(before)-1])
		}
	}
	for _, c := range currencies {
		if before, after, ok := strings.Cut(s, c); ok {
			before = strings.TrimSpace(before)
			return digit(after) || before != "" && letters.IsDigit(before[len(before)-1])
		}
	}
	return false
}

// userFolders are folders of addresses that lead to users.
var userFolders = []string{"/user", "/member", "/profile", "/u/", "/author", "/people/", "memberlist.php", "/@", "user=", "/community/members", "/autor"}

// isUser reports whether an address is that of a user or an author.
func isUser(href string) bool {
	return len(href) <= longestAddress && letters.ContainsOneOf(letters.Lower(href), userFolders)
}

// pageFeatures sets the features of the page as a whole.
func (v *view) pageFeatures() {
	var c struct {
		letters, linked, links, short, heads, linkedHeadings, headings, numbers, prose, proseLines, long, longest, dates, clocks, shortNumbers, prices, users int32
	}
	before := int32(0) // letters before running text
	users := map[string]bool{}
	for i := range v.lines {
		l := &v.lines[i]
		c.letters += l.letters
		c.linked += l.linked
		c.links += l.links
		c.dates += int32(feature.Bit(l.date))
		c.clocks += int32(feature.Bit(l.clock))
		c.prices += int32(feature.Bit(l.price))
		if l.heading {
			c.headings++
			c.linkedHeadings += int32(feature.Bit(l.linked*2 > l.letters))
		}
		switch {
		case l.prose:
			c.prose += l.letters
			c.proseLines++
			c.long += int32(feature.Bit(l.letters >= longLine))
			c.longest = max(c.longest, l.letters)
		case l.head:
			c.heads++
		case l.linked > 0 && l.letters < titleLetters:
			c.short++
			c.numbers += int32(feature.Bit(l.digits == l.letters))
		case l.letters < shortLetters && l.digits > 0:
			c.shortNumbers++
		}
		if l.user {
			c.users++
			if len(users) < 100 {
				users[dom.Attr(v.doc.Elements[l.link].Node, "href")] = true
			}
		}
		if c.prose == 0 {
			before += l.letters
			v.f[pagemodel.DateBefore] |= feature.Bit(l.date) | feature.Bit(l.clock)<<1
			v.f[pagemodel.PriceBefore] = feature.UpTo(c.prices, 10)
		}
	}
	f := &v.f
	f[pagemodel.PageLetters], f[pagemodel.PageLinks], f[pagemodel.Links], f[pagemodel.Lines] = feature.Log(c.letters), feature.Share(c.linked, c.letters), feature.Log(c.links), feature.Log(int32(len(v.lines)))
	f[pagemodel.ShortLinks], f[pagemodel.TitleLinks], f[pagemodel.TitleLinkShare] = feature.Log(c.short), feature.Log(c.heads), feature.Share(c.heads, c.links)
	f[pagemodel.LinkedHeadings], f[pagemodel.LinkedHeadingShare], f[pagemodel.Headings] = feature.Log(c.linkedHeadings), feature.Share(c.linkedHeadings, c.headings), feature.Log(c.headings)
	f[pagemodel.NumberLinks] = feature.UpTo(c.numbers, 20)
	f[pagemodel.Prose], f[pagemodel.ProseShare], f[pagemodel.ProseLines] = feature.Log(c.prose), feature.Share(c.prose, c.letters), feature.Log(c.proseLines)
	f[pagemodel.LongLines], f[pagemodel.Longest], f[pagemodel.FirstProse] = feature.Log(c.long), feature.Log(c.longest), feature.Share(before, c.letters)
	f[pagemodel.Dates], f[pagemodel.Clocks], f[pagemodel.ShortNumbers] = feature.Log(c.dates), feature.Log(c.clocks), feature.Log(c.shortNumbers)
	f[pagemodel.Prices], f[pagemodel.Users], f[pagemodel.UserNames] = feature.Log(c.prices), feature.Log(c.users), feature.Log(int32(len(users)))
	v.imageFeatures()
}

// imageFeatures counts the pictures.
func (v *view) imageFeatures() {
	images, linked := int32(0), int32(0)
	for k := range v.doc.Tokens {
		if t := &v.doc.Tokens[k]; t.Kind == dom.ImageToken && t.Elem >= 0 {
			images++
			linked += int32(feature.Bit(v.doc.Elements[t.Elem].In&dom.InLink != 0))
		}
	}
	v.f[pagemodel.Images], v.f[pagemodel.LinkedImages] = feature.Log(images), feature.Log(linked)
}
