package output

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"winnow/news"
)

// SchemaVersion is the version of the record. It grows when the meaning of a key
// changes, and stays when a key is added.
const SchemaVersion = "1"

// Record is a story as the corpus has it: a line of JSON Lines, a row of a table.
// Every key is always written, in this order; what is not known is null for a
// pointer or a Timestamp, and otherwise empty.
type Record struct {
	ID            string    `json:"id"`   // hex; the only key that ends in "id", as search engines want it
	Text          string    `json:"text"` // the body alone; paragraphs separated by a blank line
	URL           string    `json:"url"`
	Title         string    `json:"title"`
	Description   string    `json:"description"`
	Image         string    `json:"image"`
	Authors       []string  `json:"authors"`
	Categories    []string  `json:"categories"`
	Tags          []string  `json:"tags"`
	Date          *string   `json:"date"` // published, YYYY-MM-DD
	DatePublished Timestamp `json:"date_published"`
	DateModified  Timestamp `json:"date_modified"`
	DateCrawled   Timestamp `json:"date_crawled"`
	Language      string    `json:"language"`
	LanguageScore float64   `json:"language_score"` // 0 to 1
	SiteName      string    `json:"sitename"`
	Hostname      string    `json:"hostname"`
	Source        string    `json:"source"`
	Origin        string    `json:"origin"`
	License       string    `json:"license"`
	Rights        []string  `json:"rights"`
	Kind          string    `json:"kind"`
	Marks         []string  `json:"marks"`
	TextSHA256    string    `json:"text_sha256"` // hex, of Text in UTF-8
	Fingerprint   string    `json:"fingerprint"` // hex
	DuplicateOf   *string   `json:"duplicate_of"`
	Cluster       *string   `json:"cluster"`
	Relation      *string   `json:"relation"`
	CopiedShare   *float64  `json:"copied_share"`      // of a copy's words that the kept story has too, 0 to 1
	KeptShare     *float64  `json:"kept_share"`        // of the kept story's words that the copy has too, 0 to 1
	Names         *float64  `json:"names_agreement"`   // of a copy with the kept story, 0 to 1
	Numbers       *float64  `json:"numbers_agreement"` // the same for numbers
	DedupeRule    *string   `json:"dedupe_rule"`       // why it is a copy, or why it is kept though it looks like one
	MinHash       []string  `json:"minhash"`           // hex, one entry per band; empty unless configured
	Revision      int64     `json:"revision"`
	WordCount     int64     `json:"word_count"` // of Text, see CountWords
	Extractor     string    `json:"extractor"`
	RulesVersion  string    `json:"rules_version"` // of the rules that cut and, after "+", of the dedupe stage
	WARCRecord    string    `json:"warc_record"`   // see PlaceInArchive; "" when the page is not archived
	Rendered      bool      `json:"rendered"`      // the page was read after its scripts had run
	Parts         []string  `json:"parts"`         // URLs of the pages of an article in parts, in order; empty for one page
	PartRecords   []string  `json:"part_records"`  // their warc_record, in the same order
	SchemaVersion string    `json:"schema_version"`
}

// RecordExtra is what the state has of a story besides the story itself.
type RecordExtra struct {
	Revision    int64     // 1 is the first
	Crawled     time.Time // when the page was fetched
	WARC        string    // see PlaceInArchive; "" when the page is not archived
	Fingerprint string    // of the text, hex; may be empty
	MinHash     []string  // signature of the text, hex; may be empty
}

// NewRecord returns the record of a story. Control characters and the line
// separators of Unicode become spaces, and invalid UTF-8 becomes U+FFFD, so that
// all readers of lines see the same lines.
func NewRecord(story news.Story, v news.Verdict, extra RecordExtra) Record {
	short := TextRecord(story)
	sum := sha256.Sum256([]byte(short.Text))
	r := Record{
		ID:            short.ID,
		Text:          short.Text,
		URL:           line(story.URL),
		Title:         short.Title,
		Description:   line(story.Description),
		Image:         line(story.Image),
		Authors:       lines(story.Authors),
		Categories:    lines(story.Categories),
		Tags:          lines(story.Tags),
		DatePublished: Timestamp{story.Published},
		DateModified:  Timestamp{story.Modified},
		DateCrawled:   Timestamp{extra.Crawled},
		Language:      line(story.Language),
		LanguageScore: share(story.LanguageSure),
		SiteName:      line(story.SiteName),
		Hostname:      short.Hostname,
		Date:          short.Date,
		Source:        line(story.Source),
		Origin:        line(story.Origin),
		License:       line(story.License),
		Rights:        lines(story.Rights),
		Kind:          line(story.Kind),
		Marks:         lines(story.Marks),
		TextSHA256:    hex.EncodeToString(sum[:]),
		Fingerprint:   extra.Fingerprint,
		DuplicateOf:   orNull(v.DuplicateOf),
		Cluster:       orNull(v.Cluster),
		Relation:      orNull(v.Relation),
		DedupeRule:    orNull(v.Rule),
		MinHash:       append([]string{}, extra.MinHash...),
		Revision:      extra.Revision,
		WordCount:     int64(CountWords(short.Text)),
		Extractor:     line(story.Extractor),
		RulesVersion:  line(story.Rules),
		WARCRecord:    extra.WARC,
		Rendered:      story.Rendered,
		Parts:         make([]string, 0, len(story.Parts)),
		PartRecords:   make([]string, 0, len(story.Parts)),
		SchemaVersion: SchemaVersion,
	}
	for _, p := range story.Parts {
		r.Parts, r.PartRecords = append(r.Parts, line(p.URL)), append(r.PartRecords, p.WARC)
	}
	if v.DuplicateOf != "" {
		for _, f := range []struct {
			to   **float64
			from float64
		}{{&r.CopiedShare, v.CopiedShare}, {&r.KeptShare, v.KeptShare}, {&r.Names, v.Names}, {&r.Numbers, v.Numbers}} {
			figure := share(f.from)
			*f.to = &figure
		}
	}
	if v.Version != "" {
		r.RulesVersion = strings.TrimPrefix(r.RulesVersion+"+"+line(v.Version), "+")
	}
	return r
}

// TextRecord returns those fields of a story's record that Text and TextPath use.
func TextRecord(story news.Story) Record {
	r := Record{ID: story.ID, Text: cleanText(story.Text()), Title: line(story.Title), Hostname: strings.ToLower(line(story.Hostname))}
	if _, err := time.Parse(time.DateOnly, story.Date); err == nil {
		r.Date = &story.Date
	}
	return r
}

// Timestamp is a time to the second in UTC. In JSON it is null when it is zero or
// outside the years 1 to 9999.
type Timestamp struct{ time.Time }

// MarshalJSON writes YYYY-MM-DDThh:mm:ssZ or null.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	u := t.UTC()
	if t.IsZero() || u.Year() < 1 || u.Year() > 9999 {
		return []byte("null"), nil
	}
	return u.AppendFormat(make([]byte, 0, 24), `"`+time.RFC3339+`"`), nil
}

// UnmarshalJSON reads null and times of RFC 3339.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		t.Time = time.Time{}
		return nil
	}
	return json.Unmarshal(b, &t.Time)
}

// orNull returns nil for the empty string.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// share limits a figure to 0 to 1; NaN becomes 0.
func share(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return min(max(f, 0), 1)
}

// lines returns the entries by line, without empty ones; it is never nil, so that
// JSON has [] and not null.
func lines(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = line(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// line returns s on one line, with single spaces.
func line(s string) string {
	return strings.Join(strings.Fields(cleanText(s)), " ")
}

// cleanText keeps line feeds and tabs, makes line feeds of CR LF and CR, and spaces
// of the line separators of Unicode and of other control characters.
func cleanText(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r == '\u2028', r == '\u2029', unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
}

// isPlain reports whether s is ASCII that cleanText leaves as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

// CountWords returns the number of words: what is between spaces and dashes and
// has a letter or a digit. Chinese characters and Japanese syllables count one
// each, as in word processors; other scripts without spaces (Thai, Lao, Khmer,
// Burmese) count one for every four letters in a row.
func CountWords(s string) int {
	words, run, dense := 0, false, 0
	endRun := func() {
		words += (dense + 3) / 4
		run, dense = false, 0
	}
	for _, r := range s {
		switch {
		case r < 0x80:
			if r == ' ' || r == '\n' || r == '\t' {
				endRun()
			} else if !run && ('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') {
				words, run = words+1, true
			}
		case unicode.IsSpace(r), r == '—':
			endRun()
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			endRun()
			words++
		case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			if unicode.IsLetter(r) {
				dense++
			}
		case !run && (unicode.IsLetter(r) || unicode.IsNumber(r)):
			words, run = words+1, true
		}
	}
	endRun()
	return words
}
