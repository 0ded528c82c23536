package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"winnow/dedupe"
	"winnow/internal/config"
	"winnow/internal/store"
)

// explained is an explanation with what a person said of the two stories.
type explained struct {
	dedupe.Explanation
	Said []string `json:"said"` // same, distinct; keep:ID
}

// explain shows what two documents are to each other. Each is a file, a record
// of a file of records (FILE.jsonl#ID), or a story of the corpus by URL or id.
func (e *env) explain(ctx context.Context, f dedupeFlags, names []string) (err error) {
	checker, err := f.checker()
	if err != nil {
		return usage(err)
	}
	var o *opened
	docs := make([]dedupe.Doc, 2)
	stored := 0
	for i, name := range names {
		found := false
		if docs[i], found, err = fileDoc(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if found {
			continue
		}
		if o == nil {
			if o, err = e.openCorpus(ctx, name); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if !f.windowSet { // the corpus is judged by its own settings
				checker = o.Admitter.Checker
			}
		}
		s, err := o.Story(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s is neither a file nor the URL or id of a story here", name)
		}
		if err != nil {
			return err
		}
		docs[i] = s.Doc()
		stored++
	}
	x := explained{Explanation: checker.Explain(docs[0], docs[1]), Said: []string{}}
	if stored == 2 {
		if x.Said, err = saidOf(ctx, o, docs[0].ID, docs[1].ID); err != nil {
			return err
		}
	}
	if f.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(x)
	}
	return (&sheet{width: sheetWidth(e.stdout), color: inColor(e.stdout)}).print(e.stdout, &x)
}

// openCorpus opens the corpus for what is not the name of a file.
func (e *env) openCorpus(ctx context.Context, name string) (*opened, error) {
	o, err := e.openExisting(ctx)
	var missing *config.MissingError
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("%s: no such file, and there is no %s that would tell where the corpus is", name, missing.Path)
	}
	return o, err
}

// saidOf is what a person said of two stories.
func saidOf(ctx context.Context, o *opened, a, b string) ([]string, error) {
	words, err := o.Store.Stories.Overrides(ctx, []string{a, b})
	if err != nil {
		return nil, err
	}
	said := []string{}
	for _, w := range words {
		switch {
		case w.Say == dedupe.SayKeep:
			said = append(said, w.Say+":"+w.A)
		case w.A == min(a, b) && w.B == max(a, b):
			said = append(said, w.Say)
		}
	}
	return said, nil
}

// fileDoc reads a document from a file; false when there is none of that name.
func fileDoc(name string) (dedupe.Doc, bool, error) {
	path, id := name, ""
	if _, err := os.Stat(path); err != nil {
		i := strings.LastIndexByte(name, '#')
		if i < 0 {
			return dedupe.Doc{}, false, nil
		}
		path, id = name[:i], name[i+1:]
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		return dedupe.Doc{}, false, nil
	case info.IsDir():
		return dedupe.Doc{}, false, errors.New("it is a folder; name one of its files")
	}
	d := named(filepath.Base(path), path, recordEndings)
	if d.ending == ".jsonl" {
		doc, err := recordIn(path, id)
		return doc, true, err
	}
	if id != "" {
		return dedupe.Doc{}, false, nil
	}
	body, err := d.read()
	doc := dedupe.Doc{ID: name, Text: strings.ToValidUTF8(string(body), "\uFFFD")}
	if m := dayInName.FindStringSubmatch(filepath.Base(d.id)); m != nil {
		doc.Date = m[1] + "-" + m[2] + "-" + m[3]
	}
	return doc, true, err
}

// recordIn finds a record in a file of them; "" is the only one.
func recordIn(path, id string) (dedupe.Doc, error) {
	f, err := os.Open(path)
	if err != nil {
		return dedupe.Doc{}, because(err)
	}
	in, err := unpacked(f)
	if err != nil {
		return dedupe.Doc{}, errors.Join(err, f.Close())
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, dedupe.MaxLine)
	var found *dedupe.Doc
	for lines.Scan() {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		d, err := dedupe.ParseRecord(lines.Bytes())
		if err != nil || id != "" && d.ID != id {
			continue // lines that are no record are told by winnow dedupe
		}
		if found != nil && id == "" {
			return dedupe.Doc{}, fmt.Errorf("it holds more than one record; write %s#ID", path)
		}
		found = d
		if id != "" {
			break
		}
	}
	switch {
	case lines.Err() != nil:
		return dedupe.Doc{}, lines.Err()
	case found == nil && id == "":
		return dedupe.Doc{}, errors.New("it holds no record")
	case found == nil:
		return dedupe.Doc{}, fmt.Errorf("it holds no record %q", id)
	}
	return *found, nil
}

// Widths of an explanation, in columns.
const (
	pipedWidth  = 100 // where the output is no terminal
	widestSheet = 160
	sideBySide  = 60 // narrower, the two texts stand below each other
)

func sheetWidth(w io.Writer) int {
	if n, ok := columns(w); ok {
		return min(max(n, 20), widestSheet)
	}
	return pipedWidth
}

// inColor says whether to mark by colours: on a terminal, unless NO_COLOR
// (https://no-color.org) is set.
func inColor(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
