package dedupe

import (
	"winnow/dedupe/internal/align"
	"winnow/dedupe/internal/text"
)

// figures are what a decision rests on. Shares are between 0 and 1.
type figures struct {
	shareA, shareB float64 // of the content words, matched in order
	spanA, spanB   float64 // of the content words, inside a passage, matched or not
	names          tally
	numbers        tally
	span           float64 // the larger of spanA and spanB
	spanOther      float64 // the smaller
	density        float64 // matched words of those in the passages, of both texts
	words          int     // content words of the shorter text
	before         float64 // share of the content words of the text with the smaller span that are before its first passage
	firstName      bool    // the first name of one of the texts is in the other one
	oneHost        bool    // both are of one outlet
}

// tally counts the names, or the numbers, inside the passages.
type tally struct {
	same  int // matched
	other int // against another name, or number
	lost  int // against none, on either side
}

const (
	// fewestOfKind is the number of names, or of numbers, below which those that
	// lack count as matched: too few mean nothing.
	fewestOfKind = 6
	// leastOther is the number of names, or of numbers, that are others, below
	// which it is a correction.
	leastOther = 2
)

// agreement returns the share of the names, or numbers, that both texts have.
func (t tally) agreement() float64 {
	n := t.same + t.other + t.lost
	lack := max(0, fewestOfKind-n)
	return float64(t.same+lack) / float64(n+lack)
}

// swapped returns the share of those that are against another one, of those that
// are against any; 0 where there is but one: a correction.
func (t tally) swapped() float64 {
	if t.other < leastOther {
		return 0
	}
	return float64(t.other) / float64(t.same+t.other)
}

func (t *tally) add(inA, inB int) {
	t.other += min(inA, inB)
	t.lost += max(inA, inB) - min(inA, inB)
}

// measure takes the figures of two texts that were aligned.
func measure(al *align.Alignment, a, b *Doc, pa, pb *text.Prepared) figures {
	var f figures
	f.shareA, f.spanA = shares(pa, al.MatchA, al.Passages, func(p align.Passage) (int32, int32) { return p.FromA, p.ToA })
	f.shareB, f.spanB = shares(pb, al.MatchB, al.Passages, func(p align.Passage) (int32, int32) { return p.FromB, p.ToB })
	f.span, f.spanOther = max(f.spanA, f.spanB), min(f.spanA, f.spanB)
	if f.span > 0 {
		f.density = (f.shareA + f.shareB) / (f.spanA + f.spanB)
	}
	f.words = min(len(pa.Hash), len(pb.Hash))
	f.before = before(al.Passages, len(pa.Hash), len(pb.Hash), f.spanA > f.spanB)
	f.firstName = pb.Has(pa.FirstName()) || pa.Has(pb.FirstName())
	f.oneHost = a.Host != "" && a.Host == b.Host
	for _, p := range al.Passages {
		f.count(al, pa, pb, p)
	}
	return f
}

// before returns the share of a text that is before its first passage: of the second text,
// or else of the first one. It is 0 without passages.
func before(passages []align.Passage, wordsA, wordsB int, second bool) float64 {
	from, words := int32(-1), wordsA
	if second {
		words = wordsB
	}
	for _, p := range passages {
		start := p.FromA
		if second {
			start = p.FromB
		}
		if from < 0 || start < from {
			from = start
		}
	}
	return float64(max(from, 0)) / float64(max(words, 1))
}

// count adds up a passage's names and numbers.
func (f *figures) count(al *align.Alignment, a, b *text.Prepared, p align.Passage) {
	j := p.FromB
	gap := p.FromA
	for i := p.FromA; i <= p.ToA; i++ {
		m := al.MatchA[i]
		if m < j || m > p.ToB {
			continue
		}
		if a.Flag[i]&text.IsName != 0 || b.Flag[m]&text.IsName != 0 {
			f.names.same++
		}
		if a.Flag[i]&text.IsNumber != 0 {
			f.numbers.same++
		}
		f.names.add(unmatched(a.Flag[gap:i], al.MatchA[gap:i], text.IsName), unmatched(b.Flag[j:m], al.MatchB[j:m], text.IsName))
		f.numbers.add(unmatched(a.Flag[gap:i], al.MatchA[gap:i], text.IsNumber), unmatched(b.Flag[j:m], al.MatchB[j:m], text.IsNumber))
		gap, j = i+1, m+1
	}
}

// unmatched returns the number of words with a flag that have no partner.
func unmatched(flags []uint8, matched []int32, flag uint8) int {
	n := 0
	for i, f := range flags {
		if f&flag != 0 && matched[i] < 0 {
			n++
		}
	}
	return n
}

// shares returns the share of a text's content words that are matched, and of
// those inside a passage. ends are those of a passage in this text.
func shares(p *text.Prepared, matched []int32, passages []align.Passage, ends func(align.Passage) (int32, int32)) (share, span float64) {
	if len(p.Hash) == 0 {
		return 0, 0
	}
	in := make([]bool, len(p.Hash))
	for _, passage := range passages {
		from, to := ends(passage)
		for i := from; i <= to; i++ {
			in[i] = true
		}
	}
	var hit, covered float64
	for i := range p.Hash {
		if matched[i] >= 0 {
			hit++
		}
		if in[i] {
			covered++
		}
	}
	all := float64(len(p.Hash))
	return hit / all, covered / all
}
