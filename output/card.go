package output

import (
	"bytes"
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"text/template"
)

//go:embed card.md.tmpl
var cardText string

// CardPath is the path of the dataset card, relative to the corpus.
const CardPath = "README.md"

// cardMark is the line that marks a card as ours. A file without it is the user's.
const cardMark = "<!-- Written by winnow. Without this line winnow leaves the file alone. -->"

// Card describes a corpus, for tools that read data sets and for people.
type Card struct {
	Formats []string // of the files besides the text, such as "jsonl"
}

// WriteCard writes the dataset card if it is missing or differs. A card that the
// user wrote, or took over by deleting its last line, stays as it is.
func (f *Folder) WriteCard(c Card) (Change, error) {
	have, err := os.ReadFile(filepath.Join(f.dir, CardPath))
	if err == nil && !bytes.Contains(have, []byte(cardMark)) {
		return Change{Path: CardPath, Action: Unchanged}, nil
	}
	text, err := c.render()
	if err != nil {
		return Change{}, err
	}
	return f.WriteText(CardPath, text)
}

func (c Card) render() ([]byte, error) {
	t, err := template.New("card").Parse(cardText)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"JSONL":    slices.Contains(c.Formats, "jsonl"),
		"Features": features(),
		"Mark":     cardMark,
		"Schema":   SchemaVersion,
	})
	return b.Bytes(), err
}

// feature is a column as Hugging Face datasets names its type.
type feature struct {
	Name, Type string
	List       bool
}

// features returns the keys of the record in their order. A test compares them
// with Record.
func features() []feature {
	var all []feature
	for _, group := range []struct {
		kind  string
		list  bool
		names []string
	}{
		{"string", false, []string{"id", "text", "url", "title", "description", "image"}},
		{"string", true, []string{"authors", "categories", "tags"}},
		{"date32", false, []string{"date"}},
		{"timestamp[s, tz=UTC]", false, []string{"date_published", "date_modified", "date_crawled"}},
		{"string", false, []string{"language"}},
		{"float64", false, []string{"language_score"}},
		{"string", false, []string{"sitename", "hostname", "source", "origin", "license"}},
		{"string", true, []string{"rights"}},
		{"string", false, []string{"kind"}},
		{"string", true, []string{"marks"}},
		{"string", false, []string{"text_sha256", "fingerprint", "duplicate_of", "cluster", "relation"}},
		{"float64", false, []string{"copied_share", "kept_share", "names_agreement", "numbers_agreement"}},
		{"string", false, []string{"dedupe_rule"}},
		{"string", true, []string{"minhash"}},
		{"int64", false, []string{"revision", "word_count"}},
		{"string", false, []string{"extractor", "rules_version", "warc_record"}},
		{"bool", false, []string{"rendered"}},
		{"string", true, []string{"parts", "part_records"}},
		{"string", false, []string{"schema_version"}},
	} {
		for _, name := range group.names {
			all = append(all, feature{Name: name, Type: group.kind, List: group.list})
		}
	}
	return all
}
