package input

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTexts(t *testing.T) {
	name := filepath.Join(t.TempDir(), "texts.jsonl")
	lines := "\ufeff{\"id\": \"a\", \"text\": \"One\", \"url\": \"https://a.example/1\", \"host\": \"a.example\"}\n\n{\"text\": 3}\n{\"text\": \"Two\", \"id\": 4}"
	if err := os.WriteFile(name, []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := Texts(name, func(d Document) error {
		body, err := d.Read()
		if err != nil {
			body = []byte(err.Error())
		}
		got = append(got, d.ID+" "+string(body)+" "+d.Record.URL+" "+d.Record.Field("host"))
		return nil
	})
	want := []string{"a One https://a.example/1 a.example", "3 the record has no text  ", "4 Two  "}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestIsLines(t *testing.T) {
	for name, want := range map[string]bool{"a.jsonl": true, "A.JSONL.gz": true, "a.jsonl.zst": true, "a.json": false, "jsonl": false, "-": false} {
		if got := IsLines(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
