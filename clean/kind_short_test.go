package clean

import "testing"

func TestTwoTeasers(t *testing.T) {
	for _, c := range []struct {
		name string
		t    teasers
		want bool
	}{
		{"two teasers of a few lines", teasers{teasers: 2, shown: 2, words: 60}, true},
		{"a short story parted by a link", teasers{teasers: 2, shown: 2, words: 124}, false},
		{"three long teasers", teasers{teasers: 3, shown: 3, words: 190}, true},
		{"much text outside", teasers{teasers: 3, shown: 3, words: 90, outside: 80}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.t.isPage(40); got != c.want {
				t.Errorf("isPage = %v", got)
			}
		})
	}
}
