package store

import (
	"fmt"
	"strconv"

	"winnow/internal/store/schema"
	"winnow/schedule"
)

// stateNumbers are the states as url.state has them.
var stateNumbers = map[schedule.State]int{
	schedule.Pending: schema.Pending, schedule.Done: schema.Done, schedule.Moved: schema.Moved, schedule.SetAside: schema.SetAside,
	schedule.Failed: schema.Failed, schedule.Gone: schema.Gone, schedule.Forgotten: schema.Forgotten,
}

// stateOf returns the state with the number in url.state.
func stateOf(number int) schedule.State {
	for state, n := range stateNumbers {
		if n == number {
			return state
		}
	}
	return schedule.State(strconv.Itoa(number)) // of a newer winnow
}

// kindOf returns the kind with the number in url.kind, which is
// schedule.Kind.Priority.
func kindOf(number int) schedule.Kind {
	switch number {
	case schema.Feed:
		return schedule.Feed
	case schema.Sitemap:
		return schedule.Sitemap
	case schema.Section:
		return schedule.Section
	}
	return schedule.Article
}

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

// runNumber returns the number of the run with an ID.
func runNumber(id string) (int64, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 {
		return 0, fmt.Errorf("%q is not the ID of a run", id)
	}
	return number, nil
}

// pagesFrom is the kind from which on max_pages counts.
const pagesFrom = schema.Section
