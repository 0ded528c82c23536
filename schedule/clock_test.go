package schedule

import (
	"strings"
	"testing"
	"time"
)

// TestClocks: fault 23. A clock that jumps and the two days of a year on which
// clocks are changed neither lose a run nor make a second one.
func TestClocks(t *testing.T) {
	noon := time.Date(2025, 6, 10, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, line string
		last, now  time.Time
		due        bool
	}{
		{"an hour later", "@hourly", noon, noon.Add(time.Hour), true},
		{"forward by a month", "@hourly", noon, noon.AddDate(0, 1, 0), true},
		{"back by a day", "@hourly", noon, noon.AddDate(0, 0, -1), false},
		{"back by a minute", "@hourly", noon, noon.Add(-time.Minute), false},
		{"the same moment", "@hourly", noon, noon, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := Timetable{Entries: []Entry{{Source: "s", Line: c.line, Last: c.last}}}
			missed, err := table.Missed(c.now)
			if err != nil || (strings.Join(missed, " ") == "s") != c.due {
				t.Errorf("missed %q, %v", missed, err)
			}
		})
	}
	for _, change := range []string{"2025-03-30", "2025-10-26"} { // in Paris
		for _, c := range []struct {
			line string
			runs int
		}{{"CRON_TZ=Europe/Paris 0 6 * * *", 3}, {"CRON_TZ=Europe/Paris 30 1 * * *", 3}} {
			t.Run(change+" "+c.line, func(t *testing.T) {
				day, err := time.Parse(time.DateOnly, change)
				if err != nil {
					t.Fatal(err)
				}
				s, err := ParseLine(c.line)
				if err != nil {
					t.Fatal(err)
				}
				runs := 0
				for at, end := s.Next(day.AddDate(0, 0, -1).Add(-6*time.Hour)), day.AddDate(0, 0, 2).Add(-6*time.Hour); at.Before(end); at = s.Next(at) {
					runs++
				}
				if runs != c.runs {
					t.Errorf("%d runs in three days", runs)
				}
			})
		}
	}
}
