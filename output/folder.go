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

// Folder is a corpus on disk. Files come and change in one step, so that a
// reader never sees a part of one, and are on disk when a method returns; the
// names that WriteText gives are when Sync returns. It is safe for concurrent
// use, also by several processes on one folder.
//
// Files are made in the folder .tmp below it, under names that no reader looks
// for, and moved into place.
type Folder struct {
	dir string
	tmp string

	mu       sync.Mutex
	unsynced map[string]bool // folders with names that may not be on disk
}

// Actions of a Change.
const (
	Written   = "written"   // new, or changed
	Unchanged = "unchanged" // it was there with these very bytes
	Removed   = "removed"
	Absent    = "absent" // was to be removed, and was not there
)

// Change is what was done to a file: a line of the run's manifest.
type Change struct {
	Path   string `json:"path"` // below the corpus, with slashes
	ID     string `json:"id"`   // of the story; "" for files of many
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Action string `json:"action"`
}

// leftoverAge is how old an unfinished file must be before it is taken for one
// that a killed process left: no file takes that long between two writes.
const leftoverAge = time.Hour

// Open makes the folder where it is missing, and removes what killed processes
// left unfinished. now is compared with the times of files. Errors of this and
// of all methods that concern the disk are *disk.Fault.
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

// WriteText puts a file in place. path is local to the folder, with slashes; a
// file that has these bytes already is left alone. Its name may outlast the
// process only, and not the machine, until Sync is called.
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
		f.touched(full) // whoever wrote it may have been killed before he could sync
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

func (f *Folder) touched(full string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unsynced[filepath.Dir(full)] = true
}

// Sync makes sure that the names of all files that WriteText has put in place
// are on disk. After an error it is to be called again.
func (f *Folder) Sync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, dir := range slices.Sorted(maps.Keys(f.unsynced)) {
		err := disk.Sync(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) { // a folder that was emptied again and has gone
			return err
		}
		delete(f.unsynced, dir)
	}
	return nil
}

// PartPath is where a part of the corpus lies as JSON Lines.
func PartPath(part int64) string { return fmt.Sprintf("jsonl/part-%05d.jsonl.zst", part) }

// WritePart writes the records as one compressed file of JSON Lines; without
// records the file goes. An error of the records leaves the part as it was.
func (f *Folder) WritePart(part int64, records iter.Seq2[Record, error]) (Change, error) {
	if part < 0 {
		return Change{}, fmt.Errorf("there is no part %d", part)
	}
	change := Change{Path: PartPath(part), Action: Written}
	full, err := f.place(change.Path)
	if err != nil {
		return Change{}, err
	}
	var n int
	var source error // what came from the records, not from the disk
	watched := func(yield func(Record, error) bool) {
		for r, err := range records {
			if err != nil {
				source = err
			}
			if !yield(r, err) {
				return
			}
		}
	}
	err = f.replace(full, func(w io.Writer) error {
		sum := &meter{w: w, hash: sha256.New()}
		z, err := zstd.NewWriter(sum, zstd.WithEncoderConcurrency(1)) // one worker: the same bytes every time
		if err != nil {
			return err
		}
		n, err = JSONLines(z, watched)
		if closed := z.Close(); err == nil {
			err = closed
		}
		if err == nil && n == 0 {
			return errNothing
		}
		change.SHA256, change.Bytes = hex.EncodeToString(sum.hash.Sum(nil)), sum.n
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

// Remove takes a file away, and the folders that it leaves empty. A file that
// is not there is no error.
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
		// Rmdir and not os.Remove, which would take a link to a folder away.
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

// place is where a path of the corpus lies on disk.
func (f *Folder) place(path string) (string, error) {
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) || filepath.Clean(local) != local || local == "." {
		return "", fmt.Errorf("%q is no path within the corpus", path)
	}
	if first, _, _ := strings.Cut(path, "/"); first == ".tmp" {
		return "", fmt.Errorf("%q is where unfinished files lie", path)
	}
	return filepath.Join(f.dir, local), nil
}

// errNothing says that there is nothing to be written.
var errNothing = errors.New("nothing to write")

// patience is how often a step is tried that lost a race: Remove, here or in
// another process, may take an emptied folder away while a file is on its way
// into it.
const patience = 100

// replace makes the file anew with what write gives. A write that fails leaves
// the old file. Its folder is not synced.
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
	for try := 0; errors.Is(err, fs.ErrNotExist) && try < patience; try++ {
		if err = makeFolder(filepath.Dir(full)); err == nil {
			err = os.Rename(pending.Name(), full)
		}
	}
	if err != nil {
		return disk.Explain("write", full, err)
	}
	return nil
}

func makeFolder(dir string) error {
	err := disk.MkdirAll(dir)
	for try := 0; errors.Is(err, fs.ErrNotExist) && try < patience; try++ {
		err = disk.MkdirAll(dir)
	}
	return err
}

// hasBytes says whether the file holds exactly these bytes.
func hasBytes(full string, want []byte) (bool, error) {
	info, err := os.Lstat(full)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil // what stands in the way is reported when it is written
	}
	if err != nil {
		return false, disk.Explain("read", full, err)
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(want)) {
		return false, nil
	}
	have, err := os.ReadFile(full)
	if err != nil {
		return false, nil // the write says what is wrong, or puts it right
	}
	return bytes.Equal(have, want), nil
}

// meter counts and hashes what goes through.
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
