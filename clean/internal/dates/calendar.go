package dates

import (
	"strings"
	"time"
)

// commonYear returns the year of the common era that a number of four digits
// means on pages in the language: in Thai it counts from the death of the Buddha.
func (s *scanner) commonYear(n int) int {
	const buddhist = 543
	if s.language == "th" && n >= MinYear+buddhist && n <= MaxYear+buddhist {
		return n - buddhist
	}
	return n
}

// eras are the years before the first of Japanese and Chinese eras.
var eras = map[string]int{"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}

// eraFirst reads 令和6年1月2日.
func (s *scanner) eraFirst(i int) (Match, int) {
	before, ok := eras[s.tok(i).text]
	if !ok {
		return Match{}, i
	}
	j := s.skip(i + 1)
	if !s.digits(j, 1, 3) || s.tok(j+1).kind != unit {
		return Match{}, i
	}
	d, next := s.units(j, before+s.tok(j).n)
	if next == j {
		return Match{}, i
	}
	return d, next
}

// persianMonths are the months of the Persian calendar.
var persianMonths = map[string]int{
	"فروردین": 1, "اردیبهشت": 2, "خرداد": 3, "تیر": 4, "مرداد": 5, "شهریور": 6,
	"مهر": 7, "آبان": 8, "آذر": 9, "دی": 10, "بهمن": 11, "اسفند": 12,
}

// Years of the Persian calendar that dates of pages have.
const (
	minPersian = MinYear - 621
	maxPersian = MaxYear - 621
)

// persianMonth reads the name of a month of the Persian calendar, where pages are
// in Persian or their language is not known. It returns 0 and i when there is none.
func (s *scanner) persianMonth(i int) (month, next int) {
	if s.language != "fa" && s.language != "" {
		return 0, i
	}
	if month = persianMonths[strings.ReplaceAll(s.tok(i).text, "ي", "ی")]; month != 0 { // with the Arabic yeh as well
		return month, i + 1
	}
	return 0, i
}

// persianYearAfter reads the year behind a day and a month of the Persian
// calendar. It returns i when there is none.
func (s *scanner) persianYearAfter(d Match, i, j int) (Match, int) {
	for s.tok(j).kind == space || s.tok(j).kind == ',' || s.tok(j).text == "،" {
		j++
	}
	if !s.digits(j, 4, 4) {
		return Match{}, i
	}
	if d.Year = s.tok(j).n; d.Year < minPersian || d.Year > maxPersian {
		return Match{}, i
	}
	return fromPersian(d), j + 1
}

// gregorian returns a date with the year first in the Gregorian calendar. On
// pages in Persian the years of that calendar's numbers are of the Persian one.
func (s *scanner) gregorian(d Match) Match {
	if s.language == "fa" && d.Year >= minPersian && d.Year <= maxPersian {
		return fromPersian(d)
	}
	d.Year = s.commonYear(d.Year)
	return d
}

// fromPersian converts a date of the Persian calendar. Its leap years follow the
// cycle of 33 years, which is right from 1244 to 1531 (1865 to 2153). Dates that
// the calendar has not come out as the zero Match.
func fromPersian(d Match) Match {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.month > 6 && d.day > 30 {
		return Match{}
	}
	days := 31*min(d.month-1, 6) + 30*max(d.month-7, 0) + d.day - 1 // since the year began
	for y := persianEpoch; y < d.Year; y++ {
		days += yearDays(y)
	}
	for y := d.Year; y < persianEpoch; y++ {
		days -= yearDays(y)
	}
	t := time.Date(2020, time.March, 20+days, 0, 0, 0, 0, time.UTC)
	return Match{Year: t.Year(), month: int(t.Month()), day: t.Day()}
}

// persianEpoch is a year of the Persian calendar that began on 20 March 2020.
const persianEpoch = 1399

// yearDays returns the days of a year of the Persian calendar.
func yearDays(y int) int {
	switch y % 33 {
	case 1, 5, 9, 13, 17, 22, 26, 30:
		return 366
	}
	return 365
}
