package clean

import (
	"time"

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
func readMeta(page *news.Page, doc *goquery.Document) meta {
	var m meta
	m.title = doc.Find("h1").First().Text()
	m.titles = []string{m.title}
	return m
}
