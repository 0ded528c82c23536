package output

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"

	"winnow/output/disk"
)

// Condition is what a file of the corpus is like.
type Condition string

// Conditions.
const (
	Sound    Condition = "sound"
	Missing  Condition = "missing"
	Damaged  Condition = "damaged"  // it has other bytes than it should, or is no file
	Orphaned Condition = "orphaned" // the state knows nothing of it
)

// folders are those of the corpus with files that are made from the state.
var folders = []string{"text", "jsonl"}

// orphans is the folder that SetAside moves files to.
const orphans = ".orphaned"

// HasFolder reports whether the folder of text files ("text") or of JSON Lines
// ("jsonl") is there.
func (f *Folder) HasFolder(name string) (bool, error) {
	full, err := f.place(name)
	if err != nil {
		return false, err
	}
	switch _, err := os.Stat(full); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, disk.Explain("read", full, err)
	}
	return true, nil
}

// Check returns the condition of a file that should have the SHA-256 sum, in hex. An
// error is one of the disk: what cannot be read is Damaged.
func (f *Folder) Check(path, sum string) (Condition, error) {
	full, err := f.place(path)
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return Missing, nil
	case err != nil:
		return "", disk.Explain("read", full, err)
	case !info.Mode().IsRegular():
		return Damaged, nil
	}
	file, err := os.Open(full)
	if err != nil {
		return Damaged, nil
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil || hex.EncodeToString(hash.Sum(nil)) != sum {
		return Damaged, nil
	}
	return Sound, nil
}

// CheckPart returns the condition of a part of the JSON Lines that should have the
// records. An error of records is returned. A part without records should not be
// there: it is Orphaned if it is, and Sound if not.
func (f *Folder) CheckPart(part int64, records iter.Seq2[Record, error]) (Condition, error) {
	sum, _, err := encodePart(io.Discard, records)
	if err == nil {
		return f.Check(PartPath(part), sum)
	}
	if !errors.Is(err, errNothing) {
		return "", err
	}
	condition, err := f.Check(PartPath(part), "")
	switch condition {
	case Missing:
		condition = Sound
	case Damaged:
		condition = Orphaned
	}
	return condition, err
}

// Files returns the paths of all text files and parts of the JSON Lines that are in
// the corpus, relative to it, with slashes, in the order of their names within each
// folder. After an error it ends. What comes or goes meanwhile may be missed.
func (f *Folder) Files() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, folder := range folders {
			root := filepath.Join(f.dir, folder)
			if target, err := filepath.EvalSymlinks(root); err == nil {
				root = target // the folder may be on another disk
			}
			err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if errors.Is(err, fs.ErrNotExist) || err == nil && entry.IsDir() {
					return nil
				}
				if err != nil {
					return disk.Explain("read", path, err)
				}
				inside, err := filepath.Rel(root, path)
				if err == nil && !yield(folder+"/"+filepath.ToSlash(inside), nil) {
					err = fs.SkipAll
				}
				return err
			})
			if err != nil {
				yield("", err)
				return
			}
		}
	}
}

// SetAside moves a file that the state knows nothing of out of the way of readers,
// into the folder .orphaned, where an earlier one of the path is replaced. A file that
// does not exist is no error.
func (f *Folder) SetAside(path string) error {
	from, err := f.place(path)
	if err != nil {
		return err
	}
	to, err := f.place(orphans + "/" + path)
	if err != nil {
		return err
	}
	if err := disk.MkdirAll(filepath.Dir(to)); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return disk.Explain("move", from, err)
	}
	return disk.Sync(filepath.Dir(to))
}
