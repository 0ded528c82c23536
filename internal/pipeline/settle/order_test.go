package settle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/clean"
	"winnow/dedupe"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/output"
	"winnow/schedule"
)

// piece is one story as one outlet publishes it.
type piece struct {
	host, path, date string
	text             string
	before           string // an earlier text of the same page; "" for none
}

func (s *piece) url() string { return "https://" + s.host + s.path }

// press makes stories of invented words.
type press struct {
	*rand.Rand
	words, names []string
}

func newPress(seed uint64) *press {
	p := &press{Rand: rand.New(rand.NewPCG(seed, 11))}
	word := func(syllables int) string {
		var b strings.Builder
		for range syllables {
			b.WriteByte("bdfgklmnprstv"[p.IntN(13)])
			b.WriteByte("aeiou"[p.IntN(5)])
		}
		return b.String() + string("lnrst"[p.IntN(5)])
	}
	for range 3000 {
		p.words = append(p.words, word(1+p.IntN(3)))
	}
	for range 200 {
		n := word(2)
		p.names = append(p.names, strings.ToUpper(n[:1])+n[1:])
	}
	return p
}

// paragraphs are n of them, of two sentences each.
func (p *press) paragraphs(n int) []string {
	out := make([]string, n)
	for i := range out {
		var words []string
		for k := range 36 {
			switch {
			case k%18 == 0:
				words = append(words, "The")
			case k%7 == 3:
				words = append(words, p.names[p.IntN(len(p.names))])
			case k%11 == 5:
				words = append(words, fmt.Sprint(2+p.IntN(900)))
			default:
				words = append(words, p.words[p.IntN(len(p.words))])
			}
			if k%18 == 17 {
				words[k] += "."
			}
		}
		out[i] = strings.Join(words, " ")
	}
	return out
}

// edition is a set of stories with every kind of likeness among them.
func (p *press) edition() []piece {
	var all []piece
	add := func(host, path, date string, paragraphs []string, before ...string) {
		all = append(all, piece{host, path, date, strings.Join(paragraphs, "\n\n"), strings.Join(before, "\n\n")})
	}
	for i := range 6 {
		text, path := p.paragraphs(6), fmt.Sprintf("/a/%d", i)
		add("wire.example", path, "2026-03-02", text)
		add("north.example", path, "2026-03-02", append([]string{"(Wire) " + text[0]}, text[1:]...))
		add("south.example", path, "2026-03-03", text[:4])
		add("east.example", path, "2026-03-03", append(text[:6:6], p.paragraphs(1)...))
		if i%2 == 0 { // moved within the outlet, and a page that changed
			add("wire.example", path+"-moved", "2026-03-04", text)
			add("west.example", path, "2026-03-03", append([]string{"UPDATED " + text[0]}, text[1:]...), text[:2]...)
		}
	}
	other := p.paragraphs(5)
	for i := range 4 { // another story on each host, and one of the same text everywhere
		add([]string{"north.example", "south.example", "east.example", "west.example"}[i], "/own", "2026-03-02", p.paragraphs(5))
		add([]string{"north.example", "south.example", "east.example", "west.example"}[i], "/shared", "2026-03-02", other)
	}
	form := "On day %d the staff of Vannholm said that %d drones and %d missiles were shot down over Torrfjell by crews of the 7th battery, that %d houses were damaged in Osselv and %d people were hurt, and that the line at Kvarn had not moved since the rain began and the bridges were closed to lorries again."
	for day := range 4 { // a series of one template
		add("staff.example", fmt.Sprint("/day/", day), fmt.Sprintf("2026-03-0%d", 2+day), []string{fmt.Sprintf(form, 31+day, 14+3*day, 3+day, 21+8*day, 5+2*day)})
	}
	text := p.paragraphs(5)
	add("coast.example", "/changed", "2026-03-02", text, append(text[:5:5], p.paragraphs(1)...)...)
	return all
}

var morning = time.Date(2026, 3, 10, 6, 0, 0, 0, time.UTC)

// newsroom is a Settler on its own state and folder, into which stories are put
// without a web.
type newsroom struct {
	*Settler
	t   testing.TB
	now time.Time
	dir string
}

func newNewsroom(t testing.TB) *newsroom {
	t.Helper()
	r := &newsroom{t: t, now: morning, dir: t.TempDir()}
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(r.dir, "winnow.db"), store.Options{})
	r.ok(err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	checker, err := dedupe.New(dedupe.Options{})
	r.ok(err)
	folder, err := output.Open(filepath.Join(r.dir, "corpus"), morning)
	r.ok(err)
	now := func() time.Time { return r.now }
	pages := &archive.Archive{Store: s, Now: now}
	r.Settler = &Settler{
		Options: Options{Text: true, Headline: true}, Store: s, Checker: checker, Folder: folder, Archive: pages,
		Admitter: &admit.Admitter{URLs: urlpolicy.New(nil, urlpolicy.Robots{}), Cleaner: clean.New(clean.Options{}), Checker: checker, Store: s, Sites: &admit.Profiles{Store: s}},
		Now:      now, Log: slog.New(slog.DiscardHandler),
	}
	return r
}

func (r *newsroom) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// read puts a page with a text into the state, or whatever change makes of it.
func (r *newsroom) read(s *piece, text string, change ...func(schedule.Task, *schedule.Outcome)) {
	r.t.Helper()
	ctx := context.Background()
	r.now = r.now.Add(time.Hour)
	link := schedule.Link{URL: s.url(), Host: s.host, Source: s.host, Kind: schedule.Article}
	run, err := r.Store.BeginRun(ctx, store.RunSpec{Source: s.host, Seeds: []schedule.Link{link}, Recheck: true}, r.now)
	r.ok(err)
	for done := false; !done; {
		task, err := r.Store.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, r.now)
		if errors.Is(err, schedule.ErrNoWork) && len(change) > 0 {
			break // the page is known as another name of a story
		}
		r.ok(err)
		o := schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: r.now}}
		if task.Kind != schedule.Robots {
			o = schedule.Outcome{State: schedule.Done, Status: 200, At: r.now, BodySHA: fmt.Sprintf("%x", sha256.Sum256([]byte(text)))}
			if done = task.URL == s.url(); done && len(change) > 0 {
				change[0](task, &o)
			} else if done {
				o.Story = r.Admitter.Found(task, story(s, text))
			}
		}
		r.ok(r.Store.Finish(ctx, task, o))
	}
	r.ok(r.Store.EndRun(ctx, run.ID, r.now, ""))
}

func story(s *piece, text string) news.Story {
	st := news.Story{URL: s.url(), Title: "On " + s.path, Date: s.date, Language: "en", Kind: news.KindStory}
	for _, p := range strings.Split(text, "\n\n") {
		st.Blocks = append(st.Blocks, news.Block{Kind: news.Paragraph, Text: p})
	}
	return st
}

// settled is what a settlement came to: verdicts by URL, and the text files.
func (r *newsroom) settled() (map[string]news.Verdict, map[string]string) {
	r.t.Helper()
	_, err := r.Settle(context.Background())
	r.ok(err)
	verdicts, files := map[string]news.Verdict{}, map[string]string{}
	for d, err := range r.Corpus(context.Background()) {
		r.ok(err)
		verdicts[d.Story.URL] = d.Verdict
	}
	root := filepath.Join(r.dir, "corpus", "text")
	r.ok(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, root)] = string(body)
		return err
	}))
	return verdicts, files
}

// say remembers a person's word on pages.
func (r *newsroom) say(what, a, b string) {
	r.t.Helper()
	ids := []string{stories.NewID(a), ""}
	if b != "" {
		ids[1] = stories.NewID(b)
	}
	o, err := dedupe.NewOverride(what, ids[0], ids[1])
	r.ok(err)
	r.ok(r.Store.Stories.PutOverride(context.Background(), o, r.now))
}

// arrive puts the stories into a newsroom in a random order, with settlements
// now and then, and with the words of a person at some time after the last.
func arrive(t *testing.T, edition []piece, seed uint64) (map[string]news.Verdict, map[string]string) {
	r, random := newNewsroom(t), rand.New(rand.NewPCG(seed, 3))
	for _, i := range random.Perm(len(edition)) {
		s := &edition[i]
		if s.before != "" && random.IntN(3) > 0 { // the page is seen before it changes
			r.read(s, s.before)
			if random.IntN(2) == 0 {
				r.settled()
			}
		}
		r.read(s, s.text)
		if random.IntN(8) == 0 {
			r.settled()
		}
	}
	if random.IntN(2) == 0 {
		r.settled()
	}
	r.say(dedupe.SayKeep, "https://south.example/a/1", "")
	r.say(dedupe.SayDistinct, "https://wire.example/a/3", "https://east.example/a/3")
	r.say(dedupe.SaySame, "https://staff.example/day/0", "https://staff.example/day/1")
	return r.settled()
}

// Whatever the order in which stories come, and however often is settled on the
// way, the verdicts and the files are the same in the end.
func TestVerdictsDoNotDependOnArrival(t *testing.T) {
	edition := newPress(1).edition()
	var verdicts map[string]news.Verdict
	var files map[string]string
	for seed := range uint64(4) {
		v, f := arrive(t, edition, seed)
		if seed == 0 {
			verdicts, files = v, f
			continue
		}
		for url := range verdicts {
			if v[url] != verdicts[url] {
				t.Errorf("order %d: %s\ngot  %+v\nwant %+v", seed, url, v[url], verdicts[url])
			}
		}
		if len(v) != len(verdicts) || !maps.Equal(f, files) {
			t.Errorf("order %d: %d stories in %d files, want %d in %d", seed, len(v), len(f), len(verdicts), len(files))
		}
	}
	kept := 0
	for _, v := range verdicts {
		if v.DuplicateOf == "" {
			kept++
		}
	}
	if len(verdicts) != len(edition) || kept != len(files) {
		t.Errorf("%d stories of %d, %d of them kept in %d files", len(verdicts), len(edition), kept, len(files))
	}
	for _, c := range []struct{ name, url, of, rule string }{
		{"the fullest stays", "https://east.example/a/0", "", ""},
		{"the original", "https://wire.example/a/0", "https://east.example/a/0", "*"},
		{"a cut", "https://south.example/a/0", "https://east.example/a/0", "*"},
		{"moved within the outlet", "https://wire.example/a/0-moved", "https://east.example/a/0", "*"},
		{"a page that changed", "https://west.example/a/0", "https://east.example/a/0", "*"},
		{"the cut that a person keeps", "https://south.example/a/1", "", dedupe.RuleUndropped},
		{"what a person calls distinct", "https://wire.example/a/3", "", dedupe.RulePinnedDistinct},
		{"a day of the series", "https://staff.example/day/2", "", ""},
		{"another day of it", "https://staff.example/day/3", "", ""},
		{"a separate story", "https://north.example/own", "", ""},
	} {
		v := verdicts[c.url]
		if of := c.of; of != "" && v.DuplicateOf != stories.NewID(of) || of == "" && v.DuplicateOf != "" {
			t.Errorf("%s: %+v", c.name, v)
		}
		if c.rule != "*" && v.Rule != c.rule {
			t.Errorf("%s: rule %q, want %q", c.name, v.Rule, c.rule)
		}
	}
	if a, b := verdicts["https://staff.example/day/0"], verdicts["https://staff.example/day/1"]; (a.Rule == dedupe.RulePinnedSame) == (b.Rule == dedupe.RulePinnedSame) {
		t.Errorf("what a person calls the same: %+v and %+v", a, b)
	}
}

// The same page with another text is a revision; another page of the outlet with
// the text is a copy, and the fullest, then the latest stays.
func TestUpdates(t *testing.T) {
	p := newPress(2)
	text := strings.Join(p.paragraphs(5), "\n\n")
	longer := text + "\n\n" + strings.Join(p.paragraphs(1), "")
	r := newNewsroom(t)
	first := &piece{host: "wire.example", path: "/a", date: "2026-03-02"}
	moved := &piece{host: "wire.example", path: "/moved", date: "2026-03-05"}
	r.read(first, text)
	if v, files := r.settled(); v[first.url()].DuplicateOf != "" || len(files) != 1 {
		t.Fatalf("alone: %+v, %d files", v, len(files))
	}
	r.read(first, longer)
	_, files := r.settled()
	d, err := r.Store.Stories.Get(t.Context(), first.url())
	r.ok(err)
	revisions, err := r.Store.Stories.Revisions(t.Context(), d.Story.ID)
	r.ok(err)
	if d.Rev != 2 || len(revisions) != 1 || revisions[0].Story.Text() != text || len(files) != 1 {
		t.Errorf("a changed page: revision %d, %d earlier, %d files", d.Rev, len(revisions), len(files))
	}
	for _, body := range files {
		if !strings.Contains(body, longer) {
			t.Errorf("the file still holds the old text")
		}
	}
	for _, step := range []struct {
		name, text  string
		stays, goes *piece
	}{
		{"a shorter one is a copy", text, first, moved},
		{"a later one as full takes its place", longer, moved, first},
	} {
		r.read(moved, step.text)
		v, files := r.settled()
		if v[step.stays.url()].DuplicateOf != "" || v[step.goes.url()].DuplicateOf != stories.NewID(step.stays.url()) || len(files) != 1 {
			t.Errorf("%s: %+v, %d files", step.name, v, len(files))
		}
	}
}

// BenchmarkSettle settles 200 stories of four sites.
func BenchmarkSettle(b *testing.B) {
	const stories = 200
	for b.Loop() {
		b.StopTimer()
		p, r := newPress(4), newNewsroom(b)
		for i := range stories {
			s := &piece{host: fmt.Sprintf("paper%d.example", i%4), path: fmt.Sprint("/s/", i), date: "2026-03-02"}
			r.read(s, strings.Join(p.paragraphs(8), "\n\n"))
		}
		b.StartTimer()
		_, err := r.Settle(b.Context())
		r.ok(err)
	}
	b.ReportMetric(float64(stories)*float64(b.N)/b.Elapsed().Seconds(), "stories/s")
}
