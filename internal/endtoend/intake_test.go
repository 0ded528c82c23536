package endtoend

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func archiveOf(s *site) string { return filepath.Join(s.dir, "corpus", "warc") }

// The archive of one corpus makes the same corpus again, without a request,
// also when it is killed again and again on the way. A corpus that lost its
// state gets it back from its own archive, which does not grow.
func TestArchiveMakesTheSameCorpusWithoutNetwork(t *testing.T) {
	want := undisturbed(t)
	for _, c := range []struct {
		name    string
		workers int
		kills   int
	}{{"undisturbed", 1, 0}, {"side by side", 8, 0}, {"killed", 4, 12}} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, c.workers, "")
			kills := 0
			for kills < c.kills && killAfter(t, s.command("backfill", archiveOf(want)), time.Duration(60+30*kills)*time.Millisecond) {
				kills++
			}
			if kills == 0 && c.kills > 0 {
				t.Error("never killed: the work is too quick for this test to tell anything")
			}
			s.run(t, "backfill", archiveOf(want))
			same(t, c.name, want, s)
			if asked := s.web.Requests(); len(asked) > 0 {
				t.Errorf("%d requests were made, the first for %s%s", len(asked), asked[0].Site, asked[0].Path)
			}
		})
	}
	t.Run("lost state", func(t *testing.T) {
		want := undisturbedCopy(t)
		texts, before := want.texts(t), sizes(t, archiveOf(want))
		for _, dir := range []string{"state", "corpus/text"} {
			if err := os.RemoveAll(filepath.Join(want.dir, dir)); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // the second time there is nothing to do
			want.run(t, "backfill", archiveOf(want))
			if diff := cmp.Diff(texts, want.texts(t)); diff != "" {
				t.Errorf("text files (- before the loss, + after):\n%s", diff)
			}
			if after := sizes(t, archiveOf(want)); after != before {
				t.Errorf("the archive has %d bytes, it had %d", after, before)
			}
		}
	})
}

// killAfter runs a command and kills it after a while; false says that it came
// to its end before.
func killAfter(t *testing.T, c *exec.Cmd, after time.Duration) bool {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	err := c.Wait()
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	return false
}

// sizes sums the files of a folder.
func sizes(t *testing.T, dir string) (sum int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	return sum
}
