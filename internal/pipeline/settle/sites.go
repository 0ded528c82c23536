package settle

import (
	"context"

	"winnow/internal/store/sites"
	"winnow/internal/store/stories"
)

// siteBatch is how many sites are looked at between two renewals of the lease.
const siteBatch = 20

// profileSites makes the profiles of the sites anew whose pages have changed, and
// reports whether there were any. What was read by earlier profiles is cleaned again: the
// stories of those sites, and their pages that held none. Sketches do not depend on
// profiles, so that a second turn has at most those to look at that cleaning has changed.
// While a run goes on its pages still come, and profiles are left for its end.
func (s *Settler) profileSites(ctx context.Context, lease *stories.Lease, atEnd bool) (any bool, err error) {
	for atEnd {
		if *lease, err = s.Store.Stories.RenewSettle(ctx, *lease, s.Now()); err != nil {
			return any, err
		}
		stale, err := s.Store.Sites.Stale(ctx, siteBatch)
		if err != nil || len(stale) == 0 {
			return any, err
		}
		any = true
		for _, site := range stale {
			profile, err := s.Admitter.Sites.Of(ctx, site.Name)
			if err != nil {
				return any, err
			}
			if len(profile.Unreadable) > 0 {
				s.Log.Info("what is known of a site was stored by another version: its pages are read again", "host", site.Name)
				if err := s.Store.SketchAgain(ctx, *lease, site.Name, profile.Unreadable); err != nil {
					return any, err
				}
				continue // it is still stale
			}
			site.Stamp = profile.Stamp
			if _, err := s.Store.Profiled(ctx, *lease, site, sites.Profile{Digest: profile.Digest(), Changed: profile.Changed()}); err != nil {
				return any, err
			}
		}
	}
	return any, nil
}
