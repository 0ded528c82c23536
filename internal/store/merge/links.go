// Package merge merges links to one URL ([Links]). [PackHint] and [UnpackHint] are for
// their hints as stored, and [Cache] has the links whose merging would change nothing,
// since the frontier has them already.
package merge

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"winnow/internal/store/database"
	"winnow/news"
	"winnow/schedule"
)

// Links merges two links to one URL. The result does not depend on the order of merging.
func Links(a, b schedule.Link) schedule.Link {
	if b.Kind.Priority() < a.Kind.Priority() {
		a.Kind = b.Kind
	}
	if c := cmp.Or(cmp.Compare(b.Depth, a.Depth), cmp.Compare(b.Via, a.Via)); c < 0 {
		a.Depth, a.Via = b.Depth, b.Via
	}
	a.Hops = min(a.Hops, b.Hops)
	a.Source = mergeSource(a.Source, b.Source)
	a.Follow = a.Follow || b.Follow
	a.Listed = a.Listed || b.Listed
	a.Hint = mergeHint(a.Hint, b.Hint)
	return a
}

func mergeSource(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func mergeHint(a, b news.Hint) news.Hint {
	a.Title = fuller(a.Title, b.Title)
	a.Summary = fuller(a.Summary, b.Summary)
	if c := cmp.Or(len(b.Authors)-len(a.Authors), slices.Compare(a.Authors, b.Authors)); c > 0 {
		a.Authors = b.Authors
	}
	if a.Date.IsZero() || !b.Date.IsZero() && b.Date.Before(a.Date) {
		a.Date = b.Date
	}
	if b.Modified.After(a.Modified) {
		a.Modified = b.Modified
	}
	return a
}

// fuller returns the longer of two texts, and of two equally long ones the one that
// sorts first.
func fuller(a, b string) string {
	if c := cmp.Or(len(b)-len(a), strings.Compare(a, b)); c > 0 {
		return b
	}
	return a
}

// PlainHint returns the hint as it would come back from the state, so that equal hints
// are stored as equal bytes.
func PlainHint(h news.Hint) news.Hint {
	h.Date, h.Modified = plainTime(h.Date), plainTime(h.Modified)
	if len(h.Authors) == 0 {
		h.Authors = nil
	}
	return h
}

func plainTime(t time.Time) time.Time { return database.Time(database.Millis(t)) }

// PackHint returns the hint as it is stored, "" for an empty one.
func PackHint(h news.Hint) (string, error) {
	h = PlainHint(h)
	if h.IsZero() {
		return "", nil
	}
	stored, err := json.Marshal(h)
	return string(stored), err
}

// UnpackHint reads what PackHint returned.
func UnpackHint(stored string) (h news.Hint, err error) {
	if stored != "" {
		err = json.Unmarshal([]byte(stored), &h)
	}
	return h, err
}
