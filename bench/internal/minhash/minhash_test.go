package minhash

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestPermutedIsTheFormula(t *testing.T) {
	seeded := rand.New(rand.NewPCG(7, 7))
	p := new(big.Int).SetUint64(prime)
	check := func(h, a, b uint64) {
		want := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(h))
		want.Add(want, new(big.Int).SetUint64(b)).Mod(want, p)
		if got := permuted(h, a, b); got != want.Uint64() {
			t.Fatalf("permuted(%d, %d, %d) = %d, want %d", h, a, b, got, want)
		}
	}
	check(0, 1, 0)
	check(prime, prime-1, prime-1)
	check(prime+7, prime-1, prime-1) // hashes are folded to just above the prime at most
	check(1, prime-1, 1)
	for range 10_000 {
		check(seeded.Uint64N(prime+8), 1+seeded.Uint64N(prime-1), seeded.Uint64N(prime))
	}
}

func TestWords(t *testing.T) {
	ix := New(false)
	for text, want := range map[string]string{
		"The SHIP, at 12.30!": "the ship at 0 0 ",
		"Déjà 2024-го":        "deja 0 го ",
		"e\u0301tat":          "etat ",
		"A320neo":             "a0neo ",
		" … ":                 "",
	} {
		flat, starts := ix.words(text)
		if string(flat) != want || len(starts) != strings.Count(want, " ")+1 {
			t.Errorf("words(%q) = %q with %d starts, want %q", text, flat, len(starts), want)
		}
	}
	if flat, _ := New(true).words("At 12.30!"); string(flat) != "at 12 30 " {
		t.Errorf("with numbers: %q", flat)
	}
}

func TestAddJoinsCopiesOnly(t *testing.T) {
	seeded := rand.New(rand.NewPCG(3, 3))
	text := func() string {
		var b strings.Builder
		for range 300 {
			fmt.Fprintf(&b, "w%c%c%c ", 'a'+rune(seeded.IntN(26)), 'a'+rune(seeded.IntN(26)), 'a'+rune(seeded.IntN(26)))
		}
		return b.String()
	}
	first, other := text(), text()
	ix := New(false)
	ix.Add(first)
	ix.Add(other)
	ix.Add(strings.ToUpper(first) + "!") // the same words
	ix.Add(first + " and a line more")   // nearly all the same
	ix.Add("too short")
	ix.Add("too short")
	for doc, want := range []int{0, 1, 0, 0, 4, 5} {
		if got := ix.Cluster(doc); got != want {
			t.Errorf("document %d is in the group of %d, want %d", doc, got, want)
		}
	}
}
