// Package owner names the process that holds a lease, so that other processes on the
// machine can find out whether it has ended. [Name] returns the name of this process,
// and [Ended] looks up the process with a name.
package owner

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
)

// The name of an owner is "place/pid/start". The place identifies this boot of this
// machine and, in a container, its process namespace; start is the time at which the
// process began, so that a process ID that is used again is not taken for the same
// process.

// Name returns the name of this process.
func Name() string {
	pid := os.Getpid()
	start, _ := processStart(pid)
	return place() + "/" + strconv.Itoa(pid) + "/" + start
}

// place identifies this boot of this machine, and the process namespace.
func place() string {
	name, _ := os.Hostname()
	sum := sha256.Sum256([]byte(name + "\x00" + bootName()))
	return hex.EncodeToString(sum[:6])
}

// Ended reports whether the owner is a process on this machine that has ended. Nothing is
// known of processes on other machines: their leases have to run out.
func Ended(owner string) bool {
	where, rest, ok := strings.Cut(owner, "/")
	number, start, ok2 := strings.Cut(rest, "/")
	pid, err := strconv.Atoi(number)
	if !ok || !ok2 || err != nil || where != place() {
		return false
	}
	now, alive := processStart(pid)
	return !alive || now != "" && now != start
}
