package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOwner(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if o, known, err := f.Owner(); known || err != nil {
		t.Errorf("a new corpus belongs to %+v (%v)", o, err)
	}
	want := Owner{State: "one", Corpus: "two", Place: "/srv/winnow.db"}
	if err := f.SetOwner(want); err != nil {
		t.Fatal(err)
	}
	if o, known, err := f.Owner(); o != want || !known || err != nil {
		t.Errorf("owner %+v, %v (%v)", o, known, err)
	}
	for name, data := range map[string]string{"empty": "", "no JSON": "winnow", "half": `{"state":"one"}`} {
		if err := os.WriteFile(filepath.Join(dir, ownerFile), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.Owner(); err == nil || !strings.Contains(err.Error(), ownerFile+" is damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
