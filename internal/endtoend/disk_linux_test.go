package endtoend

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"winnow/internal/testweb"
)

// onSmallDisk makes a disk, in a separate namespace, runs winnow on it with ever
// less of it taken away, then on the same disk that may only be read, then on one
// with room, and copies what is there out. Each run leaves its exit status and
// what it said; the script tells that it has ended, and waits for a word to go on.
const onSmallDisk = `
mount -t tmpfs -o size=16384k none "$DISK"
run() { "$WINNOW" -q -c "$CONFIG" refresh 2>"$OUT/$1.said" && echo 0 >"$OUT/$1.status" || echo $? >"$OUT/$1.status"; echo "$1"; read -r word; }
head -c 16777216 /dev/zero >"$DISK/.taken"
for size in $SIZES; do
  truncate -s $(((16384 - size) * 1024)) "$DISK/.taken"
  run "$size"
done
rm "$DISK/.taken"
mount -o remount,bind,ro "$DISK"
run read-only
mount -o remount,bind,rw "$DISK"
run room
cp -R "$DISK/." "$OUT/"
`

// namespaced starts a command as root of a user namespace, with mounts of its
// own: what any user may do, where the system does not forbid it.
func namespaced(c *exec.Cmd) *exec.Cmd {
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	return c
}

// ran runs the script, and gives what was asked for in each of its runs.
func ran(t *testing.T, script *exec.Cmd, s *site) (lives [][]testweb.Request) {
	t.Helper()
	var stderr strings.Builder
	script.Stderr = &stderr
	stdin, err := script.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := script.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := script.Start(); err != nil {
		t.Fatal(err)
	}
	before := 0
	for ended := bufio.NewScanner(stdout); ended.Scan(); {
		asked := s.web.Requests()
		lives = append(lives, asked[before:])
		before = len(asked)
		if _, err := io.WriteString(stdin, "go on\n"); err != nil {
			t.Error(err)
		}
	}
	if err := script.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return lives
}

// TestFullAndReadOnlyDisk has state, archive and corpus on one disk, or the state
// on another, that is full at some place of the run, gets more room and is full
// again, then may only be read, and then has room: each run says what is wrong,
// no page is fetched twice but what each host was at, and in the end nothing is
// missing.
func TestFullAndReadOnlyDisk(t *testing.T) {
	if err := namespaced(exec.Command("mount", "-t", "tmpfs", "none", t.TempDir())).Run(); err != nil {
		t.Logf("this system lets nobody make a disk of his own (%v): TestNoRoomStopsTheRunAndNothingIsLost stands for it", err)
		return
	}
	want := newSite(t, 1, "")
	want.run(t, "refresh")
	for _, c := range []struct {
		name, on string   // the settings whose paths are on the disk, as written in the configuration
		sizes    []string // KiB that are left
		full     string   // what is said, a pattern: the archive or the state may be first to find the disk full
	}{
		{"all on it", "", []string{"16", "320", "640", "1100", "2200"}, "the disk is full; make room and run again|free some space there"},
		{"the corpus", "corpus", []string{"4", "16", "48", "96", "150"}, "free some space there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 4, "")
			disk, config := t.TempDir(), filepath.Join(s.dir, "small.yaml")
			text, err := os.ReadFile(s.config())
			if err != nil {
				t.Fatal(err)
			}
			text = bytes.ReplaceAll(text, []byte(c.on+`: "`+s.dir+"/"), []byte(c.on+`: "`+disk+"/"))
			if err := os.WriteFile(config, text, 0o644); err != nil {
				t.Fatal(err)
			}
			script := namespaced(exec.Command("sh", "-euc", onSmallDisk))
			script.Env = append(os.Environ(), asWinnow+"=1", "WINNOW="+os.Args[0], "CONFIG="+config, "DISK="+disk, "OUT="+s.dir, "SIZES="+strings.Join(c.sizes, " "))
			askedOnce(t, ran(t, script, s))
			stopped := 0
			for _, size := range c.sizes {
				stopped += said(t, s, size, c.full)
			}
			if stopped < len(c.sizes)-1 {
				t.Errorf("only %d runs met the end of the disk", stopped)
			}
			if said(t, s, "read-only", "read-only") != 1 || said(t, s, "room", "") != 0 {
				t.Error("on a disk that may only be read a run came to its end, or on one with room it did not")
			}
			same(t, c.name, want, s)
			nothingElse(t, s)
		})
	}
}

// said returns the exit status of a run, which must be 0, or else 1 with a message
// that the pattern matches.
func said(t *testing.T, s *site, run, words string) int {
	t.Helper()
	status, err := os.ReadFile(filepath.Join(s.dir, run+".status"))
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := os.ReadFile(filepath.Join(s.dir, run+".said"))
	if err != nil {
		t.Fatal(err)
	}
	code, err := strconv.Atoi(strings.TrimSpace(string(status)))
	if err != nil {
		t.Fatal(err)
	}
	if code > 1 || code == 1 && !regexp.MustCompile(words).Match(stderr) || strings.Contains(string(stderr), "goroutine") {
		t.Errorf("%s: exit status %d\n%s", run, code, stderr)
	}
	return code
}
