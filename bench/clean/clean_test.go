package main

import (
	"context"
	"errors"
	"testing"

	"winnow/bench/internal/pages"
	"winnow/clean"
	"winnow/internal/training"
	"winnow/news"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		list []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(test.list); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.list, got, test.want)
		}
	}
	if got := medianRatio([]float64{2, 2, 9}, []float64{1, 4, 3}); got != 2 {
		t.Errorf("medianRatio = %v, want the middle of 2, .5 and 3", got)
	}
}

func TestCompareCountsErrorsAndPanics(t *testing.T) {
	list := []pages.Page{{ID: "one"}, {ID: "two"}}
	rows := compare([]tool{
		{"good", func(p *pages.Page) (string, error) { return "text of " + p.ID, nil }},
		{"bad", func(p *pages.Page) (string, error) {
			if p.ID == "one" {
				panic("no such page")
			}
			return "", errors.New("nothing found")
		}},
	}, list, 2, map[string]training.Truth{"one": {Text: "text of one"}})
	if rows[0].Errors != 0 || rows[1].Errors != 2 {
		t.Errorf("errors %d and %d, want 0 and 2", rows[0].Errors, rows[1].Errors)
	}
	if f := rows[0].Sets["all"].Body.F1; f != 1 {
		t.Errorf("F1 %v of the right text, want 1", f)
	}
}

func TestHardPagesHoldWhatTheyAreNamedFor(t *testing.T) {
	x := clean.New(clean.Options{})
	for name, size := range map[string]int{"article": 200 << 10, "nested": 3000, "tags": 4000, "attributes": 1000} {
		p := hardPage(name, size)
		if name == "article" && (len(p.HTML) < size || len(p.HTML) > size+2000) {
			t.Errorf("%s has %d bytes, want %d", name, len(p.HTML), size)
		}
		story, err := x.Extract(context.Background(), &news.Page{URL: p.URL, Body: p.HTML})
		if err != nil || story.Text() == "" {
			t.Errorf("%s: no text, %v", name, err)
		}
	}
}
