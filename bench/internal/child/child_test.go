package child

import (
	"strings"
	"testing"
	"time"
)

func TestRunTellsWhatAProcessCost(t *testing.T) {
	u, err := Run(time.Minute, "", []string{"WORD=harbour"}, "sh", "-c", `echo $WORD; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done`)
	if err != nil {
		t.Fatal(err)
	}
	if string(u.Out) != "harbour\n" || u.CPU <= 0 || u.CPU > u.Wall+100*time.Millisecond || u.Peak < 100<<10 || u.TimedOut {
		t.Errorf("usage %+v, output %q", u, u.Out)
	}
}

func TestRunEndsWhatTakesTooLong(t *testing.T) {
	start := time.Now()
	u, err := Run(100*time.Millisecond, "", nil, "sleep", "60")
	if err != nil || !u.TimedOut || time.Since(start) > 30*time.Second {
		t.Errorf("usage %+v, %v after %v", u, err, time.Since(start))
	}
}

func TestRunTellsWhyAProcessFailed(t *testing.T) {
	_, err := Run(time.Minute, "", nil, "sh", "-c", "echo no berth >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "no berth") {
		t.Errorf("error %v, want the process's own words", err)
	}
}
