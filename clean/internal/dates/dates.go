// Package dates finds dates and times of day in text, in the forms that bylines
// use: 2024-03-05, 05.03.2024, March 5, 2024, 5 марта 2024 г., 2024年3月5日, with
// clock times and zones, in the digits of several scripts. The names of months
// and zones and the words around them are in package wordlists.
//
// dates.go finds dates, clock.go times of day; both read the tokens of
// tokens.go. calendar.go converts the years and months of other calendars.
//
// Start with [Find].
package dates

import (
	"strings"
	"time"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Years that a publication date may have. Web pages are not older, and a date
// far ahead is another kind of date.
const (
	MinYear = 1990
	MaxYear = 2100
)

// maxText bounds the text in which dates are looked for, in bytes.
const maxText = 4096

// Match is a date found in text.
type Match struct {
	Start, End       int // bytes of the text where it is
	Year, month, day int // Year is 0 where the text has none
	Clock            Clock
	Timed            bool // the text has the time of day, which is in Clock
}

// Find returns the dates in text, in order. A month without a day is no date.
// language (ISO 639-1) decides how 1/2/2006 is read: the month is first in "en"
// and "", the day in others. It also decides which month a name means, and which
// calendar a year is of.
func Find(text, language string) []Match {
	text = letters.Truncate(text, maxText)
	if !strings.ContainsFunc(text, func(r rune) bool { return digitOf(r) >= 0 }) {
		return nil // every date has a day in digits
	}
	s := scanner{tokens: tokens(text), words: wordlists.All(), language: language}
	var found []Match
	for i := 0; i < len(s.tokens); {
		d, next := s.at(i)
		if next <= i {
			i++
			continue
		}
		found = append(found, d)
		i = next
	}
	return found
}

// ISO returns the date as YYYY-MM-DD, "" without a year.
func (d Match) ISO() string {
	if d.Year == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// Time returns the moment in the zone of its clock, UTC where it has none.
func (d Match) Time() time.Time {
	zone := d.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	return time.Date(d.Year, time.Month(d.month), d.day, d.Clock.Hour, d.Clock.Min, d.Clock.Sec, 0, zone)
}

// valid reports whether the calendar has the date, and its year is plausible.
func (d Match) valid() bool {
	year := d.Year
	if year == 0 {
		year = 2000 // a leap year
	}
	t := time.Date(year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	return (d.Year == 0 || d.Year >= MinYear && d.Year <= MaxYear) &&
		d.month >= 1 && d.month <= 12 && d.day >= 1 && t.Day() == d.day && t.Month() == time.Month(d.month)
}

// at reads the date that begins with token i. It returns i when there is none.
func (s *scanner) at(i int) (d Match, next int) {
	switch t := s.tok(i); {
	case s.digits(i, 4, 4):
		d, next = s.yearFirst(i)
	case s.digits(i, 1, 2):
		if d, next = s.dayFirst(i); next == i {
			d, next = s.dayMonthName(i)
		}
	case t.kind == word:
		if d, next = s.eraFirst(i); next == i {
			d, next = s.monthNameFirst(i)
		}
	default:
		return d, i
	}
	if next == i || !d.valid() {
		return Match{}, i
	}
	before := s.tok(i - 1)
	if before.kind == '/' || before.kind == '.' && s.digits(i-2, 1, 4) {
		return Match{}, i
	}
	end := next
	d.Clock, next = s.clock(end, d.Year != 0)
	d.Timed = next > end
	d.Start, d.End = s.tok(i).start, s.tok(next-1).end
	return d, next
}

// yearFirst reads 2006-01-02, 2006/1/2, 2006.01.02, 2006. 1. 2., 2006年1月2日,
// 2006. január 2. and 2006. gada 2. janvāris.
func (s *scanner) yearFirst(i int) (Match, int) {
	year := s.tok(i).n
	sep := s.tok(i + 1).kind
	if sep == unit {
		return s.units(i, year)
	}
	if sep == '-' || sep == '/' || sep == '.' {
		j := i + 2
		if sep == '.' {
			j = s.skip(j)
		}
		k := j + 2
		if sep == '.' {
			k = s.skip(k)
		}
		if s.digits(j, 1, 2) && s.tok(j+1).kind == sep && s.digits(k, 1, 2) {
			return s.gregorian(Match{Year: year, month: s.tok(j).n, day: s.tok(k).n}), s.point(k+1, k > j+2)
		}
	}
	j := s.skip(i + 1)
	if sep == '.' {
		j = s.skip(i + 2)
	}
	if s.words.Has(wordlists.AfterYear, s.tok(j).text) { // "2006 m. sausio 2 d."
		j = s.skip(s.point(j+1, true))
	}
	if s.digits(j, 1, 2) && j > i+1 { // "2006. gada 2. janvāris"
		d, next := s.dayMonthName(j)
		if next == j || d.Year != 0 {
			return Match{}, i
		}
		d.Year = year
		return d, next
	}
	month, j := s.monthName(j)
	if j = s.skip(j); month == 0 || !s.digits(j, 1, 2) || s.tok(j+1).kind == ':' {
		return Match{}, i
	}
	return Match{Year: year, month: month, day: s.tok(j).n}, s.point(j+1, sep == '.')
}

// point returns the token behind a point at i, if there may be one; otherwise i.
func (s *scanner) point(i int, may bool) int {
	if may && s.tok(i).kind == '.' {
		return i + 1
	}
	return i
}

// units reads 2006年1月2日 from the number of the year on, which means a year of
// the common era.
func (s *scanner) units(i, year int) (Match, int) {
	j := s.skip(i + 2)
	if !s.digits(j, 1, 2) || s.tok(j+1).kind != unit || !s.digits(s.skip(j+2), 1, 2) {
		return Match{}, i
	}
	k := s.skip(j + 2)
	next := k + 1
	if s.tok(next).kind == unit {
		next++
	}
	return Match{Year: year, month: s.tok(j).n, day: s.tok(k).n}, next
}

// dayFirst reads 02.01.2006, 2/1/2006, 02-01-2006, 02.01.06, 2. 1. 2006, and,
// before a time of day, 02.01 without a year.
func (s *scanner) dayFirst(i int) (Match, int) {
	sep := s.tok(i + 1).kind
	j := i + 2
	if sep == '.' {
		j = s.skip(j)
	}
	if sep != '.' && sep != '/' && sep != '-' || !s.digits(j, 1, 2) {
		return Match{}, i
	}
	d := Match{day: s.tok(i).n, month: s.tok(j).n}
	k := j + 2
	if sep == '.' && j > i+2 {
		k = s.skip(k)
	}
	if s.tok(j+1).kind == sep && (s.digits(k, 4, 4) || sep != '-' && j == i+2 && s.digits(k, 2, 2)) {
		if d.Year = s.commonYear(s.tok(k).n); d.Year < 100 {
			d.Year += 2000
		}
		if monthFirst := s.language == "en" || s.language == ""; sep == '/' && (monthFirst && d.day <= 12 || d.month > 12) {
			d.day, d.month = d.month, d.day
		}
		return d, k + 1
	}
	if sep == '.' && s.digits(i, 2, 2) && j == i+2 && s.digits(j, 2, 2) {
		if _, next := s.hour(s.skip(i+3), false); next > s.skip(i+3) && s.tok(i+3).kind == space {
			return d, i + 3
		}
	}
	return Match{}, i
}

// dayMonthName reads 2 January 2006, 2nd of January, 2. Januar 2006, 1er
// janvier 2006, 2 de enero de 2006, 2-Jan-2006 and 2 tháng 1 năm 2006, with and
// without the year.
func (s *scanner) dayMonthName(i int) (Match, int) {
	j := i + 1
	switch s.tok(j).text {
	case "st", "nd", "rd", "th", "er", "-":
		j++
	case ".":
		j++
	}
	j = s.skip(j)
	if s.words.Has(wordlists.WithinDate, s.tok(j).text) {
		j = s.skip(j + 1)
	}
	d := Match{day: s.tok(i).n}
	if name, next := s.monthName(j); name != 0 {
		d.month = name
		return s.yearAfter(d, next)
	}
	if month, next := s.persianMonth(j); month != 0 {
		d.month = month
		return s.persianYearAfter(d, i, next)
	}
	if k := s.skip(j + 1); s.words.Has(wordlists.BeforeMonth, s.tok(j).text) && s.digits(k, 1, 2) {
		d.month = s.tok(k).n
		return s.yearAfter(d, k+1)
	}
	return Match{}, i
}

// monthNameFirst reads January 2, 2006 and Jan. 2nd 2006, with and without the
// year.
func (s *scanner) monthNameFirst(i int) (Match, int) {
	name, j := s.monthName(i)
	if name == 0 {
		return Match{}, i
	}
	if j = s.skip(j); !s.digits(j, 1, 2) {
		return Match{}, i
	}
	d := Match{month: name, day: s.tok(j).n}
	j++
	switch s.tok(j).text {
	case "st", "nd", "rd", "th":
		j++
	case ":", "%":
		return Match{}, i
	}
	return s.yearAfter(d, j)
}

// monthName reads the name of a month of one or two words, with the point of an
// abbreviation. It returns 0 and i when there is none.
func (s *scanner) monthName(i int) (month, next int) {
	t := s.tok(i)
	if t.kind != word {
		return 0, i
	}
	j := i + 1
	if month = s.month(t.text); month == 0 {
		if k := s.skip(j); s.tok(k).kind == word {
			if month = s.month(t.text + " " + s.tok(k).text); month != 0 {
				j = k + 1
			}
		}
	}
	if month == 0 {
		month, j = s.pointedMonth(i)
	}
	if k := s.skip(j); month != 0 && s.tok(k).kind == '/' { // Arabic has two sets of names
		if k = s.skip(k + 1); s.month(s.tok(k).text) == month {
			j = k + 1
		}
	}
	if month != 0 && (s.tok(j).kind == '.' || s.tok(j).text == "׳" || s.tok(j).text == "'") {
		j++
	}
	return month, j
}

// pointedMonth reads an abbreviation of several letters with points: "มี.ค.".
func (s *scanner) pointedMonth(i int) (month, next int) {
	if s.tok(i+1).kind == '.' && s.tok(i+2).kind == word {
		if month = s.month(s.tok(i).text + "." + s.tok(i+2).text); month != 0 {
			return month, i + 3
		}
	}
	return 0, i
}

// month returns the month that a word means, also behind the letter that Hebrew
// puts before it for "in" or "to".
func (s *scanner) month(name string) int {
	if n := s.words.Month(name, s.language); n != 0 {
		return n
	}
	for _, prefix := range []string{"ב", "ל"} {
		if bare, ok := strings.CutPrefix(name, prefix); ok {
			return s.words.Month(bare, s.language)
		}
	}
	return 0
}

// yearAfter reads the year behind a day and a month, if there is one. It returns
// the token behind it.
func (s *scanner) yearAfter(d Match, j int) (Match, int) {
	k := j
	for s.tok(k).kind == space || s.tok(k).kind == ',' || s.tok(k).kind == '-' || s.tok(k).text == "،" || s.words.Has(wordlists.WithinDate, s.tok(k).text) {
		k++
	}
	if !s.digits(k, 4, 4) {
		return d, j
	}
	if year := s.commonYear(s.tok(k).n); year >= MinYear && year <= MaxYear {
		d.Year = year
		j = s.afterYear(k + 1)
	}
	return d, j
}

// afterYear returns the token behind a word for "year" that may follow one at i.
func (s *scanner) afterYear(i int) int {
	if s.tok(i).kind == '.' && s.tok(i+1).kind != digits { // "5. ožujka 2024."
		return i + 1
	}
	if j := s.skip(i); s.words.Has(wordlists.AfterYear, s.tok(j).text) {
		return s.point(j+1, true)
	}
	return i
}
