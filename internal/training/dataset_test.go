package training

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"winnow/clean"
	"winnow/clean/blockmodel"
	"winnow/news"
)

// folder writes a small folder of pages: stories of six paragraphs, after every
// second of them a line of advice in a plain paragraph, which only its neighbours
// give away.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "pages"), 0o755); err != nil {
		t.Fatal(err)
	}
	places := []string{"Karrow", "Tamsel", "Sund", "Port Aldous", "Quay Nine", "Upper Vell", "Marren", "Hest", "Orlow", "Brae"}
	var truth bytes.Buffer
	for k, place := range places {
		story := []string{
			"The bridging company moved to " + place + " on Monday, and the first trucks crossed before noon, the district said.",
			"Colonel Hester Vane told reporters at " + place + " that the bridge would stay until the water falls, which may take all of April.",
			"The river has fallen by a hand since Sunday, and divers will look at the old bridge as soon as they can work there.",
			"Until then the bakers of " + place + " have agreed to bake on alternate days, which nobody remembers to have happened before.",
			"The district pays for the diesel. Who pays for the trucks is a matter of letters between two ministries, the clerk said.",
			"A second company will come from the coast at the end of the month and bring boats, in case the water rises once more.",
		}
		id := fmt.Sprintf("page-%02d", k)
		var page strings.Builder
		fmt.Fprintf(&page, "<html><head><title>Bridge at %s</title></head><body><h1>Bridge at %s</h1><div class=text>", place, place)
		for i, p := range story {
			fmt.Fprintf(&page, "<p>%s</p>", p)
			if i%2 == 1 {
				fmt.Fprintf(&page, "<p><b>Boots of the makers at %s last a winter longer now.</b></p>", place)
			}
		}
		page.WriteString("</div></body></html>")
		if err := os.WriteFile(filepath.Join(dir, "pages", id+".html"), []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		line := Truth{ID: id, Set: "bridges", URL: "https://coast.example/" + id, Fold: k % Folds, Text: strings.Join(story, "\n")}
		if k == 9 {
			line.Set, line.Text, line.Must, line.MustNot = "segments", "", story[:2], []string{"Boots of the makers"}
		}
		if err := json.NewEncoder(&truth).Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "truth.jsonl"), truth.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// quick has settings for few examples.
var quick = Settings{Trees: 20, Leaves: 6, Rate: 0.3, MinMass: 2, Lambda: 1, Rows: 0.8, Columns: 0.6, Restore: blockmodel.OddsUnit}

func learn(t testing.TB, dir string, without ...int) (*blockmodel.Model, []byte) {
	t.Helper()
	corpus, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := NewDataset(context.Background(), corpus)
	if err != nil {
		t.Fatal(err)
	}
	m, err := data.Learn(quick, without...)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return m, b.Bytes()
}

func TestSameFolderMakesSameWeights(t *testing.T) {
	dir := folder(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	_, one := learn(t, dir)
	runtime.GOMAXPROCS(2)
	_, two := learn(t, dir)
	if !bytes.Equal(one, two) {
		t.Error("the weights differ with the number of processors")
	}
	_, other := learn(t, dir, 3)
	if bytes.Equal(one, other) {
		t.Error("leaving a fold out changes nothing")
	}
}

func TestModelLearnsWhatRulesMiss(t *testing.T) {
	dir := folder(t)
	corpus, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := NewDataset(context.Background(), corpus)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := data.Score(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	learned, err := data.CrossValidate(context.Background(), quick)
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != 2 || rules[0].Set != "bridges" || rules[0].Body.Pages != 9 || rules[1].Segments.Pages != 1 {
		t.Fatalf("scores %+v, want two sets of 9 and 1 pages", rules)
	}
	if rules[0].Body.P > 0.95 {
		t.Fatalf("the rules alone have a precision of %.3f: the pages test nothing", rules[0].Body.P)
	}
	if learned[0].Body.F1 < 0.97 || learned[1].Segments.F1 < 0.999 {
		t.Errorf("on pages that it has not seen the model has %+v, want nearly all right", learned)
	}
}

func TestRemovalNamesFeatures(t *testing.T) {
	dir := folder(t)
	m, _ := learn(t, dir, 0)
	body, err := os.ReadFile(filepath.Join(dir, "pages", "page-00.html"))
	if err != nil {
		t.Fatal(err)
	}
	story, err := clean.New(clean.Options{Model: m}).Extract(context.Background(), &news.Page{URL: "https://coast.example/page-00", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, r := range story.Removals {
		if strings.HasPrefix(r.Text, "Boots of the makers") {
			found++
			if r.Rule != "model" || !strings.Contains(r.Why, "against it: ") || !strings.Contains(r.Why, "%") {
				t.Errorf("removed as %q because %q", r.Rule, r.Why)
			}
		}
	}
	if found != 3 {
		t.Errorf("%d of 3 lines are removed: %s", found, story.Text())
	}
}

func TestLabels(t *testing.T) {
	block := func(text string) clean.Sighting { return clean.Sighting{Block: news.Block{Text: text}} }
	whole := &Truth{Text: "One two three four five six.\nA heading\nSeven eight nine ten."}
	parts := &Truth{Must: []string{"in the  text"}, MustNot: []string{"beside it"}}
	tests := []struct {
		name  string
		truth *Truth
		text  string
		want  float32 // -1: no example
	}{
		{"all of it", whole, "one: two three four", 0},
		{"case counts", whole, "One two three four five six", 1},
		{"half of it", whole, "One two three four four", 0.5},
		{"a short line", whole, "A heading", 1},
		{"words of a line, but no line", whole, "eight nine", 0},
		{"nothing to read", whole, "***", -1},
		{"a wanted segment", parts, "What stands in the text here", 1},
		{"an unwanted one", parts, "What stands beside it", 0},
		{"both", parts, "in the text, beside it", -1},
		{"neither", parts, "somewhere else", -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := labelBlocks(test.truth, []clean.Sighting{block(test.text)})
			if test.want < 0 {
				if len(got) != 0 {
					t.Errorf("an example %+v, want none", got)
				}
				return
			}
			if len(got) != 1 || got[0].story != test.want {
				t.Errorf("%+v, want %g", got, test.want)
			}
		})
	}
}

func TestPagesWeighTheSame(t *testing.T) {
	truth := &Truth{Text: "One two three four five six."}
	for _, n := range []int{1, 7, 200} {
		blocks := make([]clean.Sighting, n)
		for i := range blocks {
			blocks[i].Block.Text = strings.Repeat("word ", i+1)
		}
		sum := 0.0
		for _, e := range labelBlocks(truth, blocks) {
			sum += float64(e.weight)
		}
		if math.Abs(sum-1) > 1e-4 {
			t.Errorf("a page of %d blocks weighs %g, want 1", n, sum)
		}
	}
}

func TestPackedSums(t *testing.T) {
	s := sums(0)
	for _, v := range [][2]int32{{-700, 12}, {-3, 0}, {16000, 4096}, {-16384, 1}} {
		s += pack(v[0], v[1])
	}
	if s.gradient() != -700-3+16000-16384 || s.curvature() != 12+4096+1 {
		t.Errorf("gradient %d, curvature %d", s.gradient(), s.curvature())
	}
}

func TestErrorsOfOpen(t *testing.T) {
	tests := []struct{ name, truth, want string }{
		{"no truth", "", "truth.jsonl"},
		{"no JSON", "{\n", "truth.jsonl:1:"},
		{"a sixth fold", `{"id":"a","fold":5}`, "page a: fold 5 is not one of 0 to 4"},
		{"no page", `{"id":"a","fold":1}`, "none of the pages"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if test.truth != "" {
				if err := os.WriteFile(filepath.Join(dir, "truth.jsonl"), []byte(test.truth), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one of %q", err, test.want)
			}
		})
	}
}
