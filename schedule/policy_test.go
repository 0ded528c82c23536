package schedule

import (
	"testing"
	"time"
)

func TestRetry(t *testing.T) {
	p := Policy{Retries: 3}
	for _, c := range []struct {
		name  string
		p     Policy
		tries int
		asked time.Duration
		wait  time.Duration
		again bool
	}{
		{"first failure", p, 1, 0, time.Second, true},
		{"doubled", p, 3, 0, 4 * time.Second, true},
		{"used up", p, 4, 0, 8 * time.Second, false},
		{"server asks for more", p, 1, time.Minute, time.Minute, true},
		{"server asks for less", p, 3, time.Second, 4 * time.Second, true},
		{"server asks for a year", p, 1, 365 * day, day, true},
		{"very many failures do not overflow", p, 500, 0, day, false},
		{"no retries", Policy{}, 1, 0, time.Second, false},
		{"own base and bound", Policy{Retries: 9, Base: 2 * time.Second, Max: 5 * time.Second}, 4, 0, 5 * time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if wait, again := c.p.Retry(c.tries, c.asked); wait != c.wait || again != c.again {
				t.Errorf("Retry(%d, %v) = %v, %v; want %v, %v", c.tries, c.asked, wait, again, c.wait, c.again)
			}
		})
	}
}

func TestRevisitGrowsWithAge(t *testing.T) {
	now := time.Date(2025, 6, 10, 12, 0, 0, 0, time.UTC)
	last := time.Duration(0)
	for _, age := range []time.Duration{0, day, 3 * day, 8 * day, 31 * day, 1000 * day} {
		got := Revisit(now.Add(-age), now)
		if got < last {
			t.Errorf("a story of %v is looked at after %v, a younger one after %v", age, got, last)
		}
		last = got
	}
	if Revisit(time.Time{}, now) != last {
		t.Error("a story without a date is not treated as old")
	}
}

func TestPace(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name        string
		pace        Pace
		pause, took time.Duration
		failed      bool
		want        time.Duration
	}{
		{name: "off", pause: time.Second, took: time.Second},
		{name: "the first answer", pace: Pace{Factor: 2}, took: 2 * time.Second, want: time.Second},
		{name: "it grows slowly", pace: Pace{Factor: 2}, pause: time.Second, took: 2 * time.Second, want: 1750 * ms},
		{name: "as slow as before", pace: Pace{Factor: 2}, pause: 4 * time.Second, took: 2 * time.Second, want: 4 * time.Second},
		{name: "it shrinks slowly", pace: Pace{Factor: 2}, pause: 4 * time.Second, took: 0, want: 3 * time.Second},
		{name: "a quick failure shortens nothing", pace: Pace{Factor: 2}, pause: 4 * time.Second, took: 0, failed: true, want: 4 * time.Second},
		{name: "a slow failure counts", pace: Pace{Factor: 2}, pause: 0, took: 2 * time.Second, failed: true, want: time.Second},
		{name: "bounded", pace: Pace{Factor: 2}, pause: 30 * time.Second, took: time.Hour, want: 30 * time.Second},
		{name: "bounded by setting", pace: Pace{Factor: 2, Max: time.Second}, pause: 30 * time.Second, took: time.Second, want: time.Second},
		{name: "beyond all", pace: Pace{Factor: 1e30}, took: time.Hour, want: 7500 * ms},
		{name: "a clock that was set back", pace: Pace{Factor: 2}, took: -time.Hour, want: ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.pace.Next(c.pause, c.took, !c.failed); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAdapt(t *testing.T) {
	for _, c := range []struct {
		name        string
		usual, last time.Duration
		changed     bool
		want        time.Duration
	}{
		{"first visit", 3 * day, 0, false, 3 * day},
		{"unchanged", day, day, false, 2 * day},
		{"unchanged again", day, 2 * day, false, 4 * day},
		{"never beyond three months", 30 * day, 60 * day, false, 90 * day},
		{"changed", 3 * day, 2 * day, true, day},
		{"changed again and again", 3 * day, 18 * time.Hour, true, 18 * time.Hour},
		{"not more often than every six hours", day, 6 * time.Hour, true, 6 * time.Hour},
		{"changed after a long rest", day, 60 * day, true, day},
		{"an old page that used to change", 30 * day, day, false, 30 * day / 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Adapt(c.usual, c.last, c.changed); got != c.want {
				t.Errorf("Adapt(%v, %v, %v) = %v, want %v", c.usual, c.last, c.changed, got, c.want)
			}
		})
	}
}
