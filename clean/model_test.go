package clean

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"winnow/news"
)

// stump is a model of one question.
func stump(t testing.TB, feature uint8, most uint8, left, right int16) *Model {
	t.Helper()
	m, err := NewModel(ModelOrigin{}, Lexicon{7: -3, 1 << 30: 100}, [][]TreeNode{{
		{Feature: feature, Most: most, Left: 1, Right: 2, Points: (left + right) / 2},
		{Feature: NoFeature, Points: left}, {Feature: NoFeature, Points: right},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModelScores(t *testing.T) {
	m := stump(t, featLetters, 10, -OddsUnit, OddsUnit)
	var f Features
	f[featLetters] = 10
	if s := m.score(&f); s != -OddsUnit {
		t.Errorf("score %d of the left way, want %d", s, -OddsUnit)
	}
	f[featLetters] = 11
	if s := m.score(&f); s != OddsUnit {
		t.Errorf("score %d of the right way, want %d", s, OddsUnit)
	}
	if p := probability(OddsUnit); p != 73 {
		t.Errorf("log-odds of 1 are %d %%, want 73", p)
	}
}

func TestWeighingAddsUpToTheScore(t *testing.T) {
	m := shippedModel()
	x := New(Options{})
	blocks := 0
	for _, c := range goldenCases(t) {
		seen, err := x.Sightings(context.Background(), &news.Page{URL: "https://paper.example/" + c.name, Body: c.body})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range seen {
			blocks++
			m.words.Mark(&s.Features, &s.Words)
			sum, moved := m.weigh(&s.Features)
			for _, points := range moved {
				sum += points
			}
			want := m.score(&s.Features)
			if sum != want {
				t.Fatalf("%q: weighed %d, scored %d", s.Block.Text, sum, want)
			}
			if early := m.judgement(&s.Features); early != want && (early > 0) != (want > m.Origin.Keep) {
				t.Errorf("%q: judged %d, scored %d", s.Block.Text, early, want)
			}
		}
	}
	if blocks < 50 {
		t.Errorf("%d blocks seen: the test tests little", blocks)
	}
}

func TestLexiconMarks(t *testing.T) {
	l := Lexicon{1: 40, 2: -30, 3: 127, 4: -128}
	tests := []struct {
		name       string
		words      []uint32
		sum, worst uint8
	}{
		{"no words", nil, neutral, neutral},
		{"unknown words", []uint32{9, 10}, neutral, neutral},
		{"one of each", []uint32{1, 2}, neutral + 10, neutral - 30},
		{"more than fits", []uint32{3, 3, 3}, neutral + 120, neutral},
		{"less than fits", []uint32{4, 4}, neutral - 120, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if sum, worst := l.weigh(test.words); sum != test.sum || worst != test.worst {
				t.Errorf("sum %d, worst %d; want %d, %d", sum, worst, test.sum, test.worst)
			}
		})
	}
}

func TestModelFileComesBack(t *testing.T) {
	var b bytes.Buffer
	if err := shippedModel().Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), shippedWeights) {
		t.Error("the model that comes with the program is written otherwise than it was read")
	}
	o := shippedModel().Origin
	if o.Pages == 0 || o.Blocks == 0 || len(o.Input) != 64 || len(o.Without) != 0 {
		t.Errorf("the weights do not say where they come from: %+v", o)
	}
}

func TestReadModelRefuses(t *testing.T) {
	var good bytes.Buffer
	if err := stump(t, 0, 1, -1, 1).Write(&good); err != nil {
		t.Fatal(err)
	}
	data := good.String()
	tests := []struct{ name, data string }{
		{"nothing", ""},
		{"no head", "weights"},
		{"no trees", `{"format":1}` + "\n"},
		{"a tree too many", strings.Replace(data, `"trees":1`, `"trees":2`, 1)},
		{"another format", strings.Replace(data, `"format":1`, `"format":2`, 1)},
		{"other features", strings.Replace(data, `"features":"`, `"features":"0`, 1)},
		{"cut short", data[:len(data)-1]},
		{"longer", data + "0"},
		{"a word twice", strings.Replace(data, "\x07\x00\x00\x00", "\x00\x00\x00\x40", 1)},
		{"a way to nowhere", strings.Replace(data, "\x01\x00\x02\x00", "\x01\x00\x03\x00", 1)},
		{"a way back", strings.Replace(data, "\x01\x00\x02\x00", "\xff\xff\x02\x00", 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.data == data {
				t.Fatal("nothing was changed")
			}
			if _, err := ReadModel([]byte(test.data)); !errors.Is(err, ErrModel) {
				t.Errorf("error %v, want ErrModel", err)
			}
		})
	}
}

// FuzzReadModel holds that what is read as a model answers every block, and is
// written as it was read.
func FuzzReadModel(f *testing.F) {
	var b bytes.Buffer
	if err := stump(f, 3, 1, -1, 1).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(append(bytes.Clone(b.Bytes()), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadModel(data)
		if err != nil {
			return
		}
		low, high := Features{}, Features{}
		for k := range high {
			high[k] = 255
		}
		m.score(&low)
		m.score(&high)
		var once, twice bytes.Buffer
		if err := m.Write(&once); err != nil {
			t.Fatal(err)
		}
		again, err := ReadModel(once.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Write(&twice); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("written twice it differs (%v)", err)
		}
	})
}

func TestModelBringsBackOnlyWhatIsWeak(t *testing.T) {
	always := stump(t, 0, 0, 1, 1)
	always.Origin.Keep, always.Origin.Restore = -5, -5
	page := &news.Page{URL: "https://coast.example/a", Body: []byte(`<html><body><p>Rain on the coast, then sun.</p>
<article><h1>Bridge stays until April</h1><p>` + storyA + `</p><p><a href="/b">Yard to close in autumn after ninety years</a></p><p>` + storyB + `</p>
<h3>What else there is</h3></article><nav>Around the coast</nav></body></html>`)}
	story, err := New(Options{Model: always}).Extract(context.Background(), page)
	if err != nil {
		t.Fatal(err)
	}
	text := story.Text()
	for _, want := range []string{"Rain on the coast", storyA, storyB, "What else there is"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not brought back: %s", want, text)
		}
	}
	for _, not := range []string{"Yard to close", "Around the coast"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is brought back, though a rule that is not weak cut it", not)
		}
	}
	page.Tree = nil
	never := stump(t, 0, 0, -1, -1)
	if story, err = New(Options{Model: never}).Extract(context.Background(), page); err != nil || len(story.Blocks) != 0 {
		t.Errorf("%d blocks stay (%v) against the model", len(story.Blocks), err)
	}
	for _, r := range story.Removals {
		if strings.HasPrefix(r.Text, "Bridge stays") && r.Rule != "line-title" {
			t.Errorf("the headline is cut by %q: a rule that knows it should say so", r.Rule)
		}
	}
}

// BenchmarkModel is what a page costs by the rules alone and with the model.
func BenchmarkModel(b *testing.B) {
	cases := goldenCases(b)
	for name, m := range map[string]*Model{"rules": {}, "model": nil} {
		b.Run(name, func(b *testing.B) {
			x := New(Options{Model: m})
			b.ReportAllocs()
			for b.Loop() {
				for _, c := range cases {
					extractCase(b, x, c)
				}
			}
		})
	}
}
