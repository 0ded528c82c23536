package explain

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"winnow/clean/siteprofile"
	"winnow/crawler/fulltext"
	"winnow/internal/store"
)

// Site is what is known of a site by its pages. Names of elements and examples are from
// archived pages; where none is left they are empty.
type Site struct {
	Host       string          `json:"host"`
	Pages      int             `json:"pages"`            // that the profile was made of
	Stories    int             `json:"stories"`          // of them that hold a story where the site has its stories
	Decides    bool            `json:"decides"`          // the profile knows enough to judge pages
	Settled    bool            `json:"settled"`          // the stories were read by this profile; if not, the next pass reads them again
	Changed    time.Time       `json:"changed,omitzero"` // since when its stories have been in another element than before
	Containers []SiteContainer `json:"containers"`       // elements that hold stories
	Boxes      []SiteBox       `json:"boxes"`            // within and around them, those that are cut first
	Metadata   []SiteMetadata  `json:"metadata"`         // elements with the headline, the byline, the date or the tags of stories
	Texts      []SiteText      `json:"texts"`            // that are cut wherever they are
	Addresses  []SiteAddress   `json:"addresses"`        // forms of them, the most frequent ones
}

// SiteContainer is a kind of element that holds stories.
type SiteContainer struct {
	Name     string   `json:"name"`
	Main     bool     `json:"main"` // the first of a story in pieces
	Pages    int      `json:"pages"`
	Examples []string `json:"examples"`
}

// SiteBox is a kind of element around texts.
type SiteBox struct {
	Name       string   `json:"name"`
	Cut        bool     `json:"cut"`
	Pages      int      `json:"pages"`
	Boxes      int      `json:"boxes"`      // on these pages
	Repetition float64  `json:"repetition"` // share of the text that recurs or leads elsewhere, 0 to 1
	Examples   []string `json:"examples"`
}

// SiteMetadata is a kind of element with metadata.
type SiteMetadata struct {
	Has      string   `json:"has"` // headline, byline, date, tags; clock for a date that is not that of a story
	Name     string   `json:"name"`
	Pages    int      `json:"pages"` // stories that have it; 0 for a clock
	Examples []string `json:"examples"`
}

// SiteText is a text that recurs.
type SiteText struct {
	Text    string `json:"text"`
	Numbers bool   `json:"numbers"` // with other numbers
	Pages   int    `json:"pages"`
}

// SiteAddress is a form that addresses of pages have.
type SiteAddress struct {
	Form    string `json:"form"`
	Pages   int    `json:"pages"`
	Named   int    `json:"named"`   // of them, by a feed or a news sitemap
	Stories int    `json:"stories"` // of them, by themselves
}

// illustrated is how many archived pages are read for names and examples.
const illustrated = 16

// Site returns what is known of a host, or of the host of a URL. The error is
// store.ErrNotFound when nothing is.
func (e *Explainer) Site(ctx context.Context, host string) (*Site, error) {
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		host = u.Host
	}
	host = strings.ToLower(host)
	known, err := e.Store.Sites.Get(ctx, host)
	if err != nil {
		return nil, err
	}
	if known.Stamp == 0 {
		return nil, store.ErrNotFound
	}
	profile, err := e.Admitter.Sites.Of(ctx, host)
	if err != nil {
		return nil, err
	}
	d := profile.Describe()
	sketches, err := e.Store.Sites.Sketches(ctx, host)
	if err != nil {
		return nil, err
	}
	left := illustrated
	for _, s := range sketches {
		if left == 0 {
			break
		}
		at, err := e.Store.ArchivedPage(ctx, s.URL)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		page, err := e.Archive.Page(at.Archived)
		if err != nil {
			continue // its file was removed
		}
		page.URL = s.URL
		if fulltext.IsPacked(page.ContentType()) {
			if page, err = fulltext.Page(page); err != nil {
				continue
			}
		}
		if err := e.Admitter.Cleaner.Illustrate(ctx, page, d); err != nil && ctx.Err() != nil {
			return nil, err
		}
		left--
	}
	return newSite(host, !known.Stale && known.Digest == profile.Digest(), d), nil
}

func newSite(host string, settled bool, d *siteprofile.Description) *Site {
	s := &Site{Host: host, Pages: d.Pages, Stories: d.Stories, Decides: d.Decides, Settled: settled, Changed: d.Changed,
		Containers: []SiteContainer{}, Boxes: []SiteBox{}, Metadata: []SiteMetadata{}, Texts: []SiteText{}, Addresses: []SiteAddress{}}
	for _, c := range d.Containers {
		s.Containers = append(s.Containers, SiteContainer{c.Name, c.Main, c.Pages, append([]string{}, c.Examples...)})
	}
	for _, b := range d.Boxes {
		s.Boxes = append(s.Boxes, SiteBox{b.Name, b.Cut, b.Pages, b.Instances, b.Repetition, append([]string{}, b.Examples...)})
	}
	for _, m := range d.Metadata {
		s.Metadata = append(s.Metadata, SiteMetadata{m.Kind.String(), m.Name, m.Pages, append([]string{}, m.Examples...)})
	}
	for _, t := range d.Texts {
		s.Texts = append(s.Texts, SiteText{t.Text, t.Numbers, t.Pages})
	}
	for _, a := range d.Addresses {
		s.Addresses = append(s.Addresses, SiteAddress(a))
	}
	return s
}
