package input

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// LinesEnding is the ending of files whose lines are records.
const LinesEnding = ".jsonl"

// Record is what a line of JSON says of a scraped text besides the text.
type Record struct {
	URL, Title string
	fields     map[string]json.RawMessage
}

// Field returns a field of the record that is a string, "" if there is none.
func (r *Record) Field(name string) string {
	var s string
	if json.Unmarshal(r.fields[name], &s) != nil {
		return ""
	}
	return s
}

// IsLines reports whether a name is that of a file of records, compressed or not.
func IsLines(name string) bool {
	return named(filepath.Base(name), name, []string{LinesEnding}).Ending != "" && !IsFolder(name)
}

// Texts calls yield with the scraped texts in the lines of a file: each is a record
// {"text", …}, with "id", "url" and "title" where it has them. The ID of a record
// without one is the number of its line. Reading a line that is no such record
// returns an error.
func Texts(name string, yield func(Document) error) error {
	f, err := os.Open(name)
	if err != nil {
		return yield(Document{ID: filepath.Base(name), Path: name, broken: Because(err)})
	}
	in, err := unpacked(f)
	if err != nil {
		f.Close()
		return yield(Document{ID: filepath.Base(name), Path: name, broken: err})
	}
	defer in.Close()
	lines := bufio.NewReaderSize(in, 1<<16)
	for n := 1; ; n++ {
		line, err := readLine(lines)
		if err != nil && err != io.EOF {
			return yield(Document{ID: fmt.Sprint(n), Path: fmt.Sprintf("%s: line %d", name, n), broken: Because(err)})
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := yield(textOf(line, name, n)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// readLine reads a line of at most maxDocument bytes.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxDocument {
			return nil, fmt.Errorf("the line is longer than %d MiB", maxDocument>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func textOf(line []byte, name string, n int) Document {
	d := Document{ID: fmt.Sprint(n), Path: fmt.Sprintf("%s: line %d", name, n), Ending: LinesEnding, Record: &Record{}}
	if err := json.Unmarshal(line, &d.Record.fields); err != nil {
		d.broken = errors.New("this is no JSON object")
		return d
	}
	var text string
	if json.Unmarshal(d.Record.fields["text"], &text) != nil {
		d.broken = errors.New("the record has no text")
		return d
	}
	d.body = []byte(text)
	if id := d.Record.Field("id"); strings.TrimSpace(id) != "" {
		d.ID = id
	}
	d.Record.URL, d.Record.Title = d.Record.Field("url"), d.Record.Field("title")
	return d
}
