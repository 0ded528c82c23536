// Package child runs a program as a separate process and measures what it cost,
// so that one thing's memory does not hide another's.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process cost.
type Usage struct {
	Wall     time.Duration
	CPU      time.Duration // user and system, its own children included
	Peak     int64         // bytes of memory at the highest, as far as it was seen; 0 when the system does not tell
	TimedOut bool          // it was ended at the limit
	Out      []byte        // its standard output
}

// Run runs a program to its end, or for so long as the limit allows. The peak
// is looked up every few milliseconds: getrusage's figure starts at that of the
// process that forked.
func Run(limit time.Duration, dir string, environ []string, name string, args ...string) (Usage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), environ...)
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return Usage{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var u Usage
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			u.Peak = max(u.Peak, Peak(cmd.Process.Pid))
			continue
		case err := <-ended:
			u.Wall, u.Out = time.Since(start), out.Bytes()
			if s := cmd.ProcessState; s != nil {
				u.CPU = s.UserTime() + s.SystemTime()
			}
			u.TimedOut = errors.Is(ctx.Err(), context.DeadlineExceeded)
			if err != nil && !u.TimedOut {
				err = fmt.Errorf("%s: %w: %s", name, err, last(trouble.String(), 2000))
			} else {
				err = nil
			}
			return u, err
		}
	}
}

// Self runs this very program.
func Self(limit time.Duration, environ []string, args ...string) (Usage, error) {
	exe, err := os.Executable()
	if err != nil {
		return Usage{}, err
	}
	return Run(limit, "", environ, exe, args...)
}

// Peak is the highest memory of a process so far in bytes; 0 when the system
// does not tell.
func Peak(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kb, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return kb << 10
}

func last(s string, n int) string {
	if s = strings.TrimSpace(s); len(s) > n {
		s = "…" + s[len(s)-n:]
	}
	return s
}
