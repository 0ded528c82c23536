package dedupe

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"winnow/dedupe/internal/text"
	"winnow/dedupe/minhash"
	"winnow/news"
)

// FilterOptions are the settings of one run of [Checker.Filter]. The zero value is
// ready for use.
type FilterOptions struct {
	// Stream answers each record at once from those before it, and adds a line
	// whenever a later record changes an answer.
	Stream bool
	// MinHash adds the signature of its text to each answer; nil adds none.
	MinHash *minhash.Hasher
	// TempDir is where the texts are kept meanwhile; "" is the system's place.
	TempDir string
	// Problem is called with each line that was left out, with its number (from
	// 1) and what to do about it. May be nil.
	Problem func(line int, what string)
	// Progress is called now and then with how many records were read (of is 0)
	// and compared (of is their number). May be nil.
	Progress func(stage string, n, of int)
}

// Summary is the result of a run of [Checker.Filter].
type Summary struct {
	Records  int // lines that were records
	Copies   int // of them, dropped
	Problems int // lines left out
}

// progressEvery is the number of records between two calls of Progress.
const progressEvery = 500

// Filter reads records {id, text, title?, date?, hostname? or host?, url?,
// source?, language?}, one JSON object a line, and writes an [Answer] a line in
// the order of input: after the last record, or at once with Stream. A line
// that is no such record, or whose id occurred before, is reported to Problem and
// left out. Memory is bounded but for the ids and the copies found; the texts and
// most of the prints are in temporary files. It fails when reading, writing or a
// temporary file fails, and when ctx ends; the summary then counts what was done.
func (c *Checker) Filter(ctx context.Context, in io.Reader, out io.Writer, o FilterOptions) (sum Summary, err error) {
	s, err := newScratchIndex(o.TempDir, !o.Stream)
	if err != nil {
		return sum, err
	}
	defer func() { err = cmp.Or(err, s.close()) }()
	f := filter{checker: c, scratch: s, options: o, out: bufio.NewWriterSize(out, 1<<16), edges: map[uint32][]Edge{}, verdicts: map[uint32]news.Verdict{}}
	if err := f.readAll(ctx, in); err != nil {
		return f.sum, err
	}
	if !o.Stream {
		if err := f.compareAll(ctx); err != nil {
			return f.sum, err
		}
		if err := f.answerAll(ctx); err != nil {
			return f.sum, err
		}
	}
	for _, v := range f.verdicts {
		if v.DuplicateOf != "" {
			f.sum.Copies++
		}
	}
	return f.sum, f.out.Flush()
}

// filter is one run. Stories are known by their number in the order of arrival.
type filter struct {
	checker  *Checker
	scratch  *scratchIndex
	options  FilterOptions
	sum      Summary
	out      *bufio.Writer
	edges    map[uint32][]Edge       // of the stories that have any
	verdicts map[uint32]news.Verdict // with Stream those answered, else those of copies and of what is kept for them
	texts    textCache
	distinct pairCache
}

// readAll reads all the records.
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
			f.problem(n, fmt.Sprintf("the line is longer than %d MiB; put each record on its own line", MaxLine>>20))
		case len(strings.TrimSpace(string(line))) > 0:
			if err := f.read(ctx, n, line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (f *filter) problem(line int, what string) {
	f.sum.Problems++
	if f.options.Problem != nil {
		f.options.Problem(line, what)
	}
}

func (f *filter) progress(stage string, n, of int) {
	if f.options.Progress != nil && (n%progressEvery == 0 || n == of) {
		f.options.Progress(stage, n, of)
	}
}

// read reads one line and, streaming, answers it.
func (f *filter) read(ctx context.Context, n int, line []byte) error {
	d, problem := parseRecord(line)
	if problem == "" {
		if _, ok := f.scratch.number[d.ID]; ok {
			problem = fmt.Sprintf("the id %q occurs twice; give each record its own id", d.ID)
		}
	}
	if problem != "" {
		f.problem(n, problem)
		return nil
	}
	p := f.checker.lexicon.Prepare(d.Text)
	if err := f.scratch.add(d, f.checker.printsOf(p)); err != nil {
		return err
	}
	f.sum.Records++
	f.progress("read", f.sum.Records, 0)
	if !f.options.Stream {
		return nil
	}
	number := uint32(len(f.scratch.ids) - 1)
	if err := f.compareOne(ctx, number); err != nil {
		return err
	}
	return f.answerGroup(ctx, number)
}

// compareAll finds the edges of all stories.
func (f *filter) compareAll(ctx context.Context) error {
	if err := f.scratch.postings.Finish(common); err != nil {
		return err
	}
	for n := range f.scratch.ids {
		if err := f.compareOne(ctx, uint32(n)); err != nil {
			return err
		}
		f.progress("compare", n+1, len(f.scratch.ids))
	}
	return nil
}

// compareOne finds the edges of a story. Its text is prepared only when there is
// something to compare it with.
func (f *filter) compareOne(ctx context.Context, n uint32) error {
	p, err := f.scratch.prints(n)
	if err != nil {
		return err
	}
	asks := asking{f.scratch.ids[n], int(f.scratch.metadata[n].day), p}
	found, err := edges(ctx, asks, f.scratch, func(o Candidate) (e Edge, ok, gone bool, err error) {
		m := f.scratch.number[o.ID]
		if e, ok, known := f.known(n, m); known {
			return e, ok, false, nil
		}
		d, dp, err := f.prepared(n)
		if err != nil {
			return e, false, false, err
		}
		od, op, err := f.prepared(m)
		if err != nil {
			return e, false, false, err
		}
		if e, ok = f.checker.compare(d, od, dp, op); !ok {
			f.distinct.put(n, m)
		}
		return e, ok, false, nil
	})
	if err != nil {
		return err
	}
	for _, e := range found {
		for _, id := range []string{e.A, e.B} {
			m := f.scratch.number[id]
			if !slices.Contains(f.edges[m], e) {
				f.edges[m] = append(f.edges[m], e)
			}
		}
	}
	return nil
}

// prepared returns a story, less its text, and its text prepared.
func (f *filter) prepared(n uint32) (*Doc, *text.Prepared, error) {
	if d, p, ok := f.texts.get(n); ok {
		return d, p, nil
	}
	d, err := f.scratch.doc(n)
	if err != nil {
		return nil, nil, err
	}
	p := f.checker.lexicon.Prepare(d.Text)
	d.Text = ""
	f.texts.put(n, d, p)
	return d, p, nil
}

// known returns the result of an earlier comparison of two stories.
func (f *filter) known(n, m uint32) (e Edge, is, known bool) {
	a, b := f.scratch.ids[n], f.scratch.ids[m]
	for _, e := range f.edges[n] {
		if e.A == min(a, b) && e.B == max(a, b) {
			return e, true, true
		}
	}
	return Edge{}, false, f.distinct.has(n, m)
}
