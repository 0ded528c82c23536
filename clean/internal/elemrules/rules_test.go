package elemrules

import (
	"testing"
)

func TestNamesAreTakenApart(t *testing.T) {
	set := New([]Rule{{ID: "r", Terms: []string{"share", "social+links", "=pull"}, Guard: 1}})
	tests := []struct {
		class string
		want  bool
	}{
		{"share", true}, {"post-share", true}, {"shareBar", true}, {"b_share2", true}, {"BLOCK__Share--small", true},
		{"shareholders", false}, {"no-share", false}, {"has-share-bar", false}, {"social-links", true}, {"socialLinks", true},
		{"social", false}, {"links-social", false}, {"pull", true}, {"pull-left", false}, {"x1share2y", false},
		{"ab share cd fg hi", false}, // made by a machine
	}
	for _, tt := range tests {
		t.Run(tt.class, func(t *testing.T) {
			m := &matcher{Set: set}
			got := m.matchNames(tt.class, 0) == 0
			if got != tt.want {
				t.Errorf("%q matches: %v, want %v", tt.class, got, tt.want)
			}
		})
	}
}
