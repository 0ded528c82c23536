package training

import (
	"fmt"
	"testing"

	"winnow/clean/blockmodel"
)

func TestLexicon(t *testing.T) {
	const (
		furniture = iota + 1 // on every host, never story
		prose                // on every host, always story
		both                 // on every host, half and half
		rare                 // on three hosts, never story
		chatty               // a hundred times, all on one host
	)
	l := &Lesson{corpus: &Corpus{}}
	for k := range 20 {
		l.corpus.Pages = append(l.corpus.Pages, Page{Truth: Truth{ID: fmt.Sprint(k), URL: fmt.Sprintf("https://host%d.example/a", k), Fold: k % Folds}})
		page := []example{
			{words: blockmodel.Words{Own: []uint32{furniture, both}}, story: 0, weight: .5},
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
		l.examples = append(l.examples, page)
	}
	words := l.lexicon(func(*Page) bool { return true })
	if words[furniture] > -16 || words[prose] < 16 {
		t.Errorf("furniture %d, prose %d: want far apart", words[furniture], words[prose])
	}
	for name, w := range map[string]uint32{"both": both, "rare": rare, "chatty": chatty} {
		if v, ok := words[w]; ok {
			t.Errorf("%s speaks for something: %d", name, v)
		}
	}
	if few := l.lexicon(func(p *Page) bool { return p.Fold == 0 }); few[furniture] <= words[furniture] {
		t.Errorf("four hosts weigh %d, twenty %d: want less of the few", few[furniture], words[furniture])
	}
}
