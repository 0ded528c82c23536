package crawler

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// w3cLayouts are the layouts of dates that sitemaps may use (W3C NOTE-datetime),
// and others that they do use.
var w3cLayouts = []string{
	time.RFC3339Nano, // with or without a fraction
	"2006-01-02",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01",
	"2006",
}

// parseDate reads a date of a feed or a sitemap, in UTC: one of w3cLayouts, with
// the name of the month in English, Russian, Ukrainian, German or French, or as
// 31.12.2025. Without a zone it is in UTC. It returns the zero time for anything
// else, and outside the years 1990 to 2100.
func parseDate(s string) time.Time {
	s = collapse(s)
	if s == "" || len(s) > 100 {
		return time.Time{}
	}
	for _, layout := range w3cLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t.UTC())
		}
	}
	if m := wordyDate.FindStringSubmatch(s); m != nil {
		if month := monthOf(m[2]); month != 0 {
			return dateOf(m[1], month, m[3], s)
		}
	}
	if m := dottedDate.FindStringSubmatch(s); m != nil {
		month, _ := strconv.Atoi(m[2])
		return dateOf(m[1], time.Month(month), m[3], s)
	}
	return time.Time{}
}

var (
	wordyDate  = regexp.MustCompile(`(?:^|[^\p{L}\d])(\d{1,2})[. -]+(\p{L}{3,})[., -]+(\d{4})(?:$|\D)`)
	dottedDate = regexp.MustCompile(`(?:^|\D)(\d{1,2})[./](\d{1,2})[./](\d{4})(?:$|\D)`)
	clockTime  = regexp.MustCompile(`(?:^|\D)(\d{1,2}):(\d{2})(?::(\d{2}))?`)
	zoneOffset = regexp.MustCompile(`([+-])(\d{2}):?(\d{2})$`)
)

// dateOf returns the date with the time of day and the zone that s has.
func dateOf(day string, month time.Month, year, s string) time.Time {
	d, _ := strconv.Atoi(day)
	y, _ := strconv.Atoi(year)
	var hour, minute, second int
	if m := clockTime.FindStringSubmatch(s); m != nil {
		hour, _ = strconv.Atoi(m[1])
		minute, _ = strconv.Atoi(m[2])
		second, _ = strconv.Atoi(m[3])
	}
	if hour > 23 || minute > 59 || second > 60 {
		hour, minute, second = 0, 0, 0
	}
	t := time.Date(y, month, d, hour, minute, second, 0, zoneOf(s)).UTC()
	if local := t.In(zoneOf(s)); local.Day() != d || local.Month() != month {
		return time.Time{} // 31 February
	}
	return plausible(t)
}

// zoneOf returns the zone at the end of a date, an offset or Moscow's name, else
// UTC.
func zoneOf(s string) *time.Location {
	if m := zoneOffset.FindStringSubmatch(s); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		offset := hours*3600 + minutes*60
		if m[1] == "-" {
			offset = -offset
		}
		return time.FixedZone("", offset)
	}
	if s = strings.ToLower(s); strings.HasSuffix(s, "msk") || strings.HasSuffix(s, "мск") {
		return time.FixedZone("MSK", 3*3600)
	}
	return time.UTC
}

// plausible returns t, or the zero time if its year cannot be right.
func plausible(t time.Time) time.Time {
	if t.Year() < 1990 || t.Year() > 2100 {
		return time.Time{}
	}
	return t
}

// monthOf returns the month that a word names, by its first three letters (four
// for French juil), in any case and with any ending; 0 for another word.
func monthOf(word string) time.Month {
	word = strings.ToLower(word)
	if strings.HasPrefix(word, "juil") {
		return time.July
	}
	end := 0
	for range 3 {
		_, n := utf8.DecodeRuneInString(word[end:])
		end += n
	}
	switch word[:end] {
	case "jan", "янв", "січ":
		return time.January
	case "feb", "fév", "фев", "лют":
		return time.February
	case "mar", "mär", "мар", "бер":
		return time.March
	case "apr", "avr", "апр", "кві":
		return time.April
	case "may", "mai", "май", "мая", "тра":
		return time.May
	case "jun", "jui", "июн", "чер":
		return time.June
	case "jul", "июл", "лип":
		return time.July
	case "aug", "aoû", "авг", "сер":
		return time.August
	case "sep", "сен", "вер":
		return time.September
	case "oct", "okt", "окт", "жов":
		return time.October
	case "nov", "ноя", "лис":
		return time.November
	case "dec", "dez", "déc", "дек", "гру":
		return time.December
	}
	return 0
}
