package dedupe

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxLine is the longest line, in bytes, that [Checker.Filter] takes for a record.
const MaxLine = 64 << 20

// record is a line of input.
type record struct {
	ID       any     `json:"id"` // a string or a number
	Text     *string `json:"text"`
	Title    string  `json:"title"`
	Date     string  `json:"date"`
	Hostname string  `json:"hostname"`
	Host     string  `json:"host"`
	URL      string  `json:"url"`
	Source   string  `json:"source"`
	Language string  `json:"language"`
}

// ParseRecord reads a line as [Checker.Filter] does. The error says what is wrong
// with the line, and what to write instead.
func ParseRecord(line []byte) (*Doc, error) {
	d, problem := parseRecord(line)
	if problem != "" {
		return nil, errors.New(problem)
	}
	return d, nil
}

// parseRecord reads a line, or returns what is wrong with it.
func parseRecord(line []byte) (d *Doc, problem string) {
	var r record
	dec := json.NewDecoder(strings.NewReader(string(line)))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return nil, fmt.Sprintf("%q is a JSON %s; write a string", wrong.Field, wrong.Value)
		}
		if wrong != nil {
			return nil, fmt.Sprintf(`a JSON %s, not an object; write {"id": "…", "text": "…"}`, wrong.Value)
		}
		return nil, fmt.Sprintf(`not a JSON object (%v); write {"id": "…", "text": "…"}`, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, "something follows the JSON object; put each record on its own line"
	}
	d = &Doc{URL: r.URL, Host: cmp.Or(r.Hostname, r.Host), Source: r.Source, Title: r.Title, Date: r.Date, Language: r.Language}
	switch id := r.ID.(type) {
	case string:
		d.ID = id
	case json.Number:
		d.ID = id.String()
	case nil:
	default:
		return nil, `"id" is neither a string nor a number`
	}
	switch {
	case d.ID == "":
		return nil, `the record has no "id"; give it one`
	case r.Text == nil:
		return nil, `the record has no "text"; give it one, "" where there is none`
	}
	d.Text = *r.Text
	return d, ""
}

var errLongLine = errors.New("line too long")

// readLine reads up to a line break. It skips a line beyond MaxLine and returns
// errLongLine.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if !long {
			line = append(line, part...)
			long = len(line) > MaxLine
		}
		if long {
			line = line[:0]
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if long && (err == nil || err == io.EOF) {
			return nil, errLongLine
		}
		return line, err
	}
}
