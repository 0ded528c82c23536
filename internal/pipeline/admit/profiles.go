package admit

import (
	"context"
	"fmt"
	"net/url"
	"sync"

	"winnow/clean/siteprofile"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// maxProfiles is how many profiles are held. One takes some 100 kB.
const maxProfiles = 128

// Profiles makes the profiles of sites from the sketches of their pages in the state.
// It is safe for concurrent use.
type Profiles struct {
	Store *store.Store

	mu   sync.Mutex
	held map[string]heldProfile // by host
}

type heldProfile struct {
	stamp   int64
	profile *siteprofile.Profile
}

// Of returns the profile of a host: of its sketches as they are now, and as they were
// at the stamp. It is never nil.
func (p *Profiles) Of(ctx context.Context, host string) (*siteprofile.Profile, int64, error) {
	site, err := p.Store.Sites.Get(ctx, host)
	if err != nil {
		return nil, 0, err
	}
	p.mu.Lock()
	held, ok := p.held[host]
	p.mu.Unlock()
	if ok && held.stamp == site.Stamp {
		return held.profile, held.stamp, nil
	}
	sketches, err := p.Store.Sites.Sketches(ctx, host)
	if err != nil {
		return nil, 0, err
	}
	var sample siteprofile.Sample
	for _, s := range sketches {
		sketch := &siteprofile.Sketch{}
		if err := sketch.UnmarshalBinary(s.Data); err != nil {
			return nil, 0, fmt.Errorf("the sketch of %s in the state is damaged: %w", s.URL, err)
		}
		sample.Add(sketch)
	}
	profile := sample.Profile()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil || len(p.held) >= maxProfiles {
		p.held = map[string]heldProfile{}
	}
	p.held[host] = heldProfile{site.Stamp, profile}
	return profile, site.Stamp, nil
}

// ofPage returns the profile of the site of a page; nil for a page without a host.
func (p *Profiles) ofPage(ctx context.Context, page *news.Page) (*siteprofile.Profile, error) {
	u, err := url.Parse(page.URL)
	if err != nil || u.Host == "" {
		return nil, nil
	}
	profile, _, err := p.Of(ctx, u.Host)
	return profile, err
}

// packSketch returns a sketch as the state keeps it; nil for none.
func packSketch(sketch *siteprofile.Sketch) *schedule.Sketch {
	if sketch == nil {
		return nil
	}
	data, err := sketch.AppendBinary(nil)
	if err != nil {
		panic(err) // unreachable: see AppendBinary
	}
	return &schedule.Sketch{Hash: sketch.URL(), Rank: sketch.Rank(), Data: data}
}
