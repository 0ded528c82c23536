package align

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"winnow/dedupe/internal/text"
)

// spelled makes a text of few words out of a row of bytes, so that chance brings
// every way in which places can repeat and cross.
func spelled(code []byte) string {
	var b strings.Builder
	for i, c := range code {
		b.WriteByte("bcdfghklmnprstvz"[c&15])
		b.WriteString("ordan"[:2+c>>4&3])
		b.WriteByte(" \n"[i/40%2])
	}
	return b.String()
}

// checkAlignment checks an alignment against the texts.
func checkAlignment(t *testing.T, a, b *text.Prepared, al Alignment) {
	t.Helper()
	if len(al.MatchA) != len(a.Hash) || len(al.MatchB) != len(b.Hash) {
		t.Fatalf("%d and %d partners of %d and %d words", len(al.MatchA), len(al.MatchB), len(a.Hash), len(b.Hash))
	}
	matched := 0
	for i, j := range al.MatchA {
		if j < 0 {
			continue
		}
		matched++
		if int(al.MatchB[j]) != i || a.Hash[i] != b.Hash[j] {
			t.Fatalf("word %d of A is paired with %d of B, which is paired with %d; alike: %v", i, j, al.MatchB[j], a.Hash[i] == b.Hash[j])
		}
	}
	for j, i := range al.MatchB {
		if i >= 0 && int(al.MatchA[i]) != j {
			t.Fatalf("word %d of B is paired with %d of A, which is paired with %d", j, i, al.MatchA[i])
		}
	}
	words := 0
	for _, p := range al.Passages {
		words += p.Words
		if p.FromA < 0 || p.FromA > p.ToA || int(p.ToA) >= len(a.Hash) || p.FromB < 0 || p.FromB > p.ToB || int(p.ToB) >= len(b.Hash) {
			t.Fatalf("passage %+v is outside %d and %d words", p, len(a.Hash), len(b.Hash))
		}
		if p.Words < int(minPassage) || p.Words > int(min(p.ToA-p.FromA, p.ToB-p.FromB))+1 {
			t.Fatalf("passage %+v: so many words", p)
		}
		if al.MatchA[p.FromA] < 0 || al.MatchA[p.ToA] < 0 || al.MatchB[p.FromB] < 0 || al.MatchB[p.ToB] < 0 {
			t.Fatalf("passage %+v ends in a word without a partner", p)
		}
	}
	if words != matched {
		t.Fatalf("%d words in passages, %d with partners", words, matched)
	}
}

func FuzzTexts(f *testing.F) {
	l := text.NewLexicon()
	f.Add([]byte("the same row of words"), []byte("the same row of other words"))
	f.Add(slices.Repeat([]byte{1, 2, 3}, 80), slices.Repeat([]byte{3, 1, 2}, 70))
	f.Add(slices.Repeat([]byte{7}, 300), slices.Repeat([]byte{7}, 500))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, []byte{7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6})
	f.Fuzz(func(t *testing.T, codeA, codeB []byte) {
		a, b := l.Prepare(spelled(codeA)), l.Prepare(spelled(codeB))
		al := Texts(a, b)
		checkAlignment(t, a, b, al)
		again := Texts(l.Prepare(spelled(codeA)), l.Prepare(spelled(codeB)))
		if !slices.Equal(al.MatchA, again.MatchA) || !slices.Equal(al.Passages, again.Passages) {
			t.Fatal("aligned once more it is another")
		}
		self := Texts(a, l.Prepare(spelled(codeA)))
		for i, j := range self.MatchA {
			if len(a.Hash) >= 4 && len(self.Passages) == 1 && j >= 0 && int(j) != i {
				t.Fatalf("beside itself, word %d of one passage is paired with %d", i, j)
			}
		}
	})
}

// Time must stay in proportion to the length, whatever the text: the work of
// the aligner is the number of seeds times the look back.
func TestSeedsStayLinear(t *testing.T) {
	const n = 50_000
	for _, period := range []int{1, 2, 10, 100, n} { // words, after which they repeat
		t.Run(strconv.Itoa(period), func(t *testing.T) {
			matches, _ := seeds(repeating(n, period), repeating(n+1, period))
			back := 0
			for m, from := range matches {
				for k := m - 1; k >= 0 && from.i-matches[k].i <= reach; k-- {
					back++
				}
			}
			if len(matches) > 8*n || back > 500*n {
				t.Errorf("%d seeds and %d looks back for %d words", len(matches), back, n)
			}
		})
	}
}

// repeating returns a text of n content words that repeat themselves.
func repeating(n, period int) *text.Prepared {
	p := &text.Prepared{Hash: make([]uint32, n), Flag: make([]uint8, n)}
	for i := range p.Hash {
		p.Hash[i] = uint32(text.Mix(uint64(i%period)) >> 32)
	}
	return p
}
