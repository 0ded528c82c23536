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
