package siteprofile

import "testing"

// The share of the other pages that must have a text, for it to be the site's, falls with
// the number of pages.
func TestIsCommon(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    recurrence
		want map[int]int32 // pages of the sample → other pages that must have the text
	}{
		{"text", plainText, map[int]int32{3: 1, 6: 2, 11: 2, 64: 12}},
		{"a short sentence", shortSentence, map[int]int32{3: 2, 6: 2, 11: 3, 64: 10}},
		{"prose", prose, map[int]int32{3: 2, 6: 2, 11: 3, 64: 16}},
		{"with other numbers", maskedText, map[int]int32{3: 1, 6: 2, 11: 2, 64: 10}},
	} {
		for pages, want := range tt.want {
			j := &judge{Profile: &Profile{pages: pages, sampled: map[uint64]bool{1: true}}, v: &view{Sketch: &Sketch{url: 1}}}
			n := int32(1)
			for !j.isCommon(n, tt.r) {
				n++
			}
			if n != want {
				t.Errorf("%s: of %d pages %d others must have it, not %d", tt.name, pages, n, want)
			}
		}
	}
}
