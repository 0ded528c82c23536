package schema

import (
	"fmt"
	"strconv"

	"winnow/schedule"
)

// StateNumbers are the states as url.state has them.
var StateNumbers = map[schedule.State]int{
	schedule.Pending: Pending, schedule.Done: Done, schedule.Moved: Moved, schedule.SetAside: SetAside,
	schedule.Failed: Failed, schedule.Gone: Gone, schedule.Forgotten: Forgotten,
}

// StateOf returns the state with the number in url.state.
func StateOf(number int) schedule.State {
	for state, n := range StateNumbers {
		if n == number {
			return state
		}
	}
	return schedule.State(strconv.Itoa(number)) // of a newer winnow
}

// KindOf returns the kind with the number in url.kind, which is
// schedule.Kind.Priority.
func KindOf(number int) schedule.Kind {
	switch number {
	case Feed:
		return schedule.Feed
	case Sitemap:
		return schedule.Sitemap
	case Section:
		return schedule.Section
	}
	return schedule.Article
}

// RunNumber returns the number of the run with an ID.
func RunNumber(id string) (int64, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 {
		return 0, fmt.Errorf("%q is not the ID of a run", id)
	}
	return number, nil
}
