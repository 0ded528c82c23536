package warc

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"winnow/output/disk"
)

// Policy says how much of an archive is kept. The zero Policy keeps all.
type Policy struct {
	None    bool          // keep nothing that is not being written
	MaxAge  time.Duration // files whose last page is older go; 0 means no bound
	MaxSize int64         // bytes of all files; the oldest go until the rest fits; 0 means no bound
}

// Pruned is what Prune took away.
type Pruned struct {
	Files []string // base names: places in them are gone
	Bytes int64
}

// Prune removes whole files of the archive in dir as the policy says, those
// with the oldest last page first, and tells which, also when it fails half
// way. It leaves alone what any process is writing, and every file that no
// Writer made. An archive that does not exist is empty.
func Prune(dir string, p Policy, now time.Time) (Pruned, error) {
	var pruned Pruned
	files, err := archiveFiles(dir)
	if err != nil {
		return pruned, err
	}
	var total int64
	for _, f := range files {
		total += f.size
	}
	for _, f := range files {
		old := p.MaxAge > 0 && now.Sub(f.written) > p.MaxAge
		large := p.MaxSize > 0 && total > p.MaxSize
		if !p.None && !old && !large {
			continue
		}
		gone, err := removeIdle(filepath.Join(dir, f.name))
		if err != nil {
			return pruned, err
		}
		if gone {
			total -= f.size
			pruned.Files = append(pruned.Files, f.name)
			pruned.Bytes += f.size
		}
	}
	if len(pruned.Files) > 0 {
		return pruned, disk.Sync(dir)
	}
	return pruned, nil
}

type archiveFile struct {
	name    string
	size    int64
	written time.Time // the last time
}

// archiveFiles lists the files that Writers made, oldest first.
func archiveFiles(dir string) ([]archiveFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, disk.Explain("read", dir, err)
	}
	var files []archiveFile
	for _, entry := range entries {
		if !fileRule.MatchString(entry.Name()) {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process prunes too
		}
		if err != nil {
			return nil, disk.Explain("read", dir, err)
		}
		if info.Mode().IsRegular() {
			files = append(files, archiveFile{entry.Name(), info.Size(), info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b archiveFile) int {
		if c := a.written.Compare(b.written); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return files, nil
}

// removeIdle removes the file unless somebody writes to it: a Writer holds a
// lock on its file as long as it lives.
func removeIdle(path string) (gone bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, disk.Explain("remove", path, err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return false, nil
	}
	if err := os.Remove(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return false, disk.Explain("remove", path, err)
	}
	return true, nil
}
