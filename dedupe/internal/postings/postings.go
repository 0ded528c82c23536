// Package postings is a posting index for one run of a program: from prints to
// the numbers of the stories that have them. It is log-structured: prints come
// into a tail, sorted runs are made of it and merged, small ones in memory and
// large ones in a temporary file. A sieve, a Bloom filter, spares most look-ups
// on disk.
//
// Start at [New]. The index of internal/store is another one: it survives the
// process, is written in transactions, and its stories change and go.
package postings

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	"winnow/dedupe/internal/tempfile"
)

// Index holds pairs of a print (its upper 32 bits, which differ by chance once in
// four billion: the texts decide) and the number of a story that has it, in
// sorted runs. It is for one goroutine.
type Index struct {
	dir   string // of the temporary file
	batch bool   // nothing is looked up before Finish: runs are not merged until then
	sieve *sieve // of the prints that are worth a look-up, once the runs are finished on disk
	tail  []uint64
	runs  []run          // each at most half as long as the one before it, unless batch
	file  *tempfile.File // nil until there is a run that it holds
	end   int64          // of what was written to it
	block []byte         // read last
}

// New returns an empty index whose temporary file, should it need one, is in
// dir, "" for the system's place. With batch nothing is looked up before
// [Index.Finish], which makes adding faster.
func New(dir string, batch bool) *Index { return &Index{dir: dir, batch: batch} }

// run is a sorted row of pairs.
type run struct {
	n     int
	pairs []uint64 // nil when the run is in the file
	at    int64    // where it begins in the file
	first []uint64 // of each block
}

const (
	tailSize  = 1 << 14 // pairs that are scanned one by one
	batchTail = 1 << 20 // pairs that are sorted at once with batch: 8 MiB
	smallRun  = 1 << 18 // pairs that a run in memory has at most: 2 MiB
	blockSize = 512     // pairs read at once: a page of 4 KiB
)

// Add adds the prints of a story. It fails when the disk does.
func (p *Index) Add(n uint32, prints []uint64) error {
	for _, x := range prints {
		p.tail = append(p.tail, x>>32<<32|uint64(n))
	}
	if size := len(p.tail); size >= batchTail || size >= tailSize && !p.batch {
		return p.seal()
	}
	return nil
}

// seal sorts the tail and makes a run of it.
func (p *Index) seal() error {
	if len(p.tail) == 0 {
		return nil
	}
	slices.Sort(p.tail)
	if p.batch {
		r, err := p.write(sorted(p.tail), len(p.tail))
		p.runs, p.tail = append(p.runs, r), p.tail[:0]
		return err
	}
	p.runs = append(p.runs, run{n: len(p.tail), pairs: p.tail})
	p.tail = make([]uint64, 0, tailSize)
	from, n := len(p.runs)-1, p.runs[len(p.runs)-1].n
	for from > 0 && 2*n > p.runs[from-1].n {
		from--
		n += p.runs[from].n
	}
	return p.merge(from)
}

// Finish makes one run of all pairs; nothing may be added afterwards. Prints of
// more than common stories may not be found any more. It fails when the disk does.
func (p *Index) Finish(common int) error {
	if len(p.runs) == 0 {
		p.batch = false // few enough for memory
	}
	if err := p.seal(); err != nil {
		return err
	}
	p.batch, p.tail = false, nil
	if len(p.runs) > 1 {
		n := 0
		for _, r := range p.runs {
			n += r.n
		}
		p.sieve = newSieve(n, common)
	}
	return p.merge(0)
}

// merge makes one run of those from a place on.
func (p *Index) merge(from int) error {
	if len(p.runs)-from < 2 {
		return nil
	}
	var heads heads
	n := 0
	for _, r := range p.runs[from:] {
		next := sorted(r.pairs)
		if r.pairs == nil {
			next = p.read(r)
		}
		pair, ok, err := next()
		if err != nil {
			return err
		}
		if ok {
			heads = append(heads, head{pair, next})
		}
		n += r.n
	}
	heap.Init(&heads)
	r, err := p.write(heads.next, n)
	p.runs = append(p.runs[:from], r)
	return err
}

// source returns pair after pair; false at the end.
type source func() (pair uint64, ok bool, err error)

func sorted(pairs []uint64) source {
	return func() (uint64, bool, error) {
		if len(pairs) == 0 {
			return 0, false, nil
		}
		x := pairs[0]
		pairs = pairs[1:]
		return x, true, nil
	}
}

// read returns the pairs of a run in the file.
func (p *Index) read(r run) source {
	in := bufio.NewReaderSize(io.NewSectionReader(p.file, r.at, 8*int64(r.n)), 1<<16)
	left := r.n
	var b [8]byte
	return func() (uint64, bool, error) {
		if left == 0 {
			return 0, false, nil
		}
		left--
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return 0, false, fmt.Errorf("dedupe: read prints back from disk: %w", err)
		}
		return binary.BigEndian.Uint64(b[:]), true, nil
	}
}

// head is a source with the pair that it returned last.
type head struct {
	pair uint64
	rest source
}

// heads are sources as a heap, the smallest pair on top.
type heads []head

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return h[i].pair < h[j].pair }
func (h heads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *heads) Push(x any)        { *h = append(*h, x.(head)) }
func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// next returns the smallest pair of all.
func (h *heads) next() (uint64, bool, error) {
	if len(*h) == 0 {
		return 0, false, nil
	}
	top := &(*h)[0]
	pair := top.pair
	following, ok, err := top.rest()
	if err != nil {
		return 0, false, err
	}
	if ok {
		top.pair = following
		heap.Fix(h, 0)
	} else {
		heap.Pop(h)
	}
	return pair, true, nil
}

// write makes a run of n pairs that come sorted: in memory when they are few, or
// else at the end of the file.
func (p *Index) write(next source, n int) (run, error) {
	r := run{n: n}
	if n <= smallRun && !p.batch {
		r.pairs = make([]uint64, 0, n)
		for {
			x, ok, err := next()
			if err != nil || !ok {
				p.sieve.end()
				return r, err
			}
			p.sieve.count(x)
			r.pairs = append(r.pairs, x)
		}
	}
	if p.file == nil {
		f, err := tempfile.Create(p.dir, tempfile.Prints)
		if err != nil {
			return r, fmt.Errorf("dedupe: keep prints on disk: %w", err)
		}
		p.file = &f
	}
	r.at = p.end
	r.first = make([]uint64, 0, n/blockSize+1)
	out := bufio.NewWriterSize(io.NewOffsetWriter(p.file, p.end), 1<<16)
	for i := 0; ; i++ {
		x, ok, err := next()
		if err != nil {
			return r, err
		}
		if !ok {
			break
		}
		if i%blockSize == 0 {
			r.first = append(r.first, x)
		}
		p.sieve.count(x)
		if _, err := out.Write(binary.BigEndian.AppendUint64(nil, x)); err != nil {
			return r, fmt.Errorf("dedupe: keep prints on disk: %w", err)
		}
	}
	p.sieve.end()
	p.end += 8 * int64(n)
	if err := out.Flush(); err != nil {
		return r, fmt.Errorf("dedupe: keep prints on disk: %w", err)
	}
	return r, nil
}

// Close removes the temporary file.
func (p *Index) Close() error {
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}

// MayHave reports whether a print is worth a look-up: false means that no two
// stories have it, or more than were common to [Index.Finish].
func (p *Index) MayHave(print uint64) bool { return p.sieve.holds(print) }

// Lookup appends the numbers of the stories that have the print, in no order, or
// nothing when they are more than limit. It fails when the disk does.
func (p *Index) Lookup(print uint64, limit int, to []uint32) ([]uint32, error) {
	key, had := print>>32<<32, len(to)
	// take scans pairs from the first that is not below the key, and reports
	// whether there may be more behind them.
	take := func(n int, pair func(int) uint64) bool {
		for i := sort.Search(n, func(i int) bool { return pair(i) >= key }); i < n; i++ {
			x := pair(i)
			if x>>32<<32 != key || len(to)-had > limit {
				return false
			}
			to = append(to, uint32(x))
		}
		return true
	}
	for _, r := range p.runs {
		if r.pairs != nil {
			take(r.n, func(i int) uint64 { return r.pairs[i] })
			continue
		}
		b, _ := slices.BinarySearch(r.first, key)
		for b = max(0, b-1); b < len(r.first); b++ {
			block, err := p.readBlock(r, b)
			if err != nil {
				return nil, err
			}
			if !take(len(block)/8, func(i int) uint64 { return binary.BigEndian.Uint64(block[8*i:]) }) {
				break
			}
		}
	}
	for _, x := range p.tail {
		if x>>32<<32 == key && len(to)-had <= limit {
			to = append(to, uint32(x))
		}
	}
	if len(to)-had > limit {
		to = to[:had]
	}
	return to, nil
}

// readBlock reads one block of a run in the file, of 8 bytes a pair. It is valid
// until the next call.
func (p *Index) readBlock(r run, b int) ([]byte, error) {
	n := min(blockSize, r.n-b*blockSize)
	p.block = slices.Grow(p.block[:0], 8*blockSize)[:8*n]
	if _, err := p.file.ReadAt(p.block, r.at+8*int64(b)*blockSize); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("dedupe: read prints back from disk: %w", err)
	}
	return p.block, nil
}
