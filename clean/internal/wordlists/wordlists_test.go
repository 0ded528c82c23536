package wordlists

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestSections checks that every section that the program asks for has entries.
func TestSections(t *testing.T) {
	l := All()
	for _, s := range wordSections {
		if len(l.Entries(s)) == 0 {
			t.Errorf("[%s] has no entries", s)
		}
	}
	for _, s := range labelSections {
		if !slices.ContainsFunc(l.Labels, func(label Label) bool { return label.Section == s }) {
			t.Errorf("[%s] has no labels", s)
		}
	}
	if l.Month("sept", "") != 9 || l.Month("كانون الاول", "") != 12 && l.Month("كانون الأول", "") != 12 {
		t.Error("months are missing")
	}
	if l.Zones["edt"] != -4*time.Hour || l.Zones["мск"] != 3*time.Hour || l.Zones["ist"] != 330*time.Minute {
		t.Error("zones are missing")
	}
	if !slices.Equal(l.Common["und"], []string{"de"}) {
		t.Errorf("und is common in %v", l.Common["und"])
	}
}

func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"unknown section", "[related]\n:see also\n[relatd]\n:read on\n", "labels/xx.txt:4: [relatd] is no section"},
		{"before a section", ":see also\n", "labels/xx.txt:1: [] is no section"},
		{"no form", "[related]\n# a comment\nsee also\n", `labels/xx.txt:3: [related] "see also" does not begin with a form`},
		{"form alone", "[related]\n:\n", `labels/xx.txt:2: [related] ":" does not begin`},
		{"too short", "[ad]\n~ad:\n", `labels/xx.txt:2: [ad] "ad:" is shorter than 4 bytes`},
		{"zone without hours", "[zones]\nmsk\n", `labels/xx.txt:2: [zones] "msk" has no hours`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(fstest.MapFS{"labels/xx.txt": {Data: []byte(tt.file)}})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	l, err := read(fstest.MapFS{"labels/xx.txt": {Data: []byte("[pitch]\nFree\noffer\norder now\n价格\n[and]\nAND\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Has(Pitch, "free") || l.Has(Pitch, "now") {
		t.Error("Has")
	}
	if !l.HasPrefix(Pitch, "offering") || l.HasPrefix(Pitch, "my offer") {
		t.Error("HasPrefix")
	}
	if !l.HasSuffix(Pitch, "buy or order now") || l.HasSuffix(Pitch, "offering") {
		t.Error("HasSuffix")
	}
	for text, want := range map[string]int{
		"a free offer, free of charge": 2,
		"freely offered":               0,
		"order now":                    1,
		"看价格吧":                         1,
	} {
		if got := l.CountDistinct(Pitch, text); got != want || l.Mentions(Pitch, text) != (want > 0) {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	if !slices.Equal(l.Entries(And), []string{"AND"}) {
		t.Errorf("and is %q", l.Entries(And))
	}
}
