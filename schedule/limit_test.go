package schedule

import (
	"testing"
	"time"
)

func TestShortDuration(t *testing.T) {
	for _, test := range []struct {
		name string
		d    time.Duration
		want string
	}{
		{"minutes", 30 * time.Minute, "30m"},
		{"hours", 2 * time.Hour, "2h"},
		{"seconds", 20 * time.Second, "20s"},
		{"all", time.Hour + 10*time.Second, "1h0m10s"},
		{"tens of minutes", 2*time.Hour + 10*time.Minute, "2h10m"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := ShortDuration(test.d); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
