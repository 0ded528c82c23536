package settle

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFileIsWrittenWhenTheCacheIsCleared: a settlement of this process that lost
// its lease may clear the cache of texts while another writes files.
func TestFileIsWrittenWhenTheCacheIsCleared(t *testing.T) {
	r := newNewsroom(t)
	s := &piece{host: "coast.example", path: "/s", date: "2026-03-02"}
	r.read(s, "High water was at nine this morning, and at half past nine this evening.")
	lease, err := r.lease(t.Context(), true)
	r.ok(err)
	r.ok(r.reconcile(t.Context(), lease, &Result{}))
	tasks, err := r.Store.Stories.Outbox(t.Context(), batchSize, false)
	r.ok(err)
	if len(tasks) != 1 || r.texts.of(tasks[0].SHA) == nil {
		t.Fatalf("%d files are to be written", len(tasks))
	}
	from, err := r.gather(t.Context(), tasks)
	r.ok(err)
	r.texts.clear()
	if _, err := r.writeFile(t.Context(), tasks[0], from); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "corpus", tasks[0].Path)); err != nil {
		t.Error(err)
	}
}
