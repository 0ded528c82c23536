package admit

import (
	"context"
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
	held map[string]HostProfile // by host
}

// HostProfile is the profile of a host. The zero value is of one of which nothing is
// known.
type HostProfile struct {
	*siteprofile.Profile
	Stamp      int64    // of the sketches that it was made of
	Unreadable []string // URLs of sketches that it was not made of: those of another version of winnow
}

// Of returns the profile of a host, of its sketches as they are now. Profile is never
// nil.
func (p *Profiles) Of(ctx context.Context, host string) (HostProfile, error) {
	site, err := p.Store.Sites.Get(ctx, host)
	if err != nil {
		return HostProfile{}, err
	}
	p.mu.Lock()
	held, ok := p.held[host]
	p.mu.Unlock()
	if ok && held.Stamp == site.Stamp {
		return held, nil
	}
	sketches, err := p.Store.Sites.Sketches(ctx, host)
	if err != nil {
		return HostProfile{}, err
	}
	made := HostProfile{Stamp: site.Stamp}
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
		p.held = map[string]HostProfile{}
	}
	p.held[host] = made
	return made, nil
}

// ofPage returns the profile of the site of a page; nil for a page without a host.
func (p *Profiles) ofPage(ctx context.Context, page *news.Page) (*siteprofile.Profile, error) {
	u, err := url.Parse(page.URL)
	if err != nil || u.Host == "" {
		return nil, nil
	}
	profile, err := p.Of(ctx, u.Host)
	return profile.Profile, err
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
