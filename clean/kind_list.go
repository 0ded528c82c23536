package clean

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// longCard is the length, in letters, under which a box with a headline that
// leads away is a teaser, and not a story itself.
const longCard = 500

// cards returns how many words of the story are in teasers: boxes of little text
// under a headline that is a link.
func (f *found) cards() int {
	box := map[int32]bool{}
	for i := range f.all {
		b := &f.all[i]
		if b.Cut != 0 || b.Kind != news.Heading || b.LinkShare() < linkedShare {
			continue
		}
		for e, up := f.doc.Elements[b.Elem].Parent, 0; e >= 0 && up < 3; e, up = f.doc.Elements[e].Parent, up+1 {
			if f.doc.Elements[e].Letters > longCard {
				break
			}
			box[e] = true
		}
	}
	if len(box) < 2 {
		return 0
	}
	words := 0
	for i := range f.all {
		b := &f.all[i]
		if b.Rule != "" {
			continue
		}
		for e := b.Elem; e >= 0; e = f.doc.Elements[e].Parent {
			if box[e] {
				words += letters.CountWords(b.Text)
				break
			}
		}
	}
	return words
}

// teasers counts what a page shows of other pages of its site: the headline of
// each, which leads there, a line or two and the day.
type teasers struct {
	teasers int // with words of what was taken for the story
	shown   int // with words beside the headline, wherever they are
	words   int // of what was taken for the story, in teasers
	outside int // of what was taken for the story, in none
}

// isPage reports whether the page lists others and does nothing else. What was
// taken for the story may be one of three teasers.
func (t teasers) isPage(minWords int) bool {
	if t.teasers == 2 && t.words > 2*fewWords {
		return false // a short story with a link to another in its middle looks so
	}
	return (t.teasers >= 2 || t.teasers == 1 && t.shown >= 3) && t.words >= 2*t.outside && t.outside < 2*minWords
}

// fewWords is how many words a teaser has at most where there are only two.
const fewWords = 45

// teasers reads the blocks of the page as teasers. One begins at a headline
// that leads to another page of the site, or ends with a link such as "read on"
// that is there more than once; it extends to the next, if that is no farther
// than a teaser is long.
func (f *found) teasers(page *url.URL) teasers {
	var all teasers
	more := f.moreLinks(page)
	length, plain, words, open := int32(0), int32(0), 0, false // of the current teaser, or of what is outside
	end := func(teaser bool) {
		if teaser && length <= longCard && plain >= dom.MinProse {
			all.shown++
		}
		if teaser && length <= longCard && words > 0 {
			all.teasers++
			all.words += words
		} else {
			all.outside += words
		}
		length, plain, words, open = 0, 0, 0, false
	}
	for i := range f.all {
		b := &f.all[i]
		if b.Cut != 0 {
			continue
		}
		heads := f.headsTeaser(b, page)
		if heads || b.In&dom.InTitle != 0 {
			end(open)
		}
		open = open || heads
		length += b.Letters
		plain += b.Letters - b.LinkLetters
		if b.Rule == "" {
			words += letters.CountWords(b.Text)
		}
		if more[i] {
			end(true)
		}
	}
	end(open)
	return all
}

// Lengths, in letters, of the links of teasers.
const (
	shortHeadline = 12 // a shorter link is an entry of a menu
	longMore      = 30 // of "read on" and the like, at most
	longDay       = 40 // of a day with its hour, beside a headline, at most
)

// linkOf returns the text of the longest link of a block, and where it leads, if
// that is another page of the site. Both are "" if there is none or there are
// many.
func (f *found) linkOf(b *dom.Block, page *url.URL) (text, path string) {
	if b.Links < 1 || b.Links > 3 || b.LongestLink < 0 {
		return "", ""
	}
	e := &f.doc.Elements[b.LongestLink]
	href := strings.TrimSpace(dom.Attr(e.Node, "href"))
	u, err := url.Parse(href)
	if err != nil || href == "" || href[0] == '#' || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || u.Host != "" && siteHost(u) != siteHost(page) {
		return "", ""
	}
	if u.Path == page.Path && u.RawQuery == page.RawQuery {
		return "", "" // the headline of the page itself
	}
	if e.Letters*10 < b.LinkLetters*6 {
		return "", ""
	}
	return f.doc.PlainText(b.LongestLink), u.Path + "?" + u.RawQuery
}

// moreLinks returns the blocks that end with a short link whose words other links
// have too, which lead elsewhere.
func (f *found) moreLinks(page *url.URL) map[int]bool {
	first, at, out := map[string]string{}, map[string][]int{}, map[int]bool{}
	for i := range f.all {
		b := &f.all[i]
		if b.Cut != 0 || b.LinkLetters == 0 || b.Kind == news.Heading {
			continue
		}
		text, path := f.linkOf(b, page)
		key := letters.Key(text)
		if key == "" || letters.Count(text) > longMore || !strings.HasSuffix(strings.TrimRight(b.Text, " .…>»→"), strings.TrimRight(text, " .…>»→")) {
			continue
		}
		if at[key] = append(at[key], i); first[key] == "" {
			first[key] = path
		}
		if first[key] != path {
			for _, k := range at[key] {
				out[k] = true
			}
			at[key] = nil
		}
	}
	return out
}

// headsTeaser reports whether a block is a headline that leads to another page of
// the site, or begins with one: then the day is beside it, or another sentence
// begins after it.
func (f *found) headsTeaser(b *dom.Block, page *url.URL) bool {
	headline, _ := f.linkOf(b, page)
	n := letters.Count(headline)
	if n < shortHeadline {
		return false
	}
	if b.LinkShare() >= linkedShare {
		return true
	}
	before, after, ok := strings.Cut(b.Text, headline)
	switch {
	case !ok || letters.Count(before) > longDay:
		return false
	case letters.Count(before) > 0:
		return beginsWithDay(before)
	case beginsWithDay(after):
		return true
	}
	after = strings.TrimLeft(after, " ")
	r, _ := utf8.DecodeRuneInString(after)
	return n >= 2*shortHeadline && (unicode.IsUpper(r) || strings.HasPrefix(after, "- ") || strings.HasPrefix(after, "– ") || strings.HasPrefix(after, "— ") || strings.HasPrefix(after, ": "))
}

// beginsWithDay reports whether a text begins with a day and its year.
func beginsWithDay(text string) bool {
	text = strings.TrimLeft(letters.Truncate(letters.FoldSigns(text), 80), " -,|•([")
	dates := dates.Find(text, "")
	return len(dates) > 0 && dates[0].Year != 0 && letters.Count(text[:dates[0].Start]) <= 10
}

// siteHost is the host of a URL without its www.
func siteHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }
