package pages

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"winnow/internal/training"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b.html"), "<p>b")
	write(t, filepath.Join(dir, "sub", "a.html.gz"), "<p>a")
	write(t, filepath.Join(dir, "notes.txt"), "no page")
	list, err := Load(dir, map[string]training.Truth{"sub/a": {URL: "https://news.example/a"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].ID != "b" || string(list[0].HTML) != "<p>b" || list[0].URL != "" ||
		list[1].ID != "sub/a" || string(list[1].HTML) != "<p>a" || list[1].URL != "https://news.example/a" {
		t.Errorf("Load = %+v", list)
	}
	if _, err := Load(t.TempDir(), nil); err == nil {
		t.Error("an empty folder is no error")
	}
}

func TestLoadTruth(t *testing.T) {
	name := filepath.Join(t.TempDir(), "truth.jsonl.zst")
	write(t, name, "{\"id\":\"a\",\"dataset\":\"s\",\"must\":[\"x\"]}\n\n{\"id\":\"b\",\"text\":\"y\"}\n")
	truth, err := LoadTruth(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(truth) != 2 || len(truth["a"].Must) != 1 || truth["a"].Set != "s" || truth["b"].Must != nil || truth["b"].Text != "y" {
		t.Errorf("LoadTruth = %+v", truth)
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	write(t, bad, "{}\n{\n")
	if _, err := LoadTruth(bad); err == nil || !strings.Contains(err.Error(), ":2:") {
		t.Errorf("the error of a broken second line is %v", err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	switch filepath.Ext(name) {
	case ".gz":
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	case ".zst":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	default:
		b.WriteString(text)
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
