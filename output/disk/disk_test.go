package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestExplain(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	_, noRoom := full.WriteString("x")
	_, missing := os.Open(filepath.Join(t.TempDir(), "none"))
	for _, test := range []struct {
		name string
		err  error
		is   error
		want string
	}{
		{"full disk", noRoom, syscall.ENOSPC, "write /corpus/a.txt: no space left on device; free some space"},
		{"missing file", missing, fs.ErrNotExist, "write /corpus/a.txt: no such file or directory"},
		{"rename", &os.LinkError{Op: "rename", Old: "/a", New: "/b", Err: syscall.EXDEV}, syscall.EXDEV, "write /corpus/a.txt: invalid cross-device link; the folder must be on one file system"},
		{"read-only", syscall.EROFS, syscall.EROFS, "write /corpus/a.txt: read-only file system; the file system is mounted read-only"},
		{"explained before", Explain("sync", "/corpus", syscall.EIO), syscall.EIO, "sync /corpus: input/output error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Explain("write", "/corpus/a.txt", test.err)
			if !errors.Is(err, test.is) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %q, want %q", err, test.want)
			}
		})
	}
	if err := Explain("write", "/corpus", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

func TestMkdirAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b", "c")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := MkdirAll(dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := MkdirAll(filepath.Join(file, "d")); !errors.Is(err, syscall.ENOTDIR) || !strings.Contains(err.Error(), file+":") {
		t.Errorf("below a file: %v", err)
	}
}
