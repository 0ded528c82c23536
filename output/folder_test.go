package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"

	"winnow/output/disk"
)

func openFolder(t testing.TB) *Folder {
	t.Helper()
	f, err := Open(filepath.Join(t.TempDir(), "new", "corpus"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tree lists the files and empty folders below dir, without an empty .tmp.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	all := []string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == "." || rel == ".tmp" {
			return err
		}
		if d.IsDir() {
			if inside, err := os.ReadDir(path); err != nil || len(inside) > 0 {
				return err
			}
			rel += "/"
		}
		all = append(all, rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWriteAndRemove(t *testing.T) {
	f := openFolder(t)
	const a, b = "text/a.example/2024/03/20240305-0a.txt", "text/a.example/undated/0b.txt"
	step := func(name string, want Change, files []string) func(Change, error) {
		return func(got Change, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if diff := cmp.Diff(files, tree(t, f.dir)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
	one := fmt.Sprintf("%x", sha256.Sum256([]byte("one\n")))
	two := fmt.Sprintf("%x", sha256.Sum256([]byte("two\n")))
	step("new", Change{Path: a, SHA256: one, Bytes: 4, Action: Written}, []string{a})(f.WriteText(a, []byte("one\n")))
	step("same", Change{Path: a, SHA256: one, Bytes: 4, Action: Unchanged}, []string{a})(f.WriteText(a, []byte("one\n")))
	step("changed", Change{Path: a, SHA256: two, Bytes: 4, Action: Written}, []string{a})(f.WriteText(a, []byte("two\n")))
	step("another", Change{Path: b, SHA256: one, Bytes: 4, Action: Written}, []string{a, b})(f.WriteText(b, []byte("one\n")))
	if text, err := os.ReadFile(filepath.Join(f.dir, a)); err != nil || string(text) != "two\n" {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(f.dir, a)); err != nil || info.Mode().Perm()&0o444 == 0o400 {
		t.Errorf("mode %v, %v: other tools cannot read it", info.Mode(), err)
	}
	step("remove", Change{Path: a, Action: Removed}, []string{b})(f.Remove(a))
	step("remove again", Change{Path: a, Action: Absent}, []string{b})(f.Remove(a))
	step("remove the last", Change{Path: b, Action: Removed}, []string{})(f.Remove(b))
}

func TestForeignPaths(t *testing.T) {
	f := openFolder(t)
	for _, path := range []string{"", ".", "..", "../a.txt", "/etc/a.txt", "text/../../a.txt", "text/../a.txt", "text//a.txt", "text/", ".tmp/a.txt", "a\x00b"} {
		if _, err := f.WriteText(path, []byte("x")); err == nil {
			t.Errorf("%q was written", path)
		}
		if _, err := f.Remove(path); err == nil {
			t.Errorf("%q was removed", path)
		}
	}
	if files := tree(t, filepath.Dir(f.dir)); !slices.Equal(files, []string{}) && !slices.Equal(files, []string{"corpus/.tmp/"}) {
		t.Errorf("files %q", files)
	}
}

// TestRemoveKeepsLinks: a folder of the user that is linked into the corpus stays.
func TestRemoveKeepsLinks(t *testing.T) {
	f := openFolder(t)
	elsewhere := t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(f.dir, "text")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteText("text/a.example/0a.txt", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Remove("text/a.example/0a.txt"); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(filepath.Join(f.dir, "text")); err != nil || target != elsewhere {
		t.Errorf("the link is %q, %v", target, err)
	}
	if files := tree(t, elsewhere); len(files) > 0 {
		t.Errorf("left: %q", files)
	}
}

func TestOpenSweeps(t *testing.T) {
	f := openFolder(t)
	now := time.Now()
	for name, age := range map[string]time.Duration{"old": 2 * time.Hour, "young": time.Minute} {
		path := filepath.Join(f.tmp, ".0a.txt"+name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(f.dir, now); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".tmp/.0a.txtyoung"}, tree(t, f.dir)); diff != "" {
		t.Error(diff)
	}
}

func records(n int, err error) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for i := range n {
			if !yield(Record{ID: fmt.Sprintf("%032x", i), Text: "text"}, nil) {
				return
			}
		}
		if err != nil {
			yield(Record{}, err)
		}
	}
}

func TestWritePart(t *testing.T) {
	f := openFolder(t)
	first, err := f.WritePart(3, records(1000, nil))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(f.dir, "jsonl/part-00003.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	want := Change{Path: "jsonl/part-00003.jsonl.zst", SHA256: fmt.Sprintf("%x", sha256.Sum256(raw)), Bytes: int64(len(raw)), Action: Written}
	if first != want {
		t.Errorf("got %+v, want %+v", first, want)
	}
	z, err := zstd.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dec := json.NewDecoder(z)
	for i := range 1000 {
		var r Record
		if err := dec.Decode(&r); err != nil || r.ID != fmt.Sprintf("%032x", i) {
			t.Fatalf("record %d is %q, %v", i, r.ID, err)
		}
	}
	if err := dec.Decode(new(Record)); err != io.EOF {
		t.Errorf("behind the records: %v", err)
	}

	broken := errors.New("the store broke")
	if _, err := f.WritePart(3, records(5, broken)); err != broken {
		t.Errorf("error %v, want %v", err, broken)
	}
	if again, err := f.WritePart(3, records(1000, nil)); err != nil || again != first {
		t.Errorf("again: %+v, %v; was %+v", again, err, first)
	}
	if _, err := f.WritePart(-1, records(1, nil)); err == nil {
		t.Error("part -1 was written")
	}
	if gone, err := f.WritePart(3, records(0, nil)); err != nil || gone != (Change{Path: first.Path, Action: Removed}) {
		t.Errorf("empty part: %+v, %v", gone, err)
	}
	if files := tree(t, f.dir); len(files) > 0 {
		t.Errorf("left: %q", files)
	}
}

func TestJSONLines(t *testing.T) {
	var b bytes.Buffer
	broken := errors.New("the store broke")
	n, err := JSONLines(&b, records(2, broken))
	if n != 2 || err != broken || strings.Count(b.String(), "\n") != 2 {
		t.Errorf("%d records, %v: %q", n, err, b.String())
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if _, err := JSONLines(full, records(2, nil)); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("on a full disk: %v", err)
	}
}

// TestRaces writes and removes files in the same folders from many goroutines: the
// last file of each is there.
func TestRaces(t *testing.T) {
	f := openFolder(t)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			path := fmt.Sprintf("text/a.example/2024/03/20240305-%02x.txt", worker)
			for i := range 25 {
				text := fmt.Sprintf("worker %d, turn %d\n", worker, i)
				if _, err := f.WriteText(path, []byte(text)); err != nil {
					t.Error(err)
				}
				if got, err := os.ReadFile(filepath.Join(f.dir, path)); string(got) != text {
					t.Errorf("read %q, %v; want %q", got, err, text)
				}
				if _, err := f.Remove(path); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if files := tree(t, f.dir); len(files) > 0 {
		t.Errorf("left: %q", files)
	}
}

func TestManifest(t *testing.T) {
	f := openFolder(t)
	full := filepath.Join(f.dir, "_manifest", "r1.jsonl")
	one := Change{Path: "text/a.example/undated/0a.txt", ID: "0a", SHA256: "ff", Bytes: 7, Action: Written}
	const line = `{"path":"text/a.example/undated/0a.txt","id":"0a","sha256":"ff","bytes":7,"action":"written"}` + "\n"
	if err := f.AppendManifest("r1"); err != nil {
		t.Fatal(err)
	}
	if files := tree(t, f.dir); len(files) > 0 {
		t.Errorf("no change made %q", files)
	}
	if err := f.AppendManifest("r1", one, one); err != nil {
		t.Fatal(err)
	}
	// A power cut leaves a part of a line, longer than the buffer of the search.
	torn, err := os.OpenFile(full, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := torn.WriteString(`{"path":"` + strings.Repeat("x", 10_000)); err != nil {
		t.Fatal(err)
	}
	torn.Close()
	if err := f.AppendManifest("r1", one); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(full); string(got) != line+line+line {
		t.Errorf("%q, %v", got, err)
	}

	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if err := f.AppendManifest("../r2", one); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := os.ReadFile(filepath.Join(f.dir, ManifestPath("../r2")))
	if string(got) != strings.Repeat(line, 80) {
		t.Errorf("%d bytes, %v; want %d", len(got), err, 80*len(line))
	}
}

func TestCard(t *testing.T) {
	f := openFolder(t)
	full := filepath.Join(f.dir, CardPath)
	write := func(want string, formats ...string) string {
		t.Helper()
		c, err := f.WriteCard(Card{Formats: formats})
		if err != nil || c.Action != want {
			t.Errorf("%+v, %v; want %s", c, err, want)
		}
		text, err := os.ReadFile(full)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	both := write(Written, "txt", "jsonl")
	write(Unchanged, "txt", "jsonl")
	for _, want := range []string{
		"---\npretty_name:", "    path: jsonl/part-*.jsonl.zst\n", "  - name: authors\n    sequence: string\n",
		"  - name: date\n    dtype: date32\n", "  - name: schema_version\n    dtype: string\n---\n", "| `_manifest/<run>.jsonl` |",
	} {
		if !strings.Contains(both, want) {
			t.Errorf("the card lacks %q:\n%s", want, both)
		}
	}
	for _, key := range keys(t) {
		if !strings.Contains(both, "`"+key+"`") {
			t.Errorf("the card does not tell of %s", key)
		}
	}
	text := write(Written, "txt")
	if !strings.Contains(text, "path: text/**/*.txt\n  sample_by: document\n---\n") || strings.Contains(text, "jsonl/") {
		t.Errorf("card of a corpus of text:\n%s", text)
	}
	if err := os.WriteFile(full, []byte("# Mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if mine := write(Unchanged, "jsonl"); mine != "# Mine\n" {
		t.Errorf("the user's card became %q", mine)
	}
}

// asNobody runs do with the rights of an unprivileged user on files.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its rights
		const nobody = 65534
		if err := unix.Setfsuid(nobody); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func TestNotAllowed(t *testing.T) {
	f := openFolder(t)
	if err := os.Chmod(f.tmp, 0o555); err != nil {
		t.Fatal(err)
	}
	for dir := f.dir; dir != filepath.Dir(os.TempDir()) && len(dir) > 1; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o005 == 0 && strings.HasPrefix(dir, os.TempDir()+"/") {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	asNobody(t, func() {
		_, err := f.WriteText("text/a.example/undated/0a.txt", []byte("x"))
		var fault *disk.Fault
		if !errors.As(err, &fault) || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), f.dir+"/text/a.example/undated/0a.txt") || !strings.Contains(err.Error(), "right to write") {
			t.Errorf("error %v", err)
		}
	})
	if files := tree(t, f.dir); len(files) > 0 {
		t.Errorf("left: %q", files)
	}
}

func TestInTheWay(t *testing.T) {
	f := openFolder(t)
	if err := os.WriteFile(filepath.Join(f.dir, "text"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := f.WriteText("text/a.example/0a.txt", []byte("x"))
	if !errors.Is(err, unix.ENOTDIR) || !strings.Contains(err.Error(), filepath.Join(f.dir, "text")+":") {
		t.Errorf("a file in place of a folder: %v", err)
	}
	if _, err := f.Remove("text/a.example/0a.txt"); err != nil {
		t.Errorf("removing below a file: %v", err)
	}
	if _, err := Open(filepath.Join(f.dir, "text"), time.Now()); !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("opening a file: %v", err)
	}
	if _, err := Open("", time.Now()); err == nil {
		t.Error("a corpus without a folder was opened")
	}
}

func BenchmarkWriteText(b *testing.B) {
	f := openFolder(b)
	text := bytes.Repeat([]byte("The ministry said that the unit had arrived.\n"), 80)
	i := 0
	for b.Loop() {
		i++
		if _, err := f.WriteText(fmt.Sprintf("text/a.example/2024/%02d/20240305-%032x.txt", i%12, i), text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteSameText(b *testing.B) {
	f := openFolder(b)
	text := bytes.Repeat([]byte("The ministry said that the unit had arrived.\n"), 80)
	for b.Loop() {
		if _, err := f.WriteText("text/a.example/2024/03/20240305-0a.txt", text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWritePart(b *testing.B) {
	f := openFolder(b)
	for b.Loop() {
		if _, err := f.WritePart(0, records(1000, nil)); err != nil {
			b.Fatal(err)
		}
	}
}
