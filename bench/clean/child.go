package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/pages"
	"winnow/internal/training"
)

// answer is what a child tells.
type answer struct {
	Wall, CPU time.Duration // of the work alone
	Peak      int64         // bytes
	Letters   int           // bytes of text that were found
	Error     string        `json:",omitempty"`
}

// runChild is the program as its own child: kind is what to do.
func runChild(kind string, args []string) error {
	var a answer
	switch kind {
	case "peak": // TOOL FILE…: one page after the other
		t, err := toolNamed(args[0])
		if err != nil {
			return err
		}
		for _, file := range args[1:] {
			body, err := training.ReadPage(file)
			if err != nil {
				return err
			}
			text, _ := safely(t, &pages.Page{ID: "page", HTML: body})
			a.Letters += len(text)
		}
	case "hard": // TOOL CASE SIZE: one page that is made on the spot
		t, err := toolNamed(args[0])
		if err != nil {
			return err
		}
		size, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		page := hardPage(args[1], size)
		cpu, wall := child.CPU(), time.Now()
		text, err := safely(t, &page)
		a.CPU, a.Wall, a.Letters = child.CPU()-cpu, time.Since(wall), len(text)
		if err != nil {
			a.Error = err.Error()
		}
	case "side": // WORKERS FILE…: winnow, so many pages side by side
		workers, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		runtime.GOMAXPROCS(workers)
		if a, err = sideBySide(workers, args[1:]); err != nil {
			return err
		}
	default:
		return fmt.Errorf("-child %s is unknown", kind)
	}
	a.Peak = child.Peak(os.Getpid())
	return json.NewEncoder(os.Stdout).Encode(a)
}

// sideBySide cleans the pages of the files with so many workers.
func sideBySide(workers int, files []string) (answer, error) {
	list := make([]pages.Page, len(files))
	for i, file := range files {
		body, err := training.ReadPage(file)
		if err != nil {
			return answer{}, err
		}
		list[i] = pages.Page{ID: strconv.Itoa(i), HTML: body}
	}
	t := tools()[0]
	var next, letters atomic.Int64
	var wg sync.WaitGroup
	cpu, wall := child.CPU(), time.Now()
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
				text, _ := safely(t, &list[i])
				letters.Add(int64(len(text)))
			}
		})
	}
	wg.Wait()
	return answer{Wall: time.Since(wall), CPU: child.CPU() - cpu, Letters: int(letters.Load())}, nil
}

// ask runs this program as its own child and reads its answer. A child that
// does not end in time returns timedOut.
func ask(limit time.Duration, args ...string) (a answer, timedOut bool, err error) {
	u, err := child.Self(limit, nil, append([]string{"-child"}, args...)...)
	if err != nil || u.TimedOut {
		return answer{Wall: u.Wall, CPU: u.CPU, Peak: u.Peak}, u.TimedOut, err
	}
	err = json.Unmarshal(u.Out, &a)
	return a, false, err
}

func toolNamed(name string) (tool, error) {
	for _, t := range tools() {
		if t.name == name {
			return t, nil
		}
	}
	return tool{}, fmt.Errorf("there is no tool %q", name)
}

// peaks finds the memory that each tool needs for the largest pages.
func peaks(results []result, list []pages.Page) error {
	const largest = 60
	bySize := slices.Clone(list)
	slices.SortStableFunc(bySize, func(a, b pages.Page) int { return len(b.HTML) - len(a.HTML) })
	var files []string
	for _, p := range bySize[:min(largest, len(bySize))] {
		files = append(files, p.File)
	}
	for i := range results {
		a, _, err := ask(5*time.Minute, slices.Concat([]string{"peak", results[i].Tool}, files)...)
		if err != nil {
			return err
		}
		results[i].PeakBytes = a.Peak
	}
	return nil
}
