package merge

import (
	"cmp"
	"sync"

	"winnow/schedule"
)

// cacheSize is the number of URLs in one generation of Cache: two take about
// 10 MB.
const cacheSize = 1 << 14

// Cache has links as they are in the frontier. Nearly all links of a page are known and say
// nothing new: those need not be looked up. Rows of URLs are never deleted, and merging
// never takes anything away from them, whichever process does it, so that the cache may be
// older than the state. The zero value is ready for use.
//
// The latest links are in young; when that is full it becomes old, and old is dropped.
type Cache struct {
	mu         sync.Mutex
	young, old map[string]cachedLink
}

// cachedLink is a link without its hint: a link with a hint is always looked up.
type cachedLink struct {
	source, via string
	depth, hops int32
	kind        int8
	follow      bool
}

// Add caches links that were written, once they are on disk.
func (c *Cache) Add(links []schedule.Link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range links {
		c.put(l.URL, cachedLink{l.Source, l.Via, int32(l.Depth), int32(l.Hops), int8(l.Kind.Priority()), l.Follow})
	}
}

func (c *Cache) put(url string, l cachedLink) {
	if c.young == nil || len(c.young) >= cacheSize {
		c.young, c.old = make(map[string]cachedLink), c.young
	}
	c.young[url] = l
}

// Unknown returns the links whose merging may change the frontier.
func (c *Cache) Unknown(links []schedule.Link) []schedule.Link {
	c.mu.Lock()
	defer c.mu.Unlock()
	var left []schedule.Link
	for _, link := range links {
		l, known := c.young[link.URL]
		if !known {
			if l, known = c.old[link.URL]; known {
				c.put(link.URL, l)
			}
		}
		if !known || l.gains(link) {
			left = append(left, link)
		}
	}
	return left
}

// gains reports whether merging the link would change what is known, see Links.
func (l *cachedLink) gains(link schedule.Link) bool {
	return link.Kind.Priority() < int(l.kind) ||
		cmp.Or(cmp.Compare(link.Depth, int(l.depth)), cmp.Compare(link.Via, l.via)) < 0 ||
		link.Hops < int(l.hops) ||
		mergeSource(l.source, link.Source) != l.source ||
		link.Follow && !l.follow || link.Listed || !link.Hint.IsZero()
}
