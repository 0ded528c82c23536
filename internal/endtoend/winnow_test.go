// Package endtoend runs winnow as a process, on the test web, and looks at the
// corpus that it leaves.
package endtoend

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"winnow/internal/cli"
	"winnow/internal/testweb"
)

// asWinnow makes the test binary be winnow.
const asWinnow = "WINNOW_ENDTOEND"

func TestMain(m *testing.M) {
	if os.Getenv(asWinnow) != "" {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	code := m.Run()
	if err := calm.close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// slow leaves a test out with -short. The tests of this package take minutes.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("end to end, left out by -short")
	}
}

// site is a corpus being kept from its own test web.
type site struct {
	web *testweb.Web
	dir string
}

// newSite starts a web and configures a corpus of it; state "" is a SQLite
// file.
func newSite(t *testing.T, workers int, state string) *site {
	t.Helper()
	return newSlowSite(t, workers, state, 0)
}

// newSlowSite is newSite with a web that takes its time for each answer.
func newSlowSite(t *testing.T, workers int, state string, delay time.Duration) *site {
	t.Helper()
	slow(t)
	web, err := testweb.Start(testweb.Options{Names: true, Delay: delay})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := web.Close(); err != nil {
			t.Error(err)
		}
	})
	return newSiteOf(t, web, t.TempDir(), workers, state)
}

// newSiteOf configures a corpus of a web in a folder.
func newSiteOf(t *testing.T, web *testweb.Web, dir string, workers int, state string) *site {
	t.Helper()
	s := &site{web: web, dir: dir}
	if state == "" {
		state = filepath.Join(s.dir, "state", "winnow.db")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "corpus: %q\nstate: %q\nsources:\n", filepath.Join(s.dir, "corpus"), state)
	for _, one := range web.Sites() {
		fmt.Fprintf(&b, "  - {name: %s, site: %q}\n", one.Key, one.URL)
	}
	fmt.Fprintf(&b, "fetch:\n  workers: %d\n  delay: 5ms\n  allow_private: [127.0.0.0/8]\n  resolve:\n", workers)
	for host, address := range web.Resolve() {
		fmt.Fprintf(&b, "    %s: %q\n", host, address)
	}
	if err := os.WriteFile(s.config(), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) config() string { return filepath.Join(s.dir, "config.yaml") }

// command is a winnow process on the site's configuration, not yet started.
func (s *site) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], append([]string{"-q", "-c", s.config()}, args...)...)
	c.Env = append(os.Environ(), asWinnow+"=1")
	c.Dir = s.dir
	return c
}

// run runs winnow to its end and gives its standard output.
func (s *site) run(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c := s.command(args...)
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		t.Fatalf("winnow %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

// texts are the text files of the corpus, by their paths.
func (s *site) texts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := filepath.Join(s.dir, "corpus", "text")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if path == root && errors.Is(err, fs.ErrNotExist) {
			return fs.SkipAll // no text at all
		}
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, errRel := filepath.Rel(root, path)
		out[rel] = string(text)
		if err == nil {
			err = errRel
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// record is a line of the export.
type record map[string]any

func (s *site) records(t *testing.T, args ...string) []record {
	t.Helper()
	var out []record
	for line := range strings.Lines(s.run(t, append([]string{"export", "--format", "jsonl"}, args...)...)) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// lasting are all records without what differs from crawl to crawl.
func (s *site) lasting(t *testing.T) []record {
	t.Helper()
	records := s.records(t, "--all")
	for _, r := range records {
		delete(r, "date_crawled")
		delete(r, "warc_record")
	}
	return records
}

// same compares what two crawls left.
func same(t *testing.T, what string, want, got *site) {
	t.Helper()
	if diff := cmp.Diff(want.texts(t), got.texts(t)); diff != "" {
		t.Errorf("%s: text files differ (- undisturbed, + %s):\n%s", what, what, diff)
	}
	if diff := cmp.Diff(want.lasting(t), got.lasting(t)); diff != "" {
		t.Errorf("%s: records differ (- undisturbed, + %s):\n%s", what, what, diff)
	}
}

// calm is the corpus of [undisturbed], made when the first test wants it.
var calm shared

type shared struct {
	once sync.Once
	*site
}

// undisturbed is a corpus of both days, kept by one worker that nobody disturbs.
// Tests share it: they read it only.
func undisturbed(t *testing.T) *site {
	t.Helper()
	slow(t)
	calm.once.Do(func() {
		dir, err := os.MkdirTemp("", "winnow-undisturbed-")
		if err != nil {
			t.Fatal(err)
		}
		web, err := testweb.Start(testweb.Options{Names: true})
		if err != nil {
			t.Fatal(err)
		}
		calm.site = newSiteOf(t, web, dir, 1, "")
		calm.refreshTwice(t)
	})
	if calm.site == nil {
		t.Fatal("the undisturbed corpus could not be made")
	}
	return calm.site
}

// close ends the web and removes the corpus, if they were made.
func (s *shared) close() error {
	if s.site == nil {
		return nil
	}
	return errors.Join(s.web.Close(), os.RemoveAll(s.dir))
}

// undisturbedCopy is like undisturbed, for a test that changes it.
func undisturbedCopy(t *testing.T) *site {
	t.Helper()
	s := newSite(t, 1, "")
	s.refreshTwice(t)
	return s
}

// refreshTwice makes a pass on each of the two days.
func (s *site) refreshTwice(t *testing.T) {
	t.Helper()
	for day := 1; day <= 2; day++ {
		s.web.SetDay(day)
		s.run(t, "refresh")
	}
	if len(s.texts(t)) < 20 {
		t.Fatalf("the undisturbed crawl left %d text files only", len(s.texts(t)))
	}
}
