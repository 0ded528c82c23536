package config

import (
	"net"
	"net/url"
	"slices"

	"winnow/clean"
	"winnow/clean/siterules"
	"winnow/crawler"
	"winnow/dedupe"
	"winnow/output/warc"
)

// Ports returns the host:port pairs that sources name beside the ports 80 and
// 443, sorted: only these may be fetched.
func (c *Config) Ports() []string {
	var ports []string
	for _, s := range c.Sources {
		for _, text := range slices.Concat([]string{s.Site}, s.Feeds, s.Sitemaps, s.Sections) {
			if u, err := url.Parse(text); err == nil && u.Port() != "" && u.Port() != "80" && u.Port() != "443" {
				ports = append(ports, u.Host)
			}
		}
		for _, host := range s.Access.RenderHosts {
			if _, port, err := net.SplitHostPort(host); err == nil && port != "80" && port != "443" {
				ports = append(ports, host)
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// StateName returns the state for people: a postgres:// URL without its password.
func (c *Config) StateName() string {
	if u, err := url.Parse(c.State); err == nil && u.User != nil {
		return u.Redacted()
	}
	return c.State
}

// CrawlerOptions returns the settings of the crawler.
func (c *Config) CrawlerOptions() crawler.Options {
	return crawler.Options{
		UserAgent:    c.UserAgent,
		Timeout:      c.Fetch.Timeout,
		MaxBody:      c.Fetch.MaxBody,
		AllowPrivate: c.Fetch.AllowPrivate,
		Resolve:      c.Fetch.Resolve,
		Ports:        c.Ports(),
		Access:       c.access(),
		Chromium:     c.Fetch.Chromium,
	}
}

// access returns what the requests of sources need, by their names.
func (c *Config) access() map[string]crawler.Access {
	all := map[string]crawler.Access{}
	for _, s := range c.Sources {
		a := s.Access
		a.Site = s.Site
		all[s.Name] = a
	}
	return all
}

// CleanOptions returns the settings of the clean stage. hosts are the rules that
// were read from the folder Clean.SiteRules, nil for none; those of the sources
// are added to them.
func (c *Config) CleanOptions(hosts *siterules.Rules) clean.Options {
	// There 0 means the default; here it means that one word is enough.
	o := clean.Options{MinWords: max(c.Clean.MinWords, 1), Sites: hosts, DropEmbeds: c.Clean.Embeds == EmbedsDrop}
	for _, s := range c.Sources {
		if s.Rules.Text != "" {
			file, _ := siterules.Parse(s.Rules.File, s.Rules.Line, s.Rules.Text) // without mistakes: they were found when it was read
			o.Sites = o.Sites.WithSource(s.Name, file)
		}
	}
	return o
}

// DedupeOptions returns the settings of the dedupe stage; the sources are ranked
// by their order in the file.
func (c *Config) DedupeOptions() dedupe.Options {
	names := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		names[i] = s.Name
	}
	return dedupe.Options{Window: c.Dedupe.Window, Keep: c.Dedupe.Keep, Sources: names}
}

// ArchivePolicy returns what the archive of pages as fetched may hold.
func (c *Config) ArchivePolicy() warc.Policy {
	return warc.Policy{None: c.Archive.Keep == KeepNone, MaxAge: c.Archive.KeepFor, MaxSize: c.Archive.MaxSize}
}
