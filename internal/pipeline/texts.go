package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"time"

	"winnow/crawler"
	"winnow/crawler/fulltext"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// Some feeds have whole stories. With text: feed they are taken instead of the pages,
// which are not requested; otherwise where a page has no story. A text is kept in the
// state when its feed is read, cleaned when the URL's turn comes, and archived under
// that URL as a page is, so that it can be cleaned again.

// The values of Source.Text.
const (
	TextPage = "page" // stories are read from pages, from feeds where a page has none
	TextFeed = "feed" // from feeds that have them whole, else from pages
	TextAPI  = "api"  // likewise, and from the API of WordPress
)

// textOf returns where the stories of a source are read from.
func (p *Pipeline) textOf(source string) string {
	for _, s := range p.Sources {
		if s.Name == source && s.Text != "" {
			return s.Text
		}
	}
	return TextPage
}

// feedTexts returns the texts of a feed's entries whose pages are among the links.
func (p *Pipeline) feedTexts(t schedule.Task, entries []crawler.Entry, links []schedule.Link) []schedule.Text {
	sources := make(map[string]string, len(links))
	for _, l := range links {
		sources[l.URL] = l.Source
	}
	var texts []schedule.Text
	for _, e := range entries {
		source, linked := sources[e.URL]
		if e.Text == nil || !linked {
			continue
		}
		body := e.Text.Pack()
		sum := sha256.Sum256(body)
		texts = append(texts, schedule.Text{URL: e.URL, Feed: t.URL, SHA: hex.EncodeToString(sum[:]), Body: body, Instead: p.textOf(source) != TextPage})
	}
	return texts
}

// fromFeed completes a task by the text that a feed has of its story, if the source
// takes texts from feeds. done is false where the page is to be requested.
func (p *Pipeline) fromFeed(ctx context.Context, t schedule.Task) (out schedule.Outcome, done bool, err error) {
	if t.Kind != schedule.Article || p.textOf(t.Source) == TextPage {
		return out, false, nil
	}
	text, err := p.Store.FeedText(ctx, t.URL)
	if errors.Is(err, store.ErrNotFound) {
		return out, false, nil
	}
	if err != nil {
		return out, false, err
	}
	out = schedule.Outcome{State: schedule.Done, At: p.Now(), BodySHA: text.SHA}
	if text.Body == nil { // a story was made of it, unless the page was read since
		return out, text.SHA == t.BodySHA, nil
	}
	taken, err := p.takeText(ctx, t, &out, packedPage(t, text.Body, out.At), text.Feed)
	out.Due, out.DueRevised = time.Time{}, time.Time{} // it changes when the feed says so
	return out, taken, err
}

// orFromFeed gives an outcome without a story the one that a feed has, if the page
// itself says nothing against it. That it was there or is gone is the page's to say.
func (p *Pipeline) orFromFeed(ctx context.Context, t schedule.Task, out *schedule.Outcome) error {
	mayBe := out.State == schedule.SetAside && !out.Withdraw && out.Story == nil && out.Part == nil && t.PartOf == "" &&
		(out.Status/100 == 2 || out.Status/100 == 4)
	if t.Kind != schedule.Article || !mayBe {
		return nil
	}
	text, err := p.Store.FeedText(ctx, t.URL)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	page := packedPage(t, text.Body, out.At)
	if text.Body == nil { // a story was made of it, which is archived
		known, err := p.Store.ArchivedPage(ctx, t.URL)
		if err == nil {
			page, err = p.Archive.Page(known.Archived)
		}
		if errors.Is(err, store.ErrNotFound) || err == nil && !fulltext.IsPacked(page.ContentType()) {
			return nil
		}
		if err != nil {
			return err
		}
		page.Source, page.Hint = t.Source, t.Hint
	}
	reason := out.Reason
	taken, err := p.takeText(ctx, t, out, page, text.Feed)
	if taken {
		out.Reason += "; the page has none: " + reason
	}
	return err
}

// packedPage is a text of a feed as a page.
func packedPage(t schedule.Task, body []byte, at time.Time) *news.Page {
	return &news.Page{URL: t.URL, Header: http.Header{"Content-Type": {fulltext.MediaType}}, Body: body, FetchedAt: at, Source: t.Source, Hint: t.Hint}
}

// takeText completes an outcome by the story of a packed text, and reports whether it
// is one. The outcome is left as it is otherwise.
func (p *Pipeline) takeText(ctx context.Context, t schedule.Task, out *schedule.Outcome, page *news.Page, feed string) (taken bool, err error) {
	read, err := p.Admitter.Read(ctx, page, p.Archive.Policy.None)
	if stage := (*news.StageError)(nil); errors.As(err, &stage) {
		p.Log.Warn("the text of a feed cannot be read", "url", t.URL, "feed", feed, "reason", stage)
		return false, nil
	}
	if err != nil || p.Admitter.Rejection(&read.Story) != "" {
		return false, err
	}
	if !p.Archive.Policy.None {
		if out.Archived, err = p.Archive.AddText(t, page, feed); err != nil {
			return false, err
		}
	}
	out.State, out.Reason = schedule.Done, "the story is from the feed "+feed
	read.Story.NextPage, read.Story.SinglePage = "", ""
	return true, p.Admitter.Admit(ctx, t, out, read)
}

// needsAPI notes that the start page of a source announces no API, if one is needed.
func (p *Pipeline) needsAPI(t schedule.Task, out *schedule.Outcome, links []crawler.Link) {
	start := slices.ContainsFunc(p.Sources, func(s Source) bool { return s.Name == t.Source && s.Site == t.URL && s.Text == TextAPI })
	if !start || slices.ContainsFunc(links, func(l crawler.Link) bool { return l.Rel == crawler.RelAPI }) {
		return
	}
	out.Reason = "the page announces no API of WordPress, which text: api needs: stories are read from feeds and pages"
	p.Log.Warn(out.Reason, "source", t.Source, "url", t.URL)
}
