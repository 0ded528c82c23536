// Package disk holds what durable files need besides writing: folders that are
// still there after a power cut, and errors that name the file and the way out.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Fault is a failed operation on a file.
type Fault struct {
	Op   string // what was tried: "write", "remove" …
	Path string
	Err  error // the cause, without the path
}

// Explain wraps the error of an operation on path; nil stays nil. The cause
// stays reachable by errors.Is.
func Explain(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var known *Fault
	if errors.As(err, &known) {
		return err
	}
	var inner *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &inner):
		err = inner.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &Fault{Op: op, Path: path, Err: err}
}

func (f *Fault) Error() string {
	text := fmt.Sprintf("%s %s: %v", f.Op, f.Path, f.Err)
	if way := f.Advice(); way != "" {
		text += "; " + way
	}
	return text
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Advice is what the user can do about it, or "".
func (f *Fault) Advice() string {
	switch {
	case errors.Is(f.Err, syscall.ENOSPC), errors.Is(f.Err, syscall.EDQUOT):
		return "free some space there, or move the folder to a larger disk, and run again: it goes on where it stopped"
	case errors.Is(f.Err, syscall.EFBIG):
		return "the file would pass the limit on file sizes (see ulimit -f); raise it and run again: it goes on where it stopped"
	case errors.Is(f.Err, syscall.EROFS):
		return "the file system is mounted read-only: mount it for writing, or configure another folder"
	case errors.Is(f.Err, fs.ErrPermission):
		return "give the user that runs winnow the right to write there, or configure another folder"
	case errors.Is(f.Err, syscall.EXDEV):
		return "the folder's parts must lie on one file system: move the whole folder rather than a part of it"
	case errors.Is(f.Err, syscall.ENOTDIR), errors.Is(f.Err, syscall.EISDIR):
		return "something of another kind is in its place: move it away, or configure another folder"
	case errors.Is(f.Err, syscall.EMFILE), errors.Is(f.Err, syscall.ENFILE):
		return "too many files are open (see ulimit -n)"
	}
	return ""
}

// MkdirAll makes the folder with its parents, and makes sure that each new one
// is on disk. Its error is a *Fault.
func MkdirAll(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := MkdirAll(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			switch info, stat := os.Stat(dir); {
			case stat == nil && info.IsDir():
				return nil // another process was faster
			case errors.Is(stat, fs.ErrNotExist):
				err = fs.ErrNotExist // and has taken it away again
			default:
				err = syscall.ENOTDIR
			}
		}
		return Explain("make", dir, err)
	}
	return Sync(parent)
}

// Sync makes sure that the names in the folder are on disk. Its error is a
// *Fault.
func Sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return Explain("sync", dir, err)
	}
	defer d.Close()
	return Explain("sync", dir, d.Sync())
}
