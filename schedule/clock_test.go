package schedule

import (
	"strings"
	"testing"
	"time"
)

// TestClocks is fault 23: a clock that jumps neither loses a run nor makes a
// second one. TestTimesInZones has the days on which clocks are changed.
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
}
