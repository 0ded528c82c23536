// Command mkweights counts the commonplace phrases that the dedupe stage leaves
// out of its index:
//
//	go run ./dedupe/internal/mkweights [-atleast 12] [-o dedupe/internal/weights/phrases.bin] FOLDER…
//
// It reads every *.txt (a story each), *.jsonl and *.jsonl.zst ({id, text} a
// line) of the folders. Where a folder has a clusters.jsonl or clusters.jsonl.zst
// ({id, cluster} a line) the first story of each cluster counts.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"winnow/dedupe/internal/text"
)

func main() {
	atLeast := flag.Int("atleast", 12, "stories that must have a phrase")
	out := flag.String("o", "dedupe/internal/weights/phrases.bin", "file to write")
	flag.Parse()
	if err := run(*out, *atLeast, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mkweights:", err)
		os.Exit(1)
	}
}

func run(out string, atLeast int, folders []string) error {
	if len(folders) == 0 {
		return fmt.Errorf("name the folders that hold the texts")
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	stories := 0
	var failed error
	n, err := text.WriteCommonplaces(f, func(yield func(string) bool) {
		for _, folder := range folders {
			for text, err := range texts(folder) {
				if err != nil {
					failed = err
					return
				}
				if stories++; !yield(text) {
					return
				}
			}
		}
	}, atLeast)
	if err := firstError(failed, err, f.Close()); err != nil {
		return err
	}
	fmt.Printf("%d phrases of %d stories in %s\n", n, stories, out)
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// line is what is read of a line of JSON.
type line struct{ ID, Cluster, Text string }

// texts returns the stories of a folder.
func texts(folder string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		cluster, err := clusters(folder)
		if err != nil {
			yield("", err)
			return
		}
		seen := map[string]bool{}
		names, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			yield("", err)
			return
		}
		for _, name := range names {
			base := filepath.Base(name)
			switch {
			case strings.HasSuffix(base, ".txt"):
				b, err := os.ReadFile(name)
				if !yield(string(b), err) {
					return
				}
			case (strings.HasSuffix(base, ".jsonl") || strings.HasSuffix(base, ".jsonl.zst")) && !strings.HasPrefix(base, "clusters.") && !strings.HasPrefix(base, "pairs."):
				for l, err := range lines(name) {
					if c := cluster[l.ID]; err == nil && c != "" {
						if seen[c] {
							continue
						}
						seen[c] = true
					}
					if !yield(l.Text, err) {
						return
					}
				}
			}
		}
	}
}

// clusters returns which stories of a folder are copies of each other.
func clusters(folder string) (map[string]string, error) {
	out := map[string]string{}
	names, err := filepath.Glob(filepath.Join(folder, "clusters.jsonl*"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		for l, err := range lines(name) {
			if err != nil {
				return nil, err
			}
			out[l.ID] = l.Cluster
		}
	}
	return out, nil
}

// lines reads a file of JSON lines.
func lines(name string) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		f, err := os.Open(name)
		if err != nil {
			yield(line{}, err)
			return
		}
		defer f.Close()
		var r io.Reader = f
		if strings.HasSuffix(name, ".zst") {
			z, err := zstd.NewReader(f)
			if err != nil {
				yield(line{}, err)
				return
			}
			defer z.Close()
			r = z
		}
		dec := json.NewDecoder(bufio.NewReader(r))
		for {
			var l line
			err := dec.Decode(&l)
			if err == io.EOF || !yield(l, err) || err != nil {
				return
			}
		}
	}
}
