package clean

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"winnow/news"
)

// meta is what a page says of its story outside the text.
type meta struct {
	title         string
	titles        []string // every spelling of the title that was seen, title first
	authors       []string
	date          string    // published, YYYY-MM-DD; "" when the year is not known
	published     time.Time // UTC; zero when the time of day is not known
	modified      time.Time // UTC; zero when not known
	language      string    // ISO 639-1; "" when not known
	languageScore float64   // 0 to 1
	canonical     string    // absolute, as given; may point anywhere
	siteName      string
	description   string
	image         string // absolute
	categories    []string
	tags          []string
	license       string
	rights        []string // noindex, noarchive, tdm-reservation …
	imageSource   string   // who the text names as the source of its picture
	origin        string   // agency or outlet named as the source
	ldBody        string   // articleBody of JSON-LD, markup and entities undone
	ldTypes       []string // @type values of JSON-LD, sorted
	nextPage      string   // rel=next of an article in parts, absolute
	amp           bool
	printTwin     bool // a page for printing of a story that has another page
	paywalled     bool // says of itself that reading on costs
}

// readMeta gathers what a page says of its story. It only reads the document.
// What the page says goes before what a feed said of it (page.Hint).
func readMeta(page *news.Page, doc *goquery.Document) meta {
	var m meta
	if len(doc.Nodes) == 0 {
		return m
	}
	f := scanPage(doc.Nodes[0])
	ld := readLD(f.ld, page.URL)
	r := metaReader{page: page, f: f, ld: &ld, base: pageBase(page.URL)}
	m.language, m.languageScore = r.language()
	r.lang = m.language
	m.siteName = r.siteName()
	r.chooseTitle(&m)
	r.readTop(m.title)
	m.date, m.published = r.published()
	m.modified = r.modified()
	m.authors = r.authors(m.siteName)
	m.canonical = r.absolute(first(f.links["canonical"], f.metas["og:url"], []string{ld.url}))
	m.description = first(f.metas["og:description"], f.metas["description"], []string{ld.description}, f.metas["twitter:description"])
	m.image = r.absolute(first(f.metas["og:image"], []string{ld.image}, f.metas["twitter:image"], f.metas["og:image:url"], f.metas["twitter:image:src"]))
	m.categories = distinct(f.metas["article:section"], ld.sections)
	m.tags = distinct(f.metas["article:tag"], splitKeywords(ld.keywords), splitKeywords(f.metas["news_keywords"]), splitKeywords(f.metas["keywords"]))
	m.license = r.absolute(first(f.links["license"], []string{ld.license}))
	m.rights = r.rights()
	m.origin, m.imageSource = r.sources()
	m.ldBody, m.ldTypes = ld.body, ld.types
	m.nextPage = r.nextPage()
	m.amp = f.amp
	m.printTwin = f.prints && slices.Contains(m.rights, "noindex") || isPrintPath(page.URL)
	m.paywalled = !ld.free || slices.Contains(f.metas["article:content_tier"], "locked")
	return m
}

// metaReader judges the facts of one page.
type metaReader struct {
	page   *news.Page
	f      *pageFacts
	ld     *ldArticle
	base   *url.URL
	lang   string
	top    headerFacts     // of the lines around the title
	beside []string        // names on lines beside a date near the title
	keys   map[string]bool // letter keys of the page's lines, once asked for
}

// first is the first value that is not empty.
func first(lists ...[]string) string {
	for _, l := range lists {
		for _, v := range l {
			if v = oneLine(v); v != "" {
				return v
			}
		}
	}
	return ""
}

// maxTags bounds lists of tags and categories.
const maxTags = 50

// distinct joins lists; a value comes once.
func distinct(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, l := range lists {
		for _, v := range l {
			v = oneLine(v)
			if key := letterKey(v); !seen[key] && len(out) < maxTags && len(v) <= 200 {
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

// pageBase is the page's URL, or an empty one.
func pageBase(raw string) *url.URL {
	if u, err := url.Parse(raw); err == nil {
		return u
	}
	return &url.URL{}
}

// absolute resolves a reference against the page; "" for none and for what is
// no address of the web.
func (r *metaReader) absolute(ref string) string {
	if ref == "" {
		return ""
	}
	u, err := r.base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// siteName is the name that the page gives its site.
func (r *metaReader) siteName() string {
	return first(r.f.metas["og:site_name"], []string{r.ld.publisher}, r.f.metas["application-name"], r.f.metas["twitter:domain"])
}

// language tells the language of the page's long lines, with what it declares
// as a prior.
func (r *metaReader) language() (string, float64) {
	declared := languageCode(r.f.lang)
	for _, tag := range []string{r.ld.language, first(r.f.metas["og:locale"]), first(r.f.metas["content-language"]), first(r.f.metas["language"])} {
		if declared == "" {
			declared = languageCode(tag)
		}
	}
	var b strings.Builder
	for _, line := range r.f.lines {
		if b.Len() >= maxLanguageText {
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
	return detectLanguage(text, declared)
}

// rights are the reservations that the page and its headers make, sorted.
func (r *metaReader) rights() []string {
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

// isPrintPath says whether a URL is of a page for printing.
func isPrintPath(raw string) bool {
	u := strings.ToLower(raw)
	return strings.Contains(u, "/print/") || strings.HasSuffix(u, "/print") || strings.Contains(u, "?print=") || strings.Contains(u, "&print=") || strings.HasSuffix(u, "/print.html")
}

// nextPage is the next part of an article in parts. A link called "next" may
// lead to another story, see leadsOn.
func (r *metaReader) nextPage() string {
	for _, ref := range r.f.next {
		if target, err := r.base.Parse(strings.TrimSpace(ref)); err == nil && leadsOn(r.base, target) {
			target.Fragment = ""
			return target.String()
		}
	}
	return ""
}

// sources finds the agency that the text names as its source, and the source of
// its picture.
func (r *metaReader) sources() (origin, imageSource string) {
	var m meta
	var early, short []news.Removal
	for _, line := range r.f.lines {
		if len(early) >= 4 && len(short) >= 400 {
			break
		}
		words := wordCount(line)
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
	m.readSources(blocks, short)
	return m.origin, m.imageSource
}
