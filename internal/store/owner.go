package store

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

func ownName() string {
	pid := os.Getpid()
	start, _ := processStart(pid)
	return ownPlace() + "/" + strconv.Itoa(pid) + "/" + start
}

func ownPlace() string {
	name, _ := os.Hostname()
	sum := sha256.Sum256([]byte(name + "\x00" + bootName()))
	return hex.EncodeToString(sum[:6])
}

// dead says that the owner is a process of this place that has ended. Of
// others nothing is known, and their leases have to run out.
func dead(owner string) bool {
	place, rest, ok := strings.Cut(owner, "/")
	number, start, ok2 := strings.Cut(rest, "/")
	pid, err := strconv.Atoi(number)
	if !ok || !ok2 || err != nil || place != ownPlace() {
		return false
	}
	now, alive := processStart(pid)
	return !alive || now != "" && now != start
}
