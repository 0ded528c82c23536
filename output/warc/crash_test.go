package warc

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"winnow/output/disk"
)

// TestMain runs the tests, or the part of a test that a child process does.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("WINNOW_TEST_DIR"); os.Getenv("WINNOW_TEST_CHILD") {
	case "writer":
		os.Exit(childWriter(dir))
	case "eraser":
		os.Exit(childEraser(dir))
	case "limited":
		os.Exit(childLimited(dir))
	}
	os.Exit(m.Run())
}

func child(t *testing.T, what, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "WINNOW_TEST_CHILD="+what, "WINNOW_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

// noise returns a body that does not compress.
func noise(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return string(b)
}

// childWriter appends until it is killed, and prints each page that is on disk.
func childWriter(dir string) int {
	w, err := NewWriter(Options{Dir: dir, MaxFile: 200_000})
	if err != nil {
		return 1
	}
	for i := uint64(0); ; i++ {
		e := page(fmt.Sprintf("https://a.example/%d", i), noise(i, 20_000))
		name, offset, err := w.Append(&e)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Printf("%d %s %d\n", i, name, offset)
	}
}

// TestKilled kills writers at random moments: the pages that they printed are
// there, and all that is there is complete.
func TestKilled(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 8 {
		dir := t.TempDir()
		cmd := child(t, "writer", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		printed := bufio.NewScanner(out)
		kill := 1 + rng.IntN(25)
		var lines []string
		for printed.Scan() {
			if lines = append(lines, printed.Text()); len(lines) == kill {
				time.Sleep(time.Duration(rng.IntN(3000)) * time.Microsecond)
				cmd.Process.Kill()
			}
		}
		cmd.Wait()
		if len(lines) < kill {
			t.Fatalf("round %d: the writer ended by itself after %d pages", round, len(lines))
		}
		for _, line := range lines {
			var i uint64
			var name string
			var offset int64
			if _, err := fmt.Sscan(line, &i, &name, &offset); err != nil {
				continue // the pipe tore the last line
			}
			e, err := ReadAt(dir, name, offset, 0)
			if err != nil || string(e.Body) != noise(i, 20_000) {
				t.Errorf("round %d: page %d is lost: %v", round, i, err)
			}
		}
		checkFiles(t, dir)
	}
}

// checkFiles reads all that is in the folder: only the end of a file may be torn.
func checkFiles(t *testing.T, dir string) (pages int) {
	t.Helper()
	files, err := archiveFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := os.Open(filepath.Join(dir, file.name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		torn := false
		for e, err := range Entries(f, 0) {
			var i uint64
			switch {
			case torn:
				t.Errorf("%s: more behind the torn end", file.name)
			case errors.Is(err, ErrTorn):
				torn = true
			case err != nil:
				t.Errorf("%s: %v", file.name, err)
			default:
				pages++
				if _, err := fmt.Sscanf(e.URL, "https://a.example/%d", &i); err != nil || string(e.Body) != noise(i, len(e.Body)) {
					t.Errorf("%s: %s is not as it was written", file.name, e.URL)
				}
			}
		}
	}
	return pages
}

// childLimited appends under a limit on file sizes, then without.
func childLimited(dir string) int {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{}
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return 1
	}
	soft := limit.Cur
	limit.Cur = 50_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return 1
	}
	w, err := NewWriter(Options{Dir: dir})
	if err != nil {
		return 1
	}
	for i := uint64(0); i < 6; i++ {
		if i == 4 { // two pages fit, two do not
			limit.Cur = soft
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
				return 1
			}
		}
		e := page(fmt.Sprintf("https://a.example/%d", i), noise(i, 20_000))
		_, _, err := w.Append(&e)
		var fault *disk.Fault
		fmt.Println(i, err == nil, errors.As(err, &fault) && errors.Is(err, syscall.EFBIG) && strings.Contains(err.Error(), dir) && strings.Contains(err.Error(), "ulimit"))
	}
	return 0
}

// TestNoRoom: when the disk is full in the middle of a page, the error names the
// file and says what to do, and the file continues after the last complete page.
func TestNoRoom(t *testing.T) {
	dir := t.TempDir()
	out, err := child(t, "limited", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	const want = "0 true false\n1 true false\n2 false true\n3 false true\n4 true false\n5 true false\n"
	if string(out) != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	if n := checkFiles(t, dir); n != 4 {
		t.Errorf("%d pages, want 4", n)
	}
	if files, _ := archiveFiles(dir); len(files) != 1 {
		t.Errorf("%d files, want 1", len(files))
	}
}

func TestFolderInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warc")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w := newWriter(t, Options{Dir: path})
	e := page("https://a.example/1", "x")
	if _, _, err := w.Append(&e); err == nil || !strings.Contains(err.Error(), path) || !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("error %v", err)
	}
}
