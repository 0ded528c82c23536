package config

import (
	"net/url"
	"slices"
)

// Ports are the host:port pairs that sources name beside the ports 80 and 443,
// sorted: only these may be fetched.
func (c *Config) Ports() []string {
	var ports []string
	for _, s := range c.Sources {
		for _, text := range slices.Concat([]string{s.Site}, s.Feeds, s.Sitemaps, s.Sections) {
			if u, err := url.Parse(text); err == nil && u.Port() != "" && u.Port() != "80" && u.Port() != "443" {
				ports = append(ports, u.Host)
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
