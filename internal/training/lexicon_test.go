package training

import (
	"fmt"
	"testing"

	"winnow/clean/blockmodel"
)

func TestLexicon(t *testing.T) {
	const (
		chrome = iota + 1 // on every host, never story
		prose             // on every host, always story
		both              // on every host, half and half
		rare              // on three hosts, never story
		chatty            // a hundred times, all on one host
	)
	d := &Dataset{corpus: &Corpus{}}
	for k := range 20 {
		d.corpus.Pages = append(d.corpus.Pages, Page{Truth: Truth{ID: fmt.Sprint(k), URL: fmt.Sprintf("https://host%d.example/a", k), Fold: k % Folds}})
		page := []example{
			{words: blockmodel.Words{Own: []uint32{chrome, both}}, story: 0, weight: .5},
			{words: blockmodel.Words{All: []uint32{prose, both}}, story: 1, weight: .5},
		}
		if k < 3 {
			page[0].words.First = []uint32{rare}
		}
		if k == 5 {
			for range 100 {
				page = append(page, example{words: blockmodel.Words{Own: []uint32{chatty}}, weight: .01})
			}
		}
		d.examples = append(d.examples, page)
	}
	words := d.lexicon(func(*Page) bool { return true })
	if words[chrome] > -16 || words[prose] < 16 {
		t.Errorf("chrome %d, prose %d: want far apart", words[chrome], words[prose])
	}
	for name, w := range map[string]uint32{"both": both, "rare": rare, "chatty": chatty} {
		if v, ok := words[w]; ok {
			t.Errorf("%s has weight %d, want none", name, v)
		}
	}
	if few := d.lexicon(func(p *Page) bool { return p.Fold == 0 }); few[chrome] <= words[chrome] {
		t.Errorf("four hosts weigh %d, twenty %d: want less of the few", few[chrome], words[chrome])
	}
}
