package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"text/tabwriter"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/minhash"
	"winnow/dedupe"
)

// postingBytes is what one entry of an inverted index takes unpacked: a hash of
// eight bytes and a document's number of four.
const postingBytes = 12

// tool joins the copies of a set.
type tool struct {
	name string
	run  func(s *set) (outcome, error)
}

type outcome struct {
	seconds    float64 // of processor time
	clusters   map[string]string
	indexBytes float64 // a document
}

//go:embed datasketch.py
var datasketchScript []byte

// available returns the tools that run on this machine, and the reasons why others
// do not.
func available() (tools []tool, missing []string) {
	tools = []tool{{"winnow", winnow}, {"Go MinHash-LSH", goMinHash(false)}, {"Go MinHash-LSH, numbers kept", goMinHash(true)}}
	if err := exec.Command("python3", "-c", "import datasketch").Run(); err != nil {
		return tools, []string{"datasketch: python3 does not have it"}
	}
	return append(tools, tool{"datasketch MinHash-LSH", datasketch}), nil
}

// winnow runs the stage as the command line does: records in, verdicts out.
func winnow(s *set) (outcome, error) {
	checker, err := dedupe.New(dedupe.Options{})
	if err != nil {
		return outcome{}, err
	}
	in, err := lines(s)
	if err != nil {
		return outcome{}, err
	}
	var out bytes.Buffer
	before := child.CPU()
	if _, err := checker.Filter(context.Background(), in, &out, dedupe.FilterOptions{}); err != nil {
		return outcome{}, err
	}
	o := outcome{seconds: (child.CPU() - before).Seconds(), clusters: make(map[string]string, len(s.docs))}
	for dec := json.NewDecoder(&out); ; {
		var a dedupe.Answer
		if err := dec.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			return o, err
		}
		o.clusters[a.ID] = a.ID
		if a.DuplicateOf != nil {
			o.clusters[a.ID] = *a.DuplicateOf
		}
	}
	prints := 0
	for _, d := range s.docs {
		prints += len(checker.Prints(d.Title, d.Text, ""))
	}
	o.indexBytes = float64(prints*postingBytes) / float64(len(s.docs))
	return o, nil
}

// goMinHash returns MinHash-LSH in plain Go. It reads the same records, so that
// reading costs the same.
func goMinHash(numbers bool) func(*set) (outcome, error) {
	return func(s *set) (outcome, error) {
		in, err := lines(s)
		if err != nil {
			return outcome{}, err
		}
		before := child.CPU()
		ix := minhash.New(numbers)
		var ids []string
		for dec := json.NewDecoder(in); ; {
			var d document
			if err := dec.Decode(&d); err == io.EOF {
				break
			} else if err != nil {
				return outcome{}, err
			}
			ids = append(ids, d.ID)
			ix.Add(d.Text)
		}
		o := outcome{clusters: make(map[string]string, len(ids)), indexBytes: minhash.Bands * postingBytes}
		for i, id := range ids {
			o.clusters[id] = strconv.Itoa(ix.Cluster(i))
		}
		o.seconds = (child.CPU() - before).Seconds()
		return o, nil
	}
}

// datasketch runs the script in python3 on one processor. The script times
// itself, the start of the interpreter apart.
func datasketch(s *set) (o outcome, err error) {
	dir, err := os.MkdirTemp("", "winnow-bench-")
	if err != nil {
		return o, err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	in, err := lines(s)
	if err != nil {
		return o, err
	}
	script, docs := filepath.Join(dir, "datasketch_lsh.py"), filepath.Join(dir, "docs.jsonl")
	if err := os.WriteFile(script, datasketchScript, 0o600); err != nil {
		return o, err
	}
	if err := os.WriteFile(docs, in.Bytes(), 0o600); err != nil {
		return o, err
	}
	u, err := child.Run(time.Hour, dir, []string{"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"}, "python3", script, docs)
	if err != nil {
		return o, err
	}
	var answer struct {
		Seconds  float64           `json:"seconds"`
		Clusters map[string]string `json:"clusters"`
	}
	if err := json.Unmarshal(u.Out, &answer); err != nil {
		return o, fmt.Errorf("its answer: %w", err)
	}
	return outcome{seconds: answer.Seconds, clusters: answer.Clusters, indexBytes: minhash.Bands * postingBytes}, nil
}

// lines is the set as JSON Lines, which every tool reads.
func lines(s *set) (*bytes.Buffer, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i := range s.docs {
		if err := enc.Encode(&s.docs[i]); err != nil {
			return nil, err
		}
	}
	return &b, nil
}

func (r *report) print(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s, one processor\n\n", r.Date, r.Go)
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "set\ttool\tdocuments\tdocuments/s\tprecision\trecall\tF1\tfalse pairs\tindex B/document\t")
	for _, x := range r.Results {
		fmt.Fprintf(t, "%s\t%s\t%d\t%.0f\t%.4f\t%.4f\t%.4f\t%d\t%.0f\t\n", x.Set, x.Tool, x.Documents, x.DocumentsPerSecond, x.Precision, x.Recall, x.F1, x.Joined-x.Right, x.IndexBytes)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, name := range r.LeftOut {
		fmt.Fprintln(w, "left out:", name)
	}
	return nil
}
