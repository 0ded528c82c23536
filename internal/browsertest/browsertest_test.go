package browsertest

import (
	"errors"
	"testing"
)

func TestPath(t *testing.T) {
	absent := func(string) (string, error) { return "", errors.New("none") }
	there := func(given string) (string, error) { return "/opt/" + given, nil }
	for _, c := range []struct {
		name, variable, ci string
		find               func(string) (string, error)
		want               string // "" means that the test is skipped
	}{
		{"found", "", "", there, "/opt/"},
		{"named", "browser", "", there, "/opt/browser"},
		{"found by CI", "", "true", there, "/opt/"},
		{"absent", "", "", absent, ""},
		{"off", "off", "true", there, ""},
	} {
		t.Setenv(variable, c.variable)
		t.Setenv("CI", c.ci)
		got, skipped := "", false
		t.Run(c.name, func(t *testing.T) {
			defer func() { skipped = t.Skipped() }()
			got = Path(t, c.find)
		})
		if got != c.want || skipped != (c.want == "") {
			t.Errorf("%s: path %q, skipped: %v", c.name, got, skipped)
		}
	}
}
