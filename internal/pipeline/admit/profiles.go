package admit

import (
	"context"
	"sync"

	"winnow/clean/siteprofile"
	"winnow/internal/store"
	"winnow/schedule"
)

// maxProfiles is how many profiles are held. One takes some 100 kB.
const maxProfiles = 128

// Profiles makes the profiles of sites from the sketches of their pages in the state.
// It is safe for concurrent use.
type Profiles struct {
	Store *store.Store

	mu   sync.Mutex
	held map[string]SiteProfile // by name
}

// SiteProfile is the profile of a site. The zero value is of one of which nothing is
// known.
type SiteProfile struct {
	*siteprofile.Profile
	Stamp      int64    // of the sketches that it was made of
	Unreadable []string // URLs of sketches that it was not made of: those of another version of winnow
}

// Of returns the profile of a site, of its sketches as they are now. Profile is never
// nil.
func (p *Profiles) Of(ctx context.Context, name string) (SiteProfile, error) {
	site, err := p.Store.Sites.Get(ctx, name)
	if err != nil {
		return SiteProfile{}, err
	}
	p.mu.Lock()
	held, ok := p.held[name]
	p.mu.Unlock()
	if ok && held.Stamp == site.Stamp {
		return held, nil
	}
	sketches, err := p.Store.Sites.Sketches(ctx, name)
	if err != nil {
		return SiteProfile{}, err
	}
	made := SiteProfile{Stamp: site.Stamp}
	var sample siteprofile.Sample
	for _, s := range sketches {
		sketch := &siteprofile.Sketch{}
		if err := sketch.UnmarshalBinary(s.Data); err != nil {
			made.Unreadable = append(made.Unreadable, s.URL)
			continue
		}
		sample.Add(sketch)
	}
	made.Profile = sample.Profile()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil || len(p.held) >= maxProfiles {
		p.held = map[string]SiteProfile{}
	}
	p.held[name] = made
	return made, nil
}

// packSketch returns the sketch of a page of a site as the state keeps it; nil for none.
func packSketch(sketch *siteprofile.Sketch, site string) *schedule.Sketch {
	if sketch == nil {
		return nil
	}
	data, err := sketch.AppendBinary(nil)
	if err != nil {
		panic(err) // unreachable: see AppendBinary
	}
	return &schedule.Sketch{Site: site, Hash: sketch.URL(), Rank: sketch.Rank(), Data: data}
}
