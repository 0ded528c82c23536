package dedupe

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func shared(a, b []uint64) int {
	n := 0
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); ok {
			n++
		}
	}
	return n
}

func TestPrintsNumber(t *testing.T) {
	c := checker(t)
	for _, tt := range []struct {
		name     string
		text     string
		min, max int
	}{
		{"a word", "minehunter", 1, 2},
		{"a line", "Navy takes over second minehunter at Port Skerry", 5, minPrints + 1},
		{"40 words", numbered(40), minPrints, minPrints + 1},
		{"500 words", numbered(500), 60, 110},
		{"100,000 words", numbered(100_000), maxPrints, maxPrints + 1},
		{"Chinese", strings.Repeat("奥斯特拉维亚海军接收猎雷舰，", 3) + "比合同规定的日期晚了十一个月", minPrints, 30},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := c.Prints("", tt.text, "")
			if len(p) < tt.min || len(p) > tt.max {
				t.Errorf("%d prints, want %d to %d", len(p), tt.min, tt.max)
			}
			if !slices.IsSorted(p) || len(slices.Compact(slices.Clone(p))) != len(p) {
				t.Error("not sorted, or with repeats")
			}
		})
	}
}

func TestPrintsMeet(t *testing.T) {
	c := checker(t)
	a, b, _ := readPair(t, "testdata/pairs/same-typography.txtar")
	if p, q := c.Prints("", a.Text, ""), c.Prints("x", b.Text, "en"); !slices.Equal(p, q) {
		t.Error("the same words have other prints")
	}
	a, b, _ = readPair(t, "testdata/pairs/unrelated.txtar")
	if n := shared(c.Prints("", a.Text, ""), c.Prints("", b.Text, "")); n > 1 {
		t.Errorf("unrelated stories share %d prints", n)
	}
}

// A phrase that the shipped list holds is no print; a fresh one is.
func TestPhrasesAreLeftOut(t *testing.T) {
	c := checker(t)
	words := c.prepare("prime minister gearbox")
	for i, want := range []bool{true, false} {
		if got := c.common.has(uint32(phraseOf(words.hash[i], words.hash[i+1]) >> 32)); got != want {
			t.Errorf("pair %d: listed %v, want %v", i, got, want)
		}
	}
}

func TestWritePhrases(t *testing.T) {
	texts := []string{"Grey hull, grey sea", "the grey hull left", "a grey hull and a hull", "oak hull"}
	var buf bytes.Buffer
	n, err := WritePhrases(&buf, slices.Values(texts), 3)
	if err != nil || n != 1 {
		t.Fatalf("%d phrases, %v; want 1", n, err)
	}
	s, err := phraseSet(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	w := split("grey hull sea")
	if !s.has(uint32(phraseOf(w.hash[0], w.hash[1])>>32)) || s.has(uint32(phraseOf(w.hash[1], w.hash[2])>>32)) {
		t.Error("the wrong phrases were kept")
	}
	var again bytes.Buffer
	if _, err := WritePhrases(&again, slices.Values(texts), 3); err != nil || !bytes.Equal(buf.Bytes(), again.Bytes()) {
		t.Error("not the same file again")
	}
}

func FuzzPhraseSet(f *testing.F) {
	var buf bytes.Buffer
	if _, err := WritePhrases(&buf, slices.Values([]string{"grey hull", "oak mast"}), 1); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add(buf.Bytes()[:buf.Len()-1])
	f.Add([]byte(phrasesMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := phraseSet(data)
		if err == nil && len(s.slots) > 16+8*len(data) {
			t.Errorf("%d bytes make %d slots", len(data), len(s.slots))
		}
	})
}

func BenchmarkPrints(b *testing.B) {
	c := checker(b)
	d, _, _ := readPair(b, "testdata/pairs/agency-tag.txtar")
	b.SetBytes(int64(len(d.Text)))
	for b.Loop() {
		c.Prints(d.Title, d.Text, d.Language)
	}
}
