package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/database/plantest"
	"winnow/schedule"
)

// No statement of a claim may read all that is pending, nor sort it.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	plantest.Check(t, s.db,
		plantest.Case{Name: "first URL", Query: selectFirst, Want: "SEARCH url USING INDEX url_order (lane=?)"},
		plantest.Case{Name: "free host", Query: selectFree(1), Want: "SEARCH l USING COVERING INDEX lane_ready (queue=? AND ready<?)"},
		plantest.Case{Name: "leased hosts", Query: leasedHosts, Want: "SCAN host USING INDEX host_leased"},
		plantest.Case{Name: "runs without a batch", Query: selectIdle(2), Want: "SEARCH l USING COVERING INDEX lane_ready (queue=? AND ready<?)"},
		plantest.Case{Name: "next batch", Query: selectNext, Want: "SEARCH u USING INDEX url_waiting (source=? AND kind>? AND kind<?)"},
		plantest.Case{Name: "moment of the next batch", Query: selectNextAt, Want: "SEARCH u USING INDEX url_source (source=? AND state=? AND kind>? AND kind<?)"},
		plantest.Case{Name: "names asked unconditionally", Query: namesUnconditionally, Want: "SEARCH url USING COVERING INDEX sqlite_autoindex_url_1 (url=?)"},
	)
}

// When the runs cannot all be read, no batch is filled for those that could.
func TestDamagedRunsFillNoBatch(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	s, err := Open(ctx, filepath.Join(t.TempDir(), "winnow.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var runs []schedule.Run
	for _, source := range []string{"gazette", "herald"} {
		seed := schedule.Link{URL: "https://" + source + ".example/", Host: source + ".example", Source: source, Kind: schedule.Section}
		run, err := s.BeginRun(ctx, RunSpec{Source: source, Seeds: []schedule.Link{seed}}, now)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	err = s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := t.Exec(ctx, "UPDATE run SET draw_at = 'damaged' WHERE id = $1", runs[1].ID); err != nil {
			return err
		}
		_, err := t.Exec(ctx, "UPDATE url SET depth = 'damaged' WHERE source = 'gazette'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(ctx, schedule.Filter{Runs: runs}, now); err == nil || !strings.Contains(err.Error(), "draw_at") {
		t.Errorf("got %v, want the error of reading the runs", err)
	}
}
