package clean

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/pageview"
	"winnow/clean/internal/wordlists"
	"winnow/clean/siteprofile"
	"winnow/news"
)

// Bounds, in words, between the kinds of page.
const (
	noticeWords  = 150 // a page that says one thing (not found, log in, wait) has fewer
	noticeLine   = 14  // a line that speaks to the visitor has no more
	galleryWords = 120 // a gallery has fewer
	shortWords   = 100 // a story with fewer is marked short
	teaserWords  = 250 // the open part of a paid story has fewer
)

// Bounds of galleries.
const (
	galleryImages   = 6  // pictures
	wordsPerPicture = 12 // words there are for each, at most
)

// Bounds of lists.
const (
	linkedShare     = 0.8 // of a block's letters that are in links: it is a headline that leads away
	headlineLetters = 20  // letters of such a headline
	frontLinks      = 5   // of a start page, and of a page with hardly any text
)

// kindOf returns what a page is and, if it is no story, why.
func (x *Extractor) kindOf(page *news.Page, m *meta.Meta, f *found) (kind, why string) {
	s := f.shape(page, m)
	switch {
	case s.words == 0 && s.pageLetters == 0:
		return news.KindEmpty, "the page has no text"
	case s.words < noticeWords && (s.says(wordlists.Challenge) || s.challenge):
		return news.KindChallenge, "the page asks the visitor to prove not to be a robot"
	case page.Status == http.StatusNotFound || page.Status == http.StatusGone:
		return news.KindSoft404, fmt.Sprintf("the server answered %d", page.Status)
	case s.words < noticeWords && s.says(wordlists.Missing):
		return news.KindSoft404, "the page says that it does not exist"
	case s.words < noticeWords && s.password && (s.says(wordlists.Wall) || s.words < x.minWords),
		s.words < noticeWords && wordlists.All().Has(wordlists.WallTitle, s.title),
		s.words < x.minWords && (s.walled || s.says(wordlists.Wall)):
		return news.KindWall, "the page asks the visitor to log in or to pay first"
	case s.front && s.links >= frontLinks:
		return news.KindSection, fmt.Sprintf("a start page with %d links that are headlines", s.links)
	}
	kind, why = x.judge(page, f)
	if kind != news.KindStory && (s.words+s.recurring >= x.minWords || s.links >= frontLinks) {
		return kind, why
	}
	switch {
	case f.storyBySite() != siteprofile.Yes && s.words < galleryWords && s.images >= galleryImages && s.images*wordsPerPicture > s.words:
		return news.KindGallery, fmt.Sprintf("%d pictures, %d words", s.images, s.words)
	case s.words == 0:
		return news.KindEmpty, "no article text found"
	case s.words < x.minWords:
		return news.KindShort, fmt.Sprintf("%d words, a story has %d or more", s.words, x.minWords)
	}
	if kind != news.KindStory {
		why = ""
	}
	return news.KindStory, why
}

// shape is what the kind of a page is judged by.
type shape struct {
	title       string   // folded
	lines       []string // folded: titles and first lines
	words       int      // of what was taken for the story
	recurring   int      // words that the profile of the site has cut from it: of a list what it says of stories
	pageLetters int32
	links       int // headlines that lead away, on the whole page
	images      int // within the story's region
	front       bool
	password    bool // the page asks for a password
	challenge   bool // the page holds a known check against robots
	walled      bool // something asks to pay or to log in
}

func (f *found) shape(page *news.Page, m *meta.Meta) shape {
	s := shape{title: letters.Fold(m.Title), walled: m.Paywalled}
	for _, b := range f.blocks {
		n := letters.CountWords(b.Text)
		s.words += n
		if len(s.lines) < 6 && len(b.Text) < 300 {
			s.lines = append(s.lines, letters.Fold(b.Text))
		}
	}
	for _, r := range f.removals {
		if r.Rule == siteprofile.Rule {
			s.recurring += letters.CountWords(r.Text)
		}
	}
	for _, t := range m.Titles {
		s.lines = append(s.lines, letters.Fold(t))
	}
	if u, err := url.Parse(page.URL); err == nil && page.URL != "" {
		s.front = strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
	}
	if f.doc != nil {
		f.look(&s)
	}
	return s
}

// look reads what the page as a whole shows.
func (f *found) look(s *shape) {
	first, last := int32(-1), int32(0)
	for i := range f.all {
		b := &f.all[i]
		s.pageLetters += b.Letters
		if b.Cut == 0 && b.LinkShare() > linkedShare && b.Letters >= headlineLetters {
			s.links++
		}
		if b.Rule == "login" || b.Rule == "popup" {
			s.walled = s.walled || isWall(b.Text)
		}
		if b.Cut == 0 && b.In&dom.InTitle != 0 {
			s.lines = append(s.lines, letters.Fold(b.Text))
		}
		if b.Rule == "" {
			if first < 0 {
				first = f.doc.Elements[b.Elem].Tokens.From
			}
			last = f.doc.Elements[b.Elem].Tokens.To
		}
	}
	if first < 0 {
		first, last = 0, int32(len(f.doc.Tokens))
	}
	for k := first; k < last; k++ {
		if f.doc.Tokens[k].Kind == dom.ImageToken {
			s.images++
		}
	}
	for i := range f.doc.Elements {
		n := f.doc.Elements[i].Node
		switch {
		case n.DataAtom == atom.Input && dom.Attr(n, "type") == "password":
			s.password = true
		case n.DataAtom == atom.Form || n.DataAtom == atom.Div:
			switch dom.Attr(n, "id") {
			case "challenge-form", "cf-challenge", "challenge-running", "px-captcha", "captcha-form":
				s.challenge = true
			}
		}
	}
}

// says reports whether a title or one of the first lines has a phrase of a section.
// Long lines do not count: they report, while short ones speak to the visitor.
func (s *shape) says(section wordlists.Section) bool {
	phrases := wordlists.All().Entries(section)
	for _, l := range s.lines {
		if letters.CountWords(l) <= noticeLine && letters.ContainsOneOf(l, phrases) {
			return true
		}
	}
	return false
}

// isWall reports whether a text asks to log in or to pay.
func isWall(text string) bool {
	return letters.ContainsOneOf(letters.Fold(text), wordlists.All().Entries(wordlists.Wall))
}

// rescuedLean is added to the log-odds that a page is a story if its text is from
// its JSON-LD: what the page shows without scripts says little then.
const rescuedLean = 2 * blockmodel.OddsUnit

// oddsPerSite is how many of the model's units one of a site's is.
const oddsPerSite = blockmodel.OddsUnit / siteprofile.OddsUnit

// noStoryWhy is the reason of a page that its site alone takes for no story.
const noStoryWhy = "no story where the pages of this site have theirs"

// namedLean is the same for a page that a feed or a news sitemap names as an item: it
// has a headline or a date there. Feeds name lists and products too, if seldom.
const namedLean = 2 * blockmodel.OddsUnit

// judge lets the model judge the page. Where rules for the site name the story, the
// page is one.
func (x *Extractor) judge(page *news.Page, f *found) (kind, why string) {
	if f.byRule {
		return news.KindStory, ""
	}
	if f.features == nil {
		features, ok := pageview.Read(f.doc, f.tree, page.URL)
		if !ok {
			return news.KindStory, ""
		}
		f.features = &features
	}
	lean := int32(0)
	if f.rescued {
		lean += rescuedLean
	}
	if isNamed(page) {
		lean += namedLean
	}
	bySite := f.byAddress
	if f.bySite != nil {
		bySite += f.bySite.Lean
	}
	bySite *= oddsPerSite
	kind = x.pages.Judge(f.features, lean+bySite)
	if kind == news.KindStory {
		if f.byAddress > 0 && x.pages.Judge(f.features, lean+bySite-f.byAddress*oddsPerSite) != kind {
			why = f.addressWhy
		}
		return kind, why
	}
	if f.storyBySite() == siteprofile.No && x.pages.Judge(f.features, lean) == news.KindStory {
		return news.KindSection, noStoryWhy
	}
	why = fmt.Sprintf("more like %s than like a story, %s%s", kindNames[kind], MostlyFor, strings.Join(x.pages.Against(f.features, 3), "; "))
	if f.byAddress < 0 && f.addressWhy != "" {
		why += "; " + f.addressWhy
	}
	return kind, why
}

// storyBySite returns what the profile of the site says on whether the page has a story.
func (f *found) storyBySite() siteprofile.Answer {
	if f.bySite == nil {
		return siteprofile.Unknown
	}
	return f.bySite.Story
}

// isNamed reports whether a feed or a news sitemap names a page as an item.
func isNamed(page *news.Page) bool { return page.Hint.Title != "" || !page.Hint.Date.IsZero() }

// MostlyFor is in the reason of a page that the model takes for no story, before the
// features that weighed most.
const MostlyFor = "mostly for "

var kindNames = map[string]string{news.KindSection: "a list of pages", news.KindForum: "a forum", news.KindProduct: "a product"}
