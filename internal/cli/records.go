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
	case f.name == "":
		return fmt.Sprintf("line %d", line)
	default:
		return fmt.Sprintf("%s: line %d", f.name, line-f.first+1)
	}
}

// records are the lines of a file, of standard input, or made of a folder.
func (e *env) records(name string) (*records, error) {
	switch {
	case name == "-":
		in, err := unpacked(io.NopCloser(e.stdin))
		return &records{ReadCloser: in, files: []lineFile{{first: 1}}}, err
	case isFolder(name):
		r, w := io.Pipe()
		all := &records{ReadCloser: r}
		folder := name
		if lines, texts := corpusFolders(name); lines != "" {
			folder = lines
			if !e.quiet {
				fmt.Fprintf(e.stderr, "dedupe: %s is a corpus of winnow's own: %s is read, %s holds the same stories\n", name, lines, texts)
			}
		}
		go func() { w.CloseWithError(all.write(w, folder)) }()
		return all, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	in, err := unpacked(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, errors.Join(err, f.Close()))
	}
	return &records{ReadCloser: in, files: []lineFile{{name: name, first: 1}}}, nil
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
		return stream{zr, in.Close}, nil
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		zr, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, fmt.Errorf("the zstd file is broken: %w", err)
		}
		return stream{zr, func() error { zr.Close(); return in.Close() }}, nil
	}
	return stream{buffered, in.Close}, nil
}

// dayInName is the date of a file's name in a corpus.
var dayInName = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})-`)

// write makes the lines of a folder's files.
func (r *records) write(w io.Writer, folder string) error {
	lines := countLines{Writer: w}
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	return walk([]string{folder}, nil, recordEndings, func(d document) error {
		r.add(lineFile{name: d.path, first: lines.n + 1, whole: d.ending != ".jsonl"})
		if d.ending == ".jsonl" {
			return copyLines(&lines, d.path)
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
func copyLines(w io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	in, err := unpacked(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, errors.Join(err, f.Close()))
	}
	defer in.Close()
	if _, err := io.Copy(w, in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = io.WriteString(w, "\n") // an empty line is no record and no mistake
	return err
}
