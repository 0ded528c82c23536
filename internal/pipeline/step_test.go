package pipeline

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/news"
	"winnow/schedule"
)

var now = time.Date(2025, 6, 10, 12, 0, 0, 0, time.UTC)

func testPipeline(t *testing.T) *Pipeline {
	t.Helper()
	scope, err := crawler.NewScope("https://news.example/", nil, []string{"^/shop/"})
	if err != nil {
		t.Fatal(err)
	}
	sources := []Source{{Name: "news", Scope: scope, Delay: 2 * time.Second, MaxDepth: 2}}
	return &Pipeline{
		Sources:  sources,
		URLs:     URLPolicy(sources, urlpolicy.Robots{}),
		Admitter: &admit.Admitter{},
		Options:  Options{Retry: schedule.Policy{Retries: 2}},
		Now:      func() time.Time { return now },
	}
}

func task(url string) schedule.Task {
	return schedule.Task{Link: schedule.Link{URL: url, Host: crawler.HostOf(url), Source: "news", Kind: schedule.Article, Depth: 1, Follow: true}}
}

func TestFailuresAreRetriedThenLeft(t *testing.T) {
	p := testPipeline(t)
	for _, c := range []struct {
		name  string
		tries int
		err   error
		state schedule.State
		due   time.Duration
		hold  time.Duration // of the host
	}{
		{"first 503", 0, &crawler.Error{Temporary: true, Status: 503}, schedule.Pending, time.Second, 2 * time.Second},
		{"second", 1, &crawler.Error{Temporary: true, Status: 503}, schedule.Pending, 2 * time.Second, 2 * time.Second},
		{"the last try", 2, &crawler.Error{Temporary: true, Status: 503}, schedule.Failed, 3 * time.Hour, 2 * time.Second},
		{"429 holds the host", 0, &crawler.Error{Temporary: true, Status: 429, RetryAfter: time.Minute}, schedule.Pending, time.Minute, time.Minute},
		{"404", 0, &crawler.Error{Status: 404}, schedule.Gone, 24 * time.Hour, 2 * time.Second},
		{"410", 0, &crawler.Error{Status: 410}, schedule.Gone, schedule.RevisitSetAside, 2 * time.Second},
		{"403", 0, &crawler.Error{Status: 403}, schedule.SetAside, 24 * time.Hour, 2 * time.Second},
		{"an expired certificate", 0, &crawler.Error{TLS: true}, schedule.SetAside, 3 * time.Hour, 2 * time.Second},
		{"too large", 0, &crawler.Error{Err: crawler.ErrTooLarge}, schedule.SetAside, schedule.RevisitSetAside, 2 * time.Second},
		{"unforeseen", 0, errors.New("odd"), schedule.SetAside, schedule.RevisitSetAside, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := task("https://news.example/a")
			at.Tries = c.tries
			out, fresh := p.received(at, nil, c.err)
			if fresh || out.State != c.state || out.Due.Sub(now) != c.due || out.HostNext.Sub(now) != c.hold {
				t.Errorf("got %s due in %v, host held for %v, fresh %v; want %s, %v, %v", out.State, out.Due.Sub(now), out.HostNext.Sub(now), fresh, c.state, c.due, c.hold)
			}
		})
	}
}

func TestSlowHostRests(t *testing.T) {
	p := testPipeline(t)
	p.Options.Pace = schedule.Pace{Factor: 2}
	for _, c := range []struct {
		name  string
		pause time.Duration
		a     *crawler.Answer
		err   error
		keeps time.Duration // the new pause
		rests time.Duration
	}{
		{"quick: the source's own delay", 0, &crawler.Answer{Status: 200, Took: 100 * time.Millisecond}, nil, 50 * time.Millisecond, 2 * time.Second},
		{"slow", 0, &crawler.Answer{Status: 200, Took: 10 * time.Second}, nil, 5 * time.Second, 5 * time.Second},
		{"slow for long", 30 * time.Second, &crawler.Answer{Status: 200, Took: 20 * time.Second}, nil, 30 * time.Second, 30 * time.Second},
		{"a quick 503", 8 * time.Second, &crawler.Answer{Status: 503}, &crawler.Error{Temporary: true, Status: 503}, 8 * time.Second, 8 * time.Second},
		{"no answer", 8 * time.Second, nil, &crawler.Error{Temporary: true}, 8 * time.Second, 8 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := task("https://news.example/a")
			at.HostState.Pause = c.pause
			out, _ := p.received(at, c.a, c.err)
			if out.Pause != c.keeps || out.HostNext.Sub(now) != c.rests {
				t.Errorf("pause %v, want %v; rests for %v, want %v", out.Pause, c.keeps, out.HostNext.Sub(now), c.rests)
			}
		})
	}
}

func TestRedirectIsNewWork(t *testing.T) {
	p := testPipeline(t)
	at := task("https://news.example/a")
	out, fresh := p.received(at, &crawler.Answer{Status: 301, Redirect: "https://www.news.example/b"}, nil)
	if fresh || out.State != schedule.Moved || len(out.Links) != 1 || out.Links[0].URL != "https://www.news.example/b" {
		t.Errorf("inside the site: %s with %d links", out.State, len(out.Links))
	}
	out, _ = p.received(at, &crawler.Answer{Status: 301, Redirect: "https://other.example/b"}, nil)
	if out.State != schedule.SetAside || out.Reason != "redirects to https://other.example/b: another site: other.example" || len(out.Links) != 0 {
		t.Errorf("to another site: %s (%s) with %d links", out.State, out.Reason, len(out.Links))
	}
}

func TestUnchangedPagesKeepWhatIsKnown(t *testing.T) {
	p := testPipeline(t)
	at := task("https://news.example/a")
	at.Validators, at.BodySHA = news.Validators{ETag: `"1"`, LastModified: "yesterday"}, "abc"
	out, fresh := p.received(at, &crawler.Answer{Status: 304, NotModified: true, Validators: news.Validators{ETag: `"2"`}}, nil)
	if fresh || out.State != schedule.Done || out.BodySHA != "abc" || out.Validators != (news.Validators{ETag: `"2"`, LastModified: "yesterday"}) {
		t.Errorf("304: %+v, fresh %v", out, fresh)
	}
	if out, fresh = p.received(at, &crawler.Answer{Status: 200, BodySHA: "abc"}, nil); fresh || out.State != schedule.Done {
		t.Errorf("200 with the same bytes: %+v, fresh %v", out, fresh)
	}
	if _, fresh = p.received(at, &crawler.Answer{Status: 200, BodySHA: "other"}, nil); !fresh {
		t.Error("200 with other bytes is not taken for fresh")
	}
}

// TestSectionsAreNotCleaned: a section is read for its links alone. Without a
// cleaner every other page would panic.
func TestSectionsAreNotCleaned(t *testing.T) {
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, list("/a", "/b")) })
	p := newPipeline(t, site)
	p.Admitter.Cleaner = nil
	p.share()
	out, err := p.page(t.Context(), schedule.Task{Link: schedule.Link{URL: site.URL + "/", Host: crawler.HostOf(site.URL + "/"), Source: "site0", Kind: schedule.Section, Follow: true}}, nil)
	if err != nil || out.State != schedule.Done || len(out.Links) != 2 {
		t.Errorf("%s (%s) with %d links, %v", out.State, out.Reason, len(out.Links), err)
	}
}

// TestWatchHoldsNobody: while Watch looks at one URL, others are counted.
func TestWatchHoldsNobody(t *testing.T) {
	p := testPipeline(t)
	p.Log = slog.New(slog.DiscardHandler)
	at, counted := task("https://news.example/a"), make(chan struct{})
	p.Watch = func(schedule.Task, schedule.Outcome) {
		go func() {
			p.refused(at)
			close(counted)
		}()
		select {
		case <-counted:
		case <-time.After(time.Minute):
			t.Error("nothing was counted while Watch was called")
		}
	}
	p.report(at, schedule.Outcome{State: schedule.SetAside})
	if tally := p.takeTally(at.Run); tally.Rejected != 1 || tally.Refused != 1 {
		t.Errorf("%+v", tally)
	}
}
