//go:build unix

package pgtest

import "testing"

func TestLeftOut(t *testing.T) {
	for _, c := range []struct {
		name, variable, ci string
		out                bool
	}{
		{"off", "off", "", true},
		{"a server is named", "postgres://db.example/test", "", false},
		{"in CI a missing PostgreSQL is a failure", "", "true", false},
	} {
		t.Setenv(variable, c.variable)
		t.Setenv("CI", c.ci)
		if why := LeftOut(); (why != "") != c.out {
			t.Errorf("%s: %q", c.name, why)
		}
	}
}
