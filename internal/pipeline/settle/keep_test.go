package settle

import (
	"strings"
	"testing"

	"winnow/dedupe"
	"winnow/internal/store/stories"
)

// TestWhichCopyStaysOverRuns brings the copies of one story on different days. A
// better one takes the place of the kept one, by each setting; the IDs stay, each
// copy points at the story that is kept, and there is one file all the time.
func TestWhichCopyStaysOverRuns(t *testing.T) {
	p := newPress(4)
	whole := p.paragraphs(6)
	first, fullest, ranked := &piece{host: "coast.example", path: "/s", date: "2026-03-02"}, &piece{host: "wire.example", path: "/s", date: "2026-03-04"}, &piece{host: "own.example", path: "/s", date: "2026-03-05"}
	texts := map[*piece]string{
		first:   strings.Join(whole[:5], "\n\n"),
		fullest: strings.Join(whole, "\n\n"),
		ranked:  strings.Join(whole[:5], "\n\n") + "\n\nBy our own staff.",
	}
	for _, c := range []struct {
		name  string
		o     dedupe.Options
		order []*piece
		kept  []*piece // after each day
	}{
		{"fullest", dedupe.Options{Keep: dedupe.KeepFullest}, []*piece{first, ranked, fullest}, []*piece{first, ranked, fullest}},
		{"first", dedupe.Options{Keep: dedupe.KeepFirst}, []*piece{ranked, fullest, first}, []*piece{ranked, fullest, first}},
		{"first, and it stays", dedupe.Options{Keep: dedupe.KeepFirst}, []*piece{first, ranked, fullest}, []*piece{first, first, first}},
		{"ranked", dedupe.Options{Keep: dedupe.KeepRanked, Sources: []string{"own.example", "coast.example"}}, []*piece{fullest, first, ranked}, []*piece{fullest, first, ranked}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newNewsroom(t)
			var err error
			r.Checker, err = dedupe.New(c.o)
			r.ok(err)
			for day, s := range c.order {
				r.read(s, texts[s])
				verdicts, files := r.settled()
				kept := c.kept[day]
				for _, other := range c.order[:day+1] {
					v, ok := verdicts[other.url()]
					want := stories.NewID(kept.url())
					if other == kept {
						want = ""
					}
					if !ok || v.ID != stories.NewID(other.url()) || v.DuplicateOf != want || want != "" && (v.Rule == "" || v.Relation == "" || v.CopiedShare == 0) {
						t.Errorf("day %d: %s: %+v, want a copy of %q", day+1, other.host, v, want)
					}
				}
				if len(files) != 1 {
					t.Errorf("day %d: %d files", day+1, len(files))
				}
				for path, body := range files {
					if !strings.HasPrefix(path, "/"+kept.host+"/") || !strings.Contains(path, stories.NewID(kept.url())) || !strings.Contains(body, texts[kept]) {
						t.Errorf("day %d: the file is %s", day+1, path)
					}
				}
			}
		})
	}
}

// TestKeepIsChanged: another setting judges the stories that are in.
func TestKeepIsChanged(t *testing.T) {
	p := newPress(5)
	text := p.paragraphs(6)
	short, long := &piece{host: "coast.example", path: "/s", date: "2026-03-02"}, &piece{host: "wire.example", path: "/s", date: "2026-03-04"}
	r := newNewsroom(t)
	r.read(short, strings.Join(text[:5], "\n\n"))
	r.read(long, strings.Join(text, "\n\n"))
	for _, c := range []struct {
		keep string
		kept *piece
	}{{dedupe.KeepFullest, long}, {dedupe.KeepFirst, short}, {dedupe.KeepFullest, long}} {
		var err error
		r.Checker, err = dedupe.New(dedupe.Options{Keep: c.keep})
		r.ok(err)
		r.Options.JudgeSettings = "keep: " + c.keep
		verdicts, files := r.settled()
		if verdicts[c.kept.url()].DuplicateOf != "" || len(files) != 1 {
			t.Errorf("%s: %+v, %d files", c.keep, verdicts, len(files))
		}
	}
}
