package clean

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/meta"
	"winnow/clean/siteprofile"
	"winnow/news"
)

// Bounds of the search for fields, see [siteprofile.Field].
const (
	maxFieldLetters = 200 // of a block that is one, or that they are in
	blocksBefore    = 12  // the headline
	blocksBehind    = 16  // the headline
	blocksBelow     = 14  // the last prose of the story
	blocksClose     = 4   // to the headline
	maxLead         = 40  // bytes before a colon
)

// commentsRule cuts what readers wrote.
const commentsRule = "comments"

// fieldReader collects the fields of a page.
type fieldReader struct {
	doc    *dom.Doc
	meta   *meta.Meta
	stated map[string]bool // letters.Key of the people that the page states for machines
	alone  map[string]bool // of its authors
	tags   map[string]bool
	close  bool // the block is close to the headline, or right behind the story
	fields []siteprofile.Field
}

// readFields sets what the profile of the site learns of a page beside its text: the
// short texts around the headline and below the story, and what the page states for
// machines.
func readFields(p *siteprofile.Page, page *news.Page, own []linerules.Verdict, m *meta.Meta) {
	p.Authors, p.StatesAuthors = m.Authors, len(m.Stated.People) > 0
	p.Stated, p.Fetched = dayOf(m.Stated.Date), 0
	if !page.FetchedAt.IsZero() {
		p.Fetched = dayOf(page.FetchedAt.UTC().Format(time.DateOnly))
	}
	r := fieldReader{doc: p.Doc, meta: m, stated: keysOf(m.Stated.People), alone: keysOf(m.Authors), tags: keysOf(m.Tags)}
	head, last := headBlock(p.Blocks, own, m), lastProse(p.Blocks, own)
	for i := range p.Blocks {
		around, below := i >= head-blocksBefore && i <= head+blocksBehind, i > last && i <= last+blocksBelow
		if (around || below) && own[i].Rule != commentsRule {
			r.close = i >= head-blocksClose && i <= head+blocksClose || i == last+1
			r.block(&p.Blocks[i])
		}
	}
	p.Fields = r.fields
}

// dayOf returns a date as the number of days since 1970, 0 for none.
func dayOf(date string) int32 {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return 0
	}
	return int32(t.Unix() / (24 * 60 * 60))
}

func keysOf(texts []string) map[string]bool {
	keys := map[string]bool{}
	for _, t := range texts {
		if key := letters.Key(t); key != "" {
			keys[key] = true
		}
	}
	return keys
}

// headBlock returns the index of the block with the title, a heading before others; if
// there is none, of the block before the first that the page's own rules keep.
func headBlock(blocks []dom.Block, own []linerules.Verdict, m *meta.Meta) int {
	title, first := -1, -1
	for i := range blocks {
		b := &blocks[i]
		if b.Letters <= maxFieldLetters && m.IsTitle(b.Text) {
			if b.Kind == news.Heading || b.In&dom.InHeading != 0 {
				return i
			}
			if title < 0 {
				title = i
			}
		}
		if first < 0 && own[i].Rule == "" && b.IsRunningText() {
			first = i
		}
	}
	if title < 0 {
		return max(0, first-1)
	}
	return title
}

// lastProse returns the index of the last block of prose that the page's own rules
// keep, -1 if there is none.
func lastProse(blocks []dom.Block, own []linerules.Verdict) int {
	last := -1
	for i := range blocks {
		if own[i].Rule == "" && blocks[i].IsRunningText() {
			last = i
		}
	}
	return last
}

// block adds the fields of a block: itself, and the inline elements that have text.
func (r *fieldReader) block(b *dom.Block) {
	if b.Letters == 0 || b.Letters > maxFieldLetters {
		return
	}
	whole := b.Elem
	var inner []int32
	for k := b.Tokens.From; k < b.Tokens.To; k++ {
		t := &r.doc.Tokens[k]
		if t.Kind != dom.TextToken || t.Elem <= b.Elem || t.Elem >= r.doc.Elements[b.Elem].End || letters.Count(t.Text) == 0 || slices.Contains(inner, t.Elem) {
			continue
		}
		if r.doc.Elements[t.Elem].Letters >= b.Letters {
			whole = t.Elem
			continue
		}
		inner = append(inner, t.Elem)
	}
	r.add(whole, b.Text)
	for _, i := range inner {
		r.add(i, r.doc.PlainText(i))
	}
}

// add adds a field.
func (r *fieldReader) add(elem int32, text string) {
	if len(r.fields) >= siteprofile.MaxFields || letters.Count(text) == 0 {
		return
	}
	f := siteprofile.Field{Elem: elem, Text: text}
	f.Lead, f.Tail = leads(text), tail(text)
	f.Day = dayOf(r.day(elem, text))
	set := func(on bool, form siteprofile.FieldForms) {
		if on {
			f.Form |= form
		}
	}
	set(r.meta.IsTitle(text), siteprofile.FormTitle)
	set(r.tags[letters.Key(text)], siteprofile.FormTag)
	set(r.close, siteprofile.FormClose)
	link, topic := r.links(elem)
	set(topic, siteprofile.FormTopic)
	r.names(&f, link)
	r.fields = append(r.fields, f)
}

// names sets the forms of a field that is about authors. linked reports whether it
// links to the page of one.
func (r *fieldReader) names(f *siteprofile.Field, linked bool) {
	text, key := f.Text, letters.Key(f.Text)
	set := func(on bool, form siteprofile.FieldForms) {
		if on {
			f.Form |= form
		}
	}
	set(hasOne(key, r.stated), siteprofile.FormStated)
	set(hasOne(key, r.alone), siteprofile.FormAlone)
	if labels.All().IsCredit(text) && !linked {
		return
	}
	names, labelled := meta.BylineNames(text, r.meta.Language)
	set(len(names) > 0 && (labelled || linked), siteprofile.FormLabelled)
	set(len(names) > 0, siteprofile.FormNames(0, false))
	for words := range len(f.Lead) + 1 {
		text := f.Text
		if words > 0 {
			text = f.WithoutLead(words, text)
			set(r.isNames(text), siteprofile.FormNames(words, false))
		}
		if f.Tail != "" {
			set(r.isNames(f.WithoutTail(text)), siteprofile.FormNames(words, true))
		}
	}
}

func (r *fieldReader) isNames(text string) bool {
	names, _ := meta.BylineNames(text, r.meta.Language)
	return len(names) > 0
}

// hasOne reports whether a text has one of some names, by their keys.
func hasOne(key string, names map[string]bool) bool {
	for name := range names {
		if strings.Contains(key, name) {
			return true
		}
	}
	return false
}

// day returns the date in a field, or that of a time element, as YYYY-MM-DD; "" for
// that of a change.
func (r *fieldReader) day(elem int32, text string) string {
	if date, _, ok := meta.FieldDate(text, r.meta.Language); ok {
		return date
	}
	date, _ := meta.ParseDate(timeStamp(r.doc, elem), r.meta.Language, time.Time{})
	return date
}

// timeStamp returns the machine-readable date of a time element, or of one right around
// an element; "" for others.
func timeStamp(doc *dom.Doc, elem int32) string {
	e := &doc.Elements[elem]
	if e.Node.DataAtom != atom.Time && e.Parent >= 0 {
		e = &doc.Elements[e.Parent]
	}
	if e.Node.DataAtom != atom.Time {
		return ""
	}
	return dom.Attr(e.Node, "datetime")
}

// links reports whether an element is within a link to the page of an author, or of a
// topic, or begins with one.
func (r *fieldReader) links(elem int32) (author, topic bool) {
	look := func(e int32) {
		if n := r.doc.Elements[e].Node; n.DataAtom == atom.A {
			author, topic = author || meta.IsAuthorLink(n), topic || meta.IsTopicLink(n)
		}
	}
	for e := elem; e >= 0 && r.doc.Elements[e].Letters <= maxFieldLetters; e = r.doc.Elements[e].Parent {
		look(e)
	}
	for e := elem + 1; e < r.doc.Elements[elem].End; e++ {
		look(e)
	}
	return author, topic
}

// leads returns what may be labels before names: what is before a colon, with it, or the
// first words, if something follows.
func leads(text string) (all []string) {
	if i := strings.IndexAny(text, ":：＝"); i > 0 && i <= maxLead {
		_, size := utf8.DecodeRuneInString(text[i:])
		if strings.TrimSpace(text[i+size:]) != "" {
			return []string{text[:i+size]}
		}
	}
	for i := range len(text) {
		if text[i] == ' ' && len(all) < siteprofile.MaxLead {
			all = append(all, text[:i])
		}
	}
	return all
}

// tail returns what is behind the last sign that may be before a tail, "" if nothing is
// before it.
func tail(text string) string {
	i := strings.LastIndexAny(text, siteprofile.TailBreaks)
	if i <= 0 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return strings.TrimSpace(text[i+size:])
}
