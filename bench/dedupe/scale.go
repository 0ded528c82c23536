package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"text/tabwriter"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/records"
)

// seed is that of the made-up records.
const seed = 1

// writeRecords writes records to standard output.
func writeRecords(n int) error {
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	if err := records.Write(out, n, seed); err != nil {
		return err
	}
	return out.Flush()
}

// scale measures the cost of n made-up records: in the state of a crawl, and in a
// run of winnow dedupe.
func scale(n int, dir string) error {
	dir, err := os.MkdirTemp(dir, "winnow-scale-")
	if err != nil {
		return err
	}
	err = errors.Join(scaleState(n, dir), scaleFilter(n, dir))
	return errors.Join(err, os.RemoveAll(dir))
}

// scaleState fills a state in a separate process, and prints what it cost.
func scaleState(n int, dir string) error {
	u, err := child.Self(24*time.Hour, nil, "-fill", strconv.Itoa(n), "-dir", dir)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "stories in the state\tput: CPU ms\task: CPU ms\twith 10,000\tat first\task: wall ms\tcompared\tindex B/story\tpeak MB\t")
	for dec := json.NewDecoder(bytes.NewReader(u.Out)); ; {
		var c checkpoint
		if err := dec.Decode(&c); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		fmt.Fprintf(t, "%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f\t%.0f\t%d\t\n", c.Stories, c.PutMS, c.AskMS, c.Small, c.FirstMS, c.AskWallMS, c.Compared, c.IndexBytes, c.Peak>>20)
		fmt.Fprintf(os.Stderr, "%d stories, bytes by table: %v\n", c.Stories, c.Tables)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Printf("it took %s, %s of processor time\n\n", u.Wall.Round(time.Second), u.CPU.Round(time.Second))
	return nil
}

// scaleFilter runs winnow, built from the module beside this one, on the records,
// which another process makes, and prints what it cost.
func scaleFilter(n int, dir string) error {
	program := filepath.Join(dir, "winnow")
	if out, err := exec.Command("go", "build", "-o", program, "winnow").CombinedOutput(); err != nil {
		return fmt.Errorf("build winnow: %w: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	in, out, err := os.Pipe()
	if err != nil {
		return err
	}
	answers := filepath.Join(dir, "answers.jsonl")
	file, err := os.Create(answers)
	if err != nil {
		return err
	}
	making := exec.Command(self, "-records", strconv.Itoa(n))
	making.Stdout, making.Stderr = out, os.Stderr
	filter := exec.Command(program, "dedupe", "--json", "-")
	filter.Stdin, filter.Stdout, filter.Stderr = in, file, os.Stderr
	filter.Env = append(os.Environ(), "TMPDIR="+dir)
	started := time.Now()
	if err := errors.Join(making.Start(), filter.Start()); err != nil {
		return err
	}
	err = errors.Join(in.Close(), out.Close())
	peak := watch(filter)
	err = errors.Join(err, making.Wait(), filter.Wait(), file.Close())
	if err != nil {
		return err
	}
	used := filter.ProcessState
	fmt.Printf("winnow dedupe: %d records in %s, %s of processor time, peak %d MB\n", n,
		time.Since(started).Round(time.Second), (used.UserTime() + used.SystemTime()).Round(time.Second), peak()>>20)
	return scoreAnswers(answers)
}

// watch polls the memory of a process until peak is called, which returns the most,
// in bytes.
func watch(cmd *exec.Cmd) (peak func() int64) {
	stop, ended := make(chan struct{}), make(chan struct{})
	most := int64(0)
	go func() {
		defer close(ended)
		for {
			most = max(most, child.Peak(cmd.Process.Pid))
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(stop); <-ended; return most }
}

// scoreAnswers prints how many copies were dropped in favour of the story that
// they are copies of, or of another copy of it.
func scoreAnswers(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	copies, found, wrong := 0, 0, 0
	for dec := json.NewDecoder(bufio.NewReaderSize(f, 1<<20)); ; {
		var a struct {
			ID          string
			DuplicateOf *string `json:"duplicate_of"`
		}
		if err := dec.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if records.Original(a.ID) != a.ID {
			copies++
		}
		switch {
		case a.DuplicateOf == nil:
		case records.Original(*a.DuplicateOf) == records.Original(a.ID):
			found++
		default:
			wrong++
		}
	}
	fmt.Printf("of %d copies, %d were dropped, and %d other records\n", copies, found, wrong)
	return nil
}
