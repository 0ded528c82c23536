package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestParseLine(t *testing.T) {
	for _, c := range []struct{ name, line, wrong string }{
		{"five fields", "5 * * * *", ""},
		{"descriptor", "@hourly", ""},
		{"every", "@every 30m", ""},
		{"time zone", "CRON_TZ=Europe/Paris 0 6 * * *", ""},
		{"the zone of the machine", "CRON_TZ=Local 0 6 * * *", ""},
		{"29 February comes in leap years", "0 0 29 2 *", ""},
		{"time zone alone", "TZ=Europe/Paris", "names a time zone and no time"},
		{"six fields", "0 5 * * * *", "not a cron line"},
		{"out of range", "61 * * * *", "not a cron line"},
		{"empty", "", "not a cron line"},
		{"31 February", "0 0 31 2 *", "never comes"},
		{"unknown zone", "CRON_TZ=Mars/Olympus 0 6 * * *", "not a cron line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseLine(c.line, nil)
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("ParseLine(%q) returns %v, want %q", c.line, err, c.wrong)
			}
		})
	}
}

// zone loads a time zone.
func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestTimesInZones lists the runs of a line between two times. Times are written
// with the offset that is in force, so that each row shows which of two equal
// hours is meant.
func TestTimesInZones(t *testing.T) {
	const newYork, tokyo, berlin, lordHowe = "America/New_York", "Asia/Tokyo", "Europe/Berlin", "Australia/Lord_Howe"
	for _, c := range []struct {
		name, zone, line, from, to string
		want                       []string
	}{
		{"New York, daily", newYork, "30 6 * * *", "2025-06-09T07:00:00-04:00", "2025-06-11T07:00:00-04:00",
			[]string{"2025-06-10T06:30:00-04:00", "2025-06-11T06:30:00-04:00"}},
		{"Tokyo, daily", tokyo, "30 6 * * *", "2025-06-09T07:00:00+09:00", "2025-06-11T07:00:00+09:00",
			[]string{"2025-06-10T06:30:00+09:00", "2025-06-11T06:30:00+09:00"}},
		{"a prefix goes before the zone of the machine", newYork, "CRON_TZ=Asia/Tokyo 30 6 * * *", "2025-06-09T00:00:00Z", "2025-06-10T00:00:00Z",
			[]string{"2025-06-10T06:30:00+09:00"}},
		{"the other prefix", newYork, "TZ=Asia/Tokyo 30 6 * * *", "2025-06-09T00:00:00Z", "2025-06-10T00:00:00Z",
			[]string{"2025-06-10T06:30:00+09:00"}},

		// New York: at 02:00 on 9 March the clock goes to 03:00, at 02:00 on 2 November back to 01:00.
		{"New York, in the gap", newYork, "30 2 * * *", "2025-03-08T12:00:00-05:00", "2025-03-10T12:00:00-04:00",
			[]string{"2025-03-09T03:00:00-04:00", "2025-03-10T02:30:00-04:00"}},
		{"New York, several in the gap", newYork, "0,20,40 2 * * *", "2025-03-08T12:00:00-05:00", "2025-03-09T12:00:00-04:00",
			[]string{"2025-03-09T03:00:00-04:00"}},
		{"New York, in the gap and at its end", newYork, "0 2,3 * * *", "2025-03-08T12:00:00-05:00", "2025-03-10T00:00:00-04:00",
			[]string{"2025-03-09T03:00:00-04:00"}},
		{"New York, every hour over the gap", newYork, "30 * * * *", "2025-03-09T00:45:00-05:00", "2025-03-09T04:45:00-04:00",
			[]string{"2025-03-09T01:30:00-05:00", "2025-03-09T03:30:00-04:00", "2025-03-09T04:30:00-04:00"}},
		{"New York, twice", newYork, "30 1 * * *", "2025-11-01T12:00:00-04:00", "2025-11-03T12:00:00-05:00",
			[]string{"2025-11-02T01:30:00-04:00", "2025-11-03T01:30:00-05:00"}},
		{"New York, asked in the second hour", newYork, "30 1 * * *", "2025-11-02T01:10:00-05:00", "2025-11-03T12:00:00-05:00",
			[]string{"2025-11-03T01:30:00-05:00"}},
		{"New York, after the second hour", newYork, "0 2 * * *", "2025-11-01T12:00:00-04:00", "2025-11-02T12:00:00-05:00",
			[]string{"2025-11-02T02:00:00-05:00"}},
		{"New York, every hour, two of them equal", newYork, "@hourly", "2025-11-02T00:30:00-04:00", "2025-11-02T02:30:00-05:00",
			[]string{"2025-11-02T01:00:00-04:00", "2025-11-02T01:00:00-05:00", "2025-11-02T02:00:00-05:00"}},
		{"New York, a list of every hour", newYork, "0 0-23 * * *", "2025-11-02T00:30:00-04:00", "2025-11-02T02:30:00-05:00",
			[]string{"2025-11-02T01:00:00-04:00", "2025-11-02T01:00:00-05:00", "2025-11-02T02:00:00-05:00"}},

		// Berlin: at 02:00 on 30 March to 03:00, at 03:00 on 26 October back to 02:00.
		{"Berlin, in the gap", berlin, "15 2 * * *", "2025-03-29T12:00:00+01:00", "2025-03-31T12:00:00+02:00",
			[]string{"2025-03-30T03:00:00+02:00", "2025-03-31T02:15:00+02:00"}},
		{"Berlin, before the gap", berlin, "59 1 * * *", "2025-03-30T00:00:00+01:00", "2025-03-30T12:00:00+02:00",
			[]string{"2025-03-30T01:59:00+01:00"}},
		{"Berlin, twice", berlin, "15 2 * * *", "2025-10-25T12:00:00+02:00", "2025-10-27T12:00:00+01:00",
			[]string{"2025-10-26T02:15:00+02:00", "2025-10-27T02:15:00+01:00"}},
		{"Berlin, every other hour", berlin, "0 */2 * * *", "2025-03-30T00:30:00+01:00", "2025-03-30T06:30:00+02:00",
			[]string{"2025-03-30T03:00:00+02:00", "2025-03-30T04:00:00+02:00", "2025-03-30T06:00:00+02:00"}},
		{"Berlin, monthly, over both changes", berlin, "0 4 26 10 *", "2025-01-01T00:00:00+01:00", "2026-12-31T00:00:00+01:00",
			[]string{"2025-10-26T04:00:00+01:00", "2026-10-26T04:00:00+01:00"}},
		{"Berlin, Sundays", berlin, "30 2 * * 0", "2025-03-24T00:00:00+01:00", "2025-04-07T00:00:00+02:00",
			[]string{"2025-03-30T03:00:00+02:00", "2025-04-06T02:30:00+02:00"}},

		// Lord Howe: at 02:00 on 5 October to 02:30, at 02:00 on 6 April back to 01:30.
		{"Lord Howe, in the gap", lordHowe, "15 2 * * *", "2025-10-04T12:00:00+10:30", "2025-10-06T12:00:00+11:00",
			[]string{"2025-10-05T02:30:00+11:00", "2025-10-06T02:15:00+11:00"}},
		{"Lord Howe, the hour after the gap", lordHowe, "15 3 * * *", "2025-10-04T12:00:00+10:30", "2025-10-05T12:00:00+11:00",
			[]string{"2025-10-05T03:15:00+11:00"}},
		{"Lord Howe, twice", lordHowe, "45 1 * * *", "2025-04-05T12:00:00+11:00", "2025-04-07T12:00:00+10:30",
			[]string{"2025-04-06T01:45:00+11:00", "2025-04-07T01:45:00+10:30"}},
		{"Lord Howe, every hour", lordHowe, "45 * * * *", "2025-04-06T00:50:00+11:00", "2025-04-06T03:00:00+10:30",
			[]string{"2025-04-06T01:45:00+11:00", "2025-04-06T01:45:00+10:30", "2025-04-06T02:45:00+10:30"}},

		{"where midnight is skipped", "Africa/Cairo", "0 0 * * *", "2025-04-24T12:00:00+02:00", "2025-04-26T12:00:00+03:00",
			[]string{"2025-04-25T01:00:00+03:00", "2025-04-26T00:00:00+03:00"}},
		{"where a whole day was skipped", "Pacific/Apia", "0 6 * * *", "2011-12-28T12:00:00-10:00", "2012-01-01T12:00:00+14:00",
			[]string{"2011-12-29T06:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T06:00:00+14:00", "2012-01-01T06:00:00+14:00"}},
		{"an interval knows no zone", newYork, "@every 1h", "2025-11-02T00:30:00-04:00", "2025-11-02T01:45:00-05:00",
			[]string{"2025-11-02T01:30:00-04:00", "2025-11-02T01:30:00-05:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			parse := func(text string) time.Time {
				at, err := time.Parse(time.RFC3339, text)
				if err != nil {
					t.Fatal(err)
				}
				return at.UTC()
			}
			line, err := ParseLine(c.line, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			var got []time.Time
			for at := line.Next(parse(c.from)); !at.After(parse(c.to)) && len(got) < 100; at = line.Next(at) {
				got = append(got, at)
			}
			for i := range max(len(got), len(c.want)) {
				switch {
				case i >= len(got):
					t.Errorf("no run at %s", c.want[i])
				case i >= len(c.want):
					t.Errorf("a run at %s", got[i].In(zone(t, c.zone)).Format(time.RFC3339))
				case !got[i].Equal(parse(c.want[i])):
					t.Errorf("run %d is at %s, want %s", i, got[i].In(zone(t, c.zone)).Format(time.RFC3339), c.want[i])
				}
			}
		})
	}
}

// The zone of the time that is asked with changes nothing: the store keeps UTC,
// the cron library asks in the zone of the machine.
func TestTimesDoNotDependOnTheZoneOfTheQuestion(t *testing.T) {
	line, err := ParseLine("30 6 * * *", zone(t, "Asia/Tokyo"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 6, 10, 12, 0, 0, 0, time.UTC)
	for _, name := range []string{"UTC", "Asia/Tokyo", "America/New_York"} {
		next := line.Next(at.In(zone(t, name)))
		if want := time.Date(2025, 6, 10, 21, 30, 0, 0, time.UTC); !next.Equal(want) || next.Location().String() != name {
			t.Errorf("asked in %s: %v", name, next)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	for _, line := range []string{"5 * * * *", "@every 1s", "TZ=x", "CRON_TZ=UTC 0 0 31 2 *", "*/0 * * * *", "TZ=Europe/Berlin 30 2 * * *", "CRON_TZ=Australia/Lord_Howe */7 1,2 * 4,10 0"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := ParseLine(line, nil)
		if err != nil {
			return
		}
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 50 {
			next := s.Next(at)
			if next.IsZero() { // none in five years
				return
			}
			if !next.After(at) {
				t.Fatalf("%q was taken, but comes at %v after %v", line, next, at)
			}
			at = next
		}
	})
}
