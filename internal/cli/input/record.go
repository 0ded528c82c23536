package input

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"winnow/dedupe"
)

// Find reads a document to be compared: a file, or a record of a file of records
// (FILE.jsonl#ID). found is false when there is no file of the name.
func Find(name string) (doc dedupe.Doc, found bool, err error) {
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
	d := named(filepath.Base(path), path, RecordEndings)
	if d.Ending == ".jsonl" {
		doc, err := recordIn(path, id)
		return doc, true, err
	}
	if id != "" {
		return dedupe.Doc{}, false, nil
	}
	body, err := d.Read()
	doc = dedupe.Doc{ID: name, Text: strings.ToValidUTF8(string(body), "\uFFFD")}
	if m := dayInName.FindStringSubmatch(filepath.Base(d.ID)); m != nil {
		doc.Date = m[1] + "-" + m[2] + "-" + m[3]
	}
	return doc, true, err
}

// recordIn finds a record in a file of them; "" is the only one.
func recordIn(path, id string) (dedupe.Doc, error) {
	f, err := os.Open(path)
	if err != nil {
		return dedupe.Doc{}, Because(err)
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
			continue // winnow dedupe reports lines that are not a record
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
