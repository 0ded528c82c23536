package browser

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

// lookEvery is the interval at which the memory of the browser is measured.
const lookEvery = 200 * time.Millisecond

// watchMemory calls over once when the processes of the browser take more than
// limit bytes, see memoryOf. Calling stop ends the watch.
func watchMemory(browser context.Context, limit int64, over func()) (stop func()) {
	process := chromedp.FromContext(browser).Browser.Process()
	if process == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				if memoryOf(process.Pid) > limit {
					over()
					return
				}
			}
		}
	}()
	return func() { close(done); <-ended }
}

// memoryOf returns the anonymous resident memory, in bytes, of a process and its
// descendants (proc(5), RssAnon).
func memoryOf(pid int) int64 {
	children := map[int][]int{}
	for _, p := range processes() {
		children[p.parent] = append(children[p.parent], p.pid)
	}
	total := int64(0)
	for left := []int{pid}; len(left) > 0; {
		one := left[0]
		left = append(left[1:], children[one]...)
		delete(children, one)
		status, _ := os.ReadFile("/proc/" + strconv.Itoa(one) + "/status")
		for line := range bytes.Lines(status) {
			if value, ok := bytes.CutPrefix(line, []byte("RssAnon:")); ok {
				kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(string(value)), " kB"), 10, 64)
				total += kb << 10
			}
		}
	}
	return total
}

// process is a process with its parent's ID.
type process struct{ pid, parent int }

// processes returns all processes of the machine.
func processes() []process {
	entries, _ := os.ReadDir("/proc")
	var all []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue
		}
		// "pid (name) state parent …"; the name may hold anything.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 2 {
			continue
		}
		parent, _ := strconv.Atoi(fields[1])
		all = append(all, process{pid, parent})
	}
	return all
}

// endAll kills what is left of the browser whose files are in dir: helpers may
// outlive it for a moment.
func endAll(dir string) {
	for range 20 {
		found := false
		for _, p := range processes() {
			line, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/cmdline")
			if err == nil && p.pid != os.Getpid() && bytes.Contains(line, []byte("--user-data-dir="+dir)) {
				found = true
				syscall.Kill(p.pid, syscall.SIGKILL)
			}
		}
		if !found {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
