package training

import (
	"maps"
	"math"
	"net/url"
	"slices"

	"winnow/clean/blockmodel"
)

const (
	minHosts      = 4   // hosts whose pages must have a word for it to get a weight
	priorHosts    = 3   // hosts' worth of the average that each word is counted with
	weightUnit    = 16  // weights are in 1/16 of log-odds
	minWordWeight = 4   // smaller weights are left out
	maxWordWeight = 100 // of a single word
)

// wordCount is how many hosts have a word, and in which part of their blocks: each
// host counts 1, divided between story and other blocks.
type wordCount struct {
	story, other float64
	hosts        int
}

// lexicon learns the weights of words from the pages that use accepts.
func (d *Dataset) lexicon(use func(p *Page) bool) blockmodel.Lexicon {
	byHost := map[string][]int{}
	for i := range d.corpus.Pages {
		if p := &d.corpus.Pages[i]; use(p) {
			byHost[p.host()] = append(byHost[p.host()], i)
		}
	}
	all := map[uint32]*wordCount{}
	story, other := 0.0, 0.0
	for _, host := range slices.Sorted(maps.Keys(byHost)) {
		for w, c := range d.countWords(byHost[host]) {
			v := all[w]
			if v == nil {
				v = &wordCount{}
				all[w] = v
			}
			sum := c.story + c.other
			v.story += c.story / sum
			v.other += c.other / sum
			v.hosts++
		}
		for _, i := range byHost[host] {
			for k := range d.examples[i] {
				e := &d.examples[i][k]
				story += float64(e.story * e.weight)
				other += float64((1 - e.story) * e.weight)
			}
		}
	}
	prior := math.Log(story / other)
	share := story / (story + other)
	lexicon := blockmodel.Lexicon{}
	for w, v := range all {
		if v.hosts < minHosts {
			continue
		}
		odds := math.Log((v.story+priorHosts*share)/(v.other+priorHosts*(1-share))) - prior
		if weight := math.Round(weightUnit * odds); math.Abs(weight) >= minWordWeight {
			lexicon[w] = int8(max(-maxWordWeight, min(maxWordWeight, weight)))
		}
	}
	return lexicon
}

// host returns the host that a page's words are counted for, or its ID.
func (p *Page) host() string {
	if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return p.ID
}

// countWords sums up the weights of the examples that have a word, over the pages
// of one host.
func (d *Dataset) countWords(pages []int) map[uint32]*wordCount {
	counts := map[uint32]*wordCount{}
	for _, i := range pages {
		for k := range d.examples[i] {
			e := &d.examples[i][k]
			for _, words := range [4][]uint32{e.words.Own, e.words.Around, e.words.First, e.words.All} {
				for _, w := range words {
					v := counts[w]
					if v == nil {
						v = &wordCount{}
						counts[w] = v
					}
					v.story += float64(e.story * e.weight)
					v.other += float64((1 - e.story) * e.weight)
				}
			}
		}
	}
	return counts
}
