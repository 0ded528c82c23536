package text

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"winnow/dedupe/internal/weights"
)

// Phrase returns the hash of two content words side by side.
func Phrase(a, b uint32) uint64 { return Mix(uint64(a)<<32 | uint64(b)) }

// The file of commonplace phrases: the magic, the hash of probe as Split cuts it
// (big-endian, so that a table made for another tokeniser is found out), the
// number of phrases as a varint, then the upper 32 bits of their Phrase hashes,
// ascending, each as a varint of its distance to the one before it.
const (
	phrasesMagic = "phrases1"
	probe        = "Don't fold Şırnak's №5: 1,234.5 мм и 坦克炮弹, ٣ دبابات"
)

// probeHash is a fingerprint of the tokeniser.
func probeHash() uint64 {
	h := uint64(0)
	for _, x := range Split(probe).Hash {
		h = Mix(h ^ uint64(x))
	}
	return h
}

// Commonplaces are the phrases that so many stories have that they find no
// copies.
type Commonplaces struct{ hashes set }

// Have reports whether a hash made by [Phrase] is that of a commonplace.
func (c *Commonplaces) Have(phrase uint64) bool { return c.hashes.has(uint32(phrase >> 32)) }

// ShippedCommonplaces reads the phrases that the program ships. An error means
// that the build is damaged, or that the phrases were counted with another
// tokeniser.
func ShippedCommonplaces() (Commonplaces, error) { return readCommonplaces(weights.Phrases) }

func readCommonplaces(data []byte) (Commonplaces, error) {
	rest, ok := strings.CutPrefix(string(data), phrasesMagic)
	if !ok || len(rest) < 8 {
		return Commonplaces{}, errors.New("dedupe: not a file of phrases")
	}
	b := []byte(rest)
	if binary.BigEndian.Uint64(b) != probeHash() {
		return Commonplaces{}, errors.New("dedupe: the phrases were counted with another tokeniser: run internal/mkweights")
	}
	b = b[8:]
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)) {
		return Commonplaces{}, errors.New("dedupe: the file of phrases is damaged")
	}
	b = b[size:]
	all, last := make([]uint32, 0, n), uint64(0)
	for range n {
		d, size := binary.Uvarint(b)
		if last += d; size <= 0 || last > 1<<32-1 {
			return Commonplaces{}, errors.New("dedupe: the file of phrases is damaged")
		}
		b = b[size:]
		all = append(all, uint32(last))
	}
	return Commonplaces{newSet(all)}, nil
}

// WriteCommonplaces counts in how many of the texts each pair of neighbouring
// content words occurs, and writes those of atLeast texts or more as a file of
// commonplace phrases. Each story should be among the texts once. It returns how
// many phrases it wrote. It fails only when w does.
func WriteCommonplaces(w io.Writer, texts iter.Seq[string], atLeast int) (int, error) {
	lexicon := NewLexicon()
	count := make(map[uint32]int)
	for text := range texts {
		p := lexicon.Prepare(text)
		seen := make(map[uint32]bool)
		for i := 1; i < len(p.Hash); i++ {
			h := uint32(Phrase(p.Hash[i-1], p.Hash[i]) >> 32)
			if !seen[h] {
				seen[h] = true
				count[h]++
			}
		}
	}
	var all []uint32
	for h, n := range count {
		if n >= atLeast {
			all = append(all, h)
		}
	}
	slices.Sort(all)
	b := binary.BigEndian.AppendUint64([]byte(phrasesMagic), probeHash())
	b = binary.AppendUvarint(b, uint64(len(all)))
	last := uint32(0)
	for _, h := range all {
		b = binary.AppendUvarint(b, uint64(h-last))
		last = h
	}
	if _, err := w.Write(b); err != nil {
		return 0, fmt.Errorf("dedupe: write phrases: %w", err)
	}
	return len(all), nil
}
