// Package news holds the nouns that every part of winnow speaks in: a Page as
// it was fetched, the Story that was found in it, the Removals that were cut
// away on the way, and the Verdict on whether the story is a copy of another.
//
// It imports the standard library and golang.org/x/net/html only, and nothing
// of winnow, so that each stage can be used without the others.
package news

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Validators are what a server gave with a page so that it can be asked
// conditionally the next time (RFC 9110, section 8.8). Empty means none.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Hint is what a feed or a sitemap says of a page before it is fetched. Every
// field may be zero; the page's own words go first.
type Hint struct {
	Title    string    `json:"title,omitempty"`
	Summary  string    `json:"summary,omitempty"`
	Authors  []string  `json:"authors,omitempty"`
	Date     time.Time `json:"date,omitzero"`     // published
	Modified time.Time `json:"modified,omitzero"` // last changed
}

// IsZero says whether the hint says nothing.
func (h Hint) IsZero() bool {
	return h.Title == "" && h.Summary == "" && len(h.Authors) == 0 && h.Date.IsZero() && h.Modified.IsZero()
}

// Page is one answer of a server, whole.
type Page struct {
	URL       string      // normalised; a redirect is work of its own, so this is also where the body came from
	Status    int         // HTTP status; 0 for a page that was not fetched (a file)
	Header    http.Header // as received, after Content-Encoding was undone; may be nil
	Body      []byte      // as received, after Content-Encoding was undone, before the charset was
	FetchedAt time.Time   // UTC; zero for a file
	Source    string      // name of the configured source; may be empty
	Rendered  bool        // Body is what a browser made of the page by running its scripts
	Hint      Hint

	// Tree is the parsed document, nil until somebody parsed it (see
	// news/markup). It is parsed once and travels with the page; the clean
	// stage consumes it: after clean.Extract the tree must not be read.
	Tree    *html.Node
	Charset string // the encoding the tree was decoded from, as its WHATWG name
}

// ContentType is the page's declared media type with parameters, or "".
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

// Removal is one piece of text that was cut, and why. Nothing is cut without one.
type Removal struct {
	Rule string `json:"rule"`           // ID of the rule
	Why  string `json:"why"`            // the rule's reason, for people
	Text string `json:"text"`           // the text that went
	Part int    `json:"part,omitempty"` // number of the page that it stood on, from 2; 0 the first or only one
}

// Part is one page of an article that stands on several.
type Part struct {
	URL  string `json:"url"`
	SHA  string `json:"sha,omitempty"`         // SHA-256 of the body, hex; "" when not known
	WARC string `json:"warc_record,omitempty"` // FILE:OFFSET in the archive; "" when it is not there
}

// ModelRule is the rule by which the block model cuts.
const ModelRule = "model"

// What is learned from a site's stories together is cut by this rule.
const (
	HouseRule = "house"
	HouseWhy  = "stands in three or more stories of the site: the publisher's own words, not this story's"
)

// Kinds of page. Only stories are published; the others say why a page is none.
const (
	KindStory     = "story"
	KindSection   = "section"   // a list of other pages
	KindWall      = "wall"      // log in, pay or consent first
	KindSoft404   = "soft404"   // "not found" with status 200
	KindChallenge = "challenge" // a check against robots
	KindGallery   = "gallery"   // pictures or a player, hardly text
	KindEmpty     = "empty"     // no text at all
	KindShort     = "short"     // fewer words than clean.min_words
)

// Marks on a story's quality, never a reason to drop it silently, in this order.
const (
	MarkTruncated    = "truncated"     // a teaser of a paid story, or a part of it could not be had
	MarkRespun       = "respun"        // traces of machine rewriting
	MarkMostlyQuotes = "mostly_quotes" // quotes make up most of it
	MarkShort        = "short"         // few words
)

// Story is what remains of a page: the text, what is known of it, and what was
// cut away.
type Story struct {
	ID           string    `json:"id"`  // hex, see ID; set by the pipeline, "" before
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
	Rendered     bool      `json:"rendered,omitempty"` // its page was read as its scripts made it
	Rights       []string  `json:"rights"`             // noarchive, noindex, tdm-reservation …
	Kind         string    `json:"kind"`
	KindWhy      string    `json:"kind_why,omitempty"`
	Marks        []string  `json:"marks"`
	Figures      []string  `json:"figures,omitempty"` // what each of the marks rests on, for people, in their order
	Blocks       []Block   `json:"blocks"`
	Removals     []Removal `json:"removals,omitempty"`
	NextPage     string    `json:"next_page,omitempty"`   // where an article in parts goes on, behind the last part that is here
	Parts        []Part    `json:"parts,omitempty"`       // the pages that it was joined from, in order; empty for one page
	Missing      string    `json:"missing,omitempty"`     // why a part of it is not here; "" when none is known to be missing
	SinglePage   string    `json:"single_page,omitempty"` // all parts on one page, by the site's rules
	SiteMisses   []string  `json:"site_misses,omitempty"` // rules of the site that found nothing: has it changed?
	Extractor    string    `json:"extractor"`             // name and version of the cleaner
	Rules        string    `json:"rules_version"`
}

// Text lays the blocks out: paragraphs, headings and quotes separated by a
// blank line, the items of a list and the rows of a table one a line.
func (s *Story) Text() string { return LayOut(s.Blocks) }

// WithoutHouse gives the story without the blocks at these places in Blocks, in
// rising order, which go as house text. The story itself stays as it is; places
// that it does not have are passed over.
func (s *Story) WithoutHouse(places []int) Story {
	rest := *s
	if len(places) == 0 {
		return rest
	}
	rest.Blocks, rest.Removals = make([]Block, 0, len(s.Blocks)), slices.Clip(s.Removals)
	for i, b := range s.Blocks {
		if len(places) > 0 && places[0] == i {
			rest.Removals = append(rest.Removals, Removal{Rule: HouseRule, Why: HouseWhy, Text: b.Text})
			places = places[1:]
			continue
		}
		rest.Blocks = append(rest.Blocks, b)
	}
	return rest
}

// Site is the host that the story is published on, without "www.".
func (s *Story) Site() string { return strings.TrimPrefix(s.Hostname, "www.") }

// LayOut is the plain text of blocks, as Story.Text.
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
	RelationFuller = "fuller" // holds the kept story and more
	RelationRespun = "respun" // the same story in other words
)

// Verdict is the outcome of the dedupe stage for one story, with the figures
// it rests on.
type Verdict struct {
	ID          string  `json:"id"`
	DuplicateOf string  `json:"duplicate_of"` // id of the story that is kept; "" when this one is
	Cluster     string  `json:"cluster"`      // id of the kept story; "" for a story without copies
	Relation    string  `json:"relation"`     // "" when kept
	CopiedShare float64 `json:"copied_share"` // share of this story's words that the kept one has too, 0 to 1
	KeptShare   float64 `json:"kept_share"`   // share of the kept story's words that this one has too, 0 to 1
	Names       float64 `json:"names"`        // agreement of names, 0 to 1
	Numbers     float64 `json:"numbers"`      // agreement of numbers, 0 to 1
	Rule        string  `json:"rule"`         // what decided
	Version     string  `json:"version"`      // of the dedupe stage
}

// StageError says which stage failed on which URL, once.
type StageError struct {
	Stage string
	URL   string
	Err   error
}

func (e *StageError) Error() string { return fmt.Sprintf("%s %s: %v", e.Stage, e.URL, e.Err) }

// Unwrap gives the cause.
func (e *StageError) Unwrap() error { return e.Err }
