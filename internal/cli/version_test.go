package cli

import (
	"runtime/debug"
	"testing"
)

func TestBuildOf(t *testing.T) {
	setting := func(pairs ...string) (all []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	for _, c := range []struct {
		name  string
		build *debug.BuildInfo
		want  string
	}{
		{"nothing is known", nil, "unknown build"},
		{"without version control", &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}}, "commit unknown, go1.26.8"},
		{"a commit", &debug.BuildInfo{GoVersion: "go1.26.8", Settings: setting("vcs", "git", "vcs.revision", "1ed8a0d1c2f3a4b5c6d7", "vcs.time", "2026-11-30T12:00:00Z", "vcs.modified", "false")},
			"commit 1ed8a0d1c2f3 of 2026-11-30, go1.26.8"},
		{"a commit and changes", &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v0.0.0-2026+dirty"}, Settings: setting("vcs.revision", "1ed8a0d1c2f3a4b5c6d7", "vcs.modified", "true")},
			"commit 1ed8a0d1c2f3, modified, go1.26.8"},
		{"a released version", &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"}}, "module v1.2.3, go1.26.8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := buildOf(c.build); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
