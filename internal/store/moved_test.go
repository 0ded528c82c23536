package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// TestStoryMovedMeanwhile: on PostgreSQL another transaction may give a story
// another ID while its page is being written. The new text is not lost then.
func TestStoryMovedMeanwhile(t *testing.T) {
	whileMoving(t, func(ctx context.Context, s *store.Store) {
		if err := readOne(ctx, s, movedPage, "two", crashDay.Add(2*time.Hour)); err != nil {
			t.Error(err)
		}
	}, func(ctx context.Context, s *store.Store) {
		after, err := s.Stories.Get(ctx, movedPage)
		if err != nil {
			t.Fatal(err)
		}
		if got := after.Story.Text(); got != "two" || after.Story.ID != "moved" && after.Story.ID != stories.NewID(movedPage) {
			t.Errorf("the story %s says %q", after.Story.ID, got)
		}
	})
}

// TestForgetStoryMovedMeanwhile: the same while the story is being forgotten. It
// is gone then, whatever its ID was.
func TestForgetStoryMovedMeanwhile(t *testing.T) {
	var gone store.Forgotten
	whileMoving(t, func(ctx context.Context, s *store.Store) {
		var err error
		if gone, err = s.Forget(ctx, movedPage, crashDay.Add(2*time.Hour)); err != nil {
			t.Error(err)
		}
	}, func(ctx context.Context, s *store.Store) {
		left, err := s.Stories.List(ctx, "", 10)
		if err != nil || len(left) > 0 {
			t.Errorf("%d stories are left (%v)", len(left), err)
		}
		if gone.ID != "moved" {
			t.Errorf("the story %s was forgotten", gone.ID)
		}
	})
}

const movedPage = "https://gazette.example/bridge"

// whileMoving reads a page on PostgreSQL and does something that has to wait for a
// transaction which gives the page's story the ID "moved".
func whileMoving(t *testing.T, do, then func(context.Context, *store.Store)) {
	for _, db := range databases()[1:] {
		ctx := t.Context()
		dsn := db.fresh(t)
		s, err := store.Open(ctx, dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		other, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if err := readOne(ctx, s, movedPage, "one", crashDay.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		moving, err := other.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer moving.Rollback()
		if _, err := moving.Exec("UPDATE story SET id = 'moved' WHERE page_url = $1", movedPage); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			do(ctx, s)
		}()
		for waiting := 0; waiting == 0; time.Sleep(time.Millisecond) {
			select {
			case <-done:
				t.Fatal("it did not wait for the other transaction")
			default:
			}
			if err := other.QueryRow("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))", backend(t, moving)).Scan(&waiting); err != nil {
				t.Fatal(err)
			}
		}
		if err := moving.Commit(); err != nil {
			t.Fatal(err)
		}
		<-done
		then(ctx, s)
	}
}

// backend is the process that serves a transaction.
func backend(t *testing.T, tx *sql.Tx) (pid int) {
	t.Helper()
	if err := tx.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// readOne reads a page in a separate run.
func readOne(ctx context.Context, s *store.Store, page, text string, now time.Time) error {
	run, err := s.BeginRun(ctx, store.RunSpec{Source: "gazette", Recheck: true, Seeds: []schedule.Link{
		{URL: page, Host: "gazette.example", Source: "gazette", Kind: schedule.Article}}}, now)
	if err != nil {
		return err
	}
	for {
		task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
		if err != nil {
			return err
		}
		o := schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: now}}
		if task.Kind != schedule.Robots {
			o = schedule.Outcome{State: schedule.Done, Status: 200, At: now, BodySHA: text, Story: &schedule.Found{
				Aliases: []string{page}, Story: news.Story{URL: page, Kind: news.KindStory, Blocks: []news.Block{{Kind: news.Paragraph, Text: text}}}}}
		}
		if err := s.Finish(ctx, task, o); err != nil {
			return err
		}
		if task.Kind != schedule.Robots {
			return s.EndRun(ctx, run.ID, now, "")
		}
	}
}
