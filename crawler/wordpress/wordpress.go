// Package wordpress reads the posts of a WordPress site from its REST API
// (https://developer.wordpress.org/rest-api/reference/posts/), which about a quarter of
// news sites announce.
//
// [Newest] is asked for at every pass. It tells how many posts there are, and
// [Complete] the pages that hold the others, counted from the oldest post on, so that
// each has the same posts for ever. [Parse] reads a list.
package wordpress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"winnow/crawler"
	"winnow/crawler/fulltext"
	"winnow/news"
)

// perPage is the number of posts of a list. The API allows 100; with what is embedded,
// these would come near to the limit of a body.
const perPage = 50

// Limits of what is taken from one post.
const (
	maxTitle   = 500  // runes
	maxSummary = 2000 // runes
	maxName    = 200  // runes
	maxNames   = 20   // authors; tags
)

const postsPath = "/wp/v2/posts"

// Newest returns the URL of the newest posts of an API, whose root the site announces.
// The error is that of a URL that is none.
func Newest(root string) (string, error) { return list(root, "desc", 1) }

func list(root, order string, page int) (string, error) {
	u, err := url.Parse(root)
	if err != nil {
		return "", err
	}
	query := u.Query()
	if route := query.Get("rest_route"); route != "" { // a site without pretty addresses
		query.Set("rest_route", strings.TrimSuffix(route, "/")+postsPath)
	} else {
		u.Path = strings.TrimSuffix(u.Path, "/") + postsPath
	}
	query.Set("per_page", strconv.Itoa(perPage))
	query.Set("orderby", "date")
	query.Set("order", order)
	query.Set("_embed", "author,wp:term")
	query.Set("_fields", "id,link,date_gmt,modified_gmt,title,content,excerpt,_links,_embedded")
	if page > 1 || order == "asc" {
		query.Set("page", strconv.Itoa(page))
	}
	u.RawQuery = query.Encode()
	return crawler.Normalize(u.String(), nil)
}

// IsPosts reports whether a URL is that of a list of posts.
func IsPosts(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && (strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), postsPath) || strings.HasSuffix(strings.TrimSuffix(u.Query().Get("rest_route"), "/"), postsPath))
}

// IsComplete reports whether a URL is one that Complete has returned.
func IsComplete(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && IsPosts(rawURL) && u.Query().Get("order") == "asc" && u.Query().Get("per_page") == strconv.Itoa(perPage)
}

// Complete returns the URLs of the lists of a site's older posts, the oldest first:
// those that are full, as the newest posts are in the other list. newest is the URL
// that Newest has returned, header that of its answer.
func Complete(newest string, header http.Header) []string {
	u, err := url.Parse(newest)
	total, errTotal := strconv.Atoi(strings.TrimSpace(header.Get("X-WP-Total")))
	if err != nil || errTotal != nil || !IsPosts(newest) || IsComplete(newest) {
		return nil
	}
	var lists []string
	for page := 1; page <= min(total, maxPosts)/perPage; page++ {
		query := u.Query()
		query.Set("order", "asc")
		query.Set("page", strconv.Itoa(page))
		u.RawQuery = query.Encode()
		if one, err := crawler.Normalize(u.String(), nil); err == nil {
			lists = append(lists, one)
		}
	}
	return lists
}

// maxPosts bounds the posts of a site: twenty years with seventy a day.
const maxPosts = 500_000

// ErrNotPosts is the error of Parse for what is no list of posts at all.
var ErrNotPosts = errors.New("not a list of WordPress posts")

// post is a post of the API, as far as it is used.
type post struct {
	Link     string   `json:"link"`
	Date     string   `json:"date_gmt"`
	Modified string   `json:"modified_gmt"`
	Title    rendered `json:"title"`
	Content  rendered `json:"content"`
	Excerpt  rendered `json:"excerpt"`
	Embedded struct {
		Authors []struct {
			Name string `json:"name"`
		} `json:"author"`
		Terms [][]struct {
			Name string `json:"name"`
		} `json:"wp:term"`
	} `json:"_embedded"`
}

// rendered is a text of a post: an object, and with some plug-ins a string.
type rendered struct {
	Text      string
	Protected bool // by a password
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *rendered) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &r.Text)
	}
	var object struct {
		Rendered  string `json:"rendered"`
		Protected bool   `json:"protected"`
	}
	err := json.Unmarshal(data, &object)
	r.Text, r.Protected = object.Rendered, object.Protected
	return err
}

// Parse reads a list of posts that was fetched from the URL base. Of a broken list it
// returns what can be read, and an error that describes the fault.
func Parse(body []byte, base string) (crawler.Feed, error) {
	var feed crawler.Feed
	from, err := url.Parse(base)
	if err != nil {
		return feed, err
	}
	body = bytes.TrimLeft(body, "\ufeff \t\r\n")
	if bytes.HasPrefix(body, []byte("{")) {
		return feed, refusal(body)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return feed, ErrNotPosts
	}
	seen := map[string]bool{}
	for decoder.More() {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return feed, fmt.Errorf("broken list of posts, %d could be read: %w", len(feed.Entries), err)
		}
		if len(feed.Entries) == crawler.MaxFeedEntries {
			feed.Omitted++
			continue
		}
		var p post
		if json.Unmarshal(raw, &p) != nil || p.Link == "" {
			feed.Skipped++
			continue
		}
		entry, err := p.entry(from)
		if err != nil {
			feed.Skipped++
			continue
		}
		if !seen[entry.URL] {
			seen[entry.URL] = true
			feed.Entries = append(feed.Entries, entry)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return feed, fmt.Errorf("broken list of posts, %d could be read: %w", len(feed.Entries), err)
	}
	return feed, nil
}

// refusal returns the error that the API gives in place of a list.
func refusal(body []byte) error {
	var answer struct{ Code, Message string }
	if err := json.Unmarshal(body, &answer); err != nil || answer.Code == "" {
		return ErrNotPosts
	}
	return fmt.Errorf("the API refuses: %s: %s", clip(plain(answer.Code), maxName), clip(plain(answer.Message), maxName))
}

// entry returns a post as an entry of a feed.
func (p *post) entry(base *url.URL) (crawler.Entry, error) {
	to, err := crawler.Normalize(p.Link, base)
	if err != nil {
		return crawler.Entry{}, err
	}
	hint := news.Hint{Title: clip(plain(p.Title.Text), maxTitle), Summary: clip(plain(p.Excerpt.Text), maxSummary), Date: date(p.Date), Modified: date(p.Modified)}
	for _, a := range p.Embedded.Authors {
		if name := clip(plain(a.Name), maxName); name != "" && len(hint.Authors) < maxNames {
			hint.Authors = append(hint.Authors, name)
		}
	}
	entry := crawler.Entry{URL: to, Hint: hint}
	if p.Content.Protected || strings.TrimSpace(p.Content.Text) == "" || len(p.Content.Text) > fulltext.MaxText {
		return entry, nil
	}
	text := fulltext.Text{URL: to, Title: hint.Title, HTML: p.Content.Text, Authors: hint.Authors, Published: hint.Date, Modified: hint.Modified}
	for _, terms := range p.Embedded.Terms {
		for _, term := range terms {
			if name := clip(plain(term.Name), maxName); name != "" && len(text.Tags) < maxNames {
				text.Tags = append(text.Tags, name)
			}
		}
	}
	entry.Text = &text
	return entry, nil
}

// date reads a time of the API, in UTC; zero for one that is none, or that cannot be.
func date(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(s, "Z"))
	if err != nil || t.Year() < 1990 || t.Year() > 2100 {
		return time.Time{}
	}
	return t
}

// plain returns the text of a piece of HTML on one line.
func plain(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for b.Len() < 16*maxSummary {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "p" || string(name) == "br" {
				b.WriteByte(' ')
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// clip returns the first runes of a text.
func clip(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes])
}
