package text

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// story returns the text of a story of the stage's test data.
func story(t testing.TB, name string) string {
	t.Helper()
	ar, err := txtar.ParseFile("../../testdata/pairs/" + name + ".txtar")
	if err != nil || len(ar.Files) == 0 {
		t.Fatal(name, len(ar.Files), err)
	}
	return string(ar.Files[0].Data)
}
