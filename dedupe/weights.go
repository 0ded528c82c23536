package dedupe

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Shipped data. weights/README.md tells where it comes from.
var (
	//go:embed weights/stopwords.txt
	stopwords string
	//go:embed weights/phrases.bin
	phrases []byte
)

// stopSet reads the list of stop words.
func stopSet() set {
	var all []uint32
	for line := range strings.Lines(stopwords) {
		if _, list, ok := strings.Cut(line, ": "); ok && line[0] != '#' {
			all = append(all, split(list).hash...)
		}
	}
	return newSet(all)
}

// set is a hash table of words or of phrases, by their 32-bit hashes.
type set struct {
	slots []uint32 // 0 is empty; their number is a power of two
	zero  bool     // whether 0 is a member
}

func newSet(members []uint32) set {
	n := 16
	for n < 2*len(members) {
		n *= 2
	}
	s := set{slots: make([]uint32, n)}
	for _, h := range members {
		if h == 0 {
			s.zero = true
			continue
		}
		i := s.first(h)
		for s.slots[i] != 0 && s.slots[i] != h {
			i = (i + 1) & (n - 1)
		}
		s.slots[i] = h
	}
	return s
}

func (s *set) first(h uint32) int { return int(h*0x9E3779B1) & (len(s.slots) - 1) }

func (s *set) has(h uint32) bool {
	if h == 0 {
		return s.zero
	}
	i := s.first(h)
	for s.slots[i] != 0 {
		if s.slots[i] == h {
			return true
		}
		i = (i + 1) & (len(s.slots) - 1)
	}
	return false
}

// phraseOf is the hash of two content words side by side.
func phraseOf(a, b uint32) uint64 { return mix(uint64(a)<<32 | uint64(b)) }

// The file of commonplace phrases: the magic, the hash of probe as split cuts
// it (big-endian, so that a table made for another tokeniser is found out), the
// number of phrases as a varint, then the upper 32 bits of their phraseOf,
// ascending, each as a varint of its distance to the one before it.
const (
	phrasesMagic = "phrases1"
	probe        = "Don't fold Şırnak's №5: 1,234.5 мм и 坦克炮弹, ٣ دبابات"
)

func probeHash() uint64 {
	h := uint64(0)
	for _, x := range split(probe).hash {
		h = mix(h ^ uint64(x))
	}
	return h
}

// phraseSet reads a file of commonplace phrases.
func phraseSet(data []byte) (set, error) {
	rest, ok := strings.CutPrefix(string(data), phrasesMagic)
	if !ok || len(rest) < 8 {
		return set{}, errors.New("dedupe: not a file of phrases")
	}
	b := []byte(rest)
	if binary.BigEndian.Uint64(b) != probeHash() {
		return set{}, errors.New("dedupe: the phrases were counted with another tokeniser: run internal/mkweights")
	}
	b = b[8:]
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)) {
		return set{}, errors.New("dedupe: the file of phrases is damaged")
	}
	b = b[size:]
	all, last := make([]uint32, 0, n), uint64(0)
	for range n {
		d, size := binary.Uvarint(b)
		if last += d; size <= 0 || last > 1<<32-1 {
			return set{}, errors.New("dedupe: the file of phrases is damaged")
		}
		b = b[size:]
		all = append(all, uint32(last))
	}
	return newSet(all), nil
}

// WritePhrases counts in how many of the texts each pair of neighbouring
// content words stands, and writes those that stand in atLeast texts or more,
// as the file that this package ships as weights/phrases.bin: a phrase that so
// many stories have finds no copies. Each story should be among the texts
// once. It says how many phrases it wrote.
func WritePhrases(w io.Writer, texts iter.Seq[string], atLeast int) (int, error) {
	c := &Checker{stop: stopSet()}
	count := make(map[uint32]int)
	for text := range texts {
		p := c.prepare(text)
		seen := make(map[uint32]bool)
		for i := 1; i < len(p.hash); i++ {
			h := uint32(phraseOf(p.hash[i-1], p.hash[i]) >> 32)
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
