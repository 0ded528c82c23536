package browser

import (
	"bytes"
	"os"
	"strconv"
)

// running returns how many processes have dir on their command line.
func running(dir string) int {
	n := 0
	for _, p := range processes() {
		line, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/cmdline")
		if err == nil && bytes.Contains(line, []byte(dir)) {
			n++
		}
	}
	return n
}
