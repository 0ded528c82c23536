package storetest

import (
	"errors"
	"testing"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// partOutcome is a page of an article in parts; the first one brings the story.
func (d *desk) partOutcome(task schedule.Task, first, text, next string) schedule.Outcome {
	o := d.done()
	number := 1
	if task.PartOf == "" {
		o = d.found(task.URL, text, nil)
	} else {
		number = task.Part
	}
	s := story(task.URL, text)
	s.NextPage = next
	o.Part = &schedule.PartPage{Story: s, First: first, Number: number, Next: next}
	if next != "" {
		o.Links = append(o.Links, link("gazette.example", next[len("https://gazette.example"):]))
	}
	return o
}

// testParts: the page that follows another is claimed as a part of its article, and is
// stored beside the story.
func testParts(t *testing.T, dsn string) {
	d := open(t, dsn)
	const first, second, third = "https://gazette.example/ice", "https://gazette.example/ice/2", "https://gazette.example/ice/3"
	run := d.begin(link("gazette.example", "/ice"))
	task := d.next(run)
	d.ok(d.Finish(d.ctx, task, d.partOutcome(task, first, "one", second)))
	task = d.next(run)
	equal(t, "second page", task.URL, second)
	equal(t, "its article", task.PartOf, first)
	equal(t, "its number", task.Part, 2)
	d.ok(d.Finish(d.ctx, task, d.partOutcome(task, first, "two", third)))
	s, err := d.Stories.Get(d.ctx, second)
	d.ok(err)
	equal(t, "the story that the second page means", s.PageURL, first)
	equal(t, "the story is to be cleaned again", s.Reclean, true)

	task = d.next(run)
	equal(t, "number of the third page", task.Part, 3)
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Gone, Status: 404, Reason: "status 404", At: d.now}))
	parts, err := d.Parts(d.ctx, first)
	d.ok(err)
	equal(t, "parts", len(parts), 3)
	for i, want := range []string{"one", "two", ""} {
		got := ""
		if parts[i].Story != nil {
			got = parts[i].Story.Text()
		}
		equal(t, "text of part "+string('1'+rune(i)), got, want)
		equal(t, "number", parts[i].Number, i+1)
	}
	equal(t, "state of the third", parts[2].State, schedule.Gone)
	equal(t, "reason of the third", parts[2].Reason, "status 404")
	if _, err := d.ArticlePart(d.ctx, "https://gazette.example/other"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a page that is no part: %v", err)
	}

	gone, err := d.Forget(d.ctx, first, d.now)
	d.ok(err)
	equal(t, "URLs that are forgotten with the article", len(gone.URLs), 3)
	parts, err = d.Parts(d.ctx, first)
	d.ok(err)
	equal(t, "parts of what is forgotten", len(parts), 0)
}

// testLateParts: pages that were read before they were known to be parts are merged into
// the story of their article, whichever was read first.
func testLateParts(t *testing.T, dsn string) {
	d := open(t, dsn)
	const first, second, third = "https://gazette.example/z", "https://gazette.example/b", "https://gazette.example/c"
	d.read(link("gazette.example", "/b"), func(task schedule.Task) schedule.Outcome {
		return d.partOutcome(task, second, "two", third)
	})
	run := d.begin()
	task := d.next(run)
	equal(t, "the article of the third page", task.PartOf, second)
	d.ok(d.Finish(d.ctx, task, d.partOutcome(task, second, "three", "")))
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	d.read(link("gazette.example", "/z"), func(task schedule.Task) schedule.Outcome {
		return d.partOutcome(task, first, "one", second)
	})
	parts, err := d.Parts(d.ctx, first)
	d.ok(err)
	var urls []string
	for _, p := range parts {
		urls = append(urls, p.URL)
	}
	if len(urls) != 3 || urls[0] != first || urls[1] != second || urls[2] != third {
		t.Errorf("parts %q", urls)
	}
	all, err := d.Stories.List(d.ctx, "", 10)
	d.ok(err)
	equal(t, "stories", len(all), 1)
	equal(t, "page of the story", all[0].PageURL, first)
	for _, u := range urls {
		s, err := d.Stories.Get(d.ctx, u)
		d.ok(err)
		equal(t, u+" means", s.Story.ID, all[0].Story.ID)
	}
}

// testRecleanQueue: when the settings of cleaning change, pages without a story are queued
// to be cleaned again; a story may be withdrawn.
func testRecleanQueue(t *testing.T, dsn string) {
	d := open(t, dsn)
	aside := func(task schedule.Task) schedule.Outcome {
		o := d.done()
		o.State, o.Reason, o.Archived = schedule.SetAside, "short", &schedule.Archived{File: "a.warc.gz", Offset: 7}
		return o
	}
	short := link("gazette.example", "/short")
	d.read(short, aside)
	d.read(link("gazette.example", "/not-archived"), func(task schedule.Task) schedule.Outcome {
		o := aside(task)
		o.Archived = nil
		return o
	})
	d.read(link("gazette.example", "/long"), func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "long", nil) })
	lease, err := d.Stories.LeaseSettle(d.ctx, d.now)
	d.ok(err)
	for _, with := range []string{"a", "b"} {
		_, err := d.MadeWith(d.ctx, lease, "clean", with, true)
		d.ok(err)
	}
	urls, err := d.RecleanQueue(d.ctx, 10)
	d.ok(err)
	if len(urls) != 1 || urls[0] != short.URL {
		t.Fatalf("to be cleaned again: %q", urls)
	}
	o := d.found(short.URL, "short", nil)
	d.ok(d.Recleaned(d.ctx, lease, schedule.Task{Link: short}, o))
	s, err := d.Stories.Get(d.ctx, short.URL)
	d.ok(err)
	equal(t, "place of the page", s.Archived, *o.Archived)
	u, err := d.URL(d.ctx, short.URL)
	d.ok(err)
	equal(t, "state of the page", u.State, schedule.Done)
	urls, err = d.RecleanQueue(d.ctx, 10)
	d.ok(err)
	equal(t, "left to be cleaned again", len(urls), 0)

	d.ok(d.Withdraw(d.ctx, lease, s.Story.ID, s.Stamp+1, "no", d.now, nil))
	_, err = d.Stories.Get(d.ctx, short.URL)
	d.ok(err) // it had changed
	d.ok(d.Withdraw(d.ctx, lease, s.Story.ID, s.Stamp, "too short", d.now, nil))
	if _, err := d.Stories.Get(d.ctx, short.URL); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the story is still there: %v", err)
	}
	u, err = d.URL(d.ctx, short.URL)
	d.ok(err)
	equal(t, "state of the page", u.State, schedule.SetAside)
	equal(t, "reason", u.Reason, "too short")
}

// testReviseByPart: replacing a story makes a revision if a later part has changed.
func testReviseByPart(t *testing.T, dsn string) {
	d := open(t, dsn)
	l := link("gazette.example", "/ice")
	d.read(l, func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "one two", nil) })
	lease, err := d.Stories.LeaseSettle(d.ctx, d.now)
	d.ok(err)
	for _, c := range []struct {
		text    string
		revised bool
		want    int64
	}{{"one two three", false, 1}, {"one two four", true, 2}, {"one two four", true, 2}} {
		s, err := d.Stories.Get(d.ctx, l.URL)
		d.ok(err)
		s.Story.Blocks = []news.Block{{Kind: news.Paragraph, Text: c.text}}
		_, err = d.replace(lease, &s, s.Story, nil, c.revised)
		d.ok(err)
		s, err = d.Stories.Get(d.ctx, l.URL)
		d.ok(err)
		equal(t, "revision with "+c.text, s.Rev, c.want)
		earlier, err := d.Stories.Revisions(d.ctx, s.Story.ID)
		d.ok(err)
		equal(t, "earlier texts", len(earlier), int(c.want)-1)
	}
}
