package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxDocument bounds a document, in bytes after decompression.
const maxDocument = 64 << 20

// Endings of the files that are read below a folder; each may have .gz behind.
var (
	PageEndings   = []string{".html", ".htm", ".txt"}
	RecordEndings = []string{".txt", ".jsonl"}
)

// Document is a file, or standard input, named on the command line.
type Document struct {
	ID     string  // the path below the folder less .gz and its ending
	Path   string  // for messages
	Ending string  // of the endings, or ""
	Record *Record // what a record says of its text; nil for other documents
	stdin  io.Reader
	body   []byte // of a record
	broken error  // why a record cannot be read
}

// IsStdin reports whether the document is standard input, which can be read once.
func (d Document) IsStdin() bool { return d.stdin != nil }

// Walk calls yield with the documents of the arguments in their order, those of a
// folder in the order of their names; of a folder only regular files with one of the
// endings. A path that does not exist is a document too: reading it returns the
// error in its place.
func Walk(args []string, stdin io.Reader, endings []string, yield func(Document) error) error {
	for _, arg := range args {
		switch {
		case arg == "-":
			if err := yield(Document{ID: "stdin", Path: "standard input", stdin: stdin}); err != nil {
				return err
			}
		case IsFolder(arg):
			if err := walkFolder(arg, endings, yield); err != nil {
				return err
			}
		default:
			if err := yield(named(filepath.Base(arg), arg, endings)); err != nil {
				return err
			}
		}
	}
	return nil
}

func walkFolder(folder string, endings []string, yield func(Document) error) error {
	found := false
	var unread []error
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			unread = append(unread, err) // a folder below that may not be read
			return nil
		}
		below, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && below != "." && (name[0] == '.' || name == "_manifest") {
			return filepath.SkipDir // of a corpus of winnow's: lists of its files, and unfinished ones
		}
		d := named(filepath.ToSlash(below), path, endings)
		if entry.IsDir() || d.Ending == "" || special(path) {
			return nil
		}
		found = true
		return yield(d)
	})
	if err == nil && !found && len(unread) == 0 {
		err = fmt.Errorf("%s: the folder holds no %s", folder, strings.Join(endings, ", "))
	}
	return errors.Join(append(unread, err)...)
}

// named returns the document of a file.
func named(id, path string, endings []string) Document {
	id = cutSuffixFold(cutSuffixFold(id, ".gz"), ".zst")
	ending := strings.ToLower(filepath.Ext(id))
	if !slices.Contains(endings, ending) {
		return Document{ID: id, Path: path}
	}
	if base := filepath.Base(id); len(base) == len(ending) { // nothing would be left of ".html"
		return Document{ID: id, Path: path, Ending: ending}
	}
	return Document{ID: id[:len(id)-len(ending)], Path: path, Ending: ending}
}

func cutSuffixFold(text, suffix string) string {
	if n := len(text) - len(suffix); n > 0 && strings.EqualFold(text[n:], suffix) {
		return text[:n]
	}
	return text
}

// Read returns the document's bytes, decompressed. More than 64 MiB are an error.
func (d Document) Read() ([]byte, error) {
	if d.Record != nil || d.broken != nil {
		return d.body, d.broken
	}
	in := d.stdin
	if in == nil {
		f, err := os.Open(d.Path)
		if err != nil {
			return nil, Because(err)
		}
		defer f.Close()
		in = f
	}
	buffered := bufio.NewReader(in)
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		zr, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("the gzip file is broken: %w", err)
		}
		in = zr
	} else {
		in = buffered
	}
	body, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return nil, fmt.Errorf("the gzip file is broken or cut off: %w", err)
	case err != nil:
		return nil, Because(err)
	case len(body) > maxDocument:
		return nil, fmt.Errorf("it is larger than %d MiB", maxDocument>>20)
	}
	return body, nil
}

// Because returns an error of a file without the name of the file.
func Because(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// IsFolder reports whether there is a folder of the name.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// special reports whether there is something else than a file of the name: a folder, a
// pipe, a socket, a device. Below a folder nobody has named it, and it may have no end.
func special(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular()
}

// BinaryData is the answer of [NotAPage] for what may still be a page, in a charset
// such as UTF-16 that is declared elsewhere.
const BinaryData = "binary data"

// NotAPage returns what bytes are that are neither HTML nor text, a media type or
// [BinaryData]; "" for HTML and text.
func NotAPage(body []byte) string {
	head := body[:min(len(body), 512)]
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch class, _, _ := strings.Cut(kind, "/"); {
	case class == "text":
		return ""
	case kind != "application/octet-stream":
		return kind
	}
	// A stray control byte is no reason to refuse a page; one in twenty is: bytes at
	// random are a tenth of them.
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			control++
		}
	}
	if control*20 > len(head) {
		return BinaryData
	}
	return ""
}
