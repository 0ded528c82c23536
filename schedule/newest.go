package schedule

import (
	"strings"
	"time"
)

// Newest returns what is known of a page's date before it is fetched; the newest
// of several links is fetched first. It is the date from a feed or a news sitemap.
// Without one it is the last change from a sitemap, but within the day or month
// that the path of the URL names, because many sites put the hour there at which
// the sitemap was made. Else it is the beginning of that day or month. Zero means
// that nothing is known. Of a sitemap it is the month that its URL names, or the last
// change by its index; those of the latest news come before all others.
func (l *Link) Newest() time.Time {
	if l.Kind == Sitemap {
		return l.newestList()
	}
	if !l.Hint.Date.IsZero() {
		return l.Hint.Date
	}
	from, whole := pathDay(l.URL)
	if from.IsZero() {
		return l.Hint.Modified
	}
	to := from.AddDate(0, 1, 0)
	if whole {
		to = from.AddDate(0, 0, 1)
	}
	switch changed := l.Hint.Modified; {
	case changed.Before(from): // or not known
		return from
	case changed.Before(to):
		return changed
	}
	return to.Add(-time.Millisecond)
}

// The years that a path may name; other numbers are not years.
const (
	firstYear = 1990
	lastYear  = 2099
)

// pathDay finds the first day in the path of a URL, as /2026/11/20/,
// /2026-11-20, /2026.11.20, /2026/nov/20 or /20261120-, or the month alone, as /2026/11/,
// of which it returns the first day; whole reports whether it is a day. A number
// with more digits around it is not a date.
func pathDay(url string) (day time.Time, whole bool) {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		return day, false
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return day, false
	}
	path := rest[slash:]
	if end := strings.IndexAny(path, "?#"); end >= 0 {
		path = path[:end]
	}
	var month time.Time
	for i := 0; i < len(path); {
		if !digit(path[i]) {
			i++
			continue
		}
		end := i
		for end < len(path) && digit(path[end]) {
			end++
		}
		if day, whole = dayAt(path, i, end); whole {
			return day, true
		}
		if month.IsZero() {
			month = day
		}
		i = end
	}
	return month, false
}

// dayAt reads the day that begins with the digits from start to end. whole reports
// whether it is a day, not a month.
func dayAt(path string, start, end int) (day time.Time, whole bool) {
	switch end - start {
	case 8:
		day = dayOf(number(path[start:start+4]), number(path[start+4:start+6]), number(path[start+6:end]))
		return day, !day.IsZero()
	case 4:
	default:
		return time.Time{}, false
	}
	if end == len(path) || strings.IndexByte("/-_.", path[end]) < 0 {
		return time.Time{}, false
	}
	mark := path[end]
	year := number(path[start:end])
	text, next := piece(path, end+1, mark)
	month := monthOf(text)
	if month == 0 {
		return time.Time{}, false
	}
	if next < len(path) {
		text, _ = piece(path, next+1, mark)
		digits := 0
		for digits < len(text) && digit(text[digits]) {
			digits++
		}
		if digits == 1 || digits == 2 {
			if day = dayOf(year, month, number(text[:digits])); !day.IsZero() {
				return day, true
			}
		}
	}
	if mark != '/' {
		return time.Time{}, false
	}
	return dayOf(year, month, 1), false
}

// piece returns the path from start up to the mark, and the place of the mark.
func piece(path string, start int, mark byte) (text string, next int) {
	if n := strings.IndexByte(path[start:], mark); n >= 0 {
		return path[start : start+n], start + n
	}
	return path[start:], len(path)
}

// monthOf returns the month of one or two digits, or of an English name or its
// first three letters; 0 for anything else.
func monthOf(text string) int {
	if (len(text) == 1 || len(text) == 2) && digit(text[0]) && digit(text[len(text)-1]) {
		return number(text)
	}
	for m := time.January; len(text) >= 3 && m <= time.December; m++ {
		if name := m.String(); strings.EqualFold(text, name) || strings.EqualFold(text, name[:3]) {
			return int(m)
		}
	}
	return 0
}

func dayOf(year, month, day int) time.Time {
	if year < firstYear || year > lastYear {
		return time.Time{}
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return time.Time{} // such as the 31st of June
	}
	return t
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// number returns the value of a few digits.
func number(digits string) (n int) {
	for i := range len(digits) {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}
