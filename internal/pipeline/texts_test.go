package pipeline

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"winnow/clean"
	"winnow/internal/pipeline/importfiles"
	"winnow/schedule"
)

// bridge is the content of a story about a place, as a feed has it.
func bridge(place string) string {
	return fmt.Sprintf(`<p>The bridge at %[1]s was opened on Tuesday by the engineers who had worked on it through eleven weeks of rain, frost and rising water.</p>
<p>The mayor of %[1]s said that the old ferry would go on for the winter, and that nobody in %[1]s had believed in the date when it was first named.</p>
<p>Forty vehicles crossed within the hour, the heaviest of them a crane that was needed at the yard behind %[1]s.</p>`, place)
}

// feedSite has a feed with these items, and pages by their paths; others are not found.
type feedSite struct {
	items atomic.Value      // string
	tail  atomic.Value      // string, at the end of each page
	pages map[string]string // by path
	codes map[string]int    // status by path; 200 if there is none
}

func (s *feedSite) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/":
		fmt.Fprint(w, `<html><head><title>Press</title><link rel="alternate" type="application/rss+xml" href="/feed"></head><body><h1>Press</h1></body></html>`)
	case r.URL.Path == "/feed":
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Press</title>%s</channel></rss>`, s.items.Load())
	case s.pages[r.URL.Path] != "" || s.codes[r.URL.Path] != 0:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if code := s.codes[r.URL.Path]; code != 0 {
			w.WriteHeader(code)
		}
		fmt.Fprint(w, s.pages[r.URL.Path], s.tail.Load())
	default:
		http.NotFound(w, r)
	}
}

// feedItem is an item of a feed that has a content.
func feedItem(path, title, content string) string {
	return fmt.Sprintf(`<item><title>%s</title><link>%s</link><pubDate>Tue, 03 Jun 2025 08:00:00 GMT</pubDate><dc:creator>Ines Tolliver</dc:creator><category>Bridges</category><description>Short.</description><content:encoded><![CDATA[%s]]></content:encoded></item>`, title, path, content)
}

// corpus returns the texts of the corpus, sorted.
func (c *crawl) corpus(t *testing.T) []string {
	t.Helper()
	var texts []string
	root := filepath.Join(filepath.Dir(c.Archive.Dir), "text")
	_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(body))
		}
		return nil
	})
	slices.Sort(texts)
	return texts
}

// What recurs in the texts of a host's feeds is cut from them as it is from pages.
func TestTextsOfFeedsAreLearned(t *testing.T) {
	const texts = 12
	var items strings.Builder
	for n := range texts {
		var content strings.Builder
		for k := range 4 {
			fmt.Fprintf(&content, "<p>Lorry %d of the %s column carried crate %d over the %s bridge before the tide came in behind it.</p>",
				n*17+k, pierWords[(n+k)%len(pierWords)], n*n+k, pierWords[(n*3+k*5)%len(pierWords)])
		}
		fmt.Fprintf(&content, "<p>%s</p>", pierPitch)
		items.WriteString(feedItem(fmt.Sprint("/s/", n), fmt.Sprintf("Convoy %d reaches the %s pier", n, pierWords[n%len(pierWords)]), content.String()))
	}
	site := newWeb(t, newFeedSite(items.String(), nil, nil).serve)
	p := newPipeline(t, site)
	p.Sources[0].Text = TextFeed
	all := refreshed(t, p, false)
	if inText, removed := withPitch(all); len(all) != texts || inText != 0 || removed != texts {
		t.Errorf("%d stories, %d with the pitch, %d from which it was removed\n%s", len(all), inText, removed, all[0].Story.Text())
	}
	for _, d := range all {
		if d.Rev != 1 || len(d.Story.Blocks) != 4 {
			t.Errorf("%s: revision %d\n%s", d.PageURL, d.Rev, d.Story.Text())
		}
	}
	host := strings.TrimPrefix(site.URL, "http://")
	if known, err := p.explainer.Site(t.Context(), host+" feeds"); err != nil || known.Pages != texts || len(known.Texts) == 0 || known.Texts[0].Text != pierPitch {
		t.Errorf("%+v, %v", known, err)
	}
}

func newFeedSite(items string, pages map[string]string, codes map[string]int) *feedSite {
	s := &feedSite{pages: pages, codes: codes}
	s.items.Store(items)
	s.tail.Store("")
	return s
}

// TestTextsOfFeeds: with text: feed, stories that a feed has whole are read from it and
// their pages are not requested; others are read from their pages.
func TestTextsOfFeeds(t *testing.T) {
	teaser := `<p>The bridge at Oker was opened on Tuesday by the engineers who had worked on it through eleven weeks …</p>`
	linked := bridge("Innerste") + `<p><a href="/s/linked">Weiterlesen</a></p>`
	s := newFeedSite(feedItem("/s/whole", "Bridge at Leine opens", bridge("Leine"))+feedItem("/s/teaser", "Bridge at Oker opens", teaser)+feedItem("/s/linked", "Bridge at Innerste opens", linked),
		map[string]string{"/s/whole": article("Wrong"), "/s/teaser": article("Oker"), "/s/linked": article("Innerste")}, nil)
	site := newWeb(t, s.serve)
	p := newPipeline(t, site)
	p.Sources[0].Text = TextFeed
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil || summary.Sources[0].Stories != 3 || summary.Settled.Wrote != 3 {
		t.Fatalf("%+v, %v", summary, err)
	}
	asked := site.paths()
	if slices.Contains(asked, "/s/whole") || !slices.Contains(asked, "/s/teaser") || !slices.Contains(asked, "/s/linked") {
		t.Errorf("asked for %q", asked)
	}
	story, err := p.Story(t.Context(), site.URL+"/s/whole")
	if err != nil || story.Story.Title != "Bridge at Leine opens" || story.Story.Date != "2025-06-03" || !slices.Equal(story.Story.Authors, []string{"Ines Tolliver"}) || story.Story.URL != site.URL+"/s/whole" {
		t.Errorf("%+v, %v", story.Story, err)
	}
	if len(story.Story.Blocks) != 3 {
		t.Errorf("text %q", story.Story.Text())
	}
	x, err := p.Explain(t.Context(), site.URL+"/s/whole")
	if err != nil || x.Page == nil || x.Page.Feed != site.URL+"/feed" || x.Page.Kind != "story" || x.URLs[0].Reason != "the story is from the feed "+site.URL+"/feed" {
		t.Errorf("explained as %+v, %v", x, err)
	}

	// Nothing changes: nothing is done, also when everything is to be checked.
	for _, recheck := range []bool{false, true} {
		if summary, err = p.Refresh(t.Context(), nil, recheck); err != nil || summary.Settled.Wrote != 0 || summary.Sources[0].Barren != "" {
			t.Errorf("recheck %v: %+v, %v", recheck, summary, err)
		}
		if asked := site.paths(); slices.Contains(asked, "/s/whole") {
			t.Errorf("recheck %v: asked for %q", recheck, asked)
		}
	}

	// A correction in the feed is a revision of the story.
	s.items.Store(feedItem("/s/whole", "Bridge at Leine opens", strings.Replace(bridge("Leine"), "Forty vehicles", "Sixty vehicles", 1)))
	if summary, err = p.Refresh(t.Context(), nil, false); err != nil || summary.Settled.Wrote != 1 {
		t.Errorf("%+v, %v", summary, err)
	}
	texts := strings.Join(p.corpus(t), "\n")
	if !strings.Contains(texts, "Sixty vehicles") || strings.Contains(texts, "Forty vehicles crossed within the hour, the heaviest of them a crane that was needed at the yard behind Leine") {
		t.Errorf("the corpus has %s", texts)
	}
	if asked := site.paths(); slices.Contains(asked, "/s/whole") {
		t.Errorf("asked for %q", asked)
	}
}

// TestTextsOfFeedsInsteadOfPagesWithout: where a page has no story the text of the feed
// is taken, unless the page says something against it.
func TestTextsOfFeedsInsteadOfPagesWithout(t *testing.T) {
	noindex := `<html><head><meta name="robots" content="noindex"><title>x</title></head><body><p>Nothing.</p></body></html>`
	items := feedItem("/s/scripts", "Bridge at Eder opens", bridge("Eder")) + feedItem("/s/refused", "Bridge at Lahn opens", bridge("Lahn")) +
		feedItem("/s/page", "Bridge at Sieg opens", bridge("Wrong")) + feedItem("/s/noindex", "Bridge at Nidda opens", bridge("Nidda")) +
		feedItem("/s/gone", "Bridge at Ohm opens", bridge("Ohm")) + feedItem("/s/teaser", "Bridge at Dill opens", "<p>The bridge at Dill was opened …</p>")
	s := newFeedSite(items, map[string]string{"/s/scripts": shellPage, "/s/refused": "no", "/s/page": article("Sieg"), "/s/noindex": noindex, "/s/teaser": shellPage},
		map[string]int{"/s/refused": 403, "/s/gone": 410})
	site := newWeb(t, s.serve)
	p := newPipeline(t, site)
	for pass := 1; pass <= 3; pass++ {
		if pass == 3 {
			s.tail.Store("<!-- other bytes -->") // the texts are read from the archive
		}
		if _, err := p.Refresh(t.Context(), nil, pass >= 2); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]struct {
			state  schedule.State
			reason string // how it begins
			place  string // in the text; "" for no story
		}{
			"/s/scripts": {schedule.Done, "the story is from the feed " + site.URL + "/feed; the page has none: ", "Eder"},
			"/s/refused": {schedule.Done, "the story is from the feed " + site.URL + "/feed; the page has none: status 403", "Lahn"},
			"/s/page":    {schedule.Done, "", "Sieg"},
			"/s/noindex": {schedule.SetAside, "empty", ""},
			"/s/gone":    {schedule.Gone, "", ""},
			"/s/teaser":  {schedule.SetAside, "", ""},
		} {
			x, err := p.Explain(t.Context(), site.URL+path)
			if err != nil || x.URLs[0].State != want.state || !strings.HasPrefix(x.URLs[0].Reason, want.reason) || (x.Story != nil) != (want.place != "") {
				t.Errorf("pass %d: %s: %+v, %v", pass, path, x, err)
			}
			if x.Story == nil {
				continue
			}
			story, err := p.Story(t.Context(), site.URL+path)
			if err != nil || !strings.Contains(story.Story.Text(), "The bridge at "+want.place) {
				t.Errorf("pass %d: %s: %q, %v", pass, path, story.Story.Text(), err)
			}
		}
	}
}

// TestTextsOfFeedsFromTheArchive: texts of feeds are cleaned again from the archive, and
// the archive alone makes the same corpus.
func TestTextsOfFeedsFromTheArchive(t *testing.T) {
	site := newWeb(t, newFeedSite(feedItem("/s/a", "Bridge at Ruhr opens", bridge("Ruhr"))+feedItem("/s/b", "Bridge at Lenne opens", bridge("Lenne")),
		map[string]string{"/s/b": shellPage}, nil).serve)
	p := newPipeline(t, site)
	p.Sources[0].Text, p.Settler.Options.CleanSettings = TextFeed, "usual"
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	want := p.corpus(t)
	if len(want) != 2 {
		t.Fatalf("%d texts", len(want))
	}
	if err := p.Archive.Writer.Rotate(); err != nil {
		t.Fatal(err)
	}

	other := newPipeline(t, site)
	if result, err := other.Import(t.Context(), p.Archive.Dir, func(s importfiles.Skipped) { t.Error(s.Err) }); err != nil {
		t.Fatalf("%+v, %v", result, err)
	}
	if got := other.corpus(t); !slices.Equal(got, want) {
		t.Errorf("imported: %q, want %q", got, want)
	}

	// Another setting of the cleaner: all stories are made again, without a request.
	site.paths()
	p.Admitter.Cleaner, p.Settler.Options.CleanSettings = clean.New(clean.Options{MinWords: 500}), "500"
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	if got := p.corpus(t); len(got) != 0 {
		t.Errorf("%d texts are left, although none has 500 words", len(got))
	}
	if asked := site.paths(); slices.Contains(asked, "/s/a") || slices.Contains(asked, "/s/b") {
		t.Errorf("asked for %q", asked)
	}
}
