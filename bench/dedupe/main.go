// Command dedupe measures winnow's dedupe stage beside MinHash-LSH on documents
// whose copies are known: a plain Go one in the shape of datatrove, and
// datasketch if python3 has it.
//
//	go run ./dedupe -docs docs.jsonl.zst -clusters clusters.jsonl.zst
//
// The README of this module says what the columns mean.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"winnow/bench/internal/pairs"
	"winnow/internal/training"
)

// defaultSets are the project's own documents, as seen from bench/.
var defaultSets = []string{"../../shared/dups/gold", "../../shared/dups/natural", "../../shared/dups/dev"}

// document is a line of docs.jsonl.
type document struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Title string `json:"title"`
	Date  string `json:"date"`
	Host  string `json:"host"`
}

// set is one collection with its truth.
type set struct {
	name      string
	docs      []document
	truth     map[string]string // cluster by document
	undecided []pairs.Pair
}

// result is what a tool found on a set, and its cost.
type result struct {
	Set, Tool          string
	Documents          int
	Seconds            float64 // of processor time, median of the rounds
	DocumentsPerSecond float64
	IndexBytes         float64 // a document: 12 bytes a posting
	pairs.Figures
}

type report struct {
	Date    string
	Go      string
	Results []result
	LeftOut []string `json:",omitempty"` // tools that are not on this machine
}

func main() {
	docs := flag.String("docs", "", "documents, one JSON object a line; default: the project's three sets")
	clusters := flag.String("clusters", "", "the true clusters; default: clusters.jsonl.zst beside the documents")
	rounds := flag.Int("rounds", 3, "runs of each tool; the median counts")
	asJSON := flag.Bool("json", false, "print JSON")
	scaled := flag.Int("scale", 0, "instead, measure the cost of this many made-up records, e.g. 1000000")
	made := flag.Int("records", 0, "instead, write this many made-up records")
	filled := flag.Int("fill", 0, "internal: the child process of -scale")
	dir := flag.String("dir", "", "folder for the files of -scale; default: the system's place")
	flag.Parse()
	var err error
	switch {
	case *made > 0:
		err = writeRecords(*made)
	case *filled > 0:
		err = fill(*filled, *dir, os.Stdout)
	case *scaled > 0:
		err = scale(*scaled, *dir)
	default:
		err = run(*docs, *clusters, *rounds, *asJSON)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dedupe:", err)
		os.Exit(1)
	}
}

func run(docs, clusters string, rounds int, asJSON bool) error {
	if rounds < 1 {
		return errors.New("-rounds begins at 1")
	}
	runtime.GOMAXPROCS(1)
	var sets []set
	if docs == "" {
		for _, dir := range defaultSets {
			s, err := load(filepath.Join(dir, "docs.jsonl.zst"), filepath.Join(dir, "clusters.jsonl.zst"))
			if err != nil {
				return err
			}
			sets = append(sets, s)
		}
	} else {
		if clusters == "" {
			clusters = filepath.Join(filepath.Dir(docs), "clusters.jsonl.zst")
		}
		s, err := load(docs, clusters)
		if err != nil {
			return err
		}
		sets = append(sets, s)
	}
	r := report{Date: time.Now().UTC().Format(time.DateOnly), Go: runtime.Version()}
	tools, missing := available()
	r.LeftOut = missing
	for _, s := range sets {
		results, err := compare(&s, tools, rounds)
		if err != nil {
			return err
		}
		r.Results = append(r.Results, results...)
	}
	if asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	}
	return r.print(os.Stdout)
}

// load reads documents and truth. A file of pairs beside the clusters may name
// pairs that count neither way.
func load(docs, clusters string) (set, error) {
	s := set{name: filepath.Base(filepath.Dir(docs)), truth: map[string]string{}}
	var err error
	if s.docs, err = training.ReadJSONLines[document](docs); err != nil {
		return s, err
	}
	type truth struct{ ID, Cluster string }
	known, err := training.ReadJSONLines[truth](clusters)
	if err != nil {
		return s, err
	}
	for _, t := range known {
		s.truth[t.ID] = t.Cluster
	}
	type judged struct{ A, B, Label string }
	list, err := training.ReadJSONLines[judged](filepath.Join(filepath.Dir(clusters), strings.Replace(filepath.Base(clusters), "clusters", "pairs", 1)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, err
	}
	for _, p := range list {
		if p.Label == "ignore" {
			s.undecided = append(s.undecided, pairs.Pair{A: p.A, B: p.B})
		}
	}
	return s, nil
}

// compare lets the tools take turns on a set.
func compare(s *set, tools []tool, rounds int) ([]result, error) {
	times := make([][]float64, len(tools))
	results := make([]result, len(tools))
	for round := range rounds {
		for i, t := range tools {
			fmt.Fprintf(os.Stderr, "%s: %s, round %d of %d\n", s.name, t.name, round+1, rounds)
			runtime.GC()
			o, err := t.run(s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.name, err)
			}
			times[i] = append(times[i], o.seconds)
			results[i] = result{Set: s.name, Tool: t.name, Documents: len(s.docs), IndexBytes: o.indexBytes, Figures: pairs.Score(s.truth, o.clusters, s.undecided)}
		}
	}
	for i := range results {
		slices.Sort(times[i])
		results[i].Seconds = times[i][len(times[i])/2]
		results[i].DocumentsPerSecond = float64(len(s.docs)) / results[i].Seconds
	}
	return results, nil
}
