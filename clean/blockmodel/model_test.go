package blockmodel

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"winnow/clean/internal/feature"
)

// stump returns a model of one question.
func stump(t testing.TB, asked, threshold uint8, left, right int16) *Model {
	t.Helper()
	m, err := New(Origin{}, Lexicon{7: -3, 1 << 30: 100}, [][]Node{{
		{Feature: asked, Threshold: threshold, Left: 1, Right: 2, Points: (left + right) / 2},
		{Feature: Leaf, Points: left}, {Feature: Leaf, Points: right},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModelScores(t *testing.T) {
	m := stump(t, feature.Letters, 10, -OddsUnit, OddsUnit)
	var f Features
	f[feature.Letters] = 10
	if s := m.Score(&f); s != -OddsUnit {
		t.Errorf("score %d of the left branch, want %d", s, -OddsUnit)
	}
	f[feature.Letters] = 11
	if s := m.Score(&f); s != OddsUnit {
		t.Errorf("score %d of the right branch, want %d", s, OddsUnit)
	}
	if p := probability(OddsUnit); p != 73 {
		t.Errorf("log-odds of 1 are %d %%, want 73", p)
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

func TestShippedModelIsWrittenAsItWasRead(t *testing.T) {
	var b bytes.Buffer
	if err := Shipped().Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), shippedWeights) {
		t.Error("it is written otherwise")
	}
	o := Shipped().Origin
	if o.Pages == 0 || o.Blocks == 0 || len(o.Input) != 64 || len(o.Without) != 0 {
		t.Errorf("the origin is incomplete: %+v", o)
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
		{"a branch to no node", strings.Replace(data, "\x01\x00\x02\x00", "\x01\x00\x03\x00", 1)},
		{"a word twice", strings.Replace(data, "\x07\x00\x00\x00", "\x00\x00\x00\x40", 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.data == data {
				t.Fatal("the replacement changed nothing")
			}
			if _, err := Read([]byte(test.data)); !errors.Is(err, ErrModel) {
				t.Errorf("error %v, want ErrModel", err)
			}
		})
	}
}

// FuzzReadModel checks that what is read as a model answers every block, and that
// writing and reading it gives the same bytes again.
func FuzzReadModel(f *testing.F) {
	var b bytes.Buffer
	if err := stump(f, 3, 1, -1, 1).Write(&b); err != nil {
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
		m.Score(&low)
		m.Score(&high)
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
