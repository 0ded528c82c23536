package warc

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"winnow/output/disk"
)

// ErrDigest is the error for a record that has other bytes than its digest says.
var ErrDigest = errors.New("the block is not the one of its digest")

// Check reads a file of the archive in dir to its end, and calls found with the offset
// of each sound record and with the error of each that is not. A record that the end
// of the file tears is left out: it was being written, and no place of a page is in
// one. The error is fs.ErrNotExist for a file that is missing, and otherwise a
// *disk.Fault, or what ended the reading.
func Check(dir, name string, found func(offset int64, err error)) error {
	if name != filepath.Base(name) || !filepath.IsLocal(name) {
		return fmt.Errorf("%q is not a file of an archive: %w", name, fs.ErrNotExist)
	}
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if err != nil {
		return disk.Explain("read", path, err)
	}
	defer f.Close()
	r := NewReader(f, 0)
	for {
		rec, err := r.Next()
		var bad *BadRecord
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &bad):
			if !errors.Is(bad.Err, ErrTorn) {
				found(bad.Offset, bad.Err)
			}
			continue
		case err != nil:
			return disk.Explain("read", path, err)
		}
		if said := rec.Fields.Value(fieldBlock); len(said) == len(digest(nil)) && said != digest(rec.Block) {
			err = ErrDigest
		}
		found(rec.Offset, err)
	}
}
