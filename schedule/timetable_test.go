package schedule

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMissedRunIsCaughtUpOnce(t *testing.T) {
	now := time.Date(2025, 6, 10, 12, 30, 0, 0, time.UTC)
	table := Timetable{Entries: []Entry{
		{Source: "five-missed", Line: "@hourly", Last: now.Add(-5 * time.Hour)},
		{Source: "on-time", Line: "@hourly", Last: now.Add(-20 * time.Minute)},
		{Source: "new", Line: "@daily"},
		{Source: "ahead", Line: "@daily", Last: now.AddDate(2, 0, 0)},
	}}
	missed, err := table.Missed(now)
	if err != nil || strings.Join(missed, " ") != "five-missed new ahead" {
		t.Fatalf("missed: %v, %v", missed, err)
	}
}

// A line is read in one zone, whatever the zone of the times that are kept: that
// of its prefix, else that of the machine.
func TestMissedRunsAreThoseOfTheZone(t *testing.T) {
	for _, c := range []struct {
		name, zone, line, last, now string
		due                         bool
	}{
		{"New York, not yet", "America/New_York", "30 6 * * *", "2025-06-10T10:30:00Z", "2025-06-11T10:29:59Z", false},
		{"New York, now", "America/New_York", "30 6 * * *", "2025-06-10T10:30:00Z", "2025-06-11T10:30:00Z", true},
		{"Tokyo, not yet", "Asia/Tokyo", "30 6 * * *", "2025-06-09T07:00:00Z", "2025-06-09T21:29:59Z", false},
		{"Tokyo, now", "Asia/Tokyo", "30 6 * * *", "2025-06-09T07:00:00Z", "2025-06-09T21:30:00Z", true},
		{"prefix", "Asia/Tokyo", "TZ=America/New_York 30 6 * * *", "2025-06-10T10:30:00Z", "2025-06-11T10:29:59Z", false},
		{"Berlin, in the gap", "Europe/Berlin", "30 2 * * *", "2025-03-29T01:30:00Z", "2025-03-30T01:00:00Z", true},
		{"Berlin, run in the first of two hours", "Europe/Berlin", "30 2 * * *", "2025-10-26T00:30:00Z", "2025-10-26T02:00:00Z", false},
		{"Berlin, the first of two hours was missed", "Europe/Berlin", "30 2 * * *", "2025-10-25T00:30:00Z", "2025-10-26T01:10:00Z", true},
		{"Lord Howe, in the gap", "Australia/Lord_Howe", "15 2 * * *", "2025-10-03T15:45:00Z", "2025-10-04T15:30:00Z", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			last, err := time.Parse(time.RFC3339, c.last)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			table := Timetable{Zone: zone(t, c.zone), Entries: []Entry{{Source: "s", Line: c.line, Last: last}}}
			missed, err := table.Missed(now)
			if err != nil || (len(missed) == 1) != c.due {
				t.Errorf("missed %q, %v", missed, err)
			}
		})
	}
}

func TestPassesOfOneSourceDoNotOverlapAndStopIsWaitedFor(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	var mu sync.Mutex
	running, most, done := 0, 0, 0
	table := Timetable{
		Entries: []Entry{{Source: "slow", Line: "@every 1s"}},
		Log:     slog.New(slog.DiscardHandler),
		Do: func(context.Context, string) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(1500 * time.Millisecond) // over the time of the next pass
			stop()
			time.Sleep(50 * time.Millisecond)
			mu.Lock()
			running--
			done++
			mu.Unlock()
		},
	}
	if err := table.Run(ctx); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if running != 0 || most != 1 || done == 0 {
		t.Errorf("after the stop %d passes run, at most %d ran at once, %d ended", running, most, done)
	}
}
