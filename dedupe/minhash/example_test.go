package minhash_test

import (
	"fmt"

	"winnow/dedupe/minhash"
)

// Two texts with a band in common are worth comparing.
func ExampleHasher_Signature() {
	h := minhash.New()
	a := h.Signature("The cutter Nordvind left Holm at dawn on Monday with nine sailors and a crane, and reached the yard at Vann before noon in spite of the ice.")
	b := h.Signature("The cutter Nordvind left Holm at dawn on Monday with nine sailors and a crane, and reached the yard at Vann before noon.")
	common := 0
	for i := range a {
		if a[i] == b[i] {
			common++
		}
	}
	fmt.Println(len(a), "bands,", common, "in common")
	fmt.Println(a[0][:16]) // the first of the hashes of the first band
	// Output:
	// 14 bands, 3 in common
	// 0089d613339c49e3
}
