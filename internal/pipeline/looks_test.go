package pipeline

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"winnow/internal/store/report"
	"winnow/schedule"
)

// The bad looks: what a site answers for a page when it has a bad hour.
var badLooks = []struct {
	name  string
	serve http.HandlerFunc
	wait  time.Duration // until it is asked again without being told to
}{
	{"a check against robots", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<html><head><title>Just a moment...</title></head><body><div id="cf-challenge"><p>Checking your browser before accessing the site. Enable JavaScript and cookies to continue.</p></div></body></html>`)
	}, 3 * time.Hour},
	{"maintenance", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html><head><title>Back soon</title></head><body><p>We are working on the site and will be back in a few minutes.</p></body></html>")
	}, 24 * time.Hour},
	{"403", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, 24 * time.Hour},
	{"404", http.NotFound, 24 * time.Hour},
	{"503", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, 3 * time.Hour},
	{"noindex", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Robots-Tag", "noindex")
		fmt.Fprint(w, article("Hadersleben"))
	}, 24 * time.Hour},
	{"another site", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://parked.example/", http.StatusFound)
	}, 24 * time.Hour},
}

// story is a site with one story, which may have a bad hour.
type story struct {
	*crawl
	site  *web
	bad   atomic.Pointer[http.HandlerFunc] // what the page answers meanwhile
	later time.Duration                    // that the clock is ahead
	feed  string                           // path of a feed that names the story, "" for none
}

func newStory(t *testing.T, feed string) *story {
	s := &story{feed: feed}
	s.site = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/story"))
		case "/story":
			if bad := s.bad.Load(); bad != nil {
				(*bad)(w, r)
				return
			}
			w.Header().Set("ETag", `"good"`)
			fmt.Fprint(w, article("Hadersleben"))
		case s.feed:
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>F %d</title><item><title>Bridge</title><link>%s/story</link></item></channel></rss>`, s.later, s.site.URL)
		default:
			http.NotFound(w, r)
		}
	})
	s.crawl = newPipeline(t, s.site)
	s.Options.Retry = schedule.Policy{}
	s.Now = func() time.Time { return time.Now().UTC().Add(s.later) }
	if feed != "" {
		s.Sources[0].Feeds = []string{s.site.URL + feed}
	}
	return s
}

// pass makes a pass and reports whether the story was asked for.
func (s *story) pass(t *testing.T, recheck bool) bool {
	t.Helper()
	s.site.paths()
	if _, err := s.Refresh(t.Context(), nil, recheck); err != nil {
		t.Fatal(err)
	}
	return slices.Contains(s.site.paths(), "/story")
}

// stories counts the stories of the corpus.
func (s *story) stories(t *testing.T) int64 {
	t.Helper()
	all, err := s.Store.Report.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[0].Stories
}

func (s *story) failure(t *testing.T) (found report.Failure) {
	t.Helper()
	err := s.Store.Report.Failures(t.Context(), nil, func(f report.Failure) error {
		if f.URL == s.site.URL+"/story" {
			found = f
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestABadLookIsNoVerdict: a page that was met in a bad hour is asked for again after
// hours or days, each time later, and its story is there when the site has recovered.
func TestABadLookIsNoVerdict(t *testing.T) {
	for _, c := range badLooks {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, "")
			s.bad.Store(&c.serve)
			s.pass(t, false)
			if f := s.failure(t); f.Due.Sub(s.Now()) > c.wait || f.Due.Sub(s.Now()) < c.wait-time.Minute {
				t.Errorf("it is asked for again in %v, want %v: %s", f.Due.Sub(s.Now()), c.wait, f.Reason)
			}
			if s.pass(t, false) {
				t.Error("asked for again at once")
			}
			s.later += c.wait
			if !s.pass(t, false) {
				t.Fatalf("not asked for after %v: %+v", c.wait, s.failure(t))
			}
			s.later += c.wait
			if s.pass(t, false) {
				t.Error("the second wait is no longer than the first")
			}
			s.bad.Store(nil)
			s.later += c.wait
			if !s.pass(t, false) || s.stories(t) != 1 {
				t.Errorf("%d stories when the site has recovered: %+v", s.stories(t), s.failure(t))
			}
		})
	}
}

// TestRecheckReachesBadLooks: so does a recheck, at once.
func TestRecheckReachesBadLooks(t *testing.T) {
	for _, c := range badLooks {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, "")
			s.bad.Store(&c.serve)
			s.pass(t, false)
			s.bad.Store(nil)
			if !s.pass(t, true) || s.stories(t) != 1 {
				t.Errorf("%d stories after a recheck: %+v", s.stories(t), s.failure(t))
			}
		})
	}
}

// TestFeedHasABadLookRepeated: a story that the site still names in its feed is asked
// for before its long wait is over, at most four times a day.
func TestFeedHasABadLookRepeated(t *testing.T) {
	for _, c := range badLooks {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, "/feed")
			if !s.pass(t, false) || s.stories(t) != 1 {
				t.Fatal("no story to begin with")
			}
			s.bad.Store(&c.serve)
			s.later += 31 * 24 * time.Hour
			if !s.pass(t, false) {
				t.Fatal("a known story is not asked for after a month")
			}
			s.later += time.Hour
			if s.pass(t, false) {
				t.Error("asked for after an hour")
			}
			s.bad.Store(nil)
			s.later += 6 * time.Hour
			if !s.pass(t, false) || s.stories(t) != 1 || s.failure(t).URL != "" {
				t.Errorf("%d stories: %+v", s.stories(t), s.failure(t))
			}
		})
	}
}

// TestFinalReasonsAreLeft: what can be no story by its nature is not asked for day by
// day, nor because a feed names it.
func TestFinalReasonsAreLeft(t *testing.T) {
	s := newStory(t, "/feed")
	video := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		fmt.Fprint(w, "\x00\x00\x00\x18ftypmp42")
	})
	s.bad.Store(&video)
	if !s.pass(t, false) {
		t.Fatal("not asked for at first")
	}
	for range 3 {
		s.later += 9 * 24 * time.Hour
		if s.pass(t, false) {
			t.Errorf("asked for again: %+v", s.failure(t))
		}
	}
}
