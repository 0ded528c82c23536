package modelview

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Why is the reason of the model's rule in the list of rules. Each removal has its
// own, see why.
const Why = "like blocks that were not story on pages with known text; each removal names what counted most against it"

// Judge applies a model to the blocks that no rule on elements has cut. Those that
// stay and that it takes for something else get the rule of the model; a rule on
// lines may still cut them for a better reason. Some that were cut for their
// position alone are restored.
func Judge(m *blockmodel.Model, v *View) {
	if m.IsEmpty() {
		return
	}
	open := slices.DeleteFunc(v.Candidates(), func(i int) bool { return !mayChange(&v.Blocks[i]) })
	odds := make([]int32, len(open)) // of all, before any changes: rules are features, too
	features := make([]blockmodel.Features, len(open))
	for k, i := range open {
		features[k] = v.Features(i)
		words := v.Words(i)
		m.Lexicon.Mark(&features[k], &words)
		odds[k] = m.QuickScore(&features[k])
	}
	v.joinTables(open, odds)
	for k, i := range open {
		switch b := &v.Blocks[i]; {
		case b.Rule == "" && odds[k] < m.Origin.Keep:
			b.Rule, b.Why = news.ModelRule, why(m, &features[k])
		case b.Weak && odds[k] >= restoreOdds(m, b):
			b.Rule, b.Why = "", ""
		}
	}
}

// mayChange reports whether the model decides on a block: what a rule has cut for
// more than its position stays cut, and so do lines that are mostly link. What is
// story by its form stays.
func mayChange(b *dom.Block) bool {
	return b.Rule == "" && !b.Sure || b.Weak && 2*b.LinkLetters < b.Letters
}

// plainLine is the length, in letters, under which a line that is neither a
// heading nor a sentence needs more evidence to be restored.
const plainLine = 60

// restoreOdds returns the log-odds from which a block is restored.
func restoreOdds(m *blockmodel.Model, b *dom.Block) int32 {
	if b.Kind == news.Heading || b.Letters >= plainLine || letters.EndsClause(b.Text) {
		return m.Origin.Restore
	}
	return m.Origin.Restore + blockmodel.OddsUnit
}

// joinTables gives all rows of a table the mean of their odds, so that they stay
// or go together.
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

// table returns the element of the table that block i is a row of, -1 for blocks
// that are no rows.
func (v *View) table(i int) int32 {
	if v.Blocks[i].Kind != news.TableRow {
		return -1
	}
	e := v.Blocks[i].Elem
	for e >= 0 && v.doc.Elements[e].Node.DataAtom != atom.Table && !v.doc.Elements[e].IsData {
		e = v.doc.Elements[e].Parent
	}
	return e
}

// namedFeatures is how many features the reason of a removal names.
const namedFeatures = 3

// why returns the reason for which a model cuts a block.
func why(m *blockmodel.Model, f *blockmodel.Features) string {
	percent, against := m.Explain(f, namedFeatures)
	return fmt.Sprintf("%d %% likely to be story, judged by pages with known text; against it: %s", percent, strings.Join(against, ", "))
}
