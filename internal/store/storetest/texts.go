package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/schedule"
)

// testFeedTexts: the text of a feed is kept until a story is made, makes a URL pending
// again when it is new, and goes when the story is forgotten.
func testFeedTexts(t *testing.T, dsn string) {
	d := open(t, dsn)
	const url = "https://gazette.example/a"
	feed := func(path, body string, instead bool) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		d.fetchAs(schedule.Feed, path, func(task schedule.Task) schedule.Outcome {
			o := d.done(link("gazette.example", "/a"))
			o.Texts = []schedule.Text{{URL: url, Feed: task.URL, SHA: "sha of " + body, Body: []byte(body), Instead: instead},
				{URL: "https://gazette.example/unknown", Feed: task.URL, SHA: "x", Body: []byte("x"), Instead: true}}
			return o
		})
	}
	is := func(what, body string, state schedule.State) {
		t.Helper()
		text, err := d.FeedText(d.ctx, url)
		d.ok(err)
		equal(t, what+": text", string(text.Body), body)
		u, err := d.URL(d.ctx, url)
		d.ok(err)
		equal(t, what+": state", u.State, state)
	}
	feed("/feed", "one", true)
	is("new", "one", schedule.Pending)
	make := func() {
		t.Helper()
		d.fetch("/a", func(task schedule.Task) schedule.Outcome {
			text, err := d.FeedText(d.ctx, url)
			d.ok(err)
			o := d.found(url, "the story", []uint64{1})
			o.BodySHA = text.SHA
			return o
		})
	}
	make()
	is("a story was made", "", schedule.Done)
	feed("/feed", "one", true)
	is("the same again", "", schedule.Done)
	feed("/feed", "two", false)
	is("new, but the page counts", "two", schedule.Done)
	feed("/other", "2", true)
	is("a shorter one of another feed", "two", schedule.Done)
	feed("/other", "three", true)
	is("a longer one of another feed", "three", schedule.Pending)
	feed("/feed", "two", true)
	is("the shorter one again", "three", schedule.Pending)
	make()
	if _, err := d.FeedText(d.ctx, "https://gazette.example/unknown"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the text of a URL that is not in the frontier: %v", err)
	}
	_, err := d.Forget(d.ctx, url, d.now)
	d.ok(err)
	if _, err := d.FeedText(d.ctx, url); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the text of a forgotten story: %v", err)
	}
	feed("/feed", "four", true)
	if _, err := d.FeedText(d.ctx, url); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the text of a forgotten story comes back: %v", err)
	}
}

// fetchAs is fetch for a URL of a kind.
func (d *desk) fetchAs(k schedule.Kind, path string, make func(schedule.Task) schedule.Outcome) {
	d.t.Helper()
	run := d.begin(link("gazette.example", path, kind(k)))
	for task := d.next(run); ; task = d.next(run) {
		if strings.HasSuffix(task.URL, path) {
			d.ok(d.Finish(d.ctx, task, make(task)))
			break
		}
		d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, Due: d.now.Add(time.Minute), At: d.now}))
	}
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
}

// testFeedsThatAreNotDue: a feed that says when it is due is left out until then.
func testFeedsThatAreNotDue(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.fetchAs(schedule.Feed, "/posts", func(schedule.Task) schedule.Outcome {
		o := d.done()
		o.Due = d.now.Add(48 * time.Hour)
		return o
	})
	d.fetchAs(schedule.Feed, "/feed", func(schedule.Task) schedule.Outcome { return d.done() })
	for day, want := range []schedule.State{schedule.Done, schedule.Done, schedule.Pending} {
		run := d.begin()
		for path, want := range map[string]schedule.State{"/feed": schedule.Pending, "/posts": want} {
			u, err := d.URL(d.ctx, "https://gazette.example"+path)
			d.ok(err)
			if u.State != want {
				t.Errorf("day %d: %s is %s, want %s", day, path, u.State, want)
			}
		}
		task := d.next(run)
		d.ok(d.Finish(d.ctx, task, d.done()))
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
		d.now = d.now.Add(25 * time.Hour)
	}
}

// testMoved: redirects of a run are found, rejected, and requested again.
func testMoved(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/page"))
	for range 2 {
		task := d.next(run)
		if strings.HasSuffix(task.URL, "/page") {
			d.ok(d.Finish(d.ctx, task, d.done()))
			continue
		}
		d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Moved, Status: 302, At: d.now, Links: []schedule.Link{link("gazette.example", "/page")}}))
	}
	moved, err := d.MovedIn(d.ctx, run, "gazette")
	d.ok(err)
	if len(moved) != 1 || moved[0].URL != "https://gazette.example/a" || moved[0].Target != "https://gazette.example/page" || moved[0].Run != run.ID || moved[0].Host != "gazette.example" {
		t.Fatalf("%+v", moved)
	}
	due := d.now.Add(time.Hour)
	for i, want := range []bool{true, false} {
		rejected, err := d.RejectMoved(d.ctx, moved[0], "in a circle", due)
		d.ok(err)
		equal(t, "rejected", rejected, want)
		u, err := d.URL(d.ctx, moved[0].URL)
		d.ok(err)
		if u.State != schedule.SetAside || u.Reason != "in a circle" || !u.Due.Equal(due) {
			t.Errorf("call %d: %+v", i, u)
		}
	}
	if moved, err = d.MovedIn(d.ctx, run, "gazette"); err != nil || len(moved) != 0 {
		t.Errorf("%+v, %v", moved, err)
	}
	moved, err = d.RedirectsOf(d.ctx, []string{"https://gazette.example/a", "https://gazette.example/page", "https://gazette.example/none"})
	d.ok(err)
	if len(moved) != 1 || moved[0].Target != "https://gazette.example/page" {
		t.Fatalf("%+v", moved)
	}
	d.ok(d.RetryMoved(d.ctx, moved[0]))
	equal(t, "requested again", d.next(run).URL, "https://gazette.example/a")
}
