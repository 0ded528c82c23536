package siteprofile

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// maxForm is the length of the form of an address, in bytes.
const maxForm = 120

// maxQuery is how many keys of a query are in a form.
const maxQuery = 4

// maxExtension is the length of the ending of a file's name, with the dot.
const maxExtension = 6

// Lengths from which a part of an address is a headline.
const (
	slugWords = 3
	slugRunes = 25 // of words that are not divided
)

// formOf returns the form of an address, such as "/politics/{slug}.html" or
// "/{year}/{nn}/{slug}-{number}": directories stay, what varies is replaced. It is ""
// for addresses without a path and a query, as those of start pages are.
func formOf(u *url.URL) string {
	trimmed := strings.Trim(u.Path, "/")
	if trimmed == "" && u.RawQuery == "" {
		return ""
	}
	var b strings.Builder
	dated := false // the part before is a year, or a month after one
	parts := strings.Split(trimmed, "/")
	for i, part := range parts {
		ext := path.Ext(part)
		if i < len(parts)-1 || len(ext) < 2 || len(ext) > maxExtension || isDigits(ext[1:]) {
			ext = ""
		}
		form := formOfPart(strings.TrimSuffix(part, ext), i == len(parts)-1 && u.RawQuery == "")
		if dated = form == "{year}" || dated && len(part) <= 2 && form == "{number}"; dated && form == "{number}" {
			form = "{nn}" // month or day
		}
		b.WriteByte('/')
		b.WriteString(form)
		b.WriteString(strings.ToLower(ext))
	}
	for i, key := range queryKeys(u) {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(key + "=" + formOfPart(u.Query().Get(key), true))
	}
	return strings.ToValidUTF8(letters.Truncate(b.String(), maxForm), "")
}

// formOfPart returns the form of a part of an address. The last part of a path names
// the page, and is never kept.
func formOfPart(part string, last bool) string {
	switch {
	case len(part) == 4 && isDigits(part) && (part[:2] == "19" || part[:2] == "20"):
		return "{year}"
	case isDigits(part):
		return "{number}"
	}
	words := strings.FieldsFunc(part, func(r rune) bool { return r == '-' || r == '_' || r == ' ' || r == '+' })
	if len(words) == 0 {
		return "{word}"
	}
	if len(words) >= slugWords {
		form := "{slug}"
		if isDigits(words[0]) {
			form = "{number}-" + form
		}
		if isDigits(words[len(words)-1]) {
			form += "-{number}"
		}
		return form
	}
	switch {
	case strings.ContainsFunc(part, unicode.IsDigit):
		return "{id}"
	case utf8.RuneCountInString(part) >= slugRunes:
		return "{slug}"
	case last:
		return "{word}"
	}
	return strings.ToLower(part)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// queryKeys returns the keys of a query, ascending.
func queryKeys(u *url.URL) []string {
	if u.RawQuery == "" {
		return nil
	}
	var keys []string
	for key := range u.Query() {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys[:min(len(keys), maxQuery)]
}

// outlineOf returns what forms of like addresses have in common: their depth, their
// dates and numbers, their ending, the keys of the query.
func outlineOf(form string) string {
	name, query, asked := strings.Cut(form, "?")
	parts := strings.Split(name, "/")
	for i, part := range parts {
		ext := path.Ext(part)
		switch bare := strings.TrimSuffix(part, ext); bare {
		case "", "{year}", "{nn}", "{number}":
		default:
			parts[i] = "{name}" + ext
		}
	}
	if asked {
		parts = append(parts, "?"+query)
	}
	return strings.Join(parts, "/")
}

// addresses counts pages whose addresses have one form.
type addresses struct {
	pages   int32
	named   int32 // by a feed or a news sitemap, as items
	stories int32 // by themselves
}

func (a *addresses) add(s *Sketch, n int32) {
	a.pages += n
	if s.named {
		a.named += n
	}
	if s.story {
		a.stories += n
	}
}

// countAddresses counts the forms of the addresses of the sample, and their outlines.
func (p *Profile) countAddresses(sample []*Sketch) {
	p.forms, p.outlines = map[string]addresses{}, map[string]addresses{}
	for _, s := range sample {
		p.allAddresses.add(s, 1)
		if s.form == "" {
			continue
		}
		addTo(p.forms, s.form, s)
		addTo(p.outlines, outlineOf(s.form), s)
	}
}

func addTo(counts map[string]addresses, key string, s *Sketch) {
	a := counts[key]
	a.add(s, 1)
	counts[key] = a
}

// OddsUnit is a log-odds of 1.
const OddsUnit = 256

// The weights of what addresses say, in 1/OddsUnit of log-odds. To lose a story is worse
// than to keep a list, so less counts against a page than for it.
const (
	namedWeight   = 2 * OddsUnit // feeds name pages with such addresses
	strangeWeight = OddsUnit     // they name others alone
	likeWeight    = OddsUnit     // by themselves, the pages with such addresses are stories
	unlikeWeight  = OddsUnit / 2 // they are none
)

// The numbers of pages with which a weight counts half.
const (
	namedHalf   = 1
	strangeHalf = 20 // items with other addresses, of a new form
	unnamedHalf = 4  // items that were to be expected, of a known form
	likeHalf    = 5
)

// shrunk returns a weight as so many pages make it: weight · n / (n + half).
func shrunk(weight, n, half int32) int32 { return weight * n / (n + half) }

// ByAddress returns what the address of a page says on whether the page is a story, by
// the other pages of the site: a number to be added to its log-odds, in 1/[OddsUnit], and the
// reason, "" if there is none. Pages with addresses such as feeds name are more likely
// stories, and those with others less, where the feeds name many.
func (p *Profile) ByAddress(s *Sketch) (lean int32, why string) {
	if !p.decides() || s == nil || s.form == "" {
		return 0, ""
	}
	form, outline, all := p.forms[s.form], p.outlines[outlineOf(s.form)], p.allAddresses
	if p.sampled[s.url] {
		form.add(s, -1)
		outline.add(s, -1)
		all.add(s, -1)
	}
	lean = shrunk(likeWeight, form.stories, likeHalf+form.pages-form.stories) - shrunk(unlikeWeight, form.pages-form.stories, likeHalf+form.stories)
	if form.pages > 0 {
		why = fmt.Sprintf("%d of %d pages with an address such as %s are stories by themselves", form.stories, form.pages, s.form)
	}
	switch {
	case form.named > 0:
		lean += shrunk(namedWeight, form.named, namedHalf)
		why = fmt.Sprintf("a feed names %d of %d pages with an address such as %s", form.named, form.pages, s.form)
	case all.named == 0:
	case outline.named == 0:
		lean -= shrunk(strangeWeight, all.named, strangeHalf)
		why = fmt.Sprintf("a feed names %d pages of this site, and none with an address such as %s", all.named, s.form)
	default:
		lean -= shrunk(strangeWeight, form.pages*all.named, unnamedHalf*all.pages)
		if form.pages > 0 {
			why = fmt.Sprintf("a feed names %d of %d pages of this site, and none of %d with an address such as %s", all.named, all.pages, form.pages, s.form)
		}
	}
	return lean, why
}
