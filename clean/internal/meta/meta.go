// Package meta reads what a page says of its story outside the text: title,
// authors, dates, language, canonical address, tags, rights.
//
// scan.go gathers the facts in one walk over the tree; jsonld.go reads JSON-LD;
// title.go, date.go, authors.go and nextpage.go choose between what the sources
// say; plain.go does the same for the first lines of scraped text.
//
// Start with [Read].
package meta

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/langid"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Meta is what a page says of its story outside the text.
type Meta struct {
	Title         string
	Titles        []string // every spelling of the title that was seen, title first
	Authors       []string
	Date          string    // published, YYYY-MM-DD; "" when the year is not known
	Published     time.Time // UTC; zero when the time of day is not known
	Modified      time.Time // UTC; zero when not known
	Language      string    // ISO 639-1; "" when not known
	LanguageScore float64   // 0 to 1
	Canonical     string    // absolute, as given; may point anywhere
	SiteName      string
	Description   string
	Image         string // absolute
	Categories    []string
	Tags          []string
	License       string
	Rights        []string // noindex, noarchive, tdm-reservation …
	ImageSource   string   // who the text names as the source of its picture
	Origin        string   // agency or outlet named as the source
	LdBody        string   // articleBody of JSON-LD, markup and entities undone
	LdTypes       []string // @type values of JSON-LD, sorted
	NextPage      string   // rel=next of an article in parts, absolute
	amp           bool
	printTwin     bool // a page for printing of a story that has another page
	Paywalled     bool // says of itself that reading on costs
}

// Read gathers what a page says of its story. It only reads the document.
// What the page says goes before what a feed said of it (page.Hint).
func Read(page *news.Page, doc *goquery.Document) Meta {
	var m Meta
	if len(doc.Nodes) == 0 {
		return m
	}
	f := scanPage(doc.Nodes[0])
	ld := readLD(f.ld, page.URL)
	r := Reader{Page: page, f: f, ld: &ld, Base: PageBase(page.URL)}
	m.Language, m.LanguageScore = r.language()
	r.Lang = m.Language
	m.SiteName = r.siteName()
	r.chooseTitle(&m)
	r.readTop(m.Title)
	m.Date, m.Published = r.published()
	m.Modified = r.modified()
	m.Authors = r.authors(m.SiteName)
	m.Canonical = r.Absolute(first(f.links["canonical"], f.metas["og:url"], []string{ld.url}))
	m.Description = first(f.metas["og:description"], f.metas["description"], []string{ld.description}, f.metas["twitter:description"])
	m.Image = r.Absolute(first(f.metas["og:image"], []string{ld.image}, f.metas["twitter:image"], f.metas["og:image:url"], f.metas["twitter:image:src"]))
	m.Categories = Distinct(f.metas["article:section"], ld.sections)
	m.Tags = Distinct(f.metas["article:tag"], splitKeywords(ld.keywords), splitKeywords(f.metas["news_keywords"]), splitKeywords(f.metas["keywords"]))
	m.License = r.Absolute(first(f.links["license"], []string{ld.license}))
	m.Rights = r.rights()
	m.Origin, m.ImageSource = r.sources()
	m.LdBody, m.LdTypes = ld.body, ld.types
	m.NextPage = r.nextPage()
	m.amp = f.amp
	m.printTwin = f.prints && slices.Contains(m.Rights, "noindex") || isPrintPath(page.URL)
	m.Paywalled = !ld.free || slices.Contains(f.metas["article:content_tier"], "locked")
	return m
}

// Reader judges the facts of one page.
type Reader struct {
	Page   *news.Page
	f      *pageFacts
	ld     *ldArticle
	Base   *url.URL
	Lang   string
	top    byline.Header   // of the lines around the title
	beside []string        // names on lines beside a date near the title
	keys   map[string]bool // letter keys of the page's lines, once asked for
}

// first is the first value that is not empty.
func first(lists ...[]string) string {
	for _, l := range lists {
		for _, v := range l {
			if v = letters.NormalizeSpace(v); v != "" {
				return v
			}
		}
	}
	return ""
}

// MaxTags bounds lists of tags and categories.
const MaxTags = 50

// Distinct joins lists; a value comes once.
func Distinct(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, l := range lists {
		for _, v := range l {
			v = letters.NormalizeSpace(v)
			if key := letters.Key(v); !seen[key] && len(out) < MaxTags && len(v) <= 200 {
				seen[key] = true
				out = append(out, v)
			}
		}
	}
	return out
}

// splitKeywords splits values that are lists with commas or semicolons.
func splitKeywords(values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ';' || r == '，' || r == '、' || r == '،' })...)
	}
	return out
}

// PageBase is the page's URL, or an empty one.
func PageBase(raw string) *url.URL {
	if u, err := url.Parse(raw); err == nil {
		return u
	}
	return &url.URL{}
}

// Absolute resolves a reference against the page; "" for none and for what is
// no address of the web.
func (r *Reader) Absolute(ref string) string {
	if ref == "" {
		return ""
	}
	u, err := r.Base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// siteName is the name that the page gives its site.
func (r *Reader) siteName() string {
	return first(r.f.metas["og:site_name"], []string{r.ld.publisher}, r.f.metas["application-name"], r.f.metas["twitter:domain"])
}

// language tells the language of the page's long lines, with what it declares
// as a prior.
func (r *Reader) language() (string, float64) {
	declared := langid.Code(r.f.lang)
	for _, tag := range []string{r.ld.language, first(r.f.metas["og:locale"]), first(r.f.metas["content-language"]), first(r.f.metas["language"])} {
		if declared == "" {
			declared = langid.Code(tag)
		}
	}
	var b strings.Builder
	for _, line := range r.f.lines {
		if b.Len() >= langid.MaxText {
			break
		}
		if len(line) >= 80 && utf8.RuneCountInString(line) >= 80 {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	text := b.String()
	if text == "" {
		text = r.ld.body
	}
	if text == "" {
		text = first(r.f.titles) + " " + first(r.f.metas["og:description"], r.f.metas["description"])
	}
	return langid.Detect(text, declared)
}

// rights are the reservations that the page and its headers make, sorted.
func (r *Reader) rights() []string {
	var out []string
	directives := append(slices.Clone(r.f.metas["robots"]), r.Page.Header.Values("X-Robots-Tag")...)
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
	if first(r.f.metas["tdm-reservation"], r.Page.Header.Values("Tdm-Reservation")) == "1" {
		out = append(out, "tdm-reservation")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isPrintPath says whether a URL is of a page for printing.
func isPrintPath(raw string) bool {
	u := strings.ToLower(raw)
	return strings.Contains(u, "/print/") || strings.HasSuffix(u, "/print") || strings.Contains(u, "?print=") || strings.Contains(u, "&print=") || strings.HasSuffix(u, "/print.html")
}

// sources finds the agency that the text names as its source, and the source of
// its picture.
func (r *Reader) sources() (origin, imageSource string) {
	var m Meta
	var early, short []news.Removal
	for _, line := range r.f.lines {
		if len(early) >= 4 && len(short) >= 400 {
			break
		}
		words := letters.CountWords(line)
		if words >= 12 && len(early) < 4 {
			early = append(early, news.Removal{Text: line})
		}
		if words <= 16 && len(short) < 400 {
			short = append(short, news.Removal{Text: line})
		}
	}
	var blocks []news.Block
	for _, e := range early {
		blocks = append(blocks, news.Block{Kind: news.Paragraph, Text: e.Text})
	}
	m.ReadSources(blocks, short)
	return m.Origin, m.ImageSource
}

// IsTitle says whether a line is the headline again, letters and digits alone
// being compared.
func (m *Meta) IsTitle(text string) bool {
	if len(text) > 600 {
		return false
	}
	key := letters.Key(text)
	if key == "" {
		return false
	}
	return letters.SameKey(m.Title, key) || slices.ContainsFunc(m.Titles, func(t string) bool { return letters.SameKey(t, key) })
}
