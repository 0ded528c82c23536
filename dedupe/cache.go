package dedupe

import "winnow/dedupe/internal/text"

// textCache keeps the texts that were prepared last, in two halves: when the
// young one is full the old one is dropped. The zero value is ready for use.
type textCache struct {
	young, old map[uint32]cachedText
	words      int // in young
}

type cachedText struct {
	doc  *Doc // less its text, which is in the prepared one
	text *text.Prepared
}

const (
	cacheWords   = 1 << 19 // words in each half; at some 27 bytes a word 14 MB
	wordsOfEmpty = 50      // that a text counts for besides its own
)

func (c *textCache) get(n uint32) (*Doc, *text.Prepared, bool) {
	t, ok := c.young[n]
	if !ok {
		if t, ok = c.old[n]; ok {
			c.put(n, t.doc, t.text)
		}
	}
	return t.doc, t.text, ok
}

func (c *textCache) put(n uint32, d *Doc, p *text.Prepared) {
	if c.young == nil || c.words > cacheWords {
		c.old, c.young, c.words = c.young, make(map[uint32]cachedText), 0
	}
	c.young[n] = cachedText{d, p}
	c.words += len(p.All.Hash) + wordsOfEmpty
}

// pairCache remembers pairs of stories that were found distinct. It has a fixed
// size and forgets: then two texts are compared once more. The zero value is ready
// for use.
type pairCache struct{ slots []uint64 }

const pairSlots = 1 << 18 // 2 MiB

func (c *pairCache) slot(n, m uint32) (at *uint64, key uint64) {
	if c.slots == nil {
		c.slots = make([]uint64, pairSlots)
	}
	key = uint64(min(n, m))<<32 | uint64(max(n, m))
	return &c.slots[text.Mix(key)%pairSlots], key + 1 // 0 is an empty slot
}

func (c *pairCache) has(n, m uint32) bool {
	at, key := c.slot(n, m)
	return *at == key
}

func (c *pairCache) put(n, m uint32) {
	at, key := c.slot(n, m)
	*at = key
}
