package text

import (
	"bytes"
	"slices"
	"testing"
)

func TestWriteCommonplaces(t *testing.T) {
	texts := []string{"Grey hull, grey sea", "the grey hull left", "a grey hull and a hull", "oak hull"}
	var buf bytes.Buffer
	n, err := WriteCommonplaces(&buf, slices.Values(texts), 3)
	if err != nil || n != 1 {
		t.Fatalf("%d phrases, %v; want 1", n, err)
	}
	s, err := readCommonplaces(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	w := Split("grey hull sea")
	if !s.Have(Phrase(w.Hash[0], w.Hash[1])) || s.Have(Phrase(w.Hash[1], w.Hash[2])) {
		t.Error("the wrong phrases were kept")
	}
	var again bytes.Buffer
	if _, err := WriteCommonplaces(&again, slices.Values(texts), 3); err != nil || !bytes.Equal(buf.Bytes(), again.Bytes()) {
		t.Error("not the same file again")
	}
}

func FuzzReadCommonplaces(f *testing.F) {
	var buf bytes.Buffer
	if _, err := WriteCommonplaces(&buf, slices.Values([]string{"grey hull", "oak mast"}), 1); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add(buf.Bytes()[:buf.Len()-1])
	f.Add([]byte(phrasesMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := readCommonplaces(data)
		if err == nil && len(s.hashes.slots) > 16+8*len(data) {
			t.Errorf("%d bytes make %d slots", len(data), len(s.hashes.slots))
		}
	})
}
