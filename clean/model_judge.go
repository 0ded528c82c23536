package clean

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/news"
)

// modelRule is what the model cuts.
const (
	modelRule = "model"
	modelWhy  = "a block like those that were no story on the pages that the model has learned from; each removal says what weighed most"
)

// maxJudged is the number of blocks above which a page is left to the rules: no
// page that the model has learned from has as many.
const maxJudged = 5000

// askModel lets the model judge, and whoever watches see what it sees.
func (x *Extractor) askModel(o *outline, blocks []block, m *meta, seen opinions, r *region) {
	if len(blocks) > maxJudged || x.watch == nil && len(x.model.roots) == 0 {
		return
	}
	v := newModelView(o, blocks, m, seen, r)
	if x.watch != nil {
		x.watch(v)
	}
	x.model.judge(v)
}

// judge lets the model speak on the blocks that the table of rules on elements
// has left. It doubts some of those that stay, which go unless a rule on lines
// cuts them with a better reason; and it brings back some that were cut for where
// they stand.
func (m *Model) judge(v *modelView) {
	if len(m.roots) == 0 {
		return // they only watch
	}
	open := slices.DeleteFunc(v.open(), func(i int) bool { return !v.blocks[i].changes() })
	odds := make([]int32, len(open)) // the rules are features: no block changes before all are read
	features := make([]Features, len(open))
	for k, i := range open {
		features[k] = v.features(i)
		words := v.words(i)
		m.words.Mark(&features[k], &words)
		odds[k] = m.judgement(&features[k])
	}
	v.joinTables(open, odds)
	for k, i := range open {
		switch b := &v.blocks[i]; {
		case b.rule == "" && odds[k] < m.Origin.Keep:
			b.rule, b.why = modelRule, m.why(&features[k])
		case b.weak && odds[k] >= m.toRestore(b):
			b.rule, b.why = "", ""
		}
	}
}

// longPlain is the length, in letters, under which the model must be surer of a
// line that is neither a heading nor a sentence, to bring it back.
const longPlain = 60

// toRestore is the log-odds from which a block is brought back.
func (m *Model) toRestore(b *block) int32 {
	if b.Kind == news.Heading || b.letters >= longPlain || endsSentence(b.Text) {
		return m.Origin.Restore
	}
	return m.Origin.Restore + OddsUnit
}

// joinTables gives the rows of a table, which go or stay together, the mean of
// their odds.
func (v *modelView) joinTables(open []int, odds []int32) {
	for k := 0; k < len(open); {
		table := v.table(open[k])
		end, sum := k+1, int64(odds[k])
		for table >= 0 && end < len(open) && v.table(open[end]) == table {
			sum += int64(odds[end])
			end++
		}
		for mean := sum / int64(end-k); k < end; k++ {
			odds[k] = int32(mean)
		}
	}
}

// table is the table that block i is a row of, -1 when it is none.
func (v *modelView) table(i int) int32 {
	if v.blocks[i].Kind != news.TableRow {
		return -1
	}
	e := v.blocks[i].elem
	for e >= 0 && v.o.elems[e].node.DataAtom != atom.Table {
		e = v.o.elems[e].parent
	}
	return e
}

// changes says whether the model's word on a block is heard: those that a rule
// which is not weak has cut stay cut, and so do lines of links.
func (b *block) changes() bool {
	return b.rule == "" || b.weak && 2*b.links < b.letters
}

// open are the blocks that the model may judge.
func (v *modelView) open() []int {
	var out []int
	for i := range v.blocks {
		if v.blocks[i].cut == 0 {
			out = append(out, i)
		}
	}
	return out
}

// told is how many features a removal names.
const told = 3

// why names what weighed most against a block.
func (m *Model) why(f *Features) string {
	base, moved := m.weigh(f)
	sum := base
	against := make([]int, 0, FeatureCount)
	for k, points := range moved {
		sum += points
		if points < 0 {
			against = append(against, k)
		}
	}
	slices.SortFunc(against, func(a, b int) int { return cmp.Or(cmp.Compare(moved[a], moved[b]), cmp.Compare(a, b)) })
	names := make([]string, 0, told)
	for _, k := range against[:min(told, len(against))] {
		names = append(names, featureNames[k])
	}
	return fmt.Sprintf("story with a chance of %d %%, by what was learned from other pages; against it: %s", probability(sum), strings.Join(names, ", "))
}

// Sighting is a block as the model sees it, for those who teach a model.
type Sighting struct {
	Block    news.Block
	Rule     string   // of the rules, before any model; "" when it stays
	Features Features // without what the words speak for, see Lexicon.Mark
	Words    Words
}

// Sightings are the blocks of a page that a model may judge, in reading order.
// Errors are those of Extract.
func (x *Extractor) Sightings(ctx context.Context, page *news.Page) ([]Sighting, error) {
	var out []Sighting
	watcher := *x
	watcher.watch = func(v *modelView) {
		for _, k := range v.open() {
			out = append(out, Sighting{v.blocks[k].Block, v.blocks[k].rule, v.features(k), v.words(k)})
		}
	}
	_, err := watcher.Extract(ctx, page)
	return out, err
}
