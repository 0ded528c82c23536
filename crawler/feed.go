package crawler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"winnow/crawler/fulltext"
	"winnow/crawler/internal/feedscan"
	"winnow/news"
	"winnow/news/markup"
)

// Limits of ParseFeed.
const (
	MaxFeedEntries = 5000
	maxSummary     = 2000 // runes
	maxTitle       = 500  // runes
	maxAuthors     = 20
)

// Entry is one URL of a feed or a sitemap.
type Entry struct {
	URL  string         // normalised
	Hint news.Hint      // what the feed or sitemap says of the page
	Text *fulltext.Text // the story itself; nil where the feed does not have it whole, see fulltext.Whole
}

// Feed is what a crawl uses of a feed.
type Feed struct {
	Entries []Entry // in the feed's order, each URL once
	Omitted int     // entries beyond MaxFeedEntries
	Skipped int     // entries without a usable URL, or that could not be read
}

// ErrNotFeed is the error of ParseFeed for what is not a feed at all.
var ErrNotFeed = errors.New("neither RSS, Atom nor JSON feed")

// ParseFeed reads RSS, Atom or a JSON feed, plain or gzip, that was fetched from
// the URL base. Of a broken feed it returns what can be read, and an error that
// describes the fault. Entities other than those of HTML stay as they are, and
// nothing outside of the feed is read.
func ParseFeed(body []byte, contentType, base string) (feed Feed, err error) {
	defer func() {
		if p := recover(); p != nil { // of gofeed
			feed, err = Feed{}, panicError(p)
		}
	}()
	from, err := url.Parse(base)
	if err != nil {
		return Feed{}, err
	}
	if isGzip(body) {
		if body, err = unpack(body, defaultMaxBody); err != nil {
			return Feed{}, err
		}
	}
	doc := feedText(body, contentType)
	if strings.HasPrefix(doc, "{") {
		return parseJSONFeed(doc, from)
	}
	if !feedscan.IsFeedRoot(feedscan.RootName([]byte(doc))) {
		return Feed{}, notFeed(doc)
	}
	return parseXMLFeed(doc, from)
}

// notFeed returns the error for a document that is not a feed.
func notFeed(doc string) error {
	if name := feedscan.RootName([]byte(doc)); name != "" {
		return fmt.Errorf("%w: <%s>", ErrNotFeed, clip(name, 40))
	}
	return ErrNotFeed
}

// unpack decompresses gzip.
func unpack(body []byte, limit int64) ([]byte, error) {
	return readAll(limited(newGunzip(bytes.NewReader(body)), limit), len(body))
}

// feedText returns a feed in UTF-8 from its root element or brace on: without
// the XML declaration, which would name another encoding, and without the
// document type, whose entities may be a bomb.
func feedText(body []byte, contentType string) string {
	label := xmlEncoding(body)
	if label != "" {
		contentType = "text/html; charset=" + label
	}
	text, _ := markup.Decode(body, contentType)
	text = bytes.TrimLeft(bytes.ToValidUTF8(text, []byte("\uFFFD")), "\ufeff \t\r\n\x00")
	if bytes.HasPrefix(text, []byte("{")) {
		return string(text)
	}
	at := feedscan.RootAt(text)
	if at < 0 {
		return ""
	}
	return string(text[at:])
}

// xmlEncoding returns the encoding that an XML declaration names, "" without one.
func xmlEncoding(body []byte) string {
	start := body[:min(len(body), 512)]
	at := bytes.Index(start, []byte("<?xml"))
	if at < 0 {
		return ""
	}
	declaration, _, _ := bytes.Cut(start[at:], []byte("?>"))
	_, rest, ok := bytes.Cut(declaration, []byte("encoding"))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t=\"'")
	if end := bytes.IndexAny(rest, "\"' \t"); end >= 0 {
		rest = rest[:end]
	}
	return string(rest)
}

// parseXMLFeed parses a feed by gofeed, whole or, if it is broken or beyond the
// limits, item by item.
func parseXMLFeed(doc string, base *url.URL) (Feed, error) {
	layout := feedscan.Scan(doc, MaxFeedEntries)
	if n := len(layout.Items); n == MaxFeedEntries {
		doc = doc[:layout.Items[n-1].End] + layout.Close
	}
	cause := layout.Fault
	if cause == nil {
		parsed, err := newFeedParser().ParseString(doc)
		switch {
		case err != nil:
			cause = err
		case len(parsed.Items) < len(layout.Items): // a stray end tag makes it stop early
			cause = fmt.Errorf("%d of %d entries read", len(parsed.Items), len(layout.Items))
		default:
			feed := convert(parsed, base)
			feed.Omitted = layout.Omitted
			return feed, nil
		}
	}
	feed := parseItems(doc, layout, base)
	return feed, fmt.Errorf("broken feed, %d entries could be read: %w", len(feed.Entries), cause)
}

// parseItems reads the items of a broken feed one by one.
func parseItems(doc string, layout feedscan.Layout, base *url.URL) Feed {
	feed := Feed{Omitted: layout.Omitted}
	seen := make(map[string]bool)
	for _, item := range layout.Items {
		chunk := layout.Open + doc[item.Start:item.End] + layout.Close
		if feedscan.Scan(chunk, MaxFeedEntries).Fault != nil {
			feed.Skipped++
			continue
		}
		parsed, err := newFeedParser().ParseString(chunk)
		if err != nil {
			parsed, err = newFeedParser().ParseString(escapeBare(chunk))
		}
		if err != nil {
			feed.Skipped++
			continue
		}
		one := convert(parsed, base)
		feed.Skipped += one.Skipped
		for _, e := range one.Entries {
			if !seen[e.URL] {
				seen[e.URL] = true
				feed.Entries = append(feed.Entries, e)
			}
		}
	}
	return feed
}

// escapeBare escapes each < that begins no markup.
func escapeBare(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '<' && (i+1 == len(s) || !feedscan.IsNameStart(s[i+1]) && strings.IndexByte("/!?", s[i+1]) < 0) {
			b.WriteString("&lt;")
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func newFeedParser() *gofeed.Parser {
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true // for atomEntries
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p
}

// parseJSONFeed reads a JSON feed. Only its first MaxFeedEntries items are held
// in memory, and those that are not as they should be are skipped.
func parseJSONFeed(doc string, base *url.URL) (Feed, error) {
	top, items, omitted, err := splitJSONFeed(doc)
	if !bytes.Contains(top["version"], []byte("jsonfeed.org/version")) && items == nil {
		return Feed{}, ErrNotFeed
	}
	skipped := 0
	var whole []json.RawMessage
	for _, item := range items {
		if json.Unmarshal(item, new(jsonfeed.Item)) == nil && string(item) != "null" {
			whole = append(whole, item)
		} else {
			skipped++
		}
	}
	list, marshalErr := json.Marshal(whole)
	if marshalErr != nil {
		return Feed{}, marshalErr
	}
	top["items"] = list
	rebuilt, marshalErr := json.Marshal(top)
	if marshalErr != nil {
		return Feed{}, marshalErr
	}
	parsed, parseErr := newFeedParser().ParseString(string(rebuilt))
	if parseErr != nil {
		return Feed{Omitted: omitted, Skipped: skipped}, parseErr
	}
	feed := convert(parsed, base)
	feed.Omitted, feed.Skipped = omitted, feed.Skipped+skipped
	if err != nil {
		err = fmt.Errorf("broken feed, %d entries could be read: %w", len(feed.Entries), err)
	}
	return feed, err
}

// splitJSONFeed returns the members of a JSON feed that are used and its first
// MaxFeedEntries items, and counts the others. With an error it returns what came
// before.
func splitJSONFeed(doc string) (top map[string]json.RawMessage, items []json.RawMessage, omitted int, err error) {
	decoder := json.NewDecoder(strings.NewReader(doc))
	top = make(map[string]json.RawMessage)
	if _, err = decoder.Token(); err != nil {
		return top, nil, 0, err
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return top, items, omitted, err
		}
		if name, _ := key.(string); name != "items" {
			var value json.RawMessage
			if err := decoder.Decode(&value); err != nil {
				return top, items, omitted, err
			}
			if name == "version" || name == "home_page_url" {
				top[name] = value
			}
			continue
		}
		if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
			return top, items, omitted, errors.Join(errors.New("items is no list"), err)
		}
		for decoder.More() {
			var item json.RawMessage
			if err := decoder.Decode(&item); err != nil {
				return top, items, omitted, err
			}
			if len(items) == MaxFeedEntries {
				omitted++
			} else {
				items = append(items, item)
			}
		}
		if _, err := decoder.Token(); err != nil {
			return top, items, omitted, err
		}
	}
	_, err = decoder.Token() // the closing brace
	return top, items, omitted, err
}

// convert returns what a crawl uses of gofeed's feed.
func convert(parsed *gofeed.Feed, base *url.URL) Feed {
	var feed Feed
	seen := make(map[string]bool)
	entries := atomEntries(parsed)
	dropOpaqueGUIDs(parsed)
	for i, item := range parsed.Items {
		if i < len(entries) && entries[i].Published == "" {
			item.Published, item.PublishedParsed = "", nil // gofeed has put the date of the last change there
		}
		to := entryURL(item, base)
		if to == "" {
			feed.Skipped++
			continue
		}
		if seen[to] {
			continue
		}
		seen[to] = true
		hint := hintOf(item)
		feed.Entries = append(feed.Entries, Entry{URL: to, Hint: hint, Text: itemText(item, to, hint)})
	}
	return feed
}

// atomEntries returns the entries of an Atom feed as they were parsed, nil for
// other feeds.
func atomEntries(parsed *gofeed.Feed) []*atom.Entry {
	if original, ok := parsed.OriginalFeed().(*atom.Feed); ok && len(original.Entries) == len(parsed.Items) {
		return original.Entries
	}
	return nil
}

// dropOpaqueGUIDs removes the GUIDs of RSS items that are no permalinks, although they
// may look like URLs.
func dropOpaqueGUIDs(parsed *gofeed.Feed) {
	original, ok := parsed.OriginalFeed().(*rss.Feed)
	if !ok || len(original.Items) != len(parsed.Items) {
		return
	}
	for i, item := range original.Items {
		if item.GUID == nil {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(item.GUID.IsPermalink)) {
		case "false", "no", "0":
			parsed.Items[i].GUID = ""
		}
	}
}

// entryURL returns the URL of an item's page: what FeedBurner calls the original
// link, the link, or a GUID that is a URL; "" without any.
func entryURL(item *gofeed.Item, base *url.URL) string {
	var candidates []string
	if e := item.Extensions["feedburner"]["origLink"]; len(e) > 0 {
		candidates = append(candidates, e[0].Value)
	}
	candidates = append(candidates, item.Link)
	candidates = append(candidates, item.Links...)
	if strings.HasPrefix(item.GUID, "http://") || strings.HasPrefix(item.GUID, "https://") {
		candidates = append(candidates, item.GUID)
	}
	for _, c := range candidates {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if to, err := Normalize(c, base); err == nil {
			return to
		}
	}
	return ""
}

// hintOf returns what an item says of its page.
func hintOf(item *gofeed.Item) news.Hint {
	summary := item.Description
	if strings.TrimSpace(summary) == "" {
		summary = item.Content
	}
	h := news.Hint{
		Title:    clipRunes(plainText(item.Title), maxTitle),
		Summary:  clipRunes(plainText(summary), maxSummary),
		Date:     feedDate(item.PublishedParsed, item.Published),
		Modified: feedDate(item.UpdatedParsed, item.Updated),
	}
	if h.Date.IsZero() && item.DublinCoreExt != nil && len(item.DublinCoreExt.Date) > 0 {
		h.Date = parseDate(item.DublinCoreExt.Date[0])
	}
	for _, a := range item.Authors {
		if a == nil || len(h.Authors) == maxAuthors {
			continue
		}
		if name := clipRunes(plainText(a.Name), 200); name != "" {
			h.Authors = append(h.Authors, name)
		}
	}
	return h
}

// itemText returns the story that an item has, nil where it has not the whole.
func itemText(item *gofeed.Item, url string, hint news.Hint) *fulltext.Text {
	content := item.Content
	if strings.TrimSpace(content) == "" {
		if content = item.Description; !longDescription(content) {
			return nil
		}
	}
	if !fulltext.Whole(content, url) {
		return nil
	}
	tags := make([]string, 0, len(item.Categories))
	for _, c := range item.Categories {
		if c = clipRunes(plainText(c), 200); c != "" && len(tags) < maxAuthors {
			tags = append(tags, c)
		}
	}
	return &fulltext.Text{URL: url, Title: hint.Title, HTML: content, Authors: hint.Authors, Tags: tags, Published: hint.Date, Modified: hint.Modified}
}

// longDescription reports whether a description may be a whole story: most are a
// summary.
func longDescription(s string) bool {
	if lower := strings.ToLower(s); strings.Count(lower, "<p")+strings.Count(lower, "<br") < 2 {
		return false
	}
	text := plainText(s)
	words, runes := len(strings.Fields(text)), utf8.RuneCountInString(text)
	return words >= 150 || runes >= 800 && runes > 20*words // the second where words have no spaces
}

// feedDate returns a date as gofeed has parsed it or, since gofeed knows English
// only, as parseDate reads it.
func feedDate(parsed *time.Time, raw string) time.Time {
	if parsed != nil {
		return plausible(parsed.UTC())
	}
	return parseDate(raw)
}

// plainText returns the text of a piece of HTML on one line.
func plainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return collapse(clipRunes(s, 8*maxSummary))
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for hidden := ""; b.Len() < 16*maxSummary; {
		switch z.Next() {
		case html.ErrorToken:
			return collapse(b.String())
		case html.TextToken:
			if hidden == "" {
				b.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if n := string(name); n == "script" || n == "style" {
				hidden = n
			} else if !isInline(n) {
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if n := string(name); n == hidden {
				hidden = ""
			} else if !isInline(n) {
				b.WriteByte(' ')
			}
		case html.SelfClosingTagToken:
			b.WriteByte(' ')
		}
	}
	return collapse(b.String())
}

// isInline reports whether an element of that name does not separate words.
func isInline(name string) bool {
	switch name {
	case "a", "abbr", "b", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u":
		return true
	}
	return false
}
