package modelview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Why is the reason of the model's rule, for the list of rules.
const Why = "a block like those that were no story on the pages that the model has learned from; each removal says what weighed most"

// judge lets the model speak on the blocks that the table of rules on elements
// has left. It doubts some of those that stay, which go unless a rule on lines
// cuts them with a better reason; and it brings back some that were cut for where
// they stand.
func Judge(m *blockmodel.Model, v *View) {
	if len(m.Roots) == 0 {
		return // they only watch
	}
	open := slices.DeleteFunc(v.Open(), func(i int) bool { return !changes(&v.Blocks[i]) })
	odds := make([]int32, len(open)) // the rules are features: no block changes before all are read
	features := make([]blockmodel.Features, len(open))
	for k, i := range open {
		features[k] = v.Features(i)
		words := v.Words(i)
		m.Words.Mark(&features[k], &words)
		odds[k] = m.Judgement(&features[k])
	}
	v.joinTables(open, odds)
	for k, i := range open {
		switch b := &v.Blocks[i]; {
		case b.Rule == "" && odds[k] < m.Origin.Keep:
			b.Rule, b.Why = news.ModelRule, why(m, &features[k])
		case b.Weak && odds[k] >= toRestore(m, b):
			b.Rule, b.Why = "", ""
		}
	}
}

// longPlain is the length, in letters, under which the model must be surer of a
// line that is neither a heading nor a sentence, to bring it back.
const longPlain = 60

// toRestore is the log-odds from which a block is brought back.
func toRestore(m *blockmodel.Model, b *dom.Block) int32 {
	if b.Kind == news.Heading || b.Letters >= longPlain || letters.EndsClause(b.Text) {
		return m.Origin.Restore
	}
	return m.Origin.Restore + blockmodel.OddsUnit
}

// joinTables gives the rows of a table, which go or stay together, the mean of
// their odds.
func (v *View) joinTables(open []int, odds []int32) {
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
func (v *View) table(i int) int32 {
	if v.Blocks[i].Kind != news.TableRow {
		return -1
	}
	e := v.Blocks[i].Elem
	for e >= 0 && v.doc.Elements[e].Node.DataAtom != atom.Table {
		e = v.doc.Elements[e].Parent
	}
	return e
}

// changes says whether the model's word on a block is heard: those that a rule
// which is not weak has cut stay cut, and so do lines of links.
func changes(b *dom.Block) bool {
	return b.Rule == "" || b.Weak && 2*b.LinkLetters < b.Letters
}

// Open are the blocks that the model may judge.
func (v *View) Open() []int {
	var out []int
	for i := range v.Blocks {
		if v.Blocks[i].Cut == 0 {
			out = append(out, i)
		}
	}
	return out
}

// told is how many features a removal names.
const told = 3

// why names what weighed most against a block.
func why(m *blockmodel.Model, f *blockmodel.Features) string {
	base, moved := m.Weigh(f)
	sum := base
	against := make([]int, 0, blockmodel.FeatureCount)
	for k, points := range moved {
		sum += points
		if points < 0 {
			against = append(against, k)
		}
	}
	slices.SortFunc(against, func(a, b int) int { return cmp.Or(cmp.Compare(moved[a], moved[b]), cmp.Compare(a, b)) })
	names := make([]string, 0, told)
	for _, k := range against[:min(told, len(against))] {
		names = append(names, blockmodel.FeatureNames[k])
	}
	return fmt.Sprintf("story with a chance of %d %%, by what was learned from other pages; against it: %s", blockmodel.Probability(sum), strings.Join(names, ", "))
}
