package urlpolicy

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"

	"winnow/crawler"
)

// Reach is what decides which links of a source's pages, feeds and sitemaps are
// followed. The state remembers under which reach the links of a URL were
// derived: when that of today goes beyond it, links that were left then are to
// be derived again.
type Reach struct {
	Site      string   `json:"site"`
	Include   []string `json:"include,omitempty"` // patterns, sorted; empty includes everything
	Exclude   []string `json:"exclude,omitempty"` // patterns, sorted
	MaxDepth  int      `json:"max_depth"`
	PaidLinks bool     `json:"paid_links,omitempty"`
	Offsite   bool     `json:"offsite,omitempty"`
	API       bool     `json:"api,omitempty"`
	NoFollow  bool     `json:"nofollow,omitempty"` // nofollow is ignored
	Others    []string `json:"others,omitempty"`   // hosts of the site that are left to other sources, sorted
	FileTypes []string `json:"file_types"`         // extensions of URLs that are refused, sorted
}

// Beyond is where a reach goes beyond an earlier one.
type Beyond struct {
	Feeds     bool // in feeds and sitemaps
	Pages     bool // on sections and pages
	FromDepth int  // of these, on those of this depth or more
}

// Reach returns the reach of a configured source.
func (p *Policy) Reach(name string) Reach {
	s := p.source(name)
	r := Reach{Site: s.Site, MaxDepth: s.MaxDepth, PaidLinks: s.PaidLinks, Offsite: s.Offsite, API: s.API, NoFollow: p.robots.IgnoreNoFollow,
		FileTypes: crawler.FileTypes()}
	if s.Scope == nil {
		return r
	}
	r.Include, r.Exclude = s.Scope.Patterns()
	for i, other := range p.sources {
		if other.Name != name && p.hosts[i] != crawler.HostOf(s.Site) && s.Scope.HasHost(other.Site) {
			r.Others = append(r.Others, p.hosts[i])
		}
	}
	for _, list := range []*[]string{&r.Include, &r.Exclude, &r.Others} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return r
}

// Settings returns the reach as text for the state.
func (r Reach) Settings() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // unreachable: strings, numbers and booleans can be encoded
	}
	return string(text)
}

// ReachID returns a number that stands for the reach of a configured source,
// never 0; 0 for a source that is not configured.
func (p *Policy) ReachID(name string) int64 {
	return p.reachIDs[name]
}

// id is the number of a reach.
func (r Reach) id() int64 {
	sum := sha256.Sum256([]byte(r.Settings()))
	return int64(binary.BigEndian.Uint64(sum[:]) | 1)
}

// Beyond returns where a reach goes beyond an earlier one, of which these are
// the Settings; nowhere when it is the same or narrower, everywhere when they
// cannot be read.
func (r Reach) Beyond(settings string) Beyond {
	var earlier Reach
	if err := json.Unmarshal([]byte(settings), &earlier); err != nil {
		return Beyond{Feeds: true, Pages: true}
	}
	var b Beyond
	if r.MaxDepth > earlier.MaxDepth {
		b.Pages, b.FromDepth = true, earlier.MaxDepth
	}
	if r.API && !earlier.API || r.PaidLinks && !earlier.PaidLinks || r.NoFollow && !earlier.NoFollow {
		b.Pages, b.FromDepth = true, 0
	}
	b.Feeds = r.Offsite && !earlier.Offsite
	if r.Site != earlier.Site || lacks(r.Exclude, earlier.Exclude) || lacks(r.Others, earlier.Others) || lacks(r.FileTypes, earlier.FileTypes) ||
		len(earlier.Include) > 0 && (len(r.Include) == 0 || lacks(earlier.Include, r.Include)) {
		return Beyond{Feeds: true, Pages: true}
	}
	return b
}

// lacks reports whether a list does not have all that another has.
func lacks(list, other []string) bool {
	return slices.ContainsFunc(other, func(s string) bool { return !slices.Contains(list, s) })
}
