package warc

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"winnow/output/disk"
)

// Erasure says which records [Erase] takes out.
type Erasure struct {
	URLs    map[string]bool // all records of these URLs (WARC-Target-URI)
	Offsets map[int64]bool  // the records that begin here, and those that belong to them
}

// ErrBusy is the error of [Erase] for a file that a Writer holds, and for all files
// where the file system has no locks.
var ErrBusy = errors.New("the archive file is being written, or cannot be locked")

// Files returns the base names of the files that Writers made in dir, the oldest
// first; none when there is no such folder.
func Files(dir string) ([]string, error) {
	files, err := archiveFiles(dir)
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.name
	}
	return names, err
}

// Erase takes records out of a file of the archive in dir, and returns how many.
// In the place of each page with what belongs to it is a record of blanks then,
// which takes as many bytes, so that all other records stay where they are. The file is replaced by a changed
// copy in one step: whoever is killed leaves the old file or the new one, and a
// reader that has the old one open reads on in it. The error is ErrBusy when the
// file is being written, which it is until its Writer is closed or rotated, or its
// process is dead; fs.ErrNotExist when it was pruned; and otherwise a *disk.Fault.
func Erase(ctx context.Context, dir, name string, what Erasure, now time.Time) (erased int, err error) {
	if !fileRule.MatchString(name) {
		return 0, fmt.Errorf("%q is no file of an archive: %w", name, fs.ErrNotExist)
	}
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, disk.Explain("write", path, err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return 0, ErrBusy // or a file system without locks, where nobody can know
	}
	info, err := f.Stat()
	if err != nil {
		return 0, disk.Explain("read", path, err)
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(info, there) {
		// Another process has replaced or pruned it before it was locked.
		return 0, disk.Explain("write", path, cmp.Or(err, ErrBusy))
	}
	erased, spans, err := what.find(ctx, f, info.Size())
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err != nil || len(spans) == 0 {
		return 0, disk.Explain("read", path, err)
	}
	// A copy that a killed process has left is written over: the lock is on the file.
	copied := path + ".new"
	if err := writeErased(f, copied, spans, info, now); err != nil {
		os.Remove(copied)
		return 0, err
	}
	if err := os.Rename(copied, path); err != nil {
		os.Remove(copied)
		return 0, disk.Explain("write", path, err)
	}
	return erased, disk.Sync(dir)
}

// span is a part of a file, in bytes.
type span struct{ from, to int64 }

// find returns the number of the records that are to go, and where they are. It
// ends early when ctx does.
func (e Erasure) find(ctx context.Context, f *os.File, size int64) (n int, spans []span, err error) {
	r := NewReader(io.NewSectionReader(f, 0, size), 0)
	ids := map[string]bool{} // of records that go
	last := span{from: -1}   // whose end is not known yet
	for {
		rec, err := r.Next()
		if err == io.EOF || ctx.Err() != nil {
			break
		}
		var bad *BadRecord
		if errors.As(err, &bad) {
			// A damaged record goes too, when so much can be read of it.
			rec = Record{Offset: bad.Offset}
			rec.Fields, _ = headAt(io.NewSectionReader(f, bad.Offset, size-bad.Offset))
		} else if err != nil {
			return 0, nil, err
		}
		goes, belongs := e.has(&rec, ids)
		if goes {
			n++
			if id := rec.Fields.Value(fieldID); id != "" {
				ids[id] = true
			}
		}
		if last.from >= 0 && rec.Offset > last.from && !(goes && belongs) {
			spans = append(spans, span{last.from, rec.Offset})
			last.from = -1
		}
		if goes && last.from < 0 {
			last.from = rec.Offset
		}
	}
	if last.from >= 0 {
		spans = append(spans, span{last.from, size})
	}
	return n, spans, nil
}

// has reports whether a record is to go, and whether it belongs to one that goes;
// ids are the IDs of those.
func (e Erasure) has(rec *Record, ids map[string]bool) (goes, belongs bool) {
	target := strings.Trim(rec.Fields.Value(fieldTarget), "<>")
	if rec.Type() == "metadata" && target == "" {
		return false, false // blanks
	}
	belongs = rec.Type() != "revisit" && (ids[rec.Fields.Value(fieldConcurrent)] || ids[rec.Fields.Value(fieldRefers)])
	return belongs || e.URLs[target] || e.Offsets[rec.Offset], belongs
}

// writeErased writes a copy of the file with blanks for the spans, on disk, and as
// old as the file is: Prune goes by that.
func writeErased(f *os.File, to string, spans []span, info fs.FileInfo, now time.Time) (err error) {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return disk.Explain("write", to, err)
	}
	defer func() { err = disk.Explain("write", to, cmp.Or(err, out.Close())) }()
	at := int64(0)
	for _, s := range append(spans, span{info.Size(), info.Size()}) {
		if _, err := f.Seek(at, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.CopyN(out, f, s.from-at); err != nil {
			return err
		}
		if s.to > s.from {
			if err := writeBlank(out, s.to-s.from, now); err != nil {
				return err
			}
		}
		at = s.to
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return os.Chtimes(to, now, info.ModTime())
}

// Sizes of what a gzip member has around its data (RFC 1951 and 1952).
const (
	memberFrame = 10 + 8    // header and trailer
	storedHead  = 5         // of a stored block
	storedMost  = 1<<16 - 1 // bytes of data in it
)

// writeBlank writes a gzip member of exactly n bytes: a metadata record that says
// nothing, not compressed.
func writeBlank(out io.Writer, n int64, now time.Time) error {
	blocks := max(1, (n-memberFrame+storedHead+storedMost-1)/(storedHead+storedMost))
	size := n - memberFrame - storedHead*blocks
	record, err := blankRecord(size, now)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	w.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}) // no time, no name; of an unknown system
	sum := crc32.NewIEEE()
	record = io.TeeReader(record, sum)
	for left := size; blocks > 0; blocks-- {
		part := min(left, storedMost)
		left -= part
		head := []byte{0, 0, 0, 0, 0}
		if blocks == 1 {
			head[0] = 1 // the last one
		}
		binary.LittleEndian.PutUint16(head[1:], uint16(part))
		binary.LittleEndian.PutUint16(head[3:], ^uint16(part))
		w.Write(head)
		if _, err := io.CopyN(w, record, part); err != nil {
			return err
		}
	}
	w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(size)))
	return w.Flush()
}

// blankRecord returns a record of size bytes, whose block is blanks.
func blankRecord(size int64, now time.Time) (io.Reader, error) {
	const tail = "\r\n\r\n"
	start := "WARC/1.1\r\n" + fieldType + ": metadata\r\n" + fieldID + ": " + newID() + "\r\n" + fieldDate + ": " + now.UTC().Format(time.RFC3339) + "\r\n"
	length := func(pad, n int64) string {
		return fieldLength + ": " + strings.Repeat(" ", int(pad)) + strconv.FormatInt(n, 10) + "\r\n\r\n"
	}
	blockOf := func(n int64) io.Reader { return io.LimitReader(blank{}, n) }
	typed := start + fieldMedia + ": text/plain\r\n"
	least := int64(len(typed) + len(fieldBlock+": "+digest(nil)+"\r\n") + len(tail))
	// The length of the block is a part of the record's: where one more digit takes
	// one byte too many, a blank before the number makes up for it.
	for pad := range int64(2) {
		for digits := range int64(19) {
			n := size - least - int64(len(length(pad, 0))) - digits
			if n <= 0 || int64(len(strconv.FormatInt(n, 10))) != digits+1 {
				continue
			}
			sum, err := digestOf(blockOf(n))
			if err != nil {
				return nil, err
			}
			return io.MultiReader(strings.NewReader(typed+fieldBlock+": "+sum+"\r\n"+length(pad, n)), blockOf(n), strings.NewReader(tail)), nil
		}
	}
	// Too small for a block.
	head := start + fieldBlock + ": " + digest(nil) + "\r\n"
	pad := size - int64(len(head)+len(length(0, 0))+len(tail))
	if pad < 0 {
		return nil, fmt.Errorf("a record of %d bytes cannot be replaced: there is none so small", size)
	}
	return strings.NewReader(head + length(pad, 0) + tail), nil
}

// blank reads as blanks without end.
type blank struct{}

func (blank) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
