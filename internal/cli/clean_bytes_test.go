package cli

import (
	"math/rand/v2"
	"testing"
)

func TestBytesAtRandomAreNoPage(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		body := make([]byte, 3000)
		for i := range body {
			body[i] = byte(r.Uint32())
		}
		if notAPage(body) == "" {
			t.Fatalf("the bytes of seed %d pass for a page", seed)
		}
	}
	if what := notAPage([]byte("<p>A page with one \x01 stray byte in a hundred of them, which some systems leave in what they print, is one.")); what != "" {
		t.Errorf("a page with a stray byte is %s", what)
	}
}
