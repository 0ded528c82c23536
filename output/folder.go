package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
	"github.com/klauspost/compress/zstd"

	"winnow/output/disk"
)

// Folder is a corpus on disk. Files appear and change in one step, so that a
// reader never sees a part of one. When a method returns, its changes survive a
// power cut, but for the names of files by WriteText: those do when Sync returns.
// A Folder is safe for concurrent use, also by several processes on one folder.
//
// Files are written in its subfolder .tmp and moved into place.
type Folder struct {
	dir string
	tmp string

	mu       sync.Mutex
	unsynced map[string]bool // folders whose names may not be on disk
}

// Actions of a Change.
const (
	Written   = "written"   // new, or changed
	Unchanged = "unchanged" // the file has these bytes already
	Removed   = "removed"
	Absent    = "absent" // there was no file to remove
)

// Change is what was done to a file: a line of the run's manifest.
type Change struct {
	Path   string `json:"path"`   // relative to the corpus, with slashes
	ID     string `json:"id"`     // of the story; "" for a file of several
	SHA256 string `json:"sha256"` // of the file, hex; "" when it was removed
	Bytes  int64  `json:"bytes"`  // its length
	Action string `json:"action"` // Written, Unchanged, Removed or Absent
}

// leftoverAge is the age at which an unfinished file is one that a killed process
// has left: no file takes that long between two writes.
const leftoverAge = time.Hour

// Open returns the corpus in dir. It makes the folder if it is missing, and removes
// unfinished files that killed processes have left; now is compared with their
// times. An error of the disk, here and of all methods, is a *disk.Fault.
func Open(dir string, now time.Time) (*Folder, error) {
	if dir == "" {
		return nil, errors.New("the corpus has no folder")
	}
	dir = filepath.Clean(dir)
	f := &Folder{dir: dir, tmp: filepath.Join(dir, ".tmp"), unsynced: map[string]bool{}}
	if err := disk.MkdirAll(f.tmp); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(f.tmp)
	if err != nil {
		return nil, disk.Explain("read", f.tmp, err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < leftoverAge {
			continue
		}
		path := filepath.Join(f.tmp, entry.Name())
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, disk.Explain("remove", path, err)
		}
	}
	return f, nil
}

// WriteText writes a file, unless it has these bytes already. path is relative to
// the corpus, with slashes. The file survives a kill of the process, but its name
// survives a power cut only after Sync.
func (f *Folder) WriteText(path string, text []byte) (Change, error) {
	full, err := f.place(path)
	if err != nil {
		return Change{}, err
	}
	sum := sha256.Sum256(text)
	change := Change{Path: path, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(text)), Action: Written}
	if has, err := hasBytes(full, text); err != nil {
		return Change{}, err
	} else if has {
		change.Action = Unchanged
		f.touched(full) // its writer may have been killed before Sync
		return change, nil
	}
	err = f.replace(full, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return Change{}, err
	}
	f.touched(full)
	return change, nil
}

// touched notes that the file's folder is to be synced.
func (f *Folder) touched(full string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unsynced[filepath.Dir(full)] = true
}

// Sync makes the names of all files by WriteText survive a power cut. After an
// error it is to be called again.
func (f *Folder) Sync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, dir := range slices.Sorted(maps.Keys(f.unsynced)) {
		err := disk.Sync(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) { // a folder that was emptied and removed meanwhile
			return err
		}
		delete(f.unsynced, dir)
	}
	return nil
}

// PartPath returns the path of a part of the corpus as JSON Lines, relative to the
// corpus. Parts are numbered from 0.
func PartPath(part int64) string { return fmt.Sprintf("jsonl/part-%05d.jsonl.zst", part) }

// WritePart writes the records as one file of JSON Lines, compressed by Zstandard;
// without records it removes the file. An error of records is returned, and leaves
// the file as it was.
func (f *Folder) WritePart(part int64, records iter.Seq2[Record, error]) (Change, error) {
	if part < 0 {
		return Change{}, fmt.Errorf("there is no part %d", part)
	}
	change := Change{Path: PartPath(part), Action: Written}
	full, err := f.place(change.Path)
	if err != nil {
		return Change{}, err
	}
	var source error // of records, not of the disk
	err = f.replace(full, func(w io.Writer) (err error) {
		change.SHA256, change.Bytes, err = encodePart(w, noting(records, &source))
		return err
	})
	switch {
	case source != nil:
		return Change{}, source
	case errors.Is(err, errNothing):
		return f.Remove(change.Path)
	case err != nil:
		return Change{}, err
	}
	return change, nil
}

// noting passes the records on, and notes their error.
func noting(records iter.Seq2[Record, error], source *error) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for r, err := range records {
			if err != nil {
				*source = err
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// encodePart writes the records as JSON Lines, compressed by Zstandard, and returns
// the SHA-256 sum of what was written, in hex, and its length. The same records make
// the same bytes. The error is errNothing without records.
func encodePart(w io.Writer, records iter.Seq2[Record, error]) (sum string, size int64, err error) {
	m := &meter{w: w, hash: sha256.New()}
	z, err := zstd.NewWriter(m, zstd.WithEncoderConcurrency(1)) // one worker: the same bytes every time
	if err != nil {
		return "", 0, err
	}
	n, err := JSONLines(z, records)
	if closed := z.Close(); err == nil {
		err = closed
	}
	if err == nil && n == 0 {
		err = errNothing
	}
	return hex.EncodeToString(m.hash.Sum(nil)), m.n, err
}

// Remove removes a file and the folders that are empty then. A file that does not
// exist is Absent, not an error.
func (f *Folder) Remove(path string) (Change, error) {
	full, err := f.place(path)
	if err != nil {
		return Change{}, err
	}
	change := Change{Path: path, Action: Removed}
	if err := syscall.Unlink(full); err != nil {
		if err != syscall.ENOENT && err != syscall.ENOTDIR {
			return Change{}, disk.Explain("remove", full, err)
		}
		change.Action = Absent
	}
	for dir := filepath.Dir(full); ; dir = filepath.Dir(dir) {
		// Rmdir and not os.Remove, which would remove a link to a folder.
		if dir != f.dir && syscall.Rmdir(dir) == nil {
			continue
		}
		err := disk.Sync(dir)
		gone := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		switch {
		case gone && dir != f.dir:
			continue
		case gone:
			err = nil
		}
		return change, err
	}
}

// place returns where a path of the corpus is on disk.
func (f *Folder) place(path string) (string, error) {
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) || filepath.Clean(local) != local || local == "." {
		return "", fmt.Errorf("%q is not a path within the corpus", path)
	}
	if first, _, _ := strings.Cut(path, "/"); first == ".tmp" {
		return "", fmt.Errorf("%q is the place of unfinished files", path)
	}
	return filepath.Join(f.dir, local), nil
}

// errNothing is the error for nothing to write.
var errNothing = errors.New("nothing to write")

// maxRaces is how often a step is tried: Remove, here or in another process, may
// remove an empty folder before a file is moved into it.
const maxRaces = 100

// replace replaces the file by what write writes. If write fails, the old file
// stays. The folder is not synced.
func (f *Folder) replace(full string, write func(io.Writer) error) error {
	if err := disk.MkdirAll(f.tmp); err != nil {
		return err
	}
	pending, err := renameio.NewPendingFile(full, renameio.WithTempDir(f.tmp), renameio.WithPermissions(0o644))
	if err != nil {
		return disk.Explain("write", full, err)
	}
	defer pending.Cleanup()
	if err := write(pending); err != nil {
		if errors.Is(err, errNothing) {
			return err
		}
		return disk.Explain("write", full, err)
	}
	if err := makeFolder(filepath.Dir(full)); err != nil {
		return err
	}
	err = pending.CloseAtomicallyReplace()
	for try := 0; errors.Is(err, fs.ErrNotExist) && try < maxRaces; try++ {
		if err = makeFolder(filepath.Dir(full)); err == nil {
			err = os.Rename(pending.Name(), full)
		}
	}
	if err != nil {
		return disk.Explain("write", full, err)
	}
	return nil
}

// makeFolder makes a folder that Remove may be removing.
func makeFolder(dir string) error {
	err := disk.MkdirAll(dir)
	for try := 0; errors.Is(err, fs.ErrNotExist) && try < maxRaces; try++ {
		err = disk.MkdirAll(dir)
	}
	return err
}

// hasBytes reports whether the file has exactly these bytes.
func hasBytes(full string, want []byte) (bool, error) {
	info, err := os.Lstat(full)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil // what is in the way is reported by the write
	}
	if err != nil {
		return false, disk.Explain("read", full, err)
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(want)) {
		return false, nil
	}
	have, err := os.ReadFile(full)
	if err != nil {
		return false, nil // the write reports the fault, or mends it
	}
	return bytes.Equal(have, want), nil
}

// meter counts and hashes what is written through it.
type meter struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.hash.Write(p[:n])
	m.n += int64(n)
	return n, err
}
