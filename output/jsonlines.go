package output

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// Line returns the record as a line of JSON Lines, with its line feed.
func (r *Record) Line() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// JSONLines writes one record a line and returns how many. It stops at the first
// error, of records or of w. What it has written by then are whole lines, as far as
// w accepted them.
func JSONLines(w io.Writer, records iter.Seq2[Record, error]) (n int, err error) {
	buf := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	for r, err := range records {
		if err == nil {
			err = enc.Encode(&r)
		}
		if err != nil {
			buf.Flush() // the error of records is the one to report
			return n, err
		}
		n++
	}
	return n, buf.Flush()
}
