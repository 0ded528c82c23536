package clean

import (
	"context"
	"strings"
	"testing"

	"winnow/clean/blockmodel"
	"winnow/news"
)

// TestQuickScoreDecidesAlike: the first trees are enough where they are sure.
func TestQuickScoreDecidesAlike(t *testing.T) {
	m := blockmodel.Shipped()
	x := New(Options{})
	blocks := 0
	for _, c := range goldenCases(t) {
		seen, err := x.Sightings(context.Background(), &news.Page{URL: "https://paper.example/" + c.name, Body: c.body})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range seen {
			blocks++
			m.Lexicon.Mark(&s.Features, &s.Words)
			want := m.Score(&s.Features)
			if early := m.QuickScore(&s.Features); early != want && (early > 0) != (want > m.Origin.Keep) {
				t.Errorf("%q: quick score %d, score %d", s.Block.Text, early, want)
			}
		}
	}
	if blocks < 50 {
		t.Errorf("%d blocks seen: the test tests little", blocks)
	}
}

func TestModelBringsBackOnlyWhatIsWeak(t *testing.T) {
	always := oneQuestion(t, 0, 0, 1, 1)
	always.Origin.Keep, always.Origin.Restore = -5, -5
	page := &news.Page{URL: "https://coast.example/a", Body: []byte(`<html><body><p>Rain on the coast, then sun.</p>
<article><h1>Bridge stays until April</h1><p>` + bridgeOne + `</p><p><a href="/b">Yard to close in autumn after ninety years</a></p><p>` + bridgeTwo + `</p>
<h3>What else there is</h3></article><nav>Around the coast</nav></body></html>`)}
	story, err := New(Options{Model: always}).Extract(context.Background(), page)
	if err != nil {
		t.Fatal(err)
	}
	text := story.Text()
	for _, want := range []string{"Rain on the coast", bridgeOne, bridgeTwo, "What else there is"} {
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
	never := oneQuestion(t, 0, 0, -1, -1)
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
	for name, m := range map[string]*blockmodel.Model{"rules": {}, "model": nil} {
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
