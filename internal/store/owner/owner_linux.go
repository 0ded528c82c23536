package owner

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// bootName differs between machines, boots and process namespaces.
func bootName() string {
	machine, _ := os.ReadFile("/etc/machine-id")
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return string(machine) + string(boot) + namespace
}

// processStart returns the time at which a process began, in clock ticks since the boot:
// field 22 of /proc/PID/stat (proc_pid_stat(5)). The second field, the name in brackets,
// may contain blanks and brackets. A zombie has ended. Of a process that /proc hides from
// this user (hidepid) it is only known whether it is alive.
func processStart(pid int) (start string, alive bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", errors.Is(syscall.Kill(pid, 0), syscall.EPERM)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", false
	}
	return fields[19], true
}
