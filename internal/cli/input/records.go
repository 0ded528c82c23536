package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"winnow/output"
)

// Records are lines of JSON from one file or several.
type Records struct {
	in    io.ReadCloser
	stdin io.Reader
	note  func(string)

	mu    sync.Mutex
	files []lineFile // in the order in which they are read
}

// lineFile is a file among the lines of records.
type lineFile struct {
	name  string // "" for standard input
	first int    // the number of its first line among all lines
	whole bool   // it is one record and has no lines
}

// add notes that a file begins at a line.
func (r *Records) add(f lineFile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files = append(r.files, f)
}

// Place names the file of a line of the stream, and the line's number there.
func (r *Records) Place(line int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, found := slices.BinarySearchFunc(r.files, line, func(f lineFile, line int) int { return f.first - line })
	if !found {
		i--
	}
	switch f := r.files[i]; {
	case f.whole:
		return f.name
	case f.name == "" && len(r.files) == 1:
		return fmt.Sprintf("line %d", line)
	case f.name == "":
		return fmt.Sprintf("standard input: line %d", line-f.first+1)
	default:
		return fmt.Sprintf("%s: line %d", f.name, line-f.first+1)
	}
}

// ErrTwice is the error of [Open] for standard input that is named twice.
var ErrTwice = errors.New("standard input can be read once only")

// Open opens the records of files, of standard input (named "-"), and of folders,
// one after the other. note is called for a folder of which only a part is read.
func Open(names []string, stdin io.Reader, note func(string)) (*Records, error) {
	for i, name := range names { // before anything is read
		if name == "-" && slices.Contains(names[:i], name) {
			return nil, ErrTwice
		} else if _, err := os.Stat(name); name != "-" && err != nil {
			return nil, fmt.Errorf("%s: %w", name, Because(err))
		}
	}
	all := &Records{stdin: stdin, note: note}
	if len(names) == 1 && !IsFolder(names[0]) { // as it comes
		in, err := all.open(names[0])
		if err != nil {
			return nil, err
		}
		all.in, all.files = in, []lineFile{lineFileOf(names[0], 1)}
		return all, nil
	}
	r, w := io.Pipe()
	all.in = r
	go func() {
		to := &countLines{Writer: w}
		for _, name := range names {
			if err := all.write(to, name, len(names) > 1); err != nil {
				w.CloseWithError(err)
				return
			}
		}
		w.Close()
	}()
	return all, nil
}

// Read implements [io.Reader].
func (r *Records) Read(b []byte) (int, error) { return r.in.Read(b) }

// Close implements [io.Closer].
func (r *Records) Close() error { return r.in.Close() }

// open opens a file, or standard input, and decompresses it.
func (r *Records) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return unpacked(io.NopCloser(r.stdin))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	in, err := unpacked(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, errors.Join(err, f.Close()))
	}
	return in, nil
}

func lineFileOf(name string, first int) lineFile {
	if name == "-" {
		name = ""
	}
	return lineFile{name: name, first: first}
}

// corpusFolders returns the folders of a corpus that has its stories twice,
// as records and as texts; "" when the folder is none.
func corpusFolders(folder string) (lines, texts string) {
	below := func(path string) string {
		first, _, _ := strings.Cut(path, "/")
		return filepath.Join(folder, first)
	}
	lines, texts = below(output.PartPath(0)), below(output.TextPath(output.Record{}))
	for _, must := range []string{lines, texts, below(output.ManifestPath("run"))} {
		if !IsFolder(must) {
			return "", ""
		}
	}
	return lines, texts
}

// stream is a decompressor over what it reads.
type stream struct {
	io.Reader
	close func() error
}

func (s stream) Close() error { return s.close() }

// unpacked decompresses gzip and zstd, recognized by their first bytes.
func unpacked(in io.ReadCloser) (io.ReadCloser, error) {
	buffered := bufio.NewReaderSize(in, 1<<16)
	magic, _ := buffered.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		zr, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("the gzip file is broken: %w", err)
		}
		return stream{withoutMark(bufio.NewReader(zr)), in.Close}, nil
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		zr, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, fmt.Errorf("the zstd file is broken: %w", err)
		}
		return stream{withoutMark(bufio.NewReader(zr)), func() error { zr.Close(); return in.Close() }}, nil
	}
	return stream{withoutMark(buffered), in.Close}, nil
}

// withoutMark passes over the mark that some programs put before UTF-8.
func withoutMark(in *bufio.Reader) *bufio.Reader {
	if begin, _ := in.Peek(3); bytes.Equal(begin, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	return in
}

// dayInName is the date of a file's name in a corpus.
var dayInName = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})-`)

// write copies the lines of one input. Where there are others, the ids of a
// folder's texts begin with its name.
func (r *Records) write(lines *countLines, name string, others bool) error {
	if !IsFolder(name) {
		r.add(lineFileOf(name, lines.n+1))
		return r.copyLines(lines, name)
	}
	folder := name
	if own, texts := corpusFolders(name); own != "" {
		folder = own
		r.note(fmt.Sprintf("%s is a corpus of winnow's own: %s is read, %s holds the same stories", name, own, texts))
	}
	enc := json.NewEncoder(lines)
	enc.SetEscapeHTML(false)
	return Walk([]string{folder}, nil, RecordEndings, func(d Document) error {
		r.add(lineFile{name: d.Path, first: lines.n + 1, whole: d.Ending != ".jsonl"})
		if d.Ending == ".jsonl" {
			return r.copyLines(lines, d.Path)
		}
		if others {
			d.ID = path.Join(filepath.ToSlash(name), d.ID)
		}
		body, err := d.Read()
		if err != nil {
			return fmt.Errorf("%s: %w", d.Path, err)
		}
		record := struct {
			ID   string `json:"id"`
			Text string `json:"text"`
			Date string `json:"date,omitempty"`
		}{ID: d.ID, Text: strings.ToValidUTF8(string(body), "\uFFFD")}
		if m := dayInName.FindStringSubmatch(path.Base(d.ID)); m != nil {
			record.Date = m[1] + "-" + m[2] + "-" + m[3]
		}
		return enc.Encode(record)
	})
}

// countLines counts the line ends that pass.
type countLines struct {
	io.Writer
	n int
}

func (c *countLines) Write(p []byte) (int, error) {
	c.n += bytes.Count(p, []byte("\n"))
	return c.Writer.Write(p)
}

// copyLines copies a file of records, with a line end after the last.
func (r *Records) copyLines(w io.Writer, name string) error {
	in, err := r.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := io.Copy(w, in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = io.WriteString(w, "\n") // an empty line is not a record, and not a mistake
	return err
}
