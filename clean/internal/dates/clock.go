package dates

import (
	"strings"
	"time"

	"winnow/clean/internal/wordlists"
)

// Clock is a time of day.
type Clock struct {
	Hour, Min, Sec int            // on the clock of Zone
	Zone           *time.Location // nil where the text names none
}

// ParseClock reads a folded text that is a time of day and nothing else.
func ParseClock(fold string) (Clock, bool) {
	s := scanner{tokens: tokens(fold), words: wordlists.All()}
	first := 0
	half := halves[s.tok(0).text]
	if half != "" {
		first = s.skip(1)
	}
	c, next := s.hour(first, false)
	if next == first {
		return Clock{}, false
	}
	c.setHalf(half)
	c.Zone, next = s.zone(next)
	return c, s.skip(next) >= len(s.tokens)
}

// IsHour reports whether a folded text is a time of day, with or without the
// words for "at" and "o'clock" around it.
func IsHour(fold string) bool {
	words := wordlists.All()
	for _, at := range words.Entries(wordlists.BeforeHour) {
		fold = strings.TrimPrefix(fold, at+" ")
	}
	for _, hour := range words.Entries(wordlists.AfterHour) {
		fold = strings.TrimSuffix(fold, " "+hour)
	}
	_, ok := ParseClock(fold)
	return ok && fold != ""
}

// maxClockGap is how many tokens may be between a date and its time of day.
const maxClockGap = 6

// clock reads the time of day that follows a date, over the signs and words
// that may be between them. A point may be between hours and minutes behind a word
// for "at", and where dated is true: behind a date with its year. It returns i when
// there is none.
func (s *scanner) clock(i int, dated bool) (c Clock, next int) {
	j, pm, pointed := i, "", dated
	for ; j < i+maxClockGap; j++ {
		t := s.tok(j)
		switch {
		case halves[t.text] != "":
			pm = halves[t.text]
			continue
		case s.words.Has(wordlists.DateToHour, t.text):
			pointed = true
			continue
		}
		if t.kind != space && t.kind != ',' && t.kind != '-' && t.kind != '|' && t.kind != '/' && t.kind != other && (t.kind != '.' || j == i) {
			break
		}
	}
	c, next = s.hour(j, pointed)
	if next == j {
		return Clock{}, i
	}
	if pm != "" {
		c.setHalf(pm)
	}
	c.Zone, next = s.zone(next)
	return c, next
}

// halves are words for the halves of the day before a time of day.
var halves = map[string]string{"午前": "am", "上午": "am", "早上": "am", "오전": "am", "午後": "pm", "下午": "pm", "晚上": "pm", "오후": "pm"}

// setHalf makes the hour on a clock of twelve hours that of the half of the day,
// "am" or "pm".
func (c *Clock) setHalf(half string) {
	switch {
	case half == "am" && c.Hour == 12:
		c.Hour = 0
	case half == "pm" && c.Hour < 12:
		c.Hour += 12
	}
}

// hour reads 15:04, 15:04:05, 3:04 PM, 3:04 p.m., 15h04, 15時04分 and 15.04: that
// last where pointed is true, or before a half of the day or a zone. It returns i
// when there is no time of day.
func (s *scanner) hour(i int, pointed bool) (c Clock, next int) {
	sep, at := s.tok(i+1), i+2
	if j := s.skip(i + 1); s.tok(j).text == "h" { // French also has blanks around it
		sep, at = s.tok(j), s.skip(j+1)
	}
	if sep.kind == hours {
		at = s.skip(at)
	}
	if !s.digits(i, 1, 2) || !s.digits(at, 2, 2) && !(sep.kind == hours && s.digits(at, 1, 2)) || sep.kind != ':' && sep.text != "h" && sep.kind != '.' && sep.kind != hours {
		return Clock{}, i
	}
	c.Hour, c.Min, next = s.tok(i).n, s.tok(at).n, at+1
	if s.tok(next).kind == mins {
		next++
	}
	if s.tok(next).kind == ':' && s.digits(next+1, 2, 2) {
		c.Sec = s.tok(next + 1).n
		next += 2
		if s.tok(next).kind == '.' && s.tok(next+1).kind == digits {
			next += 2
		}
	}
	half, end := s.half(next)
	if sep.kind == '.' && !pointed && half == "" {
		if zone, _ := s.zone(next); zone == nil {
			return Clock{}, i
		}
	}
	c.setHalf(half)
	next = end
	if c.Hour > 23 || c.Min > 59 || c.Sec > 59 {
		return Clock{}, i
	}
	return c, next
}

// half reads "pm", "p", "p.m." and "p. m." behind a time of day, and the same for
// the morning. It returns "" and i when there is none.
func (s *scanner) half(i int) (half string, next int) {
	j := s.skip(i)
	switch s.tok(j).text {
	case "am":
		return "am", j + 1
	case "pm":
		return "pm", j + 1
	case "صباحا", "صباحاً", "ص":
		return "am", j + 1
	case "مساء", "مساءً", "م":
		return "pm", j + 1
	case "a", "p":
		half = s.tok(j).text + "m"
	case "π": // Greek
		half = "am"
	case "μ":
		half = "pm"
	default:
		return "", i
	}
	k := s.skip(s.point(j+1, true))
	if m := s.tok(k).text; s.tok(j+1).kind == '.' && (m == "m" || m == "μ") {
		return half, s.point(k+1, true)
	}
	if half == "pm" && s.tok(j).text == "p" {
		return half, j + 1
	}
	return "", i
}

// maxOffset is the offset of the easternmost time zone from UTC, in hours: that
// of Kiribati.
const maxOffset = 14

// zone reads a zone by name or as +03:00. It returns nil and i when there is
// none.
func (s *scanner) zone(i int) (zone *time.Location, next int) {
	j := s.skip(i)
	t := s.tok(j)
	if east, ok := s.words.Zones[t.text]; ok {
		return time.FixedZone(strings.ToUpper(t.text), int(east.Seconds())), j + 1
	}
	if (t.kind == '+' || t.kind == '-') && j == i && s.digits(j+1, 2, 4) {
		h, m, next := s.tok(j+1).n, 0, j+2
		if s.digits(j+1, 4, 4) {
			h, m = h/100, h%100
		} else if s.tok(next).kind == ':' && s.digits(next+1, 2, 2) {
			m = s.tok(next + 1).n
			next += 2
		}
		if h > maxOffset || m > 59 {
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
