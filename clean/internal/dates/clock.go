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
	c, next := s.hour(0)
	if next == 0 {
		return Clock{}, false
	}
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
// that may be between them. It returns i when there is none.
func (s *scanner) clock(i int) (c Clock, next int) {
	j := i
	for j < i+maxClockGap && s.mayPrecedeClock(s.tok(j)) {
		j++
	}
	c, next = s.hour(j)
	if next == j {
		return Clock{}, i
	}
	c.Zone, next = s.zone(next)
	return c, next
}

// mayPrecedeClock reports whether a token may be between a date and its time of
// day.
func (s *scanner) mayPrecedeClock(t token) bool {
	switch t.kind {
	case space, ',', '-', '|', other:
		return true
	}
	return s.words.Has(wordlists.DateToHour, t.text)
}

// hour reads 15:04, 15:04:05, 3:04 PM, 15h04 and, before a zone, 15.04. It
// returns i when there is no time of day.
func (s *scanner) hour(i int) (c Clock, next int) {
	sep := s.tok(i + 1)
	if !s.digits(i, 1, 2) || !s.digits(i+2, 2, 2) || sep.kind != ':' && sep.text != "h" && sep.kind != '.' {
		return Clock{}, i
	}
	c.Hour, c.Min, next = s.tok(i).n, s.tok(i+2).n, i+3
	if s.tok(next).kind == ':' && s.digits(next+1, 2, 2) {
		c.Sec = s.tok(next + 1).n
		next += 2
		if s.tok(next).kind == '.' && s.digits(next+1, 1, 4) {
			next += 2
		}
	}
	if sep.kind == '.' {
		if zone, _ := s.zone(next); zone == nil {
			return Clock{}, i
		}
	}
	half := s.skip(next)
	switch s.tok(half).text {
	case "pm", "p":
		if c.Hour < 12 {
			c.Hour += 12
		}
		next = half + 1
	case "am":
		c.Hour %= 12
		next = half + 1
	}
	if c.Hour > 23 || c.Min > 59 || c.Sec > 59 {
		return Clock{}, i
	}
	return c, next
}

// maxOffset is the offset of the easternmost time zone from UTC, in hours: that
// of Kiribati.
const maxOffset = 14

// zone reads a zone by name or as +03:00. It returns nil and i when there is
// none.
func (s *scanner) zone(i int) (zone *time.Location, next int) {
	j := s.skip(i)
	t := s.tok(j)
	if hours, ok := s.words.Zones[t.text]; ok {
		return time.FixedZone(strings.ToUpper(t.text), hours*3600), j + 1
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
