package siteprofile

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// Description is a profile for people to read. The names of elements and the examples
// are not in the profile, which has hashes alone: [Description.Illustrate] adds them
// from pages that are read once more.
type Description struct {
	Pages      int       // in the sample
	Stories    int       // those of them whose main container holds a story
	Decides    bool      // the profile knows enough to judge pages
	Changed    time.Time // see [Profile.Changed]
	Containers []Container
	Boxes      []Box // the most frequent ones: first those that are cut
	Metadata   []MetadataElement
	Texts      []RecurringText // that are cut wherever they are, the most frequent ones
	Addresses  []Address       // the most frequent forms

	profile *Profile
	named   map[uint64]*element
	texts   map[uint64]*RecurringText // by key
}

// element is what the pages show of a kind of element.
type element struct {
	name     *string
	examples *[]string
}

// Container is a kind of element that holds stories.
type Container struct {
	Main     bool   // further ones hold what is not in a main one, of stories in pieces
	Pages    int    // of the sample that have it
	Name     string // such as "main > div.text-*", where the sign is for digits; "" until a page has shown it
	Examples []string
}

// Box is a kind of element around texts.
type Box struct {
	Cut        bool    // as the site's; otherwise it is the story's
	Pages      int     // of the sample that have it
	Instances  int     // on these pages
	Repetition float64 // share of its letters that are the same elsewhere or lead to other pages, 0 to 1
	Name       string  // as that of a Container
	Examples   []string
}

// RecurringText is a text that recurs on the site.
type RecurringText struct {
	Pages   int    // of the sample that have it
	Numbers bool   // with other numbers
	Text    string // "" until a page has shown it
}

// MetadataElement is a kind of element that has the headline, the byline, the date or the
// tags of stories; or a date that is not that of a story.
type MetadataElement struct {
	Kind     Kind
	Pages    int    // stories that have it; 0 for a clock
	Name     string // as that of a Container
	Examples []string

	at place
}

// Address is a form that addresses of pages have.
type Address struct {
	Form    string // such as "/politics/{slug}.html"
	Pages   int    // of the sample
	Named   int    // of them: by a feed or a news sitemap, as items
	Stories int    // of them: by themselves
}

// Bounds of descriptions.
const (
	maxDescribed = 60 // boxes, and texts
	maxAddresses = 20
	maxExamples  = 3
	exampleBytes = 160
)

// Describe describes the profile.
func (p *Profile) Describe() *Description {
	d := &Description{named: map[uint64]*element{}, texts: map[uint64]*RecurringText{}, profile: p}
	if p == nil {
		return d
	}
	d.Pages, d.Stories, d.Decides, d.Changed = p.pages, p.filled, p.decides(), p.Changed()
	for _, sig := range p.main {
		d.Containers = append(d.Containers, Container{Main: true, Pages: int(p.common[sig])})
	}
	for _, sig := range p.second {
		d.Containers = append(d.Containers, Container{Pages: int(p.common[sig])})
	}
	for i, sig := range slices.Concat(p.main, p.second) {
		c := &d.Containers[i]
		d.named[sig] = &element{&c.Name, &c.Examples}
	}
	d.describeBoxes()
	d.describeTexts()
	d.describeMetadata()
	d.describeAddresses()
	return d
}

func (d *Description) describeAddresses() {
	for _, form := range slices.Sorted(maps.Keys(d.profile.forms)) {
		a := d.profile.forms[form]
		d.Addresses = append(d.Addresses, Address{form, int(a.pages), int(a.named), int(a.stories)})
	}
	slices.SortStableFunc(d.Addresses, func(a, b Address) int { return cmp.Compare(b.Pages, a.Pages) })
	d.Addresses = d.Addresses[:min(len(d.Addresses), maxAddresses)]
}

func (d *Description) describeBoxes() {
	p := d.profile
	sigs := slices.DeleteFunc(slices.Sorted(maps.Keys(p.boxes)), func(sig uint64) bool {
		b := p.boxes[sig]
		return b.pages < p.atLeast(boxFloor, boxShare) || 2*b.around > b.all
	})
	slices.SortStableFunc(sigs, func(a, b uint64) int {
		one, other := p.boxes[a], p.boxes[b]
		cut := func(b *box) int32 {
			if b.isSites(false) {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(cut(other), cut(one)), cmp.Compare(other.pages, one.pages), cmp.Compare(other.letters, one.letters))
	})
	// Of boxes with the same texts, one within the other, one is enough.
	sigs = slices.CompactFunc(sigs, func(a, b uint64) bool {
		one, other := p.boxes[a], p.boxes[b]
		return one.pages == other.pages && one.letters == other.letters && one.pointers == other.pointers
	})
	sigs = sigs[:min(len(sigs), maxDescribed)]
	d.Boxes = make([]Box, len(sigs))
	for i, sig := range sigs {
		b := p.boxes[sig]
		d.Boxes[i] = Box{Cut: b.isSites(false), Pages: int(b.pages), Instances: int(b.all), Repetition: b.repetition()}
		if d.named[sig] == nil {
			d.named[sig] = &element{&d.Boxes[i].Name, &d.Boxes[i].Examples}
		}
	}
}

func (d *Description) describeTexts() {
	p := d.profile
	type recurring struct {
		key uint64
		RecurringText
	}
	var all []recurring
	for _, key := range slices.Sorted(maps.Keys(p.exact)) {
		if n := p.exact[key]; n >= p.atLeast(exactFloor, exactShare) {
			all = append(all, recurring{key, RecurringText{Pages: int(n)}})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.masked)) {
		if n := p.masked[key]; n >= p.atLeast(maskedFloor, maskedShare) && p.exact[key] < n {
			all = append(all, recurring{key, RecurringText{Pages: int(n), Numbers: true}})
		}
	}
	slices.SortStableFunc(all, func(a, b recurring) int { return cmp.Compare(b.Pages, a.Pages) })
	all = all[:min(len(all), maxDescribed)]
	d.Texts = make([]RecurringText, len(all))
	for i := range all {
		d.Texts[i] = all[i].RecurringText
		d.texts[all[i].key] = &d.Texts[i]
	}
}

func (d *Description) describeMetadata() {
	l := &d.profile.learned
	for k, at := range []place{Headline: l.headline, Byline: l.byline, Date: l.date, Tags: l.tags} {
		if at.sig != 0 {
			d.Metadata = append(d.Metadata, MetadataElement{Kind: Kind(k), Pages: l.pages(Kind(k)), at: at})
		}
	}
	for at := range l.clocks {
		if at.nth == 0 {
			d.Metadata = append(d.Metadata, MetadataElement{Kind: Clock, at: at})
		}
	}
	slices.SortFunc(d.Metadata, func(a, b MetadataElement) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.at.sig, b.at.sig))
	})
}

// illustrateMetadata adds names and examples from a page whose elements of has as indexes
// of its document.
func (d *Description) illustrateMetadata(page *Page, v *view, of []int32) {
	for i := range d.Metadata {
		e := &d.Metadata[i]
		for k := range v.fields {
			if f := &v.fields[k]; v.fieldIs(f, e.at) && (e.Kind != Byline || d.profile.isByline(v, f)) && (e.Kind != Date || f.day != 0) {
				if e.Name == "" {
					e.Name = d.name(page.Doc, of[f.elem])
				}
				if example := shorten(page.Fields[k].Text); len(e.Examples) < maxExamples && !slices.Contains(e.Examples, example) {
					e.Examples = append(e.Examples, example)
				}
				break
			}
		}
	}
}

// Illustrate adds names of elements and examples of texts from a page of the site. It
// may be called with any number of pages; the first ones show the most.
func (d *Description) Illustrate(page *Page) {
	if d.profile == nil {
		return
	}
	s := sketchPage(page)
	v := d.profile.view(s.Sketch)
	of := make([]int32, len(s.elems)) // element of the sketch → of the page
	for i, k := range s.elemOf {
		of[k] = i
	}
	d.illustrateMetadata(page, v, of)
	shown := map[int32]bool{}
	for i := range s.units {
		u, text := &s.units[i], page.Blocks[i].Text
		for _, key := range []uint64{u.exact, u.masked} {
			if t := d.texts[key]; t != nil && t.Text == "" {
				t.Text = shorten(text)
			}
		}
		for e := u.elem; e >= 0; e = v.elems[e].parent {
			known := d.named[v.sigs[e]]
			if known == nil || shown[e] {
				continue
			}
			shown[e] = true
			if *known.name == "" {
				*known.name = d.name(page.Doc, of[e])
			}
			if example := shorten(text); len(*known.examples) < maxExamples && !slices.Contains(*known.examples, example) {
				*known.examples = append(*known.examples, example)
			}
		}
	}
}

// name returns the name of an element and of the one around it, as a selector.
func (d *Description) name(doc *dom.Doc, i int32) string {
	name := d.selector(doc.Elements[i].Node.Data, attributes(doc.Elements[i].Node))
	if up := doc.Elements[i].Parent; up >= 0 {
		name = d.selector(doc.Elements[up].Node.Data, attributes(doc.Elements[up].Node)) + " > " + name
	}
	return name
}

// selector returns a tag with those names that recur on the site.
func (d *Description) selector(tag string, attributes []attribute) string {
	var b strings.Builder
	b.WriteString(tag)
	for _, a := range attributes {
		if !d.profile.tokens[tagToken{token("tag", tag), a.token()}] {
			continue
		}
		a.text = strings.ReplaceAll(a.text, digitMask, "*")
		switch a.kind {
		case "class":
			b.WriteString("." + a.text)
		case "id":
			b.WriteString("#" + a.text)
		case "name":
			b.WriteString("[" + a.text + "]")
		default:
			b.WriteString("[" + a.kind + "=" + a.text + "]")
		}
	}
	return b.String()
}

func shorten(text string) string { return letters.Truncate(text, exampleBytes) }
