package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"winnow/internal/pgtest"
	"winnow/internal/store/storetest"
)

var (
	cluster *pgtest.Cluster
	noPG    error
	schemas atomic.Int64
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv("WINNOW_TEST_CRASH"); dsn != "" {
		os.Exit(workUntilKilled(dsn))
	}
	if pgtest.LeftOut() == "" {
		cluster, noPG = pgtest.Start()
	}
	code := m.Run()
	if cluster != nil {
		cluster.Stop()
	}
	os.Exit(code)
}

// database makes empty states of one kind.
type database struct {
	name  string
	fresh func(testing.TB) string // a DSN
}

// databases are the kinds to be tested.
func databases() []database {
	list := []database{{"sqlite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "state", "winnow.db") }}}
	if pgtest.LeftOut() != "" {
		return list
	}
	return append(list, database{"postgres", func(t testing.TB) string {
		if noPG != nil {
			t.Fatal(noPG)
		}
		name := strings.ToLower(t.Name())
		return cluster.URL(fmt.Sprintf("%.20s_%d", filepath.Base(name), schemas.Add(1)))
	}})
}

func TestContract(t *testing.T) {
	for _, db := range databases() {
		t.Run(db.name, func(t *testing.T) { storetest.Run(t, db.fresh) })
	}
}
