package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"winnow/dedupe"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// Keys of two lines.
const (
	line      = uint64(0xfeed_beef_0102_0304)
	otherLine = uint64(7)
)

// lineDesk has four stories with a line, and a fifth with another.
type lineDesk struct {
	*desk
	ids []string
}

func openLines(t *testing.T, dsn string) *lineDesk {
	t.Helper()
	d := &lineDesk{open(t, dsn), make([]string, 5)}
	for i := range d.ids {
		d.put(i, []uint64{line, otherLine}[i/4])
	}
	d.settleAll()
	return d
}

// put reads a page with these lines.
func (d *lineDesk) put(i int, keys ...uint64) {
	d.t.Helper()
	d.fetch(article(i), func(task schedule.Task) schedule.Outcome {
		o := d.found(task.URL, fmt.Sprint("text ", i), append([]uint64{1000 + uint64(i)}, keys...))
		o.Story.Story.Blocks = append(o.Story.Story.Blocks, news.Block{Kind: news.Paragraph, Text: fmt.Sprint("line ", len(keys))})
		return o
	})
	d.ids[i] = stories.NewID("https://gazette.example" + article(i))
}

func (d *lineDesk) story(i int) *stories.Stored {
	d.t.Helper()
	s, err := d.Stories.Get(d.ctx, d.ids[i])
	d.ok(err)
	return &s
}

// having checks which stories have the line, up to a limit.
func (d *lineDesk) having(what string, least, most int, want ...string) {
	d.t.Helper()
	got, err := d.Stories.Recurring(d.ctx, []uint64{otherLine, line, 99}, least, most)
	d.ok(err)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got[line], want[:min(len(want), most)]) {
		d.t.Errorf("%s: stories of the line %v, want %v", what, got[line], want)
	}
	if _, ok := got[otherLine]; ok != (least == 1) {
		d.t.Errorf("%s: %v", what, got)
	}
}

// dirty checks which stories are to be settled.
func (d *lineDesk) dirty(what string, want ...string) {
	d.t.Helper()
	got := d.dirtyIDs()
	if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
		d.t.Errorf("%s: to be settled %v, want %v", what, got, want)
	}
}

// setLine stores whether the line is boilerplate, and checks what is known then.
func (d *lineDesk) setLine(lease stories.Lease, is bool) {
	d.t.Helper()
	d.ok(d.Stories.PutBoilerplate(d.ctx, lease, "gazette.example", line, is))
	got, err := d.Stories.Boilerplate(d.ctx, []uint64{otherLine, line})
	d.ok(err)
	if got[line] != is || got[otherLine] {
		d.t.Errorf("boilerplate %v, want %v", got, is)
	}
}

func (d *lineDesk) toCheck(what string, want int) {
	d.t.Helper()
	lines, err := d.Stories.BoilerplateToCheck(d.ctx, 9)
	d.ok(err)
	if len(lines) != want || want > 0 && lines[0] != (stories.BoilerplateLine{Key: line, Site: "gazette.example"}) {
		d.t.Errorf("%s: lines to be checked %v, want %d", what, lines, want)
	}
}

// testBoilerplate: the stories of a line are found by its key; when it becomes line
// text they are settled again; what goes from a story leaves its record as it
// was read.
func testBoilerplate(t *testing.T, dsn string) {
	d := openLines(t, dsn)
	d.having("all", 1, 9, d.ids[:4]...)
	d.having("many", 4, 9, d.ids[:4]...)
	d.having("the first ones", 2, 3, d.ids[:4]...)
	d.having("more than there are", 5, 9)
	lease := d.leaseSettle()
	d.dirty("before")
	d.setLine(lease, false)
	d.dirty("nothing new")
	d.setLine(lease, true)
	d.dirty("a new line", d.ids[:4]...)

	s := d.story(0)
	for _, try := range []struct {
		name  string
		stamp int64
		want  bool
	}{{"with an old stamp", s.Stamp - 1, false}, {"with its stamp", s.Stamp, true}} {
		cut, err := d.Stories.CutBoilerplate(d.ctx, lease, d.ids[0], try.stamp, []int{1}, []uint64{5000, line}, nil)
		d.ok(err)
		equal(t, try.name, cut, try.want)
	}
	after := d.story(0)
	equal(t, "text", after.Story.Text(), "text 0")
	equal(t, "text as read", after.Read.Text(), "text 0\n\nline 1")
	equal(t, "removals", len(after.Story.Removals), 1)
	equal(t, "removals of the record", len(after.Read.Removals), 0)
	equal(t, "hash of the text as read", after.TextSHA, s.TextSHA)
	equal(t, "places", fmt.Sprint(after.Boilerplate), "[1]")
	docs, err := d.Stories.Docs(d.ctx, d.ids[:1])
	d.ok(err)
	equal(t, "text for comparing", docs[0].Text, "text 0")
	d.having("after the cut", 1, 9, d.ids[:4]...)
	found, err := d.Stories.Candidates(d.ctx, dedupe.Query{Prints: []uint64{5000}, Common: 9, Least: 1})
	d.ok(err)
	equal(t, "found by its new prints", len(found), 1)
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	if err := d.Stories.PutBoilerplate(d.ctx, lease, "gazette.example", line, true); !errors.Is(err, schedule.ErrStale) {
		t.Errorf("a line with an old lease: %v", err)
	}
	if _, err := d.Stories.CutBoilerplate(d.ctx, lease, d.ids[0], after.Stamp, nil, nil, nil); !errors.Is(err, schedule.ErrStale) {
		t.Errorf("a story with an old lease: %v", err)
	}
}

// testBoilerplateChanges: reading the same page again changes nothing. A page with
// another text no longer has the line, nor has a story that is taken out.
func testBoilerplateChanges(t *testing.T, dsn string) {
	d := openLines(t, dsn)
	lease := d.leaseSettle()
	d.setLine(lease, true)
	_, err := d.Stories.CutBoilerplate(d.ctx, lease, d.ids[0], d.story(0).Stamp, []int{1}, []uint64{1000, line}, nil)
	d.ok(err)
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	d.settleAll()

	d.put(0, line)
	d.dirty("the same page")
	d.toCheck("the same page", 0)
	equal(t, "revision after the same page", d.story(0).Rev, 1)
	equal(t, "text after the same page", d.story(0).Story.Text(), "text 0")
	d.put(0)
	d.dirty("another page", d.ids[0])
	equal(t, "revision after another page", d.story(0).Rev, 2)
	equal(t, "text after another page", d.story(0).Story.Text(), "text 0\n\nline 0")
	d.having("another page", 1, 9, d.ids[1:4]...)
	d.toCheck("another page", 1)

	lease = d.leaseSettle()
	d.setLine(lease, true)
	d.toCheck("another look", 0)
	d.dirty("a line that stays", d.ids[0])
	_, err = d.Forget(d.ctx, d.ids[1], d.now)
	d.ok(err)
	d.having("one taken out", 1, 9, d.ids[2:4]...)
	d.toCheck("one taken out", 1)
	d.setLine(lease, false)
	d.toCheck("a line no more", 0)
	d.dirty("a line no more", d.ids[0], d.ids[2], d.ids[3])
}

// testBoilerplateRecleaned: a story that is cleaned again has its boilerplate in it until
// that is cut again, and is not settled before.
func testBoilerplateRecleaned(t *testing.T, dsn string) {
	d := open(t, dsn)
	a := link("gazette.example", "/a")
	d.read(a, func(task schedule.Task) schedule.Outcome {
		o := d.found(task.URL, "a text", []uint64{1, 2})
		o.Story.Story.Blocks = append(o.Story.Story.Blocks, news.Block{Kind: news.Paragraph, Text: "a line"})
		return o
	})
	d.settleAll()
	lease := d.leaseSettle()
	d.ok(d.Stories.PutBoilerplate(d.ctx, lease, "gazette.example", 2, true))
	s, err := d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	_, err = d.Stories.CutBoilerplate(d.ctx, lease, s.Story.ID, s.Stamp, []int{1}, []uint64{1, 2}, nil)
	d.ok(err)
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	d.settleAll()
	a.Hint.Title = "A"
	d.begin(a)
	s, err = d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	equal(t, "to be cleaned again", s.Reclean, true)
	lease = d.leaseSettle()
	_, err = d.replace(lease, &s, s.Read, []uint64{1, 2}, nil, false)
	d.ok(err)
	s, err = d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	equal(t, "text", s.Story.Text(), "a text\n\na line")
	equal(t, "to be settled", s.Judge && !s.Reclean, true)
	lines, err := d.Stories.BoilerplateToCheck(d.ctx, 9)
	d.ok(err)
	equal(t, "lines to be checked", len(lines), 1)
}
