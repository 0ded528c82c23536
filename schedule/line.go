package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// allHours has the bit of every hour of a day in [cron.SpecSchedule.Hour].
const allHours = 1<<24 - 1

// ParseLine reads a cron line: five fields, "@hourly" and its like, or "@every
// 30m". The fields are wall clock times of the zone named by a prefix such as
// "CRON_TZ=Europe/Paris " or "TZ=Europe/Paris ", else of zone; nil means
// [time.Local]. Lines that never come true are refused.
//
// The clock changes twice a year in many zones. A line for certain hours is kept
// to the wall clock: a time that is skipped comes at the end of the gap, once
// for all times in it, and a time that comes twice counts the first time only. A
// line for every hour follows the passing of time: it has nothing to catch up
// after a gap, and comes in both of two equal hours.
func ParseLine(line string, zone *time.Location) (cron.Schedule, error) {
	fields := strings.Fields(line)
	if len(fields) == 1 && (strings.HasPrefix(fields[0], "TZ=") || strings.HasPrefix(fields[0], "CRON_TZ=")) {
		return nil, fmt.Errorf("%q names a time zone and no time", line) // cron v3.0.1 panics on it
	}
	parsed, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, fmt.Errorf("%q is not a cron line: %w", line, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return parsed, nil // @every, which knows no zone
	}
	s := wallClock{zone: spec.Location, everyHour: spec.Hour&allHours == allHours, spec: *spec}
	if s.zone == time.Local && zone != nil { // what cron says when the line names none
		s.zone = zone
	}
	s.spec.Location = time.UTC
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes: no such date exists", line)
	}
	return s, nil
}

// wallClock is a cron line in a time zone. cron v3.0.1 itself leaves out a
// daily run whose hour is skipped, makes two of one whose hour comes twice, and
// loses runs where the clock changes by half an hour. So it is asked in UTC,
// where the clock never changes, and what it answers is read as wall clock.
type wallClock struct {
	spec      cron.SpecSchedule // its location is UTC
	zone      *time.Location
	everyHour bool
}

// Next returns the first moment after t at which the line is due, in the zone
// of t; zero when there is none in five years.
func (s wallClock) Next(t time.Time) time.Time {
	asked := t.Location()
	t = t.In(s.zone)
	after := wallTime(t)
	for { // one period between two changes of the clock at a time
		start, end := t.ZoneBounds()
		if !start.IsZero() && !s.everyHour {
			// Wall clock times that came before the clock was set back are over.
			_, before := start.Add(-1).Zone()
			if over := shifted(start, before).Add(-1); over.After(after) {
				after = over
			}
		}
		next := s.spec.Next(after)
		if next.IsZero() {
			return time.Time{}
		}
		_, offset := t.Zone()
		at := next.Add(-time.Duration(offset) * time.Second).In(asked)
		if end.IsZero() || at.Before(end) {
			return at
		}
		if wallTime(end).After(next) && !s.everyHour { // it is skipped
			return end.In(asked)
		}
		t, after = end, wallTime(end).Add(-1)
	}
}

// wallTime returns the UTC time that reads as t does in its own zone.
func wallTime(t time.Time) time.Time {
	_, offset := t.Zone()
	return shifted(t, offset)
}

// shifted returns t as read on a clock that is so many seconds ahead of UTC.
func shifted(t time.Time, seconds int) time.Time {
	return t.UTC().Add(time.Duration(seconds) * time.Second)
}
