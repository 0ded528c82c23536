package schedule

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestParseLine(t *testing.T) {
	for _, c := range []struct{ name, line, wrong string }{
		{"five fields", "5 * * * *", ""},
		{"descriptor", "@hourly", ""},
		{"every", "@every 30m", ""},
		{"time zone", "CRON_TZ=Europe/Paris 0 6 * * *", ""},
		{"29 February comes in leap years", "0 0 29 2 *", ""},
		{"time zone alone", "TZ=Europe/Paris", "names a time zone and no time"},
		{"six fields", "0 5 * * * *", "no cron line"},
		{"out of range", "61 * * * *", "no cron line"},
		{"empty", "", "no cron line"},
		{"31 February", "0 0 31 2 *", "never comes"},
		{"unknown zone", "CRON_TZ=Mars/Olympus 0 6 * * *", "no cron line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseLine(c.line)
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("ParseLine(%q) says %v, want %q", c.line, err, c.wrong)
			}
		})
	}
}

func FuzzParseLine(f *testing.F) {
	for _, line := range []string{"5 * * * *", "@every 1s", "TZ=x", "CRON_TZ=UTC 0 0 31 2 *", "*/0 * * * *"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := ParseLine(line)
		if err != nil {
			return
		}
		from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		if !s.Next(from).After(from) {
			t.Errorf("%q was taken, but does not come after %v", line, from)
		}
	})
}

func TestMissedRunIsCaughtUpOnce(t *testing.T) {
	now := time.Date(2025, 6, 10, 12, 30, 0, 0, time.UTC)
	table := Timetable{Entries: []Entry{
		{Source: "five-missed", Line: "@hourly", Last: now.Add(-5 * time.Hour)},
		{Source: "on-time", Line: "@hourly", Last: now.Add(-20 * time.Minute)},
		{Source: "new", Line: "@daily"},
	}}
	missed, err := table.Missed(now)
	if err != nil || strings.Join(missed, " ") != "five-missed new" {
		t.Fatalf("missed: %v, %v", missed, err)
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
			time.Sleep(1500 * time.Millisecond)
			mu.Lock()
			running--
			done++
			mu.Unlock()
		},
	}
	time.AfterFunc(2200*time.Millisecond, stop)
	if err := table.Run(ctx); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if running != 0 || most != 1 || done == 0 {
		t.Errorf("after the stop %d passes run, at most %d ran at once, %d ended", running, most, done)
	}
}
