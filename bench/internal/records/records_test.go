package records

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheSameSeedGivesTheSameRecords(t *testing.T) {
	var a, b, c bytes.Buffer
	for out, seed := range map[*bytes.Buffer]uint64{&a: 1, &b: 1, &c: 2} {
		if err := Write(out, 300, seed); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) || bytes.Equal(a.Bytes(), c.Bytes()) {
		t.Error("records do not go by their seed alone")
	}
}

// A copy names what it is a copy of, and shares words with it.
func TestCopiesNameTheirOriginal(t *testing.T) {
	m := NewMill(1)
	byID, copies := map[string]Record{}, 0
	for range 1000 {
		r := m.Next()
		if _, twice := byID[r.ID]; twice || r.Text == "" || r.Date == "" || r.Hostname == "" {
			t.Fatalf("%+v", r)
		}
		byID[r.ID] = r
		original, ok := byID[Original(r.ID)]
		if !ok {
			t.Fatalf("%s: its original has not come before", r.ID)
		}
		if original.ID == r.ID {
			continue
		}
		copies++
		words, both := strings.Fields(r.Text), 0
		for _, w := range words {
			if strings.Contains(original.Text, w) {
				both++
			}
		}
		if 10*both < 6*len(words) || r.Date != original.Date {
			t.Errorf("%s: %d of %d words", r.ID, both, len(words))
		}
	}
	if copies < 100 || copies > 200 {
		t.Errorf("%d copies of 1000 records", copies)
	}
}
