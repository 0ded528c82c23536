package dates

import (
	"testing"
)

func TestIsHour(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"french", "à 17h05", true},
		{"german", "um 17:05 uhr", true},
		{"spanish", "a las 17:05", true},
		{"bare", "17:05", true},
		{"a word", "à paris", false},
		{"nothing", "", false},
		{"a sentence", "at 17:05 the ship sailed", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := IsHour(c.text); got != c.want {
				t.Errorf("%q: %v", c.text, got)
			}
		})
	}
}
