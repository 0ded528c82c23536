// Package owner names the process that holds a lease, so that other processes of
// the machine can tell whether it has ended. [Name] makes the name of this
// process; [Ended] looks up the process of another.
package owner

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
)

// An owner's name is "place/pid/start": the place stands for this boot of this
// machine and, in a container, for its set of process numbers; start is the
// moment at which the process began, so that a number used again is not taken
// for the same process.

// Name returns the name of this process.
func Name() string {
	pid := os.Getpid()
	start, _ := processStart(pid)
	return place() + "/" + strconv.Itoa(pid) + "/" + start
}

// place stands for this boot of this machine.
func place() string {
	name, _ := os.Hostname()
	sum := sha256.Sum256([]byte(name + "\x00" + bootName()))
	return hex.EncodeToString(sum[:6])
}

// Ended reports whether the owner is a process of this machine that has ended.
// Of others nothing is known, and their leases have to run out.
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
