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

// Options configure a Writer. All but Dir may be zero.
type Options struct {
	Dir       string           // made if it is missing
	Name      string           // first part of the file names, of a-z, 0-9, "_" and "-"; "" means "winnow"
	MaxFile   int64            // bytes of a file; 0 means DefaultMaxFile
	Software  string           // name and version, written at the start of each file; "" means "winnow"
	UserAgent string           // likewise; "" leaves it out
	Now       func() time.Time // for the file names; nil means time.Now
}

// Writer appends pages to an archive. No two Writers, in any process, write to the
// same file, so that a file which a crash has torn is never written again. The
// first file is made with the first page. A Writer is safe for concurrent use.
type Writer struct {
	opts  Options
	coder sync.Pool // of *coder

	mu     sync.Mutex // of all that follows
	file   *file      // nil before the first page and after Rotate
	serial int        // of the next file
	closed bool
}

// coder is what compresses one page.
type coder struct {
	buf bytes.Buffer
	gz  *gzip.Writer
}

// ErrClosed is the error of [Writer.Append] after [Writer.Close].
var ErrClosed = errors.New("the archive is closed")

// DefaultMaxFile is the size of a file in bytes that the standard recommends (annex
// C.1).
const DefaultMaxFile = 1 << 30

var (
	nameRule = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)
	fileRule = regexp.MustCompile(`^[a-z0-9_-]{1,100}-\d{17}-[0-9a-f]{8}-\d{5,}\.warc\.gz$`)
)

// NewWriter returns a Writer. It does not touch the disk before the first Append.
// The error names the option that is wrong.
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

// Append writes the records of a page, and returns when they are on disk. name is
// the file's base name, offset where the page's record begins in it, in bytes. The
// error is a *disk.Fault for the disk, and otherwise describes what is wrong with
// the entry. After an error the file is as it was, or no longer written to.
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

// write appends the members to the current file, in one call.
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
			w.rotate() // syncs the pages for which others wait; err is the fault
		}
		return nil, 0, 0, err
	}
	return f, offset, f.size.Load(), nil
}

// create makes the next file, with its first record, so that it survives a power
// cut.
func (w *Writer) create() (*file, error) {
	if err := disk.MkdirAll(w.opts.Dir); err != nil {
		return nil, err
	}
	for {
		now := w.opts.Now().UTC()
		var salt [4]byte
		rand.Read(salt[:]) // never fails, see its documentation
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

// Rotate ends the current file; the next page begins another. A file that has ended
// may be pruned.
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

// abandon stops writing to a file that could not be synced.
func (w *Writer) abandon(f *file) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == f {
		w.file = nil
		f.release()
	}
}

// Close ends the current file. An Append after it fails with ErrClosed.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.rotate()
}

// file is one archive file that is being written. All methods but syncTo are called
// with the lock of the Writer held.
type file struct {
	name, path string
	f          *os.File
	size       atomic.Int64 // bytes of complete members
	torn       bool         // a part of a member could not be cut off

	syncing sync.Mutex
	synced  int64 // bytes known to be on disk
	failed  error // of the first sync that failed: a later success says nothing about the same bytes
}

// errPruned is the error of createFile when Prune has removed the file before it
// was locked.
var errPruned = errors.New("the new archive file was pruned")

// createFile makes the file and locks it, so that Prune of any process keeps it
// until it is closed, or its process is dead.
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
		// keeps every file.
		return &file{name: name, path: path, f: f}, nil
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		f.Close()
		return nil, errPruned
	}
	return &file{name: name, path: path, f: f}, nil
}

// append writes at the end. It cuts off what a failed write leaves.
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

// syncTo returns when the first end bytes are on disk. One of several callers syncs
// for all whose bytes are written.
func (f *file) syncTo(end int64) error {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.failed != nil {
		return f.failed
	}
	if f.synced >= end {
		return nil
	}
	written := f.size.Load() // by others too
	if err := f.f.Sync(); err != nil {
		f.failed = disk.Explain("write", f.path, err)
		return f.failed
	}
	f.synced = written
	return nil
}

// release closes the file. Callers that wait for bytes which are not synced get an
// error.
func (f *file) release() {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.synced < f.size.Load() && f.failed == nil {
		f.failed = disk.Explain("write", f.path, errors.New("the file was closed before all was on disk"))
	}
	f.f.Close() // after a sync its error says nothing new
}
