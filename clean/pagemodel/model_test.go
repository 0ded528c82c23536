package pagemodel

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"winnow/clean/internal/forest"
	"winnow/news"
)

// stump returns a tree of one question: points for values up to the threshold, and
// for greater ones.
func stump(asked, threshold uint8, left, right int16) [][]forest.Node {
	return [][]forest.Node{{
		{Feature: asked, Threshold: threshold, Left: 1, Right: 2, Points: (left + right) / 2},
		{Feature: forest.Leaf, Points: left}, {Feature: forest.Leaf, Points: right},
	}}
}

// model takes a page with running text for a story, one with users for a forum, one
// with prices for a product.
func model(t testing.TB) *Model {
	t.Helper()
	m, err := New(Origin{}, [Questions][][]forest.Node{
		stump(Prose, 10, -forest.OddsUnit, forest.OddsUnit),
		stump(Users, 2, -1, 1),
		stump(Prices, 3, -1, 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModelJudges(t *testing.T) {
	m := model(t)
	for _, c := range []struct {
		name                 string
		prose, users, prices uint8
		lean                 int32
		want                 string
	}{
		{"running text", 11, 9, 9, 0, news.KindStory},
		{"none", 10, 0, 0, 0, news.KindSection},
		{"users", 10, 3, 9, 0, news.KindForum},
		{"prices", 10, 2, 4, 0, news.KindProduct},
		{"what is known besides, for a story", 10, 0, 0, forest.OddsUnit, news.KindStory},
		{"what is known besides, against", 11, 0, 0, -forest.OddsUnit - 1, news.KindSection},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f Features
			f[Prose], f[Users], f[Prices] = c.prose, c.users, c.prices
			if got := m.Judge(&f, c.lean); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	var none Features
	if against := m.Against(&none, 3); !slices.Equal(against, []string{Name(Prose)}) {
		t.Errorf("against it: %q", against)
	}
	if got := new(Model).Judge(&none, 0); got != news.KindStory {
		t.Errorf("%s by a model without trees", got)
	}
}

func TestShippedModelIsWrittenAsItWasRead(t *testing.T) {
	var b bytes.Buffer
	if err := Shipped().Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), shippedWeights) {
		t.Error("it is written otherwise")
	}
	o := Shipped().Origin
	if o.Pages == 0 || o.Stories == 0 || len(o.Input) != 64 || len(o.Without) != 0 {
		t.Errorf("the origin is incomplete: %+v", o)
	}
}

func TestReadModelRefuses(t *testing.T) {
	var good bytes.Buffer
	if err := model(t).Write(&good); err != nil {
		t.Fatal(err)
	}
	data := good.String()
	for _, c := range []struct{ name, data string }{
		{"nothing", ""},
		{"no head", "weights"},
		{"no trees", `{"format":1}` + "\n"},
		{"a tree too many", strings.Replace(data, `"trees":1`, `"trees":2`, 1)},
		{"another format", strings.Replace(data, `"format":1`, `"format":2`, 1)},
		{"other features", strings.Replace(data, `"features":"`, `"features":"0`, 1)},
		{"cut short", data[:len(data)-1]},
		{"longer", data + "0"},
		{"a branch to no node", strings.Replace(data, "\x01\x00\x02\x00", "\x01\x00\x03\x00", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.data == data {
				t.Fatal("the replacement changed nothing")
			}
			if _, err := Read([]byte(c.data)); !errors.Is(err, ErrModel) {
				t.Errorf("error %v, want ErrModel", err)
			}
		})
	}
}

// FuzzReadModel checks that what is read as a model answers every page, and that
// writing and reading it gives the same bytes again.
func FuzzReadModel(f *testing.F) {
	var b bytes.Buffer
	if err := model(f).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(append(bytes.Clone(b.Bytes()), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(data)
		if err != nil {
			return
		}
		low, high := Features{}, Features{}
		for k := range high {
			high[k] = 255
		}
		m.Judge(&low, 0)
		m.Judge(&high, 0)
		var once, twice bytes.Buffer
		if err := m.Write(&once); err != nil {
			t.Fatal(err)
		}
		again, err := Read(once.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Write(&twice); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("written twice it differs (%v)", err)
		}
	})
}
