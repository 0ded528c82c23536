package store

import (
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// linkHosts returns the hosts of links, except of links without one.
func linkHosts(links []schedule.Link) []string {
	var hosts []string
	for _, link := range links {
		if link.Host != "" {
			hosts = append(hosts, link.Host)
		}
	}
	return hosts
}

// pagesFrom is the kind from which on max_pages counts.
const pagesFrom = schema.Section
