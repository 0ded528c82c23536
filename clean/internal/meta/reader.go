package meta

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/langid"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// reader chooses between the facts of one page.
type reader struct {
	page   *news.Page
	base   *url.URL // the page's address
	f      *facts
	ld     *article
	lang   string // ISO 639-1; "" when not known
	site   string // the site's name; "" when not known
	top    top
	stated Stated
	recurs func(text string) bool
	keys   map[string]bool // letters.Key of the page's lines; nil until asked for
}

// first returns the first value that is not empty.
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

// MaxTags bounds lists of tags, categories and titles.
const MaxTags = 50

// maxTag is the length of the longest value in such a list, in bytes.
const maxTag = 200

// Distinct returns the values of all lists, each once: two are equal when their
// letters and digits are.
func Distinct(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, l := range lists {
		for _, v := range l {
			v = letters.NormalizeSpace(v)
			if key := letters.Key(v); !seen[key] && len(out) < MaxTags && len(v) <= maxTag {
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

// BaseURL returns the address of a page as a URL to resolve references against,
// an empty one when it cannot be parsed.
func BaseURL(address string) *url.URL {
	if u, err := url.Parse(address); err == nil {
		return u
	}
	return &url.URL{}
}

// AbsoluteURL returns a reference resolved against base, "" for an empty one and
// for what is not of the web.
func AbsoluteURL(base *url.URL, ref string) string {
	if ref == "" {
		return ""
	}
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// siteName returns the name of the site, as the page states it.
func (r *reader) siteName() string {
	return first(r.f.metas["og:site_name"], []string{r.ld.publisher}, r.f.metas["application-name"], r.f.metas["twitter:domain"])
}

// addresses returns the addresses that the page states as its own, and that it was
// fetched from, as addressKey has them.
func (r *reader) addresses() []string {
	out := []string{addressKey(r.page.URL)}
	for _, ref := range []string{first(r.f.links["canonical"]), first(r.f.metas["og:url"])} {
		if u := AbsoluteURL(r.base, ref); u != "" {
			out = append(out, addressKey(u))
		}
	}
	return out
}

// headTitles returns the titles that the page has outside of its JSON-LD.
func (r *reader) headTitles() []string {
	out := Distinct(r.f.metas["og:title"], r.f.metas["twitter:title"], r.f.titles)
	for _, h := range r.f.headlines {
		if h.text != "" && len(h.text) <= maxHeadline && len(out) < MaxTags {
			out = append(out, h.text)
		}
	}
	return out
}

// maxTitlePart is the longest part of a title, or author field, that may name
// the site, in bytes.
const maxTitlePart = 80

// How close a part of a title has to be to the name of the site or its host.
const (
	maxSiteExtra  = 12 // bytes behind the name of the site: "Ford Gazette Online"
	minSitePrefix = 4  // bytes of the name's beginning: "Ford" of "Ford Gazette"
	minHostPart   = 4  // characters of a part that is within the host
	minBareName   = 6  // characters of a name that is compared without "the" before it
)

// isSite reports whether a part of a title names the site.
func (r *reader) isSite(part string) bool {
	key := letters.Key(part)
	if key == "" || len(part) > maxTitlePart {
		return false
	}
	if s := letters.Key(r.site); s != "" && (key == s || strings.HasPrefix(key, s) && len(key) < len(s)+maxSiteExtra || strings.HasPrefix(s, key) && len(key) >= minSitePrefix) {
		return true
	}
	host := strings.TrimPrefix(strings.ToLower(r.base.Hostname()), "www.")
	if bare := strings.TrimPrefix(key, "the"); utf8.RuneCountInString(bare) >= minBareName {
		key = bare
	}
	return host != "" && (key == letters.Key(host) || utf8.RuneCountInString(key) >= minHostPart && strings.Contains(letters.Key(host), key))
}

// maxKeyedLine is the length of the longest line that hasLine finds, in bytes.
const maxKeyedLine = 500

// hasLine reports whether a line of the page has this [letters.Key].
func (r *reader) hasLine(key string) bool {
	if r.keys == nil {
		r.keys = map[string]bool{}
		for _, line := range r.f.lines {
			if len(line) < maxKeyedLine {
				r.keys[letters.Key(line)] = true
			}
		}
	}
	return r.keys[key]
}

// minProse is the length, in characters, of a line of running text.
const minProse = 80

// language identifies the language of the page's long lines and weighs it
// against what the page declares. The score is that of [langid.Detect].
func (r *reader) language() (code string, score float64) {
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
		if len(line) >= minProse && utf8.RuneCountInString(line) >= minProse {
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
