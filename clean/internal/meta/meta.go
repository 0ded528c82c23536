// Package meta reads what a page states about its story outside the text: title,
// authors, dates, language, canonical address, tags, rights.
//
// scan.go collects the facts in one walk over the tree, links.go those of its links;
// jsonld.go reads JSON-LD, jsonvalue.go its values.
// A reader (reader.go) chooses between what these sources state: title.go,
// top.go (the lines around the title), date.go, authors.go, sources.go and
// nextpage.go. head.go does the same for the first lines of scraped text.
//
// Start with [Read].
package meta

import (
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// Meta is what a page states about its story outside the text. Fields are "" or
// nil where it states nothing.
type Meta struct {
	Title         string
	Titles        []string // all spellings of the title, Title first
	Authors       []string
	Date          string    // of publication, YYYY-MM-DD; "" when the year is not known
	Published     time.Time // UTC; zero when the time of day is not known
	Modified      time.Time // UTC; zero when not known
	Language      string    // ISO 639-1; "" when not known
	LanguageScore float64   // confidence in Language, 0 to 1, see langid.Detect
	Canonical     string    // absolute, as given; may point anywhere
	SiteName      string
	Description   string
	Image         string // absolute
	Categories    []string
	Tags          []string
	License       string   // absolute
	Rights        []string // noindex, noarchive, tdm-reservation …; sorted
	ImageSource   string   // host that the text names as the source of its picture
	Origin        string   // agency or outlet named as the source
	LDBody        string   // articleBody of JSON-LD, without markup and entities
	LDLive        bool     // LDBody is the posts of a live blog
	LDTypes       []string // @type values of JSON-LD, sorted
	NextPage      string   // next page of an article in several, absolute
	Paywalled     bool     // the page states that reading on costs
	Stated        Stated   // what of it the page states for machines
}

// Stated is what a page states for machines, in JSON-LD and in meta elements.
type Stated struct {
	People []string
	Date   string // of publication, as Meta.Date; also from the address of the page
	Stamp  bool   // Date is not from the address alone
	UTC    bool   // it is of a moment in UTC, and the day at the publisher may be the next or the last
}

// Read returns what a page states about its story. doc is the tree of the page,
// which stays as it is. What the page states counts before what a feed stated
// about it (page.Hint). recurs reports whether a text is on the pages of the site
// whatever the story, so that it names no author; nil where that is not known.
func Read(page *news.Page, doc *goquery.Document, recurs func(text string) bool) Meta {
	var m Meta
	if len(doc.Nodes) == 0 {
		return m
	}
	f := scan(doc.Nodes[0])
	if recurs == nil {
		recurs = func(string) bool { return false }
	}
	r := reader{page: page, base: BaseURL(page.URL), f: f, recurs: recurs}
	ld := readLD(f.ld, r.addresses(), r.headTitles())
	r.ld = &ld
	m.Language, m.LanguageScore = r.language()
	m.SiteName = r.siteName()
	r.lang, r.site = m.Language, m.SiteName
	m.Title, m.Titles = r.title()
	r.readTop(m.Title)
	m.Date, m.Published = r.published()
	m.Modified = r.modified()
	m.Authors = r.authors()
	m.Stated = r.stated
	if m.Stated.Date == "" {
		m.Stated.Date = dateInPath(r.base.Path)
	}
	m.Canonical = AbsoluteURL(r.base, first(f.links["canonical"], f.metas["og:url"], []string{ld.url}))
	m.Description = first(f.metas["og:description"], f.metas["description"], []string{ld.description}, f.metas["twitter:description"])
	m.Image = AbsoluteURL(r.base, first(f.metas["og:image"], []string{ld.image}, f.metas["twitter:image"], f.metas["og:image:url"], f.metas["twitter:image:src"]))
	m.Categories = Distinct(f.metas["article:section"], ld.sections)
	m.Tags = Distinct(f.metas["article:tag"], splitKeywords(ld.keywords), splitKeywords(f.metas["news_keywords"]), splitKeywords(f.metas["keywords"]))
	m.License = AbsoluteURL(r.base, first(f.links["license"], []string{ld.license}))
	m.Rights = r.rights()
	m.Origin, m.ImageSource = r.sources()
	m.LDBody, m.LDLive, m.LDTypes = ld.body, ld.live, ld.types
	m.NextPage = r.nextPage()
	m.Paywalled = !ld.free || slices.Contains(f.metas["article:content_tier"], "locked")
	return m
}

// rights returns the reservations that the page and its headers make, sorted.
func (r *reader) rights() []string {
	var out []string
	directives := append(slices.Clone(r.f.metas["robots"]), r.page.Header.Values("X-Robots-Tag")...)
	for _, v := range directives {
		for d := range strings.SplitSeq(strings.ToLower(v), ",") {
			d = strings.TrimSpace(d)
			switch d {
			case "noindex", "noarchive", "nosnippet", "noai", "noimageai", "noml":
				out = append(out, d)
			case "none":
				out = append(out, "noindex")
			}
		}
	}
	if first(r.f.metas["tdm-reservation"], r.page.Header.Values("Tdm-Reservation")) == "1" {
		out = append(out, "tdm-reservation")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// maxTitleText is the length of the longest text that can be a title, in bytes.
const maxTitleText = 600

// IsTitle reports whether a text has the letters and digits of one of the
// titles.
func (m *Meta) IsTitle(text string) bool {
	if len(text) > maxTitleText {
		return false
	}
	key := letters.Key(text)
	if key == "" {
		return false
	}
	return letters.SameKey(m.Title, key) || slices.ContainsFunc(m.Titles, func(t string) bool { return letters.SameKey(t, key) })
}
