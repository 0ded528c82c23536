package clean

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/clean/blockmodel"
	"winnow/clean/pagemodel"
	"winnow/news"
)

// versionsFile has a line for each pair of Version and RulesVersion with a hash of
// the results for the fixed pages. What was released stays in it.
const versionsFile = "testdata/versions.txt"

// fixedPages are folders of testdata whose pages do not change. Pages that come
// later are not among them.
const fixedPages = `
amp-de arrows-zh boxes-ar boxes-that-lead-away boxes-that-sell boxes-with-labels
chapters-as-headlines consent-outweighs-story credits-in-brackets endless-articles-ru
endless-page furniture-in-the-text hidden-until-paid json-ld-conflict json-ld-only
label-and-link-tr labels-in-brackets layout lead-in-the-head lines-by-place live-blog
names-that-lie split-containers table-and-breaks-ru uk-comment-titles walls-that-are-none
`

// fixedTexts are such folders of testdata/text.
const fixedTexts = `
ar-sahifa de-blatt de-hafen en-coast en-comments-long en-edges en-partner en-plant
en-portal en-sponsored-between en-stays es-norte fr-journal fr-rade fr-riz pl-kurier
ru-lenta ru-ozero uk-novyny uk-prykordonnia zh-tushu zh-wang
`

// TestRevision fails when the fixed pages come out differently under the same
// versions: then an upgraded program would leave the stories of a state as they
// were cleaned. With -update it records the results of new rules or of a new
// revision, but never other results for old ones.
func TestRevision(t *testing.T) {
	h := sha256.New()
	x := New(Options{})
	put := func(s news.Story, err error) {
		if err != nil {
			t.Fatal(err)
		}
		s.Extractor, s.Rules = "", ""
		for i := range s.Removals {
			s.Removals[i].Why = "" // may be worded better
		}
		s.KindWhy = ""
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(data)
	}
	for name := range strings.FieldsSeq(fixedPages) {
		body, err := os.ReadFile(filepath.Join("testdata", name, "page.html"))
		if err != nil {
			t.Fatal(err)
		}
		put(x.Extract(context.Background(), &news.Page{URL: "https://paper.example/2025/06/03/" + name + ".html", Body: body}))
	}
	for name := range strings.FieldsSeq(fixedTexts) {
		put(x.ExtractText(context.Background(), &news.Page{Body: []byte(readText(t, filepath.Join("testdata", "text", name, "page.txt")))}))
	}
	versions, got := Version()+" "+RulesVersion(), fmt.Sprintf("%x", h.Sum(nil)[:8])
	file, err := os.ReadFile(versionsFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if known, ok := strings.CutPrefix(strings.TrimSpace(line), versions+" "); ok {
			if known != got {
				t.Errorf("the results for the fixed pages have changed under %s: raise revision in version.go, then run this test with -update", versions)
			}
			return
		}
	}
	if !*update {
		t.Fatalf("%s has no line for %s: run this test with -update and commit the file", versionsFile, versions)
	}
	if err := os.WriteFile(versionsFile, append(file, versions+" "+got+"\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRulesVersionIsOfTheModelToo(t *testing.T) {
	if none := rulesVersion(&blockmodel.Model{}, pagemodel.Shipped()); none == RulesVersion() {
		t.Errorf("with and without a model the rules are %s", none)
	}
	if again := rulesVersion(blockmodel.Shipped(), pagemodel.Shipped()); again != RulesVersion() {
		t.Errorf("the same rules are %s and %s", again, RulesVersion())
	}
}
