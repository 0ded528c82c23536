package output

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// Line is the record as a line of JSON Lines, with its line feed.
func (r *Record) Line() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// JSONLines writes a record a line and says how many. It stops at the first
// error, of the records or of w; what was written by then is whole lines, as
// far as w took them.
func JSONLines(w io.Writer, records iter.Seq2[Record, error]) (n int, err error) {
	buf := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	for r, err := range records {
		if err == nil {
			err = enc.Encode(&r)
		}
		if err != nil {
			buf.Flush() // the records' error is what the caller must hear of
			return n, err
		}
		n++
	}
	return n, buf.Flush()
}
