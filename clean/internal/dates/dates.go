// Package dates finds dates and times of day in text, in the forms that bylines
// use: 2024-03-05, 05.03.2024, March 5, 2024, 5 марта 2024 г., 2024年3月5日, with
// clock times and zones.
//
// Start with [Find]. dates.go scans for dates, clock.go for a time of day that
// stands alone. Month names come from package wordlists.
package dates

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Years that a publication date may have. Web pages are not older, and a date
// far ahead is another kind of date.
const (
	MinYear = 1990
	MaxYear = 2100
)

// Match is a date found in text.
type Match struct {
	Start, End       int // bytes of the text it stands in
	Year, month, day int // year 0: not given
	Hour, Min, Sec   int
	Timed            bool // the time of day is given
	Zone             *time.Location
}

// Iso gives the date as YYYY-MM-DD, "" without a year.
func (d Match) Iso() string {
	if d.Year == 0 {
		return ""
	}
	return d.At().Format(time.DateOnly)
}

// At gives the moment in the zone that was named, UTC without one.
func (d Match) At() time.Time {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return time.Date(d.Year, time.Month(d.month), d.day, d.Hour, d.Min, d.Sec, 0, zone)
}

func (d Match) valid() bool {
	year := d.Year
	if year == 0 {
		year = 2000 // a leap year
	}
	t := time.Date(year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	return (d.Year == 0 || d.Year >= MinYear && d.Year <= MaxYear) &&
		d.month >= 1 && d.month <= 12 && d.day >= 1 && t.Day() == d.day && t.Month() == time.Month(d.month)
}

// token is a run of digits, a run of letters, or one other sign.
type token struct {
	start, end int
	kind       byte // '0' digits, 'a' letters, or the sign itself; ' ' for space
	n          int  // value of digits
	word       string
}

// maxDateText bounds the text that dates are looked for in, in bytes.
const maxDateText = 4096

// scanner looks for dates in the tokens of a text.
type scanner struct {
	tokens     []token
	months     map[string]int
	monthFirst bool // 1/2/2006 is January 2nd
}

// Find gives the dates in text, in order. language decides which way round
// 1/2/2006 is read; elsewhere the day goes first. A date without day is none.
func Find(text, language string) []Match {
	text = letters.Truncate(text, maxDateText)
	if !strings.ContainsAny(text, "0123456789") {
		return nil // every date has a day in digits
	}
	s := scanner{tokens: tokens(text), months: wordlists.All().Months, monthFirst: language == "en" || language == ""}
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

func tokens(text string) []token {
	out := make([]token, 0, len(text)/3+1)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		kind := byte('?')
		switch {
		case r >= '0' && r <= '9':
			kind = '0'
		case r == '年' || r == '月' || r == '日' || r == '号':
			kind = 'k'
		case unicode.IsLetter(r) || unicode.IsMark(r) || r == '_':
			kind = 'a'
		case unicode.IsSpace(r):
			kind = ' '
		case r < 0x80:
			kind = byte(r)
		}
		end := i + size
		if k := len(out) - 1; k >= 0 && out[k].kind == kind && (kind == '0' || kind == 'a' || kind == ' ') {
			out[k].end = end
		} else {
			out = append(out, token{start: i, end: end, kind: kind})
		}
		i = end
	}
	for i := range out {
		t := &out[i]
		t.word = text[t.start:t.end]
		switch t.kind {
		case '0':
			if t.end-t.start > 4 {
				t.n = -1
				continue
			}
			for _, c := range t.word {
				t.n = t.n*10 + int(c-'0')
			}
		case 'a':
			t.word = letters.FoldCase(t.word)
		}
	}
	return out
}

// tok gives a token, or one of no kind behind the last.
func (s *scanner) tok(i int) token {
	if i < 0 || i >= len(s.tokens) {
		return token{}
	}
	return s.tokens[i]
}

func (s *scanner) digits(i, from, to int) bool {
	t := s.tok(i)
	return t.kind == '0' && t.n >= 0 && t.end-t.start >= from && t.end-t.start <= to
}

// skip steps over spaces.
func (s *scanner) skip(i int) int {
	for s.tok(i).kind == ' ' {
		i++
	}
	return i
}

// at reads a date that starts at token i; next is i when there is none.
func (s *scanner) at(i int) (d Match, next int) {
	switch t := s.tok(i); {
	case s.digits(i, 4, 4):
		d, next = s.yearFirst(i)
	case s.digits(i, 1, 2):
		if d, next = s.dayFirst(i); next == i {
			d, next = s.dayMonthName(i)
		}
	case t.kind == 'a':
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
	next = s.clock(&d, next)
	d.Start, d.End = s.tok(i).start, s.tok(next-1).end
	return d, next
}

// yearFirst reads 2006-01-02, 2006/1/2, 2006.01.02 and 2006年1月2日.
func (s *scanner) yearFirst(i int) (Match, int) {
	sep := s.tok(i + 1).kind
	if sep == 'k' {
		j := s.skip(i + 2)
		if !s.digits(j, 1, 2) || s.tok(j+1).kind != 'k' || !s.digits(s.skip(j+2), 1, 2) {
			return Match{}, i
		}
		k := s.skip(j + 2)
		next := k + 1
		if s.tok(next).kind == 'k' {
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
		if _, next := s.hour(s.skip(i + 3)); next > s.skip(i+3) && s.tok(i+3).kind == ' ' {
			return d, i + 3
		}
	}
	return Match{}, i
}

// dayMonthName reads 2 January 2006, 2nd of January, 2. Januar 2006, 1er
// janvier 2006, 2 de enero de 2006 and 2-Jan-2006, with and without the year.
func (s *scanner) dayMonthName(i int) (Match, int) {
	j := i + 1
	switch s.tok(j).word {
	case "st", "nd", "rd", "th", "er", "-":
		j++
	case ".":
		j++
	}
	j = s.skip(j)
	if w := s.tok(j).word; w == "of" || w == "de" {
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
	switch s.tok(j).word {
	case "st", "nd", "rd", "th":
		j++
	case ":", "%":
		return Match{}, i
	}
	return s.yearAfter(d, j)
}

// monthName reads the name of a month of one or two words, with the point of an
// abbreviation; 0 when there is none.
func (s *scanner) monthName(i int) (int, int) {
	t := s.tok(i)
	if t.kind != 'a' {
		return 0, i
	}
	j := i + 1
	month := s.months[t.word]
	if month == 0 {
		if k := s.skip(j); s.tok(k).kind == 'a' {
			if month = s.months[t.word+" "+s.tok(k).word]; month != 0 {
				j = k + 1
			}
		}
	}
	if month != 0 && s.tok(j).kind == '.' {
		j++
	}
	return month, j
}

// yearAfter reads the year behind a day and a month, if there is one.
func (s *scanner) yearAfter(d Match, j int) (Match, int) {
	k := j
	for s.tok(k).kind == ' ' || s.tok(k).kind == ',' || s.tok(k).kind == '-' || s.tok(k).word == "de" {
		k++
	}
	if s.digits(k, 4, 4) && s.tok(k).n >= MinYear && s.tok(k).n <= MaxYear {
		d.Year = s.tok(k).n
		j = k + 1
		if w := s.tok(s.skip(j)).word; w == "г" || w == "р" || w == "года" || w == "року" || w == "r" {
			if j = s.skip(j) + 1; s.tok(j).kind == '.' {
				j++
			}
		}
	}
	return d, j
}

// clock reads the time of day that follows a date, over the signs and words
// that may stand between them.
func (s *scanner) clock(d *Match, i int) int {
	j := i
	for steps := 0; steps < 6; steps++ {
		switch t := s.tok(j); {
		case t.kind == ' ', t.kind == ',', t.kind == '-', t.kind == '|', t.kind == '?',
			t.word == "t", t.word == "at", t.word == "um", t.word == "в", t.word == "о", t.word == "à", t.word == "a", t.word == "alle", t.word == "klo", t.word == "las", t.word == "saat", t.word == "kl", t.word == "godz", t.word == "às", t.word == "ore":
			j++
			continue
		}
		break
	}
	h, next := s.hour(j)
	if next == j {
		return i
	}
	d.Hour, d.Min, d.Sec, d.Timed = h[0], h[1], h[2], true
	d.Zone, next = s.zone(next)
	return next
}

// hour reads 15:04, 15:04:05, 3:04 PM, 15h04 and 15.04 before a zone.
func (s *scanner) hour(i int) (h [3]int, next int) {
	sep := s.tok(i + 1)
	if !s.digits(i, 1, 2) || !s.digits(i+2, 2, 2) || sep.kind != ':' && sep.word != "h" && sep.kind != '.' {
		return h, i
	}
	h[0], h[1], next = s.tok(i).n, s.tok(i+2).n, i+3
	if s.tok(next).kind == ':' && s.digits(next+1, 2, 2) {
		h[2] = s.tok(next + 1).n
		next += 2
		if s.tok(next).kind == '.' && s.digits(next+1, 1, 4) {
			next += 2
		}
	}
	if sep.kind == '.' {
		if zone, _ := s.zone(next); zone == nil {
			return [3]int{}, i
		}
	}
	half := s.skip(next)
	switch s.tok(half).word {
	case "pm", "p":
		if h[0] < 12 {
			h[0] += 12
		}
		next = half + 1
	case "am":
		h[0] %= 12
		next = half + 1
	}
	if h[0] > 23 || h[1] > 59 || h[2] > 59 {
		return [3]int{}, i
	}
	return h, next
}

// zones are the names of time zones in bylines, in hours from UTC.
var zones = map[string]int{
	"z": 0, "utc": 0, "gmt": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "мск": 3,
	"est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9,
}

// zone reads a zone by name or as +03:00; nil when there is none.
func (s *scanner) zone(i int) (*time.Location, int) {
	j := s.skip(i)
	t := s.tok(j)
	if hours, ok := zones[t.word]; ok {
		return time.FixedZone(strings.ToUpper(t.word), hours*3600), j + 1
	}
	if (t.kind == '+' || t.kind == '-') && j == i && s.digits(j+1, 2, 4) {
		h, m, next := s.tok(j+1).n, 0, j+2
		if s.digits(j+1, 4, 4) {
			h, m = h/100, h%100
		} else if s.tok(next).kind == ':' && s.digits(next+1, 2, 2) {
			m = s.tok(next + 1).n
			next += 2
		}
		if h > 14 || m > 59 {
			return nil, i
		}
		offset := h*3600 + m*60
		if t.kind == '-' {
			offset = -offset
		}
		return time.FixedZone("", offset), next
	}
	return nil, i
}
