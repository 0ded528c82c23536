package dedupe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// filterIn names, for a process of the test binary that is to be killed, the folder
// of its temporary files.
const filterIn = "WINNOW_FILTER_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(filterIn); dir != "" {
		c, err := New(Options{})
		if err == nil {
			_, err = c.Filter(context.Background(), os.Stdin, io.Discard, FilterOptions{TempDir: dir, Progress: func(_ string, n, _ int) { fmt.Println(n) }})
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// A Filter that is killed leaves no temporary file to its next run, neither of the
// texts nor of the prints.
func TestKilledFilterLeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), filterIn+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	defer func() {
		if !killed {
			cmd.Process.Kill()
			cmd.Wait()
		}
	}()
	words := numbered(1600)
	go func() { // until the pipe breaks
		for i := 0; ; i++ {
			text := strings.ReplaceAll(words, " ", fmt.Sprintf("%d ", i)) // shares nothing with the others
			if _, err := io.WriteString(in, jsonLines(t, []Doc{{ID: fmt.Sprint(i), Text: text}})); err != nil {
				return
			}
		}
	}()
	const enough = "2500" // stories of some 510 prints: more than memory holds
	read := bufio.NewScanner(out)
	for read.Scan() && read.Text() != enough {
	}
	if read.Text() != enough {
		t.Fatalf("%s stories were read, %v", read.Text(), read.Err())
	}
	if runtime.GOOS == "linux" {
		links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", cmd.Process.Pid))
		open := 0
		for _, link := range links {
			if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, dir) {
				open++
			}
		}
		if open != 2 {
			t.Errorf("the process has %d files open in %s, want texts and prints", open, dir)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed = true
	cmd.Wait()
	if _, err := checker(t).Filter(t.Context(), strings.NewReader(""), io.Discard, FilterOptions{TempDir: dir}); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
