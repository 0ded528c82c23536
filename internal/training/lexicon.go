package training

import (
	"maps"
	"math"
	"net/url"
	"slices"

	"winnow/clean/blockmodel"
)

// A word must be seen on pages of so many hosts to speak for anything.
const wordHosts = 4

// doubt pulls words that few hosts have to neutral, in hosts.
const doubt = 3

// votes are how much hosts take a word for one of story, and for one of others;
// each host has one vote, shared between the two.
type votes struct {
	story, other float64
	hosts        int
}

// host is what a page's words are counted by.
func (p *Page) host() string {
	if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return p.ID
}

// lexicon learns what words speak for from some pages.
func (l *Lesson) lexicon(use func(p *Page) bool) blockmodel.Lexicon {
	byHost := map[string][]int{}
	for i := range l.corpus.Pages {
		if p := &l.corpus.Pages[i]; use(p) {
			byHost[p.host()] = append(byHost[p.host()], i)
		}
	}
	all := map[uint32]*votes{}
	story, other := 0.0, 0.0
	for _, host := range slices.Sorted(maps.Keys(byHost)) {
		seen := l.count(byHost[host])
		for w, c := range seen {
			v := all[w]
			if v == nil {
				v = &votes{}
				all[w] = v
			}
			sum := c.story + c.other
			v.story += c.story / sum
			v.other += c.other / sum
			v.hosts++
		}
		for _, i := range byHost[host] {
			for k := range l.examples[i] {
				e := &l.examples[i][k]
				story += float64(e.story * e.weight)
				other += float64((1 - e.story) * e.weight)
			}
		}
	}
	prior := math.Log(story / other)
	share := story / (story + other)
	lexicon := blockmodel.Lexicon{}
	for w, v := range all {
		if v.hosts < wordHosts {
			continue
		}
		odds := math.Log((v.story+doubt*share)/(v.other+doubt*(1-share))) - prior
		if points := math.Round(16 * odds); math.Abs(points) >= 4 {
			lexicon[w] = int8(max(-100, min(100, points)))
		}
	}
	return lexicon
}

// count adds up the words of one host's pages.
func (l *Lesson) count(pages []int) map[uint32]*votes {
	seen := map[uint32]*votes{}
	for _, i := range pages {
		for k := range l.examples[i] {
			e := &l.examples[i][k]
			for _, words := range [4][]uint32{e.words.Own, e.words.Around, e.words.First, e.words.All} {
				for _, w := range words {
					v := seen[w]
					if v == nil {
						v = &votes{}
						seen[w] = v
					}
					v.story += float64(e.story * e.weight)
					v.other += float64((1 - e.story) * e.weight)
				}
			}
		}
	}
	return seen
}
