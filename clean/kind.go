package clean

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/region"
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

// Bounds of lists, in links to other pages that are headlines by their length.
const (
	runningLetters  = 80  // letters of a block of running text
	linkedShare     = 0.8 // of a block's letters that are in links: it is a headline that leads away
	headlineLetters = 20  // letters of such a headline
	frontLinks      = 5   // of the start page, or of a page that calls itself a list
	listLinks       = 8   // of any page
	listWords       = 12  // words of running text there are for each of them, at most
	storyTeasers    = 6   // within what was taken for the story
	teaserShare     = 40  // words of running text there are for each of these, at most
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
	case f.bySite != nil && !s.front && f.bySite.Story == siteprofile.Yes && s.words >= x.minWords:
		return news.KindStory, ""
	case f.bySite != nil && f.bySite.Story == siteprofile.No:
		return news.KindSection, "no story where the pages of this site have theirs"
	case s.listed.isPage(x.minWords):
		return news.KindSection, fmt.Sprintf("a list: %d teasers have %d words, %d are outside of them", s.listed.teasers, s.listed.words, s.listed.outside)
	case s.list(x.minWords) || s.cards*2 > s.words && !slices.Contains(m.LDTypes, "LiveBlogPosting"):
		return news.KindSection, fmt.Sprintf("a list: %d links to other pages, %d of %d words in running text", s.links, s.running, s.words)
	case s.words < galleryWords && s.images >= galleryImages && s.images*wordsPerPicture > s.words:
		return news.KindGallery, fmt.Sprintf("%d pictures, %d words", s.images, s.words)
	case s.words == 0:
		return news.KindEmpty, "no article text found"
	case s.words < x.minWords:
		return news.KindShort, fmt.Sprintf("%d words, a story has %d or more", s.words, x.minWords)
	}
	return news.KindStory, ""
}

// shape is what the kind of a page is judged by.
type shape struct {
	title       string   // folded
	base        *url.URL // of the page; empty when it has none
	lines       []string // folded: titles and first lines
	words       int      // of what was taken for the story
	running     int      // of them in running text
	pageLetters int32
	links       int // headlines that lead away, on the whole page
	teasers     int // of them within the story
	cards       int // words of the story under headlines that lead away
	listed      teasers
	images      int // within the story's region
	front       bool
	password    bool // the page asks for a password
	challenge   bool // the page holds a known check against robots
	walled      bool // something asks to pay or to log in
	declared    bool // the page calls itself a list
}

func (f *found) shape(page *news.Page, m *meta.Meta) shape {
	s := shape{base: &url.URL{}, title: letters.Fold(m.Title), walled: m.Paywalled}
	for _, b := range f.blocks {
		n := letters.CountWords(b.Text)
		s.words += n
		if letters.Count(b.Text) >= runningLetters {
			s.running += n
		}
		if len(s.lines) < 6 && len(b.Text) < 300 {
			s.lines = append(s.lines, letters.Fold(b.Text))
		}
	}
	for _, t := range m.Titles {
		s.lines = append(s.lines, letters.Fold(t))
	}
	for _, t := range m.LDTypes {
		switch t {
		case "CollectionPage", "ItemList", "SearchResultsPage":
			s.declared = true
		}
	}
	if u, err := url.Parse(page.URL); err == nil && page.URL != "" {
		s.base = u
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
			if b.Rule != region.OutsideRule {
				s.teasers++
			}
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
	s.cards, s.listed = f.cards(), f.teasers(s.base)
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

// list reports whether the page is more a list of other pages than a story.
func (s *shape) list(minWords int) bool {
	switch {
	case s.front && s.links >= frontLinks:
		return true
	case s.declared && s.links >= frontLinks && s.running < 4*minWords:
		return true
	case s.links >= listLinks && s.running < 3*minWords && s.links*listWords > s.running:
		return true
	}
	return s.teasers >= storyTeasers && s.teasers*teaserShare > s.running
}
