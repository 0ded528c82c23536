// Package dates finds dates and times of day in text, in the forms that bylines
// use: 2024-03-05, 05.03.2024, March 5, 2024, 5 марта 2024 г., 2024年3月5日, with
// clock times and zones. The names of months and zones and the words around
// them are in package wordlists.
//
// dates.go finds dates, clock.go times of day; both read the tokens of
// tokens.go.
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
// and "", the day in others.
func Find(text, language string) []Match {
	text = letters.Truncate(text, maxText)
	if !strings.ContainsAny(text, "0123456789") {
		return nil // every date has a day in digits
	}
	words := wordlists.All()
	s := scanner{tokens: tokens(text), words: words, monthFirst: language == "en" || language == ""}
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
		d, next = s.monthNameFirst(i)
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
	d.Clock, next = s.clock(end)
	d.Timed = next > end
	d.Start, d.End = s.tok(i).start, s.tok(next-1).end
	return d, next
}

// yearFirst reads 2006-01-02, 2006/1/2, 2006.01.02 and 2006年1月2日.
func (s *scanner) yearFirst(i int) (Match, int) {
	sep := s.tok(i + 1).kind
	if sep == unit {
		j := s.skip(i + 2)
		if !s.digits(j, 1, 2) || s.tok(j+1).kind != unit || !s.digits(s.skip(j+2), 1, 2) {
			return Match{}, i
		}
		k := s.skip(j + 2)
		next := k + 1
		if s.tok(next).kind == unit {
			next++
		}
		return Match{Year: s.tok(i).n, month: s.tok(j).n, day: s.tok(k).n}, next
	}
	if (sep == '-' || sep == '/' || sep == '.') && s.digits(i+2, 1, 2) && s.tok(i+3).kind == sep && s.digits(i+4, 1, 2) {
		return Match{Year: s.tok(i).n, month: s.tok(i + 2).n, day: s.tok(i + 4).n}, i + 5
	}
	return Match{}, i
}

// dayFirst reads 02.01.2006, 2/1/2006, 02-01-2006, 02.01.06, and, before a time
// of day, 02.01 without a year.
func (s *scanner) dayFirst(i int) (Match, int) {
	sep := s.tok(i + 1).kind
	if sep != '.' && sep != '/' && sep != '-' || !s.digits(i+2, 1, 2) {
		return Match{}, i
	}
	d := Match{day: s.tok(i).n, month: s.tok(i + 2).n}
	if s.tok(i+3).kind == sep && (s.digits(i+4, 4, 4) || sep != '-' && s.digits(i+4, 2, 2)) {
		d.Year = s.tok(i + 4).n
		if d.Year < 100 {
			d.Year += 2000
		}
		if sep == '/' && (s.monthFirst && d.day <= 12 || d.month > 12) {
			d.day, d.month = d.month, d.day
		}
		return d, i + 5
	}
	if sep == '.' && s.digits(i, 2, 2) && s.digits(i+2, 2, 2) {
		if _, next := s.hour(s.skip(i + 3)); next > s.skip(i+3) && s.tok(i+3).kind == space {
			return d, i + 3
		}
	}
	return Match{}, i
}

// dayMonthName reads 2 January 2006, 2nd of January, 2. Januar 2006, 1er
// janvier 2006, 2 de enero de 2006 and 2-Jan-2006, with and without the year.
func (s *scanner) dayMonthName(i int) (Match, int) {
	j := i + 1
	switch s.tok(j).text {
	case "st", "nd", "rd", "th", "er", "-":
		j++
	case ".":
		j++
	}
	j = s.skip(j)
	if w := s.tok(j).text; w == "of" || w == "de" {
		j = s.skip(j + 1)
	}
	name, j := s.monthName(j)
	if name == 0 {
		return Match{}, i
	}
	d := Match{day: s.tok(i).n, month: name}
	return s.yearAfter(d, j)
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
	month = s.words.Months[t.text]
	if month == 0 {
		if k := s.skip(j); s.tok(k).kind == word {
			if month = s.words.Months[t.text+" "+s.tok(k).text]; month != 0 {
				j = k + 1
			}
		}
	}
	if month != 0 && s.tok(j).kind == '.' {
		j++
	}
	return month, j
}

// yearAfter reads the year behind a day and a month, if there is one. It returns
// the token behind it.
func (s *scanner) yearAfter(d Match, j int) (Match, int) {
	k := j
	for s.tok(k).kind == space || s.tok(k).kind == ',' || s.tok(k).kind == '-' || s.tok(k).text == "de" {
		k++
	}
	if s.digits(k, 4, 4) && s.tok(k).n >= MinYear && s.tok(k).n <= MaxYear {
		d.Year = s.tok(k).n
		j = k + 1
		if s.words.Has(wordlists.AfterYear, s.tok(s.skip(j)).text) {
			if j = s.skip(j) + 1; s.tok(j).kind == '.' {
				j++
			}
		}
	}
	return d, j
}
