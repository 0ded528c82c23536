package cli

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"
)

// maxDocument bounds a document, in bytes after decompression.
const maxDocument = 64 << 20

// Endings of the files that are read below a folder; each may have .gz behind.
var (
	pageEndings   = []string{".html", ".htm", ".txt"}
	recordEndings = []string{".txt", ".jsonl"}
)

// document is a file, or standard input, named on the command line.
type document struct {
	id     string // the path below the folder less .gz and its ending
	path   string // for messages
	ending string // of the endings, or ""
	stdin  io.Reader
}

// walk gives the documents of the arguments in their order, those of a folder
// in the order of their names. A path that is not there is given too, so that
// reading it says so in its place.
func walk(args []string, stdin io.Reader, endings []string, yield func(document) error) error {
	for _, arg := range args {
		switch {
		case arg == "-":
			if err := yield(document{id: "stdin", path: "standard input", stdin: stdin}); err != nil {
				return err
			}
		case isFolder(arg):
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

func walkFolder(folder string, endings []string, yield func(document) error) error {
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
		if entry.IsDir() || d.ending == "" || isFolder(path) {
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

// named is the document of a file with its id.
func named(id, path string, endings []string) document {
	id = cutSuffixFold(cutSuffixFold(id, ".gz"), ".zst")
	ending := strings.ToLower(filepath.Ext(id))
	if !slices.Contains(endings, ending) {
		return document{id: id, path: path}
	}
	if base := filepath.Base(id); len(base) == len(ending) { // nothing would be left of ".html"
		return document{id: id, path: path, ending: ending}
	}
	return document{id: id[:len(id)-len(ending)], path: path, ending: ending}
}

func cutSuffixFold(text, suffix string) string {
	if n := len(text) - len(suffix); n > 0 && strings.EqualFold(text[n:], suffix) {
		return text[:n]
	}
	return text
}

// read is the document's bytes, decompressed. More than 64 MiB are an error.
func (d document) read() ([]byte, error) {
	in := d.stdin
	if in == nil {
		f, err := os.Open(d.path)
		if err != nil {
			return nil, because(err)
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
		return nil, because(err)
	case len(body) > maxDocument:
		return nil, fmt.Errorf("it is larger than %d MiB", maxDocument>>20)
	}
	return body, nil
}

// because is an error of a file without its name, which stands before it.
func because(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isTerminal(w io.Writer) bool {
	f, ok := fileOf(w)
	return ok && term.IsTerminal(int(f.Fd()))
}

// fileOf is the file that is written to, if it is one.
func fileOf(w io.Writer) (*os.File, bool) {
	if checked, ok := w.(*checkedWriter); ok {
		w = checked.out
	}
	f, ok := w.(*os.File)
	return f, ok
}
