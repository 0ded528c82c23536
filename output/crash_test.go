package output

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"winnow/output/disk"
)

// TestMain runs the tests, or the part of a test that a child process does.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("WINNOW_TEST_DIR"); os.Getenv("WINNOW_TEST_CHILD") {
	case "writer":
		os.Exit(childWriter(dir))
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

// sealed returns a text whose first line is the hash of the rest.
func sealed(i int) []byte {
	body := strings.Repeat(fmt.Sprintf("line of text %d\n", i), 1+i%5000)
	return fmt.Appendf(nil, "%x\n%s", sha256.Sum256([]byte(body)), body)
}

func isWhole(text []byte) bool {
	head, body, _ := bytes.Cut(text, []byte("\n"))
	return string(head) == fmt.Sprintf("%x", sha256.Sum256(body))
}

// childWriter writes, replaces and removes texts and parts until it is killed.
func childWriter(dir string) int {
	f, err := Open(dir, time.Now())
	for i := 0; err == nil; i++ {
		path := fmt.Sprintf("text/a.example/2024/%02d/20240305-%02x.txt", i%3, i%7)
		if i%4 == 3 {
			_, err = f.Remove(path)
		} else {
			_, err = f.WriteText(path, sealed(i*37))
		}
		if err == nil && i%5 == 0 {
			_, err = f.WritePart(int64(i%2), records(1+i%3000, nil))
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// modified returns when one of the text files of childWriter was last written.
func modified(dir string) (last time.Time) {
	files, _ := filepath.Glob(filepath.Join(dir, "text", "a.example", "2024", "*", "*.txt"))
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// TestKilled kills writers, two at a time in one folder, at random moments:
// every file that readers look for is whole.
func TestKilled(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	dir := filepath.Join(t.TempDir(), "corpus")
	seen := 0
	for round := range 12 {
		var both []*exec.Cmd
		for range 2 {
			cmd := child(t, "writer", dir)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			both = append(both, cmd)
		}
		if round%2 == 0 { // the others are killed at any moment, also before they have begun
			wrote := modified(dir)
			for deadline := time.Now().Add(time.Minute); !modified(dir).After(wrote); time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the writers wrote nothing in a minute")
				}
			}
		}
		time.Sleep(time.Duration(rng.IntN(120)) * time.Millisecond)
		for _, cmd := range both {
			cmd.Process.Kill()
			cmd.Wait()
		}
		seen += checkWhole(t, dir)
	}
	if seen == 0 {
		t.Error("the writers wrote nothing")
	}
	if _, err := Open(dir, time.Now().Add(2*leftoverAge)); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, ".tmp")); err != nil || len(left) > 0 {
		t.Errorf("unfinished files are left: %v, %v", left, err)
	}
}

// checkWhole checks that the files of a corpus are complete and returns how many
// there are.
func checkWhole(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(path, ".txt"):
			n++
			if !isWhole(data) {
				t.Errorf("%s is torn", path)
			}
		case strings.HasSuffix(path, ".zst"):
			n++
			z, err := zstd.NewReader(bytes.NewReader(data))
			if err != nil {
				return err
			}
			defer z.Close()
			if text, err := io.ReadAll(z); err != nil || !bytes.HasSuffix(text, []byte("}\n")) {
				t.Errorf("%s is torn: %v", path, err)
			}
		case filepath.Dir(path) != filepath.Join(dir, ".tmp"):
			t.Errorf("what is %s?", path)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return n
}

// childLimited tries to replace files by ones beyond the limit on file sizes.
func childLimited(dir string) int {
	signal.Ignore(syscall.SIGXFSZ)
	f, err := Open(dir, time.Now())
	if err != nil {
		return 1
	}
	small, large := sealed(1), sealed(4999)
	if _, err := f.WriteText("text/a.txt", small); err != nil {
		return 1
	}
	if _, err := f.WritePart(0, records(3, nil)); err != nil {
		return 1
	}
	if err := f.AppendManifest("r", Change{Path: "text/a.txt"}); err != nil {
		return 1
	}
	limit := syscall.Rlimit{Cur: 3000, Max: 3000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return 1
	}
	tell := func(what string, err error) {
		var fault *disk.Fault
		named := errors.As(err, &fault) && strings.Contains(err.Error(), dir)
		fmt.Println(what, named && errors.Is(err, syscall.EFBIG) && strings.Contains(err.Error(), "ulimit"))
	}
	_, err = f.WriteText("text/a.txt", large)
	tell("text", err)
	_, err = f.WritePart(0, records(100_000, nil))
	tell("part", err)
	tell("manifest", f.AppendManifest("r", Change{Path: strings.Repeat("x", 4000)}))
	return 0
}

// TestNoRoom: when the disk is full in the middle of a file, the error names it and
// says what to do, the old file stays, and nothing is left over.
func TestNoRoom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus")
	out, err := child(t, "limited", dir).Output()
	if err != nil || string(out) != "text true\npart true\nmanifest true\n" {
		t.Errorf("%v, the child said\n%s", err, out)
	}
	os.Remove(filepath.Join(dir, ".tmp")) // succeeds when it is empty
	want := []string{"_manifest/r.jsonl", "jsonl/part-00000.jsonl.zst", "text/a.txt"}
	if files := tree(t, dir); strings.Join(files, " ") != strings.Join(want, " ") {
		t.Errorf("files %q", files)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "text/a.txt")); err != nil || !bytes.Equal(text, sealed(1)) {
		t.Errorf("the old text became %.40q, %v", text, err)
	}
	if lines, err := os.ReadFile(filepath.Join(dir, "_manifest/r.jsonl")); err != nil || bytes.Count(lines, []byte("\n")) != 1 || !bytes.HasSuffix(lines, []byte("\n")) {
		t.Errorf("the manifest became %.80q, %v", lines, err)
	}
}
