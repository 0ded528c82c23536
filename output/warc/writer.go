package warc

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"

	"winnow/output/disk"
)

// Options of a Writer.
type Options struct {
	Dir       string           // made when it is missing
	Name      string           // first part of the file names, of a-z, 0-9, "_" and "-"; "" means "winnow"
	MaxFile   int64            // bytes after which the next file begins; 0 means 1 GiB
	Software  string           // name and version, written at the head of each file; "" means "winnow"
	UserAgent string           // as above; may be empty
	Now       func() time.Time // for the file names; nil means time.Now
}

// Writer appends pages to an archive. Its files are its own: no two writers,
// in whatever process, write to the same one, so a file that a crash tore is
// never written to again. A file appears with the first page. A Writer is safe
// for concurrent use.
type Writer struct {
	opts  Options
	coder sync.Pool // of *coder

	mu     sync.Mutex // of all below
	file   *file      // nil before the first page and after Rotate
	serial int        // of the next file
	closed bool
}

type coder struct {
	buf bytes.Buffer
	gz  *gzip.Writer
}

// ErrClosed is the error of Append after Close.
var ErrClosed = errors.New("the archive is closed")

// DefaultMaxFile is the size at which a file is full, as the standard
// recommends (annex C.1).
const DefaultMaxFile = 1 << 30

var (
	nameRule = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)
	fileRule = regexp.MustCompile(`^[a-z0-9_-]{1,100}-\d{17}-[0-9a-f]{8}-\d{5,}\.warc\.gz$`)
)

// NewWriter checks the options. It touches no disk: that is left to the first
// Append.
func NewWriter(o Options) (*Writer, error) {
	o.Name = cmp.Or(o.Name, "winnow")
	o.Software = cmp.Or(o.Software, "winnow")
	o.MaxFile = cmp.Or(o.MaxFile, DefaultMaxFile)
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case o.Dir == "":
		return nil, errors.New("the archive has no folder")
	case !nameRule.MatchString(o.Name):
		return nil, fmt.Errorf("%q cannot begin the names of archive files: use a-z, 0-9, _ and -", o.Name)
	case o.MaxFile < 0:
		return nil, fmt.Errorf("an archive file cannot be at most %d bytes", o.MaxFile)
	}
	return &Writer{opts: o, coder: sync.Pool{New: func() any {
		gz, err := gzip.NewWriterLevel(nil, level)
		if err != nil {
			panic(err) // Unreachable: level is a constant in range.
		}
		return &coder{gz: gz}
	}}}, nil
}

// Append writes the page with what belongs to it and returns when it is on
// disk: the file's base name, and where in it the page's record begins. The
// error is a *disk.Fault when the disk refused, otherwise the entry itself
// cannot be written. After an error the file is as it was, or is left for a
// new one.
func (w *Writer) Append(e *Entry) (name string, offset int64, err error) {
	records, err := e.records()
	if err != nil {
		return "", 0, err
	}
	return w.append(records)
}

func (w *Writer) append(records []record) (name string, offset int64, err error) {
	c := w.coder.Get().(*coder)
	defer w.coder.Put(c)
	c.buf.Reset()
	if err := encode(&c.buf, c.gz, records); err != nil {
		return "", 0, err
	}
	f, offset, end, err := w.write(c.buf.Bytes())
	if err != nil {
		return "", 0, err
	}
	if err := f.syncTo(end); err != nil {
		w.abandon(f)
		return "", 0, err
	}
	return f.name, offset, nil
}

// write puts the members at the end of the current file, by one call.
func (w *Writer) write(members []byte) (f *file, offset, end int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, 0, 0, ErrClosed
	}
	if w.file != nil && w.file.size.Load()+int64(len(members)) > w.opts.MaxFile {
		if err := w.rotate(); err != nil {
			return nil, 0, 0, err
		}
	}
	if w.file == nil {
		if w.file, err = w.create(); err != nil {
			return nil, 0, 0, err
		}
	}
	f = w.file
	offset = f.size.Load()
	if err := f.append(members); err != nil {
		if f.torn {
			w.rotate() // its pages are synced for those who wait; err is what went wrong
		}
		return nil, 0, 0, err
	}
	return f, offset, f.size.Load(), nil
}

// create makes the next file, with its first record, and makes sure that the
// folder knows it.
func (w *Writer) create() (*file, error) {
	if err := disk.MkdirAll(w.opts.Dir); err != nil {
		return nil, err
	}
	for {
		now := w.opts.Now().UTC()
		var salt [4]byte
		rand.Read(salt[:]) // never fails, says its documentation
		name := fmt.Sprintf("%s-%s%03d-%x-%05d.warc.gz", w.opts.Name,
			now.Format("20060102150405"), now.Nanosecond()/1e6, salt, w.serial)
		f, err := createFile(w.opts.Dir, name)
		if errors.Is(err, fs.ErrExist) || errors.Is(err, errPruned) {
			continue
		}
		if err != nil {
			return nil, err
		}
		info := infoRecord(name, now, w.opts.Software, w.opts.UserAgent)
		var head bytes.Buffer
		gz := gzip.NewWriter(nil)
		if err = info.writeMember(&head, gz); err == nil {
			if err = f.append(head.Bytes()); err == nil {
				err = disk.Sync(w.opts.Dir)
			}
		}
		if err != nil {
			f.release()
			os.Remove(f.path)
			return nil, err
		}
		w.serial++
		return f, nil
	}
}

// Rotate ends the current file; the next page begins another. A file that is
// ended may be pruned.
func (w *Writer) Rotate() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rotate()
}

func (w *Writer) rotate() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	err := f.syncTo(f.size.Load())
	f.release()
	return err
}

// abandon leaves a file whose disk does not answer for it.
func (w *Writer) abandon(f *file) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == f {
		w.file = nil
		f.release()
	}
}

// Close ends the archive; an Append after it fails with ErrClosed.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.rotate()
}

// file is one archive file while it is written. All but syncTo is called under
// the lock of its Writer.
type file struct {
	name, path string
	f          *os.File
	size       atomic.Int64 // bytes written whole
	torn       bool         // the end could not be put right

	syncing sync.Mutex
	synced  int64 // bytes known to be on disk
	failed  error // of the first sync that failed: what a later one says of the same bytes is not to be trusted
}

// errPruned is the error of createFile when Prune took the file before it
// was locked.
var errPruned = errors.New("the new archive file was pruned")

// createFile makes the file and locks it, so that Prune of any process leaves
// it alone until it is closed, or its process is dead.
func createFile(dir, name string) (*file, error) {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		return nil, disk.Explain("write", path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		// A file system without locks: Prune cannot lock there either, and
		// leaves every file alone.
		return &file{name: name, path: path, f: f}, nil
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		f.Close()
		return nil, errPruned
	}
	return &file{name: name, path: path, f: f}, nil
}

// append writes at the end; what a failed write left is cut off again.
func (f *file) append(b []byte) error {
	size := f.size.Load()
	_, err := f.f.WriteAt(b, size)
	if err == nil {
		f.size.Store(size + int64(len(b)))
		return nil
	}
	if cut := f.f.Truncate(size); cut != nil {
		f.torn = true
	}
	return disk.Explain("write", f.path, err)
}

// syncTo returns when the first end bytes are on disk. Of several callers one
// does the work for all whose bytes are written.
func (f *file) syncTo(end int64) error {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.failed != nil {
		return f.failed
	}
	if f.synced >= end {
		return nil
	}
	written := f.size.Load() // maybe by others
	if err := f.f.Sync(); err != nil {
		f.failed = disk.Explain("write", f.path, err)
		return f.failed
	}
	f.synced = written
	return nil
}

func (f *file) release() {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.synced < f.size.Load() && f.failed == nil {
		f.failed = disk.Explain("write", f.path, errors.New("the file was closed before all was on disk"))
	}
	f.f.Close() // after a sync: an error says nothing new
}
