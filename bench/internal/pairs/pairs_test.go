package pairs

import (
	"math"
	"testing"
)

func TestScore(t *testing.T) {
	truth := map[string]string{"a": "1", "b": "1", "c": "1", "d": "2", "e": "3"}
	tests := []struct {
		name      string
		found     map[string]string
		undecided []Pair
		want      Figures
	}{
		{"everything right", map[string]string{"a": "x", "b": "x", "c": "x", "d": "y", "e": "z"}, nil, Figures{3, 3, 3, 1, 1, 1}},
		{"nothing joined", map[string]string{"a": "a", "b": "b"}, nil, Figures{0, 0, 3, 1, 0, 0}},
		{"one of three pairs", map[string]string{"a": "x", "b": "x", "c": "y"}, nil, Figures{1, 1, 3, 1, 1. / 3, .5}},
		{"all in one", map[string]string{"a": "x", "b": "x", "c": "x", "d": "x", "e": "x"}, nil, Figures{3, 10, 3, .3, 1, .6 / 1.3}},
		{"an undecided pair joined", map[string]string{"d": "x", "e": "x"}, []Pair{{"d", "e"}}, Figures{0, 0, 3, 1, 0, 0}},
		{"an undecided pair of copies", map[string]string{"a": "x", "b": "x"}, []Pair{{"a", "b"}}, Figures{1, 1, 3, 1, 1. / 3, .5}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Score(truth, test.found, test.undecided)
			if math.Abs(got.F1-test.want.F1) < 1e-9 {
				got.F1 = test.want.F1
			}
			if got != test.want {
				t.Errorf("Score = %+v, want %+v", got, test.want)
			}
		})
	}
}
