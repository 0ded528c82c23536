//go:build !linux

package owner

import (
	"errors"
	"os"
	"syscall"
)

func bootName() string { return "" }

// processStart returns no start time here; signal 0 shows whether the process exists.
func processStart(pid int) (start string, alive bool) {
	process, err := os.FindProcess(pid)
	if err != nil {
		return "", false
	}
	err = process.Signal(syscall.Signal(0))
	return "", !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}
