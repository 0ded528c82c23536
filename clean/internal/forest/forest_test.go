package forest

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// wood is two forests of two trees each: one asks once, the other asks on at each node.
func wood() []Forest {
	stump := []Node{{Feature: 1, Threshold: 10, Left: 1, Right: 2, Points: 3}, {Feature: Leaf, Points: -20}, {Feature: Leaf, Points: 26}}
	deep := []Node{
		{Feature: 0, Threshold: 100, Left: 1, Right: 2, Points: 5},
		{Feature: 2, Threshold: 7, Left: 2, Right: 3, Points: -4}, {Feature: Leaf, Points: 14},
		{Feature: Leaf, Points: -9}, {Feature: Leaf, Points: 1},
	}
	return []Forest{New([][]Node{stump, deep}), New([][]Node{deep, stump})}
}

func TestScore(t *testing.T) {
	f := &wood()[0]
	for _, c := range []struct {
		values   []uint8
		from, to int
		want     int32
	}{
		{[]uint8{100, 10, 7}, 0, 2, -20 - 9},
		{[]uint8{100, 11, 8}, 0, 2, 26 + 1},
		{[]uint8{101, 11, 0}, 0, 1, 26},
		{[]uint8{101, 11, 0}, 1, 2, 14},
		{[]uint8{101, 11, 0}, 1, 1, 0},
	} {
		if got := f.Score(c.values, c.from, c.to); got != c.want {
			t.Errorf("%v by trees %d to %d: %d, want %d", c.values, c.from, c.to, got, c.want)
		}
	}
}

func TestContributionsAddUpToTheScore(t *testing.T) {
	f, random := &wood()[1], rand.New(rand.NewPCG(5, 6))
	for range 200 {
		values := []uint8{uint8(random.IntN(256)), uint8(random.IntN(20)), uint8(random.IntN(16))}
		sum, moved := f.Contributions(values)
		for _, points := range moved {
			sum += points
		}
		if want := f.Score(values, 0, f.Trees()); sum != want {
			t.Fatalf("%v: base and contributions are %d, the score is %d", values, sum, want)
		}
	}
	if got := Against([]int32{4, -2, -7, -2}, 2); !reflect.DeepEqual(got, []int{2, 1}) {
		t.Errorf("against: %v", got)
	}
}

func TestCheck(t *testing.T) {
	leaf := Node{Feature: Leaf}
	for _, c := range []struct {
		name, want string
		tree       []Node
	}{
		{"an answer alone", "", []Node{leaf}},
		{"empty", "is empty", nil},
		{"an unknown feature", "no node", []Node{{Feature: 3, Left: 1, Right: 2}, leaf, leaf}},
		{"a branch to no node", "no node", []Node{{Feature: 1, Left: 1, Right: 3}, leaf, leaf}},
		{"a branch that leads back", "no node", []Node{{Feature: 1, Left: 1, Right: 2}, {Feature: 1, Left: -1, Right: 1}, leaf}},
		{"a branch that stays", "no node", []Node{{Feature: 1, Left: 0, Right: 1}, leaf}},
	} {
		f := New([][]Node{c.tree})
		err := f.Check(3)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// written is forests as a file has them.
func written(forests []Forest) (b []byte) {
	for i := range forests {
		b = forests[i].AppendSizes(b)
	}
	for i := range forests {
		b = forests[i].AppendNodes(b)
	}
	return b
}

func TestRead(t *testing.T) {
	want := wood()
	data := written(want)
	got := make([]Forest, 2)
	rest, err := Read(append(data[:len(data):len(data)], 'x', 'y'), got, 2)
	if err != nil || string(rest) != "xy" || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %q, %v", got, rest, err)
	}
	for n := range data {
		if _, err := Read(data[:n], make([]Forest, 2), 2); err == nil {
			t.Errorf("%d bytes of %d are read", n, len(data))
		}
	}
	for _, trees := range []int{-1, 0, 1 << 62} {
		if _, err := Read(data, make([]Forest, 2), trees); err == nil {
			t.Errorf("%d trees are read", trees)
		}
	}
}

// FuzzRead checks that a forest that was read and passes Check answers, and is written as
// it was.
func FuzzRead(f *testing.F) {
	f.Add(written(wood()), 2)
	f.Add([]byte{1, 0, 2, 0, 255}, 1)
	f.Fuzz(func(t *testing.T, data []byte, trees int) {
		forests := make([]Forest, 2)
		rest, err := Read(data, forests, trees)
		if err != nil {
			return
		}
		if !bytes.Equal(written(forests), data[:len(data)-len(rest)]) {
			t.Error("written it differs")
		}
		for i := range forests {
			if forests[i].Check(5) == nil {
				forests[i].Score([]uint8{0, 255, 0, 255, 7}, 0, forests[i].Trees())
				forests[i].Contributions([]uint8{9, 8, 255, 0, 7})
			}
		}
	})
}
