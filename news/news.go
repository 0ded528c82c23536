// Package news holds the nouns that all of winnow shares: a [Page] as it was
// fetched, the [Story] that was found on it with its [Block]s, the [Removal]s that
// were cut, and the [Verdict] on whether the story is a copy of another. A
// [StageError] names the stage and the URL that an error is about.
//
// It imports the standard library and golang.org/x/net/html only, and nothing of
// winnow, so that each stage can be used without the others. Start with Page and
// Story; package news/markup decodes and parses pages.
package news

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Validators are what a server sent with a page so that the next request can be
// conditional (RFC 9110, section 8.8). Empty means none.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Hint is what a feed or a sitemap says of a page before it is fetched. Every field
// may be zero; what the page says takes precedence.
type Hint struct {
	Title    string    `json:"title,omitempty"`
	Summary  string    `json:"summary,omitempty"`
	Authors  []string  `json:"authors,omitempty"`
	Date     time.Time `json:"date,omitzero"`     // published
	Modified time.Time `json:"modified,omitzero"` // last changed
}

// IsZero reports whether the hint is empty.
func (h Hint) IsZero() bool {
	return h.Title == "" && h.Summary == "" && len(h.Authors) == 0 && h.Date.IsZero() && h.Modified.IsZero()
}

// Page is one complete response of a server, or a page from a file.
type Page struct {
	URL       string      // normalized; redirects are separate requests, so this is also where the body came from
	Status    int         // HTTP status; 0 for a page that was not fetched (a file)
	Header    http.Header // as received, after Content-Encoding was undone; may be nil
	Body      []byte      // as received, after Content-Encoding was undone, before the charset was
	FetchedAt time.Time   // UTC; zero for a file
	Source    string      // name of the configured source; may be empty
	Rendered  bool        // Body is what a browser made of the page by running its scripts
	Hint      Hint

	// Tree is the parsed document, nil before it is parsed (see news/markup). A
	// page is parsed once. The clean stage consumes the tree: after clean.Extract
	// it must not be read.
	Tree    *html.Node
	Charset string // the encoding the tree was decoded from, as its WHATWG name
}

// ContentType returns the page's declared media type with parameters, or "".
func (p *Page) ContentType() string { return p.Header.Get("Content-Type") }

// BlockKind is what a block of text is on the page.
type BlockKind string

// The kinds of block that a story's text is made of.
const (
	Paragraph BlockKind = "paragraph"
	Heading   BlockKind = "heading"
	ListItem  BlockKind = "item"
	TableRow  BlockKind = "row"
	Quote     BlockKind = "quote"
	Code      BlockKind = "code"
)

// Block is one paragraph, heading, list item, table row or quote of a story.
type Block struct {
	Kind BlockKind `json:"kind"`
	Text string    `json:"text"` // no line breaks, but in code; cells of a row joined by " | "
}

// Removal is one piece of text that was cut, and why. Nothing is cut without a
// Removal.
type Removal struct {
	Rule string `json:"rule"`           // ID of the rule
	Why  string `json:"why"`            // the rule's reason, for people
	Text string `json:"text"`           // the text that was cut
	Part int    `json:"part,omitempty"` // number of the page that it was on, from 2; 0 means the first or only one
}

// Part is one page of an article that has several.
type Part struct {
	URL  string `json:"url"`
	SHA  string `json:"sha,omitempty"`         // SHA-256 of the body, in hex; "" if not known
	WARC string `json:"warc_record,omitempty"` // FILE:OFFSET in the archive; "" if it is not there
}

// ModelRule is the ID of the rule by which the block model cuts.
const ModelRule = "model"

// HouseRule is the ID of a rule of older versions that cut lines which recur on a site,
// and HouseWhy its reason: records that they made have it. Profiles of sites have taken
// its place.
const (
	HouseRule = "house"
	HouseWhy  = "in three or more stories of the site: the publisher's own text, not this story's"
)

// Kinds of page. Only stories are published; the others say why a page has none.
const (
	KindStory     = "story"
	KindSection   = "section"   // a list of other pages
	KindWall      = "wall"      // log in, pay or consent first
	KindSoft404   = "soft404"   // "not found" with status 200
	KindChallenge = "challenge" // a check against robots
	KindGallery   = "gallery"   // pictures or a player, hardly text
	KindEmpty     = "empty"     // no text at all
	KindShort     = "short"     // fewer words than clean.min_words
	KindForum     = "forum"     // a forum or one of its threads
	KindProduct   = "product"   // a product, or a list of them
)

// Marks on a story's quality, in this order. None is a reason to drop it silently.
const (
	MarkTruncated    = "truncated"     // a teaser of a paid story, or a part of it is missing
	MarkRespun       = "respun"        // traces of machine rewriting
	MarkMostlyQuotes = "mostly_quotes" // quotes make up most of it
	MarkShort        = "short"         // few words
)

// Story is what remains of a page: the text, its metadata, and what was cut. Empty
// strings, zero times and empty lists mean that something is not known.
type Story struct {
	ID           string    `json:"id"`  // hex; set by the pipeline, "" before
	URL          string    `json:"url"` // canonical where it can be trusted, else as fetched
	FetchedURL   string    `json:"fetched_url,omitempty"`
	Title        string    `json:"title"`
	Description  string    `json:"description"`
	Image        string    `json:"image"`
	Authors      []string  `json:"authors"`
	Categories   []string  `json:"categories"`
	Tags         []string  `json:"tags"`
	Date         string    `json:"date"`      // published, YYYY-MM-DD; "" when the year is not known
	Published    time.Time `json:"published"` // UTC; zero when the time of day is not known
	Modified     time.Time `json:"modified"`  // UTC; zero when not known
	Language     string    `json:"language"`  // ISO 639-1; "" when not known
	LanguageSure float64   `json:"language_score"`
	SiteName     string    `json:"sitename"`
	Hostname     string    `json:"hostname"` // without port
	Source       string    `json:"source"`
	Origin       string    `json:"origin"`                 // agency or outlet that the text names as its source
	ImageSource  string    `json:"image_source,omitempty"` // who the text names as the source of its picture
	License      string    `json:"license"`
	Rendered     bool      `json:"rendered,omitempty"` // read from the page as its scripts rendered it
	Rights       []string  `json:"rights"`             // noarchive, noindex, tdm-reservation …
	Kind         string    `json:"kind"`
	KindWhy      string    `json:"kind_why,omitempty"`
	Marks        []string  `json:"marks"`
	Figures      []string  `json:"figures,omitempty"` // what each mark rests on, for people, in the order of Marks
	Blocks       []Block   `json:"blocks"`
	Removals     []Removal `json:"removals,omitempty"`
	NextPage     string    `json:"next_page,omitempty"`   // where an article on several pages continues after the last that is here
	Parts        []Part    `json:"parts,omitempty"`       // the pages that it was joined from, in order; empty for one page
	Missing      string    `json:"missing,omitempty"`     // why a part of it is missing; "" if none is known to be
	SinglePage   string    `json:"single_page,omitempty"` // all parts on one page, by the site's rules
	SiteMisses   []string  `json:"site_misses,omitempty"` // rules of the site that found nothing: has it changed?
	Extractor    string    `json:"extractor"`             // version of the cleaner, see clean.Version
	Rules        string    `json:"rules_version"`         // what it was cleaned by, see clean.RulesVersion
}

// Text returns the plain text of the story: paragraphs, headings and quotes
// separated by a blank line, items of a list and rows of a table one per line.
func (s *Story) Text() string { return LayOut(s.Blocks) }

// LayOut returns the plain text of blocks, as [Story.Text] does.
func LayOut(blocks []Block) string {
	var b strings.Builder
	for i, block := range blocks {
		if i > 0 {
			b.WriteByte('\n')
			if prev := blocks[i-1].Kind; prev != block.Kind || block.Kind != ListItem && block.Kind != TableRow {
				b.WriteByte('\n')
			}
		}
		b.WriteString(block.Text)
	}
	return b.String()
}

// Relations between a story and the one that was kept.
const (
	RelationSame   = "same"   // the same text, typography apart
	RelationCopy   = "copy"   // near-identical
	RelationCut    = "cut"    // a shortened copy of the kept story
	RelationFuller = "fuller" // contains the kept story and more
	RelationRespun = "respun" // the same story in other words
)

// Verdict is the outcome of the dedupe stage for one story, with the figures that
// it rests on.
type Verdict struct {
	ID          string  `json:"id"`
	DuplicateOf string  `json:"duplicate_of"` // id of the story that is kept; "" if it is this one
	Cluster     string  `json:"cluster"`      // id of the kept story; "" for a story without copies
	Relation    string  `json:"relation"`     // "" if kept
	CopiedShare float64 `json:"copied_share"` // share of this story's words that the kept one has too, 0 to 1
	KeptShare   float64 `json:"kept_share"`   // share of the kept story's words that this one has too, 0 to 1
	Names       float64 `json:"names"`        // agreement of names, 0 to 1
	Numbers     float64 `json:"numbers"`      // agreement of numbers, 0 to 1
	Rule        string  `json:"rule"`         // the rule that decided
	Version     string  `json:"version"`      // of the dedupe stage
}

// StageError is an error of a stage on a URL. It names both once.
type StageError struct {
	Stage string
	URL   string
	Err   error
}

func (e *StageError) Error() string { return fmt.Sprintf("%s %s: %v", e.Stage, e.URL, e.Err) }

// Unwrap returns the cause.
func (e *StageError) Unwrap() error { return e.Err }
