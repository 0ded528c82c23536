// Package urlpolicy decides by spelling alone what becomes of a URL: which
// source it belongs to, whether it may be followed, whether it is a print or
// AMP twin of another, and which URL a story is published under. It uses no
// network, disk or state: the same settings and the same URL always have the
// same answer.
//
// policy.go has the Policy itself: owners and scopes; links.go turns the links
// of pages, feeds, sitemaps and robots.txt into work; reach.go compares how far
// two settings reach; canonical.go chooses the URL of a story; twins.go knows
// how twins are spelled. Start with [Policy.Outside], which every found URL has
// to pass.
package urlpolicy

import (
	"net/http"
	"slices"

	"winnow/crawler"
	"winnow/crawler/robotstxt"
	"winnow/schedule"
)

// BackfillSource is the source that the URLs of a list belong to when no
// configured source takes them.
const BackfillSource = "backfill"

// Source is what decides which URLs a source takes.
type Source struct {
	Name      string
	Site      string         // the start page: whose host the source owns; normalised
	Scope     *crawler.Scope // nil takes everything, for BackfillSource
	MaxDepth  int            // links from the start page
	PaidLinks bool           // links marked as paid (rel=sponsored) are followed too
	API       bool           // the API that its start page announces is read
	Offsite   bool           // pages of other sites that feeds and sitemaps name are taken too; links on them are not followed
}

// Robots says which robots directives are kept, as far as URLs go. The zero
// value keeps what RFC 9309 and the pages ask for.
type Robots struct {
	DenyForbidden  bool // a robots.txt answered by 401 or 403 closes the site; without it that allows everything
	IgnoreNoFollow bool // links that are nofollow, by themselves or by their page, are followed all the same
}

// Policy knows the sources and what they take. It is safe for concurrent use.
type Policy struct {
	sources  []Source // in the order that ranks them
	hosts    []string // of their start pages
	robots   Robots
	reachIDs map[string]int64 // by source
}

// New returns the policy of sources in the order that ranks them.
func New(sources []Source, robots Robots) *Policy {
	p := &Policy{sources: sources, robots: robots, hosts: make([]string, len(sources)), reachIDs: map[string]int64{}}
	for i, s := range sources {
		p.hosts[i] = crawler.HostOf(s.Site)
	}
	for _, s := range sources {
		p.reachIDs[s.Name] = p.Reach(s.Name).id()
	}
	return p
}

// Configured reports whether there is a source of that name.
func (p *Policy) Configured(name string) bool {
	return slices.ContainsFunc(p.sources, func(s Source) bool { return s.Name == name })
}

// source returns the configured source of that name; one that takes everything
// for a URL of a list.
func (p *Policy) source(name string) Source {
	for _, s := range p.sources {
		if s.Name == name {
			return s
		}
	}
	return Source{Name: name}
}

// Owner returns the name of the source that a URL belongs to: the one whose
// start page is on its host, or else the first in whose scope it is;
// BackfillSource when there is none.
func (p *Policy) Owner(rawURL string) string {
	name := BackfillSource
	for i, s := range p.sources {
		if ok, _ := s.Scope.Has(rawURL); !ok {
			continue
		}
		if p.hosts[i] == crawler.HostOf(rawURL) {
			return s.Name
		}
		if name == BackfillSource {
			name = s.Name
		}
	}
	return name
}

// othersHost reports whether a URL is on the host that another source starts
// from, and not on this one's: it is left to that source.
func (p *Policy) othersHost(source, rawURL string) bool {
	host, others := crawler.HostOf(rawURL), false
	for i, s := range p.sources {
		if p.hosts[i] != host {
			continue
		}
		if s.Name == source {
			return false
		}
		others = true
	}
	return others
}

// Outside returns why a URL found by a task is not to be fetched for the task's
// source as something of that kind, "" when it is. The patterns of a source are
// about its pages, not about the lists of them.
func (p *Policy) Outside(t schedule.Task, kind schedule.Kind, target string) string {
	scope := p.source(t.Source).Scope
	switch {
	case scope == nil || t.Listed && crawler.SameSite(target, t.URL) || p.offsite(t.Link):
		return ""
	case p.othersHost(t.Source, target):
		return "the host of another source"
	case kind == schedule.Article:
		_, why := scope.Has(target)
		return why
	case !scope.HasHost(target):
		return "another site"
	}
	return ""
}

// Refusal returns why the source whose site a URL is on does not take it, ""
// when no source refuses it.
func (p *Policy) Refusal(rawURL string) string {
	for _, s := range p.sources {
		if s.Scope != nil && s.Scope.HasHost(rawURL) {
			if _, why := s.Scope.Has(rawURL); why != "" {
				return "source " + s.Name + ": " + why
			}
		}
	}
	return ""
}

// offsite reports whether a link leads to a page that a source takes from
// another site, and follows no further: redirects on the way to it are free.
func (p *Policy) offsite(l schedule.Link) bool {
	return l.Kind == schedule.Article && !l.Follow && !l.Listed && p.source(l.Source).Offsite
}

// RobotsTxt returns the rules of a host's robots.txt as it was last read.
func (p *Policy) RobotsTxt(h schedule.HostState) *robotstxt.Rules {
	if Forbidden(h) {
		r, _ := p.ReadRobots(h.RobotsStatus, nil, nil)
		return r
	}
	return robotstxt.Parse(h.RobotsBody)
}

// ReadRobots returns the rules that an answer to a request for robots.txt
// makes; reachable is false when they are not known, see robotstxt.FromAnswer.
func (p *Policy) ReadRobots(status int, body []byte, err error) (r *robotstxt.Rules, reachable bool) {
	return robotstxt.FromAnswer(status, body, err, p.robots.DenyForbidden)
}

// Forbidden reports whether a host forbids that its robots.txt is read.
func Forbidden(h schedule.HostState) bool {
	return h.RobotsStatus == http.StatusUnauthorized || h.RobotsStatus == http.StatusForbidden
}
