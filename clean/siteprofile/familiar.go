package siteprofile

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
	seen := make(map[kind]bool, len(v.sigs))
	known := 0
	for i, sig := range v.sigs {
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
