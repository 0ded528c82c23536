package siteprofile

import (
	"slices"
	"time"
)

// minFamiliar is the familiarity from which a page is of a template that the profile
// knows. On real sites two pages of one template have .6 and more in common, others
// less than .4.
const minFamiliar = 0.5

// familiarity returns the share of the kinds of elements on a page that other pages of
// the site have too, 0 to 1. Elements with names of which none is known are not
// familiar, nor is what is in them, however it is nested.
func (p *Profile) familiarity(v *view) float64 {
	own := int32(0)
	if p.sampled[v.url] {
		own = 1
	}
	least := max(1, p.atLeast(tokenFloor, tokenShare)-own)
	type kind struct {
		sig     uint64
		strange bool
	}
	seen := make(map[kind]bool, v.texts)
	known := 0
	for i, sig := range v.sigs[:v.texts] {
		k := kind{sig, v.strange[i]}
		if !seen[k] {
			seen[k] = true
			if !k.strange && p.common[sig]-own >= least {
				known++
			}
		}
	}
	return float64(known) / float64(max(1, len(seen)))
}

// isOneSite reports whether the pages of the sample are of one site, and not of a host
// that shows those of many, as archives do.
func (p *Profile) isOneSite(views []*view) bool {
	all := make([]float64, len(views))
	for i, v := range views {
		all[i] = p.familiarity(v)
	}
	return len(p.main) > 0 && median(all) >= minFamiliar
}

// Knows reports whether a page is of a template that the profile knows, and is judged
// by it. After a change of the template it is false for the first pages.
func (p *Profile) Knows(s *Sketch) bool {
	return p.decides() && p.familiarity(p.view(s)) >= minFamiliar
}

// minChanged is the number of dated stories before and since a change of the template.
const minChanged = 3

// Changed returns the day since which the stories of the site are in another element
// than before, as after a change of its template. It is zero if there was no change
// among the pages of the sample: all templates of a site are in use at once.
func (p *Profile) Changed() (since time.Time) {
	if p == nil {
		return since
	}
	var first, last int32 // stories of the newest template
	for _, days := range p.days {
		if n := len(days); n >= minChanged && days[0] > first {
			first, last = days[0], days[n-1]
		}
	}
	for _, days := range p.days {
		n := len(days)
		if n >= minChanged && days[0] < first && days[n-1] > first { // still in use
			return since
		}
		if n >= minChanged && days[n-1] > last {
			return since
		}
	}
	if old := slices.ContainsFunc(p.days, func(days []int32) bool {
		return len(days) >= minChanged && days[len(days)-1] <= first && days[0] < first
	}); !old {
		return since
	}
	return time.Unix(int64(first)*24*60*60, 0).UTC()
}

// daysOf returns the days of publication of pages, ascending, without unknown ones.
func daysOf(views []*view) (days []int32) {
	for _, v := range views {
		if v.day > 0 {
			days = append(days, v.day)
		}
	}
	slices.Sort(days)
	return days
}
