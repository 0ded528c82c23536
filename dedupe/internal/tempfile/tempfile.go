// Package tempfile makes temporary files of which nothing is left when the process
// is killed. Start at [Create].
package tempfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// File is an open temporary file. It has no name that others may rely on.
type File struct{ *os.File }

// ours matches the names of the files that Create makes, and of no others: whatever
// else is in the folder stays.
var ours = regexp.MustCompile(`^winnow-(dedupe|prints)-[0-9]+\.tmp$`)

// Kind is what a file is for; it is a part of its name.
type Kind string

// Values of Kind.
const (
	Texts  Kind = "dedupe"
	Prints Kind = "prints"
)

// Create opens a new file in dir, "" for the system's place. Its name is removed
// at once where the system allows that of an open file, else by Close. What a
// killed process left between the two is removed here first: a file in use is not
// lost by that, since it has lost its name already, or cannot be removed. Create
// fails when the folder takes no file.
func Create(dir string, kind Kind) (File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	sweep(dir)
	f, err := os.CreateTemp(dir, "winnow-"+string(kind)+"-*.tmp")
	if err != nil {
		return File{}, fmt.Errorf("no temporary file (set TMPDIR to a folder with room): %w", err)
	}
	_ = os.Remove(f.Name()) // fails on Windows
	return File{f}, nil
}

// Close closes the file and removes it.
func (f File) Close() error {
	err := f.File.Close()
	if e := os.Remove(f.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

// sweep removes what killed processes left in a folder, as far as that may be.
func sweep(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if !ours.MatchString(name) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
			_ = os.Remove(path)
		}
	}
}
