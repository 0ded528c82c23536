package dedupe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"winnow/dedupe/minhash"
)

// jsonLines writes docs as a Filter reads them.
func jsonLines(t testing.TB, docs []Doc) string {
	t.Helper()
	var b strings.Builder
	for _, d := range docs {
		line, err := json.Marshal(map[string]any{"id": d.ID, "text": d.Text, "title": d.Title, "date": d.Date, "hostname": d.Host, "url": d.URL})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func filtered(t testing.TB, in string, o FilterOptions) ([]Answer, Summary) {
	t.Helper()
	var out bytes.Buffer
	o.TempDir = t.TempDir()
	sum, err := checker(t).Filter(t.Context(), strings.NewReader(in), &out, o)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.TempDir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	var answers []Answer
	dec := json.NewDecoder(&out)
	for {
		var a Answer
		if err := dec.Decode(&a); err == io.EOF {
			return answers, sum
		} else if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
}

// final is what a stream comes to: for each id the last answer.
func final(answers []Answer) map[string]string {
	out := map[string]string{}
	for _, a := range answers {
		out[a.ID] = ""
		if a.DuplicateOf != nil {
			out[a.ID] = *a.DuplicateOf
		}
	}
	return out
}

func TestFilter(t *testing.T) {
	docs := corpus(t)
	answers, sum := filtered(t, jsonLines(t, docs), FilterOptions{})
	if len(answers) != len(docs) || sum.Records != len(docs) || sum.Problems != 0 {
		t.Fatalf("%d answers, %+v for %d docs", len(answers), sum, len(docs))
	}
	copies := 0
	for i, a := range answers {
		if a.ID != docs[i].ID || a.Amends {
			t.Fatalf("answer %d is %+v, not of %s", i, a, docs[i].ID)
		}
		if a.DuplicateOf != nil {
			copies++
			if a.Relation == nil || a.CopiedShare == nil || a.Rule == nil || a.Cluster == nil || *a.Cluster != *a.DuplicateOf {
				t.Errorf("%+v lacks its figures", a)
			}
		}
	}
	if sum.Copies != copies {
		t.Errorf("%+v, but %d copies", sum, copies)
	}
	c := checker(t)
	want := final(nil)
	for _, v := range c.Resolve(docs, edgesOf(t, c, docs)) {
		want[v.ID] = v.DuplicateOf
	}
	if got := final(answers); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestFilterSigns(t *testing.T) {
	docs := corpus(t)[:8]
	m := minhash.New()
	for _, stream := range []bool{false, true} {
		answers, _ := filtered(t, jsonLines(t, docs), FilterOptions{MinHash: m, Stream: stream})
		if len(answers) < len(docs) {
			t.Fatalf("%d answers", len(answers))
		}
		for _, a := range answers {
			i := slices.IndexFunc(docs, func(d Doc) bool { return d.ID == a.ID })
			if want := m.Signature(docs[i].Text); !slices.Equal(a.MinHash, want) || len(want) != minhash.Bands {
				t.Errorf("%s: got %v, want %v", a.ID, a.MinHash, want)
			}
		}
	}
}

// In whatever order the records come, a stream ends where the batch does.
func TestStreamEndsAsBatch(t *testing.T) {
	docs := corpus(t)
	batch, _ := filtered(t, jsonLines(t, docs), FilterOptions{})
	amended := 0
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 3))
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		stream, sum := filtered(t, jsonLines(t, docs), FilterOptions{Stream: true})
		seen := map[string]bool{}
		for _, a := range stream {
			if a.Amends != seen[a.ID] {
				t.Errorf("seed %d: %s is amended: %v, was seen: %v", seed, a.ID, a.Amends, seen[a.ID])
			}
			seen[a.ID] = true
			if a.Amends {
				amended++
			}
		}
		if !maps.Equal(final(stream), final(batch)) || sum.Records != len(docs) {
			t.Errorf("seed %d: got %v\nwant %v", seed, final(stream), final(batch))
		}
	}
	if amended == 0 {
		t.Error("nothing was ever amended")
	}
}

func TestStreamAnswersAtOnce(t *testing.T) {
	a, b, _ := readPair(t, "testdata/pairs/cut-to-half.txtar")
	in, feed := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := checker(t).Filter(context.Background(), in, out, FilterOptions{Stream: true})
		done <- errors.Join(err, out.Close())
	}()
	dec := json.NewDecoder(answers)
	var got []string
	for _, step := range []struct {
		doc   Doc
		lines int
	}{{b, 1}, {a, 2}} { // the half, then the whole, which takes its place
		if _, err := io.WriteString(feed, jsonLines(t, []Doc{step.doc})); err != nil {
			t.Fatal(err)
		}
		for range step.lines {
			var x Answer
			if err := dec.Decode(&x); err != nil {
				t.Fatal(err)
			}
			of := "-"
			if x.DuplicateOf != nil {
				of = *x.DuplicateOf
			}
			got = append(got, fmt.Sprint(x.ID, ">", of, " ", x.Amends))
		}
	}
	feed.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if want := []string{"b>- false", "a>- false", "b>a true"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// More copies than a print may have stories.
func TestFilterManyOfOneText(t *testing.T) {
	d, _, _ := readPair(t, "testdata/pairs/unrelated.txtar")
	var docs []Doc
	for i := range common + 50 {
		d.ID = fmt.Sprint(i)
		docs = append(docs, d)
	}
	_, sum := filtered(t, jsonLines(t, docs), FilterOptions{})
	if sum.Copies != len(docs)-1 {
		t.Errorf("%d of %d were dropped", sum.Copies, len(docs))
	}
}

func TestFilterProblems(t *testing.T) {
	in := strings.Join([]string{
		`{"id":"a","text":"one"}`,
		``,
		`not json`,
		`{"text":"no id"}`,
		`{"id":"b"}`,
		`{"id":"a","text":"again"}`,
		`{"id":7,"text":"a number"}`,
		`{"id":["x"],"text":"a list"}`,
		`{"id":"c","text":3}`,
		`{"id":"d","text":""} {"id":"e","text":""}`,
		`{"id":"f","text":"","date":null,"host":"h.example"}`,
	}, "\n")
	var reported []string
	answers, sum := filtered(t, in, FilterOptions{Problem: func(line int, what string) {
		reported = append(reported, fmt.Sprint(line))
		if !strings.Contains(what, ";") && !strings.Contains(what, "neither") {
			t.Errorf("line %d: %q does not say what to do", line, what)
		}
	}})
	if want := []string{"3", "4", "5", "6", "8", "9", "10"}; !slices.Equal(reported, want) {
		t.Errorf("reported are lines %v, want %v", reported, want)
	}
	var ids []string
	for _, a := range answers {
		ids = append(ids, a.ID)
	}
	if !slices.Equal(ids, []string{"a", "7", "f"}) || sum != (Summary{Records: 3, Problems: 7}) {
		t.Errorf("ids %v, %+v", ids, sum)
	}
}

func TestFilterLongLine(t *testing.T) {
	in := io.MultiReader(strings.NewReader(`{"id":"a","text":"one"}`+"\n"+`{"id":"b","text":"`),
		io.LimitReader(endless('x'), MaxLine+1), strings.NewReader("\"}\n"+`{"id":"c","text":"three"}`))
	var lines []int
	var out bytes.Buffer
	sum, err := checker(t).Filter(t.Context(), in, &out, FilterOptions{Problem: func(n int, _ string) { lines = append(lines, n) }})
	if err != nil || sum.Records != 2 || !slices.Equal(lines, []int{2}) {
		t.Errorf("%+v, lines %v, %v", sum, lines, err)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestFilterFails(t *testing.T) {
	broken := errors.New("broken")
	c := checker(t)
	if _, err := c.Filter(t.Context(), iotest.ErrReader(broken), io.Discard, FilterOptions{}); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	in := `{"id":"a","text":"one"}`
	if _, err := c.Filter(t.Context(), strings.NewReader(in), full{broken}, FilterOptions{}); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Filter(ctx, strings.NewReader(in), io.Discard, FilterOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := c.Filter(t.Context(), strings.NewReader(in), io.Discard, FilterOptions{TempDir: t.TempDir() + "/none"}); err == nil {
		t.Error("no folder for the temporary file, no error")
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func FuzzParseRecord(f *testing.F) {
	for _, s := range []string{`{"id":"a","text":"b"}`, `{"id":1e9,"text":""}`, `[]`, `{"id":null}`, `{"id":"a","text":"b"}x`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		d, problem := parseRecord(line)
		if (d == nil) == (problem == "") || d != nil && d.ID == "" {
			t.Errorf("%q: %+v, %q", line, d, problem)
		}
	})
}

func TestMemory(t *testing.T) {
	var m Memory
	ctx := t.Context()
	m.Put(Doc{ID: "a", Title: "old"}, []uint64{9, 9})
	const day = 20514
	m.Put(Doc{ID: "a", Date: "2026-03-02"}, []uint64{3, 1, 2, 2})
	m.Put(Doc{ID: "b"}, []uint64{2, 3, 4})
	m.Put(Doc{ID: "c"}, []uint64{3, 4, 5})
	for _, tt := range []struct {
		name string
		q    Query
		want []Candidate
	}{
		{"most shared first, then the id", Query{Prints: []uint64{2, 3, 4}, Common: 9, Least: 1}, []Candidate{{"b", false, 3, 3, 0}, {"a", false, 2, 3, day}, {"c", false, 2, 3, 0}}},
		{"a common print is left out whole", Query{Prints: []uint64{2, 3, 4}, Common: 2, Least: 1}, []Candidate{{"b", false, 2, 3, 0}, {"a", false, 1, 3, day}, {"c", false, 1, 3, 0}}},
		{"too few shared", Query{Prints: []uint64{2, 3, 4}, Common: 9, Least: 3}, []Candidate{{"b", false, 3, 3, 0}}},
		{"the same words, too common and too few", Query{Prints: []uint64{2, 3, 4}, Exact: 3, Common: 2, Least: 2}, []Candidate{{"b", true, 2, 3, 0}, {"a", true, 1, 3, day}, {"c", true, 1, 3, 0}}},
		{"not the one that asks", Query{ID: "a", Prints: []uint64{2, 3, 4}, Common: 9, Least: 2}, []Candidate{{"b", false, 3, 3, 0}, {"c", false, 2, 3, 0}}},
		{"a word in it", Query{ID: "a", Prints: []uint64{2, 3}, Common: 9, Least: 1, Enough: func(c Candidate) bool { return c.ID == "" && c.Prints == 3 && c.Day == 0 }},
			[]Candidate{{"b", false, 2, 3, 0}, {"c", false, 1, 3, 0}}},
		{"replaced prints are gone", Query{Prints: []uint64{9}, Common: 9, Least: 1}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := m.Candidates(ctx, tt.q); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
	m.Remove("b")
	m.Remove("nobody")
	docs, err := m.Docs(ctx, []string{"c", "b", "a"})
	if err != nil || len(docs) != 2 || docs[0].ID != "c" || docs[1].ID != "a" || docs[1].Title != "" || m.Len() != 2 {
		t.Errorf("docs %+v, %v, %d left", docs, err, m.Len())
	}
}

func BenchmarkFilter(b *testing.B) {
	in := jsonLines(b, corpus(b))
	b.SetBytes(int64(len(in)))
	c := checker(b)
	for b.Loop() {
		if _, err := c.Filter(b.Context(), strings.NewReader(in), io.Discard, FilterOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
