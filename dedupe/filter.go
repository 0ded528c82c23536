package dedupe

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"winnow/news"
)

// MaxLine is the longest line, in bytes, that Filter takes for a record.
const MaxLine = 64 << 20

// FilterOptions are the settings of one run of Filter. The zero value is ready.
type FilterOptions struct {
	// Stream answers each record at once from those before it, and adds a line
	// whenever a later record changes an answer.
	Stream bool
	// MinHash adds the signature of its text to each answer; nil adds none.
	MinHash *MinHash
	// TempDir is where the texts lie meanwhile; "" is the system's place.
	TempDir string
	// Problem is told of each line that was left out, with its number (from 1)
	// and what to do about it. May be nil.
	Problem func(line int, what string)
	// Progress is told now and then how many records were read (of is 0) and
	// compared (of is their number). May be nil.
	Progress func(stage string, n, of int)
}

// Summary is what a run of Filter came to.
type Summary struct {
	Records  int // lines that were records
	Copies   int // of them, dropped
	Problems int // lines left out
}

// Answer is one line of Filter's output. What is null says that there is
// nothing to say: a story without copies has neither DuplicateOf nor Cluster,
// one that is kept has no figures.
type Answer struct {
	ID          string   `json:"id"`
	DuplicateOf *string  `json:"duplicate_of"` // id of the story that is kept
	Cluster     *string  `json:"cluster"`      // id of the kept story, which bears it too
	Relation    *string  `json:"relation"`
	CopiedShare *float64 `json:"copied_share"`
	KeptShare   *float64 `json:"kept_share"`
	Names       *float64 `json:"names"`
	Numbers     *float64 `json:"numbers"`
	Rule        *string  `json:"rule"`
	Version     string   `json:"version"`
	Amends      bool     `json:"amends,omitempty"`  // takes the place of an earlier line of this id
	MinHash     []string `json:"minhash,omitempty"` // see MinHash.Signature
}

// NewAnswer is the line for a verdict.
func NewAnswer(v news.Verdict) Answer {
	a := Answer{ID: v.ID, Version: v.Version}
	if v.Cluster != "" {
		a.Cluster = &v.Cluster
	}
	if v.DuplicateOf != "" {
		a.DuplicateOf, a.Relation, a.Rule = &v.DuplicateOf, &v.Relation, &v.Rule
		a.CopiedShare, a.KeptShare, a.Names, a.Numbers = &v.CopiedShare, &v.KeptShare, &v.Names, &v.Numbers
	}
	return a
}

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

// Filter reads records {id, text, title?, date?, hostname? or host?, url?,
// source?, language?}, one JSON object a line, and writes an Answer a line in
// the order of input: after the last record, or at once with Stream. A line
// that is no such record, or whose id was there before, is told to Problem and
// left out. Memory is bounded but for the prints, the ids and the copies found;
// the texts lie in a temporary file. It fails when reading, writing or the
// temporary file fails, and when ctx ends.
func (c *Checker) Filter(ctx context.Context, in io.Reader, out io.Writer, o FilterOptions) (sum Summary, err error) {
	s, err := newSpool(o.TempDir)
	if err != nil {
		return sum, err
	}
	defer func() { err = cmp.Or(err, s.close()) }()
	s.posts.later = !o.Stream
	f := filter{Checker: c, spool: s, FilterOptions: o, out: bufio.NewWriterSize(out, 1<<16), near: map[uint32][]Edge{}, said: map[uint32]news.Verdict{}}
	if err := f.readAll(ctx, in); err != nil {
		return f.Summary, err
	}
	if !o.Stream {
		if err := f.compareAll(ctx); err != nil {
			return f.Summary, err
		}
		if err := f.answerAll(ctx); err != nil {
			return f.Summary, err
		}
	}
	for _, v := range f.said {
		if v.DuplicateOf != "" {
			f.Copies++
		}
	}
	return f.Summary, f.out.Flush()
}

// filter is one run.
type filter struct {
	*Checker
	*spool
	FilterOptions
	Summary
	out    *bufio.Writer
	near   map[uint32][]Edge // of the stories that have any, by number
	said   map[uint32]news.Verdict
	missed missed
}

// readAll takes all the records in.
func (f *filter) readAll(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	for n := 1; ; n++ {
		line, err := readLine(lines)
		if err != nil && err != io.EOF && err != errLongLine {
			return fmt.Errorf("dedupe: read line %d: %w", n, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err == errLongLine:
			f.problem(n, fmt.Sprintf("the line is longer than %d MiB; give each record a line of its own", MaxLine>>20))
		case len(strings.TrimSpace(string(line))) > 0:
			if err := f.take(ctx, n, line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (f *filter) problem(line int, what string) {
	f.Problems++
	if f.FilterOptions.Problem != nil {
		f.FilterOptions.Problem(line, what)
	}
}

func (f *filter) progress(stage string, n, of int) {
	if f.Progress != nil && (n%500 == 0 || n == of) {
		f.Progress(stage, n, of)
	}
}

// take takes one line in and, streaming, answers it.
func (f *filter) take(ctx context.Context, n int, line []byte) error {
	d, what := parseRecord(line)
	if what == "" {
		if _, ok := f.number[d.ID]; ok {
			what = fmt.Sprintf("the id %q was there before; give each record an id of its own", d.ID)
		}
	}
	if what != "" {
		f.problem(n, what)
		return nil
	}
	p := f.prepare(d.Text)
	if err := f.add(d, f.printsOf(p)); err != nil {
		return err
	}
	f.Records++
	f.progress("read", f.Records, 0)
	if !f.Stream {
		return nil
	}
	number := uint32(len(f.ids) - 1)
	if err := f.compareOne(ctx, number); err != nil {
		return err
	}
	return f.answerGroup(ctx, number)
}

// ParseRecord reads a line as Filter does. The error says what is wrong with the
// line, and what to write instead.
func ParseRecord(line []byte) (*Doc, error) {
	d, what := parseRecord(line)
	if what != "" {
		return nil, errors.New(what)
	}
	return d, nil
}

// parseRecord reads a line, or says what is wrong with it.
func parseRecord(line []byte) (*Doc, string) {
	var r record
	dec := json.NewDecoder(strings.NewReader(string(line)))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return nil, fmt.Sprintf("%q is a JSON %s; write a string", wrong.Field, wrong.Value)
		}
		if wrong != nil {
			return nil, fmt.Sprintf(`a JSON %s and no object; write {"id": "…", "text": "…"}`, wrong.Value)
		}
		return nil, fmt.Sprintf(`no JSON object (%v); write {"id": "…", "text": "…"}`, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, "something follows the JSON object; give each record a line of its own"
	}
	d := &Doc{URL: r.URL, Host: cmp.Or(r.Hostname, r.Host), Source: r.Source, Title: r.Title, Date: r.Date, Language: r.Language}
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

// compareAll finds the edges of all stories.
func (f *filter) compareAll(ctx context.Context) error {
	if err := f.posts.whole(common); err != nil {
		return err
	}
	for n := range f.ids {
		if err := f.compareOne(ctx, uint32(n)); err != nil {
			return err
		}
		f.progress("compare", n+1, len(f.ids))
	}
	return nil
}

// compareOne finds the edges of a story. Its text is prepared only when there
// is something to compare it with.
func (f *filter) compareOne(ctx context.Context, n uint32) error {
	id := f.ids[n]
	p, err := f.prints(n)
	if err != nil {
		return err
	}
	found, err := edges(ctx, asking{id, int(f.brief[n].day), p}, f.spool, func(o Candidate) (e Edge, ok, gone bool, err error) {
		if e, ok, was := f.known(id, o.ID); was {
			return e, ok, false, nil
		}
		d, dp, err := f.ready(n)
		if err != nil {
			return e, false, false, err
		}
		od, op, err := f.ready(f.number[o.ID])
		if err != nil {
			return e, false, false, err
		}
		if e, ok = f.compare(d, od, dp, op); !ok {
			f.distinct(id, o.ID)
		}
		return e, ok, false, nil
	})
	if err != nil {
		return err
	}
	for _, e := range found {
		for _, id := range []string{e.A, e.B} {
			m := f.number[id]
			if !slices.Contains(f.near[m], e) {
				f.near[m] = append(f.near[m], e)
			}
		}
	}
	return nil
}

// ready gives a story, less its text, and its text prepared.
func (f *filter) ready(n uint32) (*Doc, *prepared, error) {
	if d, p, ok := f.hot.of(n); ok {
		return d, p, nil
	}
	d, err := f.doc(n)
	if err != nil {
		return nil, nil, err
	}
	p := f.prepare(d.Text)
	d.Text = ""
	f.hot.put(n, d, p)
	return d, p, nil
}

// known is what an earlier comparison of the two found.
func (f *filter) known(a, b string) (e Edge, is, was bool) {
	if b < a {
		a, b = b, a
	}
	for _, e := range f.near[f.number[a]] {
		if e.A == a && e.B == b {
			return e, true, true
		}
	}
	return Edge{}, false, f.missed.has(f.number[a], f.number[b])
}

// distinct remembers that two stories are.
func (f *filter) distinct(a, b string) {
	if b < a {
		a, b = b, a
	}
	f.missed.put(f.number[a], f.number[b])
}

// missed remembers pairs that were found distinct. It has a fixed size and
// forgets: then two texts are compared once more.
type missed struct{ slots []uint64 }

func (m *missed) slot(a, b uint32) (*uint64, uint64) {
	if m.slots == nil {
		m.slots = make([]uint64, 1<<18)
	}
	key := uint64(a)<<32 | uint64(b)
	return &m.slots[mix(key)%uint64(len(m.slots))], key + 1
}

func (m *missed) has(a, b uint32) bool {
	s, key := m.slot(a, b)
	return *s == key
}

func (m *missed) put(a, b uint32) {
	s, key := m.slot(a, b)
	*s = key
}

// answerAll settles every group of copies and writes the answers.
func (f *filter) answerAll(ctx context.Context) error {
	for n := range f.ids {
		if _, done := f.said[uint32(n)]; done || len(f.near[uint32(n)]) == 0 {
			continue
		}
		verdicts, err := f.settle(ctx, uint32(n))
		if err != nil {
			return err
		}
		for _, v := range verdicts {
			f.said[f.number[v.ID]] = v
		}
	}
	for n, id := range f.ids {
		v, ok := f.said[uint32(n)]
		if !ok {
			v = news.Verdict{ID: id, Version: Version}
		}
		if err := f.write(NewAnswer(v)); err != nil {
			return err
		}
	}
	return nil
}

// answerGroup answers a new story, and what it changes.
func (f *filter) answerGroup(ctx context.Context, n uint32) error {
	verdicts, err := f.settle(ctx, n)
	if err != nil {
		return err
	}
	slices.SortFunc(verdicts, func(a, b news.Verdict) int { // the new one first, then by arrival
		return cmp.Compare(f.number[a.ID]+1, f.number[b.ID]+1)
	})
	for i, v := range verdicts {
		if f.number[v.ID] == n {
			verdicts = slices.Insert(slices.Delete(verdicts, i, i+1), 0, v)
			break
		}
	}
	for _, v := range verdicts {
		m := f.number[v.ID]
		before, amends := f.said[m]
		if amends && before == v {
			continue
		}
		f.said[m] = v
		a := NewAnswer(v)
		a.Amends = amends
		if err := f.write(a); err != nil {
			return err
		}
	}
	return f.out.Flush()
}

// settle judges the group of stories that edges tie to a story.
func (f *filter) settle(ctx context.Context, n uint32) ([]news.Verdict, error) {
	group, seen := []uint32{n}, map[uint32]bool{n: true}
	var edges []Edge
	for i := 0; i < len(group); i++ {
		for _, e := range f.near[group[i]] {
			if !joins(e.Relation) {
				continue
			}
			edges = append(edges, e)
			for _, id := range []string{e.A, e.B} {
				if m := f.number[id]; !seen[m] {
					seen[m] = true
					group = append(group, m)
				}
			}
		}
	}
	slices.Sort(group)
	docs := make([]Doc, len(group))
	for i, m := range group {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(group) == 1 {
			docs[i].ID = f.ids[m]
			break
		}
		d, err := f.doc(m)
		if err != nil {
			return nil, err
		}
		docs[i] = *d
	}
	return f.Resolve(docs, edges), nil
}

func (f *filter) write(a Answer) error {
	if f.MinHash != nil {
		d, err := f.doc(f.number[a.ID])
		if err != nil {
			return err
		}
		a.MinHash = f.MinHash.Signature(d.Text)
	}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := f.out.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("dedupe: write answer: %w", err)
	}
	return nil
}

var errLongLine = errors.New("line too long")

// readLine reads up to a line break. A line beyond MaxLine is passed over and
// gives errLongLine.
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
