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

// Policy is how much of an archive is kept. The zero Policy keeps all.
type Policy struct {
	None    bool          // remove every file that is not being written
	MaxAge  time.Duration // remove files whose last page is older; 0 means no limit
	MaxSize int64         // bytes of all files; the oldest are removed until the rest fits; 0 means no limit
}

// Pruned is what Prune has removed.
type Pruned struct {
	Files []string // base names
	Bytes int64
}

// Prune removes whole files of the archive in dir by the policy, those with the
// oldest last page first, and returns which, also with an error. It keeps files
// that any process is writing, and those that no Writer made. A dir that does not
// exist is an empty archive. The error is a *disk.Fault.
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

// archiveFile is a file that a Writer made.
type archiveFile struct {
	name    string
	size    int64     // bytes
	written time.Time // last
}

// archiveFiles returns the files that Writers made, oldest first.
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
			continue // another process prunes as well
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

// removeIdle removes the file unless it is being written: a Writer holds a lock on
// its file.
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
