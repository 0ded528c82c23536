package store_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// TestLinesOfAnOlderWinnow opens a state that has the places of lines to be cut beside
// the records: the texts stay without them, and that is no revision.
func TestLinesOfAnOlderWinnow(t *testing.T) {
	for _, db := range databases() {
		t.Run(db.name, func(t *testing.T) {
			ctx, dsn, now := context.Background(), db.fresh(t), time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			open := func() *store.Store {
				t.Helper()
				s, err := store.Open(ctx, dsn, store.Options{})
				ok(err)
				return s
			}
			var story news.Story
			for _, text := range []string{"Follow us", "The ferry runs again.", "We print on Fridays."} {
				story.Blocks = append(story.Blocks, news.Block{Kind: news.Paragraph, Text: text})
			}
			link := schedule.Link{URL: "https://gazette.example/a", Host: "gazette.example", Source: "gazette", Kind: schedule.Article}
			story.URL, story.Kind, story.Source = link.URL, news.KindStory, "gazette"
			read := func(s *store.Store) {
				t.Helper()
				now = now.Add(48 * time.Hour)
				run, err := s.BeginRun(ctx, store.RunSpec{Source: "gazette", Seeds: []schedule.Link{link}, Recheck: true}, now)
				ok(err)
				for done := false; !done; {
					task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
					ok(err)
					o := schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: now}}
					if done = task.Kind != schedule.Robots; done {
						found := &schedule.Found{Story: story, Aliases: []string{link.URL}, Prints: []uint64{1}}
						o = schedule.Outcome{State: schedule.Done, Status: 200, At: now, BodySHA: "00", Story: found}
					}
					ok(s.Finish(ctx, task, o))
				}
				ok(s.EndRun(ctx, run.ID, now, ""))
			}
			s := open()
			read(s)
			ok(s.Close())

			driver := map[string]string{"sqlite": "sqlite", "postgres": "pgx"}[db.name]
			raw, err := sql.Open(driver, dsn)
			ok(err)
			for _, statement := range []string{
				"ALTER TABLE story DROP COLUMN record_sha",
				"ALTER TABLE story ADD COLUMN house TEXT NOT NULL DEFAULT ''",
				"UPDATE story SET house = '0,2', dirty = 0, alone_sha = ''",
				"CREATE TABLE house (line BIGINT PRIMARY KEY, site TEXT NOT NULL, stale SMALLINT NOT NULL DEFAULT 0)",
				"ALTER TABLE url DROP COLUMN looks",
				"ALTER TABLE url DROP COLUMN certainty",
				"ALTER TABLE run DROP COLUMN lists",
				"DELETE FROM goose_db_version WHERE version_id >= 6",
			} {
				_, err := raw.Exec(statement)
				ok(err)
			}
			ok(raw.Close())

			s = open()
			defer s.Close()
			d, err := s.Stories.Get(ctx, link.URL)
			ok(err)
			removed := slices.ContainsFunc(d.Story.Removals, func(r news.Removal) bool {
				return r.Rule == news.HouseRule && r.Why != "" && r.Text == "We print on Fridays."
			})
			if d.Story.Text() != "The ferry runs again." || !removed || d.Rev != 1 || !d.Reclean || !d.Judge {
				t.Errorf("text %q, removals %v, revision %d, to be cleaned again: %v", d.Story.Text(), d.Story.Removals, d.Rev, d.Reclean)
			}
			read(s)
			d, err = s.Stories.Get(ctx, link.URL)
			ok(err)
			if d.Rev != 1 {
				t.Errorf("the same page read again makes revision %d", d.Rev)
			}
		})
	}
}
