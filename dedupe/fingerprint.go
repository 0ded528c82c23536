package dedupe

import "fmt"

// Fingerprint is the print of a whole text, typography, case and punctuation
// apart: 16 hex digits, the same for two texts with the same words in the same
// order; "" for a text without words. It finds copies to the word in a corpus
// without this package; near copies need Compare.
func (c *Checker) Fingerprint(text string) string {
	p := c.prepare(text)
	if len(p.all.hash) == 0 {
		return ""
	}
	return fmt.Sprintf("%016x", p.exact())
}
