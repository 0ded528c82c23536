// Package disk has what durable files need besides writing: folders that survive a
// power cut ([MkdirAll], [Sync]), and errors that name the file and say what to do
// ([Explain], [Fault]).
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
	Op   string // what failed: "write", "remove" …
	Path string
	Err  error // the cause, without the path
}

// Explain returns the error of an operation on path as a *Fault, nil for nil. A
// Fault stays as it is. The cause is found by errors.Is.
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

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Advice returns what the user can do about the fault, or "".
func (f *Fault) Advice() string {
	switch {
	case errors.Is(f.Err, syscall.ENOSPC), errors.Is(f.Err, syscall.EDQUOT):
		return "free some space there, or move the folder to a larger disk, and run again: it continues where it stopped"
	case errors.Is(f.Err, syscall.EFBIG):
		return "the file would pass the limit on file sizes (see ulimit -f); raise it and run again: it continues where it stopped"
	case errors.Is(f.Err, syscall.EROFS):
		return "the file system is mounted read-only: mount it for writing, or configure another folder"
	case errors.Is(f.Err, fs.ErrPermission):
		return "give the user that runs winnow the right to write there, or configure another folder"
	case errors.Is(f.Err, syscall.EXDEV):
		return "the folder must be on one file system: move the whole folder rather than a part of it"
	case errors.Is(f.Err, syscall.ENOTDIR), errors.Is(f.Err, syscall.EISDIR):
		return "something of another kind is in its place: move it away, or configure another folder"
	case errors.Is(f.Err, syscall.EMFILE), errors.Is(f.Err, syscall.ENFILE):
		return "too many files are open (see ulimit -n)"
	}
	return ""
}

// MkdirAll makes the folder and its parents so that they survive a power cut. The
// error is a *Fault.
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
				return nil // another process has made it
			case errors.Is(stat, fs.ErrNotExist):
				err = fs.ErrNotExist // and has removed it again
			default:
				err = syscall.ENOTDIR
			}
		}
		return Explain("make", dir, err)
	}
	return Sync(parent)
}

// Sync makes the names in the folder survive a power cut. The error is a *Fault.
func Sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return Explain("sync", dir, err)
	}
	defer d.Close()
	return Explain("sync", dir, d.Sync())
}
