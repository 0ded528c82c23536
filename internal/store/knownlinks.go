package store

import (
	"cmp"
	"sync"

	"winnow/schedule"
)

// knownMost is how many URLs one generation of knownLinks holds: two take some
// 10 MB.
const knownMost = 1 << 14

// knownLinks is a cache of links as they are in the frontier. Nearly all links of
// a page are known, and nearly all of those say nothing new: they need not be
// looked up. A row of a URL never goes, and what a merge left in it is never
// less than what is cached here, whoever else writes to the state.
//
// What came last is in young; when that is full, old is dropped.
type knownLinks struct {
	mu         sync.Mutex
	young, old map[string]knownLink
}

// knownLink is a link without its hint: only those without one are passed over.
type knownLink struct {
	source, via string
	depth, hops int32
	kind        int8
	follow      bool
}

// add caches what was written, once it is on disk.
func (k *knownLinks) add(links []schedule.Link) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range links {
		k.put(l.URL, knownLink{l.Source, l.Via, int32(l.Depth), int32(l.Hops), int8(l.Kind.Priority()), l.Follow})
	}
}

func (k *knownLinks) put(url string, l knownLink) {
	if k.young == nil || len(k.young) >= knownMost {
		k.young, k.old = make(map[string]knownLink), k.young
	}
	k.young[url] = l
}

// news returns the links whose merging may change the frontier.
func (k *knownLinks) news(links []schedule.Link) []schedule.Link {
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

// gains reports whether a link may say more than is known, see mergeLink.
func (l *knownLink) gains(link schedule.Link) bool {
	return link.Kind.Priority() < int(l.kind) ||
		cmp.Or(cmp.Compare(link.Depth, int(l.depth)), cmp.Compare(link.Via, l.via)) < 0 ||
		link.Hops < int(l.hops) ||
		mergeSource(l.source, link.Source) != l.source ||
		link.Follow && !l.follow || link.Listed || !link.Hint.IsZero()
}
