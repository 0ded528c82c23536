package store

import (
	"cmp"
	"sync"

	"winnow/schedule"
)

// knownSize is the number of URLs in one generation of knownLinks: two take about
// 10 MB.
const knownSize = 1 << 14

// knownLinks is a cache of links as they are in the frontier. Nearly all links of a
// page are known and say nothing new: those need not be looked up. Rows of URLs are
// never deleted, and merging never takes anything away from them, whichever process
// does it, so that the cache may be older than the state.
//
// The latest links are in young; when that is full it becomes old, and old is dropped.
type knownLinks struct {
	mu         sync.Mutex
	young, old map[string]knownLink
}

// knownLink is a link without its hint: a link with a hint is always looked up.
type knownLink struct {
	source, via string
	depth, hops int32
	kind        int8
	follow      bool
}

// add caches links that were written, once they are on disk.
func (k *knownLinks) add(links []schedule.Link) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range links {
		k.put(l.URL, knownLink{l.Source, l.Via, int32(l.Depth), int32(l.Hops), int8(l.Kind.Priority()), l.Follow})
	}
}

func (k *knownLinks) put(url string, l knownLink) {
	if k.young == nil || len(k.young) >= knownSize {
		k.young, k.old = make(map[string]knownLink), k.young
	}
	k.young[url] = l
}

// unknown returns the links whose merging may change the frontier.
func (k *knownLinks) unknown(links []schedule.Link) []schedule.Link {
	k.mu.Lock()
	defer k.mu.Unlock()
	var left []schedule.Link
	for _, link := range links {
		l, known := k.young[link.URL]
		if !known {
			if l, known = k.old[link.URL]; known {
				k.put(link.URL, l)
			}
		}
		if !known || l.gains(link) {
			left = append(left, link)
		}
	}
	return left
}

// gains reports whether merging the link would change what is known, see mergeLink.
func (l *knownLink) gains(link schedule.Link) bool {
	return link.Kind.Priority() < int(l.kind) ||
		cmp.Or(cmp.Compare(link.Depth, int(l.depth)), cmp.Compare(link.Via, l.via)) < 0 ||
		link.Hops < int(l.hops) ||
		mergeSource(l.source, link.Source) != l.source ||
		link.Follow && !l.follow || link.Listed || !link.Hint.IsZero()
}
