package store

import (
	"path/filepath"
	"testing"

	"winnow/internal/store/database/plantest"
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
		plantest.Case{Name: "next batch", Query: selectNext, Want: "SEARCH u USING INDEX url_waiting (source=? AND kind<?)"},
		plantest.Case{Name: "moment of the next batch", Query: selectNextAt, Want: "SEARCH u USING INDEX url_source (source=? AND state=? AND kind<?)"},
		plantest.Case{Name: "names asked unconditionally", Query: namesUnconditionally, Want: "SEARCH url USING COVERING INDEX sqlite_autoindex_url_1 (url=?)"},
		plantest.Case{Name: "ready", Query: setHostReady, Want: "SEARCH u USING COVERING INDEX url_due (lane=?)"},
	)
}
