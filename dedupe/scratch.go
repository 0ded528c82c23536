package dedupe

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"winnow/dedupe/internal/postings"
	"winnow/dedupe/internal/tempfile"
)

// scratchIndex is the [Index] of a Filter: the stories are in a temporary file, the
// postings of their prints partly in another. It is for one goroutine.
type scratchIndex struct {
	file     tempfile.File
	buf      *bufio.Writer
	offset   []int64    // where a story begins in the file; one more than there are stories
	ids      []string   // in order of arrival
	metadata []metadata // in the same order
	number   map[string]uint32
	postings *postings.Index
	shared   []uint16 // by story, in a call of Candidates: how many prints it shares; else 0
}

// metadata is what a Candidate holds of a story.
type metadata struct {
	day    int32
	prints uint16
}

// newScratchIndex creates the temporary file in dir, "" for the system's place.
// With batch nothing is looked up before postings.Finish.
func newScratchIndex(dir string, batch bool) (*scratchIndex, error) {
	f, err := tempfile.Create(dir, tempfile.Texts)
	if err != nil {
		return nil, fmt.Errorf("dedupe: keep texts on disk: %w", err)
	}
	return &scratchIndex{file: f, buf: bufio.NewWriterSize(f, 1<<18), offset: []int64{0}, number: map[string]uint32{}, postings: postings.New(dir, batch)}, nil
}

func (s *scratchIndex) close() error {
	return errors.Join(s.postings.Close(), s.file.Close())
}

// add adds a story. Its id must be new.
func (s *scratchIndex) add(d *Doc, p prints) error {
	b := binary.BigEndian.AppendUint64(nil, p.exact)
	b = binary.AppendUvarint(b, uint64(len(p.all)))
	for _, x := range p.all {
		b = binary.BigEndian.AppendUint64(b, x)
	}
	for _, field := range []string{d.ID, d.URL, d.Host, d.Source, d.Title, d.Date, d.Language, d.Text} {
		b = append(binary.AppendUvarint(b, uint64(len(field))), field...)
	}
	if _, err := s.buf.Write(b); err != nil {
		return fmt.Errorf("dedupe: keep text on disk: %w", err)
	}
	n := uint32(len(s.ids))
	s.offset = append(s.offset, s.offset[n]+int64(len(b)))
	s.ids = append(s.ids, d.ID)
	s.metadata = append(s.metadata, metadata{int32(Day(d.Date)), uint16(len(p.all))})
	s.number[d.ID] = n
	return s.postings.Add(n, p.all)
}

// read returns the record of a story: the exact print, the number of prints as a
// varint, the prints, then the fields of the Doc, each after its length as a
// varint. All of it was written by add in this process.
func (s *scratchIndex) read(n uint32) ([]byte, error) {
	if s.offset[n+1] > s.offset[len(s.ids)]-int64(s.buf.Buffered()) {
		if err := s.buf.Flush(); err != nil {
			return nil, fmt.Errorf("dedupe: keep text on disk: %w", err)
		}
	}
	b := make([]byte, s.offset[n+1]-s.offset[n])
	if _, err := s.file.ReadAt(b, s.offset[n]); err != nil {
		return nil, fmt.Errorf("dedupe: read text back from disk: %w", err)
	}
	return b, nil
}

var errChanged = errors.New("dedupe: read text back from disk: the temporary file was changed")

// prints reads the prints of a story back.
func (s *scratchIndex) prints(n uint32) (prints, error) {
	b, err := s.read(n)
	if err != nil {
		return prints{}, err
	}
	p, _, ok := cutPrints(b)
	if !ok {
		return prints{}, errChanged
	}
	return p, nil
}

// cutPrints reads the prints at the beginning of a record, and returns the rest.
func cutPrints(b []byte) (p prints, rest []byte, ok bool) {
	if len(b) < 8 {
		return prints{}, nil, false
	}
	p = prints{exact: binary.BigEndian.Uint64(b)}
	n, size := binary.Uvarint(b[8:])
	if size <= 0 || n > maxPrints+1 || uint64(len(b)-8-size) < 8*n {
		return prints{}, nil, false
	}
	b = b[8+size:]
	p.all = make([]uint64, n)
	for i := range p.all {
		p.all[i], b = binary.BigEndian.Uint64(b), b[8:]
	}
	return p, b, true
}

// doc reads a story back.
func (s *scratchIndex) doc(n uint32) (*Doc, error) {
	b, err := s.read(n)
	if err != nil {
		return nil, err
	}
	_, b, ok := cutPrints(b)
	if !ok {
		return nil, errChanged
	}
	var d Doc
	for _, field := range []*string{&d.ID, &d.URL, &d.Host, &d.Source, &d.Title, &d.Date, &d.Language, &d.Text} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, errChanged
		}
		*field, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	return &d, nil
}

// Candidates implements Index.
func (s *scratchIndex) Candidates(ctx context.Context, q Query) ([]Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var found, same []uint32
	var err error
	for _, p := range q.Prints {
		if !s.postings.MayHave(p) {
			continue
		}
		if found, err = s.postings.Lookup(p, q.Common, found); err != nil {
			return nil, err
		}
	}
	if q.Exact != 0 {
		if same, err = s.postings.Lookup(q.Exact, math.MaxInt, nil); err != nil {
			return nil, err
		}
	}
	s.shared = append(s.shared, make([]uint16, len(s.ids)-len(s.shared))...)
	for _, n := range found {
		s.shared[n]++
	}
	var out []Candidate
	take := func(n uint32, same bool) {
		c := Candidate{Same: same, Shared: int(s.shared[n]), Prints: int(s.metadata[n].prints), Day: int(s.metadata[n].day)}
		if s.ids[n] != q.ID && q.takes(c) {
			c.ID = s.ids[n]
			out = append(out, c)
		}
		s.shared[n] = 0
	}
	for _, n := range same {
		take(n, true)
	}
	for _, n := range found {
		if int(s.shared[n]) >= q.Least && s.shared[n] > 0 {
			take(n, false)
		}
	}
	for _, n := range found {
		s.shared[n] = 0
	}
	slices.SortFunc(out, compareCandidates)
	return out, nil
}

// Docs implements Index.
func (s *scratchIndex) Docs(ctx context.Context, ids []string) ([]Doc, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]Doc, 0, len(ids))
	for _, id := range ids {
		n, ok := s.number[id]
		if !ok {
			continue
		}
		d, err := s.doc(n)
		if err != nil {
			return nil, err
		}
		out = append(out, *d)
	}
	return out, nil
}
