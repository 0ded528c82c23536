package schedule

import (
	"strings"
	"time"
)

// Lists below the first level, which are the sitemaps of an index, can be hundreds, of
// which one or two change. They are requested in every pass while they bring news, and
// otherwise when their index says that they changed, or when they are due.

// Ages of what a list says of itself.
const (
	settledAfter = 2 * day // since the last change that the index names: it is over
	newsAge      = 7 * day // of the newest page of a list that brings news
)

// ListVisit is a visit of a feed or sitemap: what it came to.
type ListVisit struct {
	Link
	At      time.Time
	Wait    time.Duration // from the last visit to this one, as it was planned; 0 for none
	Changed bool          // it is not the same as at the last visit
	Newest  time.Time     // date of the newest page that it names; zero when it has no dates, or is unchanged
}

// Due returns when the list is requested again, although its index names no change;
// zero for a list that every pass requests.
func (v ListVisit) Due() time.Time {
	if v.Kind != Sitemap || v.Depth == 0 || bringsNews(v.URL) || v.current() {
		return time.Time{}
	}
	modified := v.Hint.Modified
	switch {
	case !modified.IsZero() && v.At.Sub(modified) > settledAfter:
		return v.At.Add(RevisitList)
	case !v.Changed:
		return v.At.Add(min(max(2*v.Wait, day), RevisitList))
	case !v.Newest.IsZero() && v.At.Sub(v.Newest) > newsAge:
		return v.At.Add(day)
	}
	return time.Time{}
}

// Order returns a time for the place of the list among those of its level, newest
// first: lists that bring news, then those that were never read, see [Link.Newest],
// then the others, the one first that was read least recently.
func (v ListVisit) Order() time.Time {
	if v.Kind != Sitemap || v.Depth == 0 || bringsNews(v.URL) {
		return time.Time{}
	}
	if v.Changed && !v.Newest.IsZero() && v.At.Sub(v.Newest) <= newsAge {
		return v.Newest
	}
	return time.UnixMilli(-v.At.UnixMilli()).UTC()
}

// current reports whether the URL names the month of the visit, or the one before
// while the month is young.
func (v ListVisit) current() bool {
	month := listMonth(v.URL)
	return !month.IsZero() && v.At.Before(month.AddDate(0, 1, 2))
}

// newsFirst is the order of sitemaps of the latest news: before all others.
var newsFirst = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)

// newestList returns what is known of the age of a sitemap before it is read: its month
// or day by its URL, else the last change by its index.
func (l *Link) newestList() time.Time {
	if bringsNews(l.URL) {
		return newsFirst
	}
	if month := listMonth(l.URL); !month.IsZero() {
		return month
	}
	return l.Hint.Modified
}

// bringsNews reports whether a sitemap is one of the latest news by its name.
func bringsNews(url string) bool {
	name := strings.ToLower(url[strings.LastIndexByte(url, '/')+1:])
	for _, word := range []string{"news", "latest", "recent", "last48"} {
		if strings.Contains(name, word) {
			return listMonth(url).IsZero()
		}
	}
	return false
}

// listMonth finds the month that the URL of a sitemap names, as 2024-03, 2024_03, 202403,
// ?yyyy=2024&mm=03 or a day of it; zero for none.
func listMonth(url string) time.Time {
	var numbers []string
	for i := 0; i < len(url); {
		end := i
		for end < len(url) && digit(url[end]) {
			end++
		}
		if end > i {
			numbers = append(numbers, url[i:end])
		}
		i = max(end, i+1)
	}
	for i, n := range numbers {
		year, month := 0, 0
		switch {
		case len(n) == 6 || len(n) == 8:
			year, month = number(n[:4]), number(n[4:6])
		case len(n) == 4 && i+1 < len(numbers) && len(numbers[i+1]) <= 2:
			year, month = number(n), number(numbers[i+1])
		}
		if first := dayOf(year, month, 1); !first.IsZero() {
			return first
		}
	}
	return time.Time{}
}
