// Command clean measures winnow's clean stage beside other extractors on a
// folder of pages, in one run: speed, memory and agreement with the truth.
//
//	go run ./clean -dir FOLDER -truth truth.jsonl.zst
//
// The tools take turns on small batches of pages, so that what else the machine
// does meets all of them alike. See the README of this module for what the
// columns mean.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"winnow/bench/internal/pages"
	"winnow/clean/blockmodel"
	"winnow/internal/training"
)

// Where the project's own pages lie, seen from bench/.
const (
	defaultDir   = "../../shared/pages/pages"
	defaultTruth = "../../shared/pages/truth.jsonl.zst"
)

type settings struct {
	dir, truth     string
	cpus           int
	every          int
	rounds         int
	asJSON, stress bool
	folds          bool
	child          string
}

// report is what a run found; -json prints it.
type report struct {
	Date    string
	Go      string
	CPUs    int // GOMAXPROCS
	Pages   int
	Bytes   int64
	Tools   []result
	Scaling *scaling   `json:",omitempty"`
	Stress  []hardCase `json:",omitempty"`
	Growth  *growth    `json:",omitempty"`
}

// result is one tool's row.
type result struct {
	Tool           string
	PagesPerSecond float64 // of processor time
	MBPerSecond    float64 // of processor time
	WallPerSecond  float64 // pages a second of wall-clock time
	Ratio          float64 // winnow's processor time a page over this tool's, median over the batches: above 1 the tool is faster than winnow
	AllocsPerPage  float64
	BytesPerPage   float64
	PeakBytes      int64 // a process that cleans the largest pages, one after the other
	Errors         int   // pages without an answer
	Sets           map[string]training.Score
}

func main() {
	var s settings
	flag.StringVar(&s.dir, "dir", defaultDir, "folder of .html and .html.gz")
	flag.StringVar(&s.truth, "truth", "", "file of the truth, one JSON object a line; default: that of the default folder")
	flag.IntVar(&s.cpus, "cpu", 1, "GOMAXPROCS")
	flag.IntVar(&s.every, "every", 1, "take every so many-th page, for a quick look")
	flag.IntVar(&s.rounds, "rounds", 1, "passes over the pages")
	flag.BoolVar(&s.asJSON, "json", false, "print JSON")
	flag.BoolVar(&s.stress, "stress", true, "scaling, pages built to make extractors slow, growth with size")
	flag.BoolVar(&s.folds, "folds", true, "where the truth has folds: winnow reads each page by a model that was learned without the page's fold; costs a minute or two")
	flag.StringVar(&s.child, "child", "", "used by the program itself")
	flag.Parse()
	if err := run(s, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "clean:", err)
		os.Exit(1)
	}
}

func run(s settings, args []string) error {
	runtime.GOMAXPROCS(s.cpus)
	if s.child != "" {
		return runChild(s.child, args)
	}
	if s.every < 1 || s.rounds < 1 {
		return errors.New("-every and -rounds begin at 1")
	}
	if s.truth == "" && s.dir == defaultDir {
		s.truth = defaultTruth
	}
	truth, err := pages.LoadTruth(s.truth)
	if err != nil {
		return err
	}
	all, err := pages.Load(s.dir, truth)
	if err != nil {
		return err
	}
	var chosen []pages.Page
	for i := 0; i < len(all); i += s.every {
		chosen = append(chosen, all[i])
	}
	r, err := measure(s, chosen, truth)
	if err != nil {
		return err
	}
	if s.asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	}
	return r.print(os.Stdout)
}

func measure(s settings, list []pages.Page, truth map[string]training.Truth) (*report, error) {
	r := &report{Date: time.Now().UTC().Format(time.DateOnly), Go: runtime.Version(), CPUs: s.cpus, Pages: len(list)}
	for _, p := range list {
		r.Bytes += int64(len(p.HTML))
	}
	notice("%d pages, %.0f MB, from %s", r.Pages, float64(r.Bytes)/1e6, filepath.Clean(s.dir))
	var models []*blockmodel.Model
	if s.folds && hasFolds(truth) {
		notice("learning on four folds for the fifth, five times")
		var err error
		if models, err = foldModels(s); err != nil {
			return nil, err
		}
	}
	r.Tools = compare(tools(models...), list, s.rounds, truth)
	if err := peaks(r.Tools, list); err != nil {
		return nil, err
	}
	if !s.stress {
		return r, nil
	}
	var err error
	if r.Scaling, err = scale(list); err != nil {
		return nil, err
	}
	if r.Stress, err = stress(); err != nil {
		return nil, err
	}
	r.Growth, err = grow()
	return r, err
}

// foldModels learns a model for each fold of the pages from the other folds.
func foldModels(s settings) ([]*blockmodel.Model, error) {
	corpus, err := training.OpenFiles(s.truth, s.dir)
	if err != nil {
		return nil, err
	}
	data, err := training.NewDataset(context.Background(), corpus)
	if err != nil {
		return nil, err
	}
	return data.FoldModels(training.DefaultSettings)
}

// hasFolds reports whether the truth divides its pages into folds.
func hasFolds(truth map[string]training.Truth) bool {
	for _, t := range truth {
		if t.Fold != 0 {
			return true
		}
	}
	return false
}

// notice tells of progress, apart from the report.
func notice(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
