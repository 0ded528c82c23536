package cli

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

// records are lines of JSON that come from one file or several, and that know
// where each line stood.
type records struct {
	io.ReadCloser
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
func (r *records) add(f lineFile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files = append(r.files, f)
}

// place names the file of a line, and the line's number there.
func (r *records) place(line int) string {
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

// records are the lines of files, of standard input, or made of folders, one
// after the other.
func (e *env) records(names []string) (*records, error) {
	for i, name := range names { // before anything is read
		if name == "-" && slices.Contains(names[:i], name) {
			return nil, usage(errors.New("standard input can be read once only"))
		} else if _, err := os.Stat(name); name != "-" && err != nil {
			return nil, fmt.Errorf("%s: %w", name, because(err))
		}
	}
	if len(names) == 1 && !isFolder(names[0]) { // as it comes
		in, err := e.lines(names[0])
		return &records{ReadCloser: in, files: []lineFile{lineFileOf(names[0], 1)}}, err
	}
	r, w := io.Pipe()
	all := &records{ReadCloser: r}
	go func() {
		to := &countLines{Writer: w}
		for _, name := range names {
			if err := all.write(e, to, name, len(names) > 1); err != nil {
				w.CloseWithError(err)
				return
			}
		}
		w.Close()
	}()
	return all, nil
}

// lines are those of a file or of standard input.
func (e *env) lines(name string) (io.ReadCloser, error) {
	if name == "-" {
		return unpacked(io.NopCloser(e.stdin))
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

// corpusFolders are those of a corpus of winnow's that holds its stories twice,
// as records and as texts; "" when the folder is none.
func corpusFolders(folder string) (lines, texts string) {
	below := func(path string) string {
		first, _, _ := strings.Cut(path, "/")
		return filepath.Join(folder, first)
	}
	lines, texts = below(output.PartPath(0)), below(output.TextPath(output.Record{}))
	for _, must := range []string{lines, texts, below(output.ManifestPath("run"))} {
		if !isFolder(must) {
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

// unpacked undoes gzip and zstd, which are told by their first bytes.
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
func (r *records) write(e *env, lines *countLines, name string, others bool) error {
	if !isFolder(name) {
		r.add(lineFileOf(name, lines.n+1))
		return e.copyLines(lines, name)
	}
	folder := name
	if own, texts := corpusFolders(name); own != "" {
		folder = own
		if !e.quiet {
			fmt.Fprintf(e.stderr, "dedupe: %s is a corpus of winnow's own: %s is read, %s holds the same stories\n", name, own, texts)
		}
	}
	enc := json.NewEncoder(lines)
	enc.SetEscapeHTML(false)
	return walk([]string{folder}, nil, recordEndings, func(d document) error {
		r.add(lineFile{name: d.path, first: lines.n + 1, whole: d.ending != ".jsonl"})
		if d.ending == ".jsonl" {
			return e.copyLines(lines, d.path)
		}
		if others {
			d.id = path.Join(filepath.ToSlash(name), d.id)
		}
		body, err := d.read()
		if err != nil {
			return fmt.Errorf("%s: %w", d.path, err)
		}
		record := struct {
			ID   string `json:"id"`
			Text string `json:"text"`
			Date string `json:"date,omitempty"`
		}{ID: d.id, Text: strings.ToValidUTF8(string(body), "\uFFFD")}
		if m := dayInName.FindStringSubmatch(path.Base(d.id)); m != nil {
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
func (e *env) copyLines(w io.Writer, name string) error {
	in, err := e.lines(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := io.Copy(w, in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = io.WriteString(w, "\n") // an empty line is no record and no mistake
	return err
}
