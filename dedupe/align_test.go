package dedupe

import (
	"slices"
	"strings"
	"testing"
)

// spelled makes a text of few words of a row of bytes, so that chance brings
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

// checkAlignment holds what align says against the texts.
func checkAlignment(t *testing.T, a, b *prepared, al alignment) {
	t.Helper()
	if len(al.matchA) != len(a.hash) || len(al.matchB) != len(b.hash) {
		t.Fatalf("%d and %d partners of %d and %d words", len(al.matchA), len(al.matchB), len(a.hash), len(b.hash))
	}
	matched := 0
	for i, j := range al.matchA {
		if j < 0 {
			continue
		}
		matched++
		if int(al.matchB[j]) != i || a.hash[i] != b.hash[j] {
			t.Fatalf("word %d of A is paired with %d of B, which is paired with %d; alike: %v", i, j, al.matchB[j], a.hash[i] == b.hash[j])
		}
	}
	for j, i := range al.matchB {
		if i >= 0 && int(al.matchA[i]) != j {
			t.Fatalf("word %d of B is paired with %d of A, which is paired with %d", j, i, al.matchA[i])
		}
	}
	words := 0
	for _, p := range al.passages {
		words += p.words
		if p.fromA < 0 || p.fromA > p.toA || int(p.toA) >= len(a.hash) || p.fromB < 0 || p.fromB > p.toB || int(p.toB) >= len(b.hash) {
			t.Fatalf("passage %+v lies outside %d and %d words", p, len(a.hash), len(b.hash))
		}
		if p.words < int(minPassage) || p.words > int(min(p.toA-p.fromA, p.toB-p.fromB))+1 {
			t.Fatalf("passage %+v: so many words", p)
		}
		if al.matchA[p.fromA] < 0 || al.matchA[p.toA] < 0 || al.matchB[p.fromB] < 0 || al.matchB[p.toB] < 0 {
			t.Fatalf("passage %+v ends in a word without a partner", p)
		}
	}
	if words != matched {
		t.Fatalf("%d words in passages, %d with partners", words, matched)
	}
}

func FuzzAlign(f *testing.F) {
	c := checker(f)
	f.Add([]byte("the same row of words"), []byte("the same row of other words"))
	f.Add(slices.Repeat([]byte{1, 2, 3}, 80), slices.Repeat([]byte{3, 1, 2}, 70))
	f.Add(slices.Repeat([]byte{7}, 300), slices.Repeat([]byte{7}, 500))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, []byte{7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6})
	f.Fuzz(func(t *testing.T, codeA, codeB []byte) {
		a, b := c.prepare(spelled(codeA)), c.prepare(spelled(codeB))
		al := align(a, b)
		checkAlignment(t, a, b, al)
		again := align(c.prepare(spelled(codeA)), c.prepare(spelled(codeB)))
		if !slices.Equal(al.matchA, again.matchA) || !slices.Equal(al.passages, again.passages) {
			t.Fatal("aligned once more it is another")
		}
		self := align(a, c.prepare(spelled(codeA)))
		for i, j := range self.matchA {
			if len(a.hash) >= 4 && len(self.passages) == 1 && j >= 0 && int(j) != i {
				t.Fatalf("beside itself, word %d of one passage is paired with %d", i, j)
			}
		}
	})
}
