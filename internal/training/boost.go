package training

import (
	"math"
	"sync"

	"winnow/clean/blockmodel"
)

// Settings say how trees are grown.
type Settings struct {
	Trees   int     // how many
	Leaves  int     // of a tree, at most
	Rate    float64 // learning rate: the share of a tree's answer that is added, 0 to 1
	MinMass float64 // least weight of a leaf, in average examples that are fairly sure
	Lambda  float64 // L2 regularization, in average examples
	Rows    float64 // share of the examples that a tree is grown on
	Columns float64 // share of the features that a tree may ask for
	Keep    int32   // see [blockmodel.Origin]
	Restore int32   // see [blockmodel.Origin]
}

// DefaultSettings were chosen by cross-validation on the project's own pages.
var DefaultSettings = Settings{Trees: 250, Leaves: 24, Rate: 0.06, MinMass: 40, Lambda: 10, Rows: 0.6, Columns: 0.5, Keep: -blockmodel.OddsUnit / 2, Restore: blockmodel.OddsUnit * 3 / 2}

// maxWeight bounds the weight of an example, in average examples.
const maxWeight = 16

// table has the examples column by column.
type table struct {
	columns [][]uint8
	story   []float64 // labels
	weight  []float64 // 1 is the average
}

func newTable(all []example) *table {
	t := &table{columns: make([][]uint8, blockmodel.FeatureCount), story: make([]float64, len(all)), weight: make([]float64, len(all))}
	for c := range t.columns {
		t.columns[c] = make([]uint8, len(all))
		for i := range all {
			t.columns[c][i] = all[i].features[c]
		}
	}
	sum := 0.0
	for i := range all {
		sum += float64(all[i].weight)
	}
	mean := sum / float64(max(1, len(all)))
	for i := range all {
		t.story[i] = float64(all[i].story)
		t.weight[i] = min(maxWeight, float64(all[i].weight)/mean)
	}
	return t
}

// boost grows the trees of a model by gradient boosting on the logistic loss, with
// Newton steps and histograms as in XGBoost (Chen and Guestrin 2016) and LightGBM.
// Gradients and curvatures are integers, so that their sums do not depend on the
// order of adding: the outcome is the same for any number of workers.
func boost(t *table, s Settings, workers int) [][]blockmodel.Node {
	g := &grower{
		Settings: s, t: t, workers: workers, odds: make([]float64, len(t.story)), grads: make([]sums, len(t.story)),
		random: 0x9e3779b97f4a7c15, // any number but 0
	}
	trees := make([][]blockmodel.Node, 0, s.Trees)
	for range s.Trees {
		tree := g.grow()
		for i := range g.odds {
			g.odds[i] += float64(answer(tree, t, i)) / blockmodel.OddsUnit
		}
		trees = append(trees, tree)
	}
	return trees
}

// answer returns the points that a tree gives a row.
func answer(tree []blockmodel.Node, t *table, row int) int16 {
	at := 0
	for tree[at].Feature != blockmodel.Leaf {
		if t.columns[tree[at].Feature][row] <= tree[at].Threshold {
			at += int(tree[at].Left)
		} else {
			at += int(tree[at].Right)
		}
	}
	return tree[at].Points
}

const (
	gradUnit      = 1 << 10       // a gradient of 1
	maxCurvature  = gradUnit / 4  // of an average example: p(1-p) for p = 1/2
	sureCurvature = gradUnit / 16 // of an average example with p about 0.07 or 0.93
	maxAnswer     = 6             // bound of a leaf's log-odds, before the learning rate
)

// sums packs a sum of gradients (upper half) and one of curvatures (lower half).
type sums int64

func pack(gradient, curvature int32) sums { return sums(int64(gradient)<<32 + int64(curvature)) }

func (s sums) curvature() int64 { return int64(uint32(s)) }

func (s sums) gradient() int64 { return int64(s-sums(uint32(s))) >> 32 }

// histogram has the sums of the rows with each value of each feature.
type histogram [][256]sums

// leaf is a leaf of a growing tree.
type leaf struct {
	node int
	rows []int32
	sum  sums
	hist histogram
	best split
}

// split is a question that divides a leaf. The zero split gains nothing.
type split struct {
	gain        float64
	feature     int
	threshold   uint8
	left, right sums
}

// grower grows one tree after the other.
type grower struct {
	Settings
	t       *table
	workers int
	odds    []float64 // of the rows, by the trees so far
	grads   []sums    // of the rows
	columns []int     // that the tree may ask for
	random  uint64
	free    []histogram
}

// grow grows a tree, always dividing the leaf that gains most.
func (g *grower) grow() []blockmodel.Node {
	first := &leaf{rows: g.prepare()}
	for _, r := range first.rows {
		first.sum += g.grads[r]
	}
	first.hist = g.fill(first.rows)
	g.choose(first)
	tree := []blockmodel.Node{g.answerNode(first.sum)}
	leaves := []*leaf{first}
	for len(leaves) < g.Leaves {
		k := 0
		for i := range leaves {
			if leaves[i].best.gain > leaves[k].best.gain {
				k = i
			}
		}
		if leaves[k].best.gain <= 0 {
			break
		}
		a, b := g.divide(leaves[k], &tree)
		leaves[k] = a
		leaves = append(leaves, b)
	}
	for _, l := range leaves {
		g.free = append(g.free, l.hist)
	}
	return inOrder(tree)
}

// prepare computes the gradients and chooses rows and columns for a tree at
// random.
func (g *grower) prepare() (rows []int32) {
	for i := range g.odds {
		p := 1 / (1 + math.Exp(-g.odds[i]))
		w := g.t.weight[i] * gradUnit
		g.grads[i] = pack(int32(math.Round(w*(p-g.t.story[i]))), int32(math.Round(w*p*(1-p))))
		if g.uniform() < g.Rows {
			rows = append(rows, int32(i))
		}
	}
	g.columns = g.columns[:0]
	for c := range g.t.columns {
		if g.uniform() < g.Columns {
			g.columns = append(g.columns, c)
		}
	}
	return rows
}

// uniform returns the next number of a fixed sequence, from 0 to 1 (xorshift64,
// Marsaglia 2003).
func (g *grower) uniform() float64 {
	g.random ^= g.random << 13
	g.random ^= g.random >> 7
	g.random ^= g.random << 17
	return float64(g.random>>11) / (1 << 53)
}

// fill returns the histogram of some rows.
func (g *grower) fill(rows []int32) histogram {
	var h histogram
	if n := len(g.free); n > 0 {
		h, g.free = g.free[n-1], g.free[:n-1]
		clear(h)
	} else {
		h = make(histogram, len(g.t.columns))
	}
	var busy sync.WaitGroup
	for w := range g.workers {
		busy.Go(func() {
			for k := w; k < len(g.columns); k += g.workers {
				sums, column := &h[g.columns[k]], g.t.columns[g.columns[k]]
				for _, r := range rows {
					sums[column[r]] += g.grads[r]
				}
			}
		})
	}
	busy.Wait()
	return h
}

// choose finds the best split of a leaf; of equals the one with the earlier
// feature, then with the smaller threshold.
func (g *grower) choose(l *leaf) {
	whole := g.value(l.sum)
	least := int64(g.MinMass * sureCurvature)
	for _, c := range g.columns {
		left := sums(0)
		for v := range 255 {
			at := l.hist[c][v]
			if at == 0 {
				continue
			}
			left += at
			right := l.sum - left
			if left.curvature() < least || right.curvature() < least {
				continue
			}
			if gain := g.value(left) + g.value(right) - whole; gain > l.best.gain {
				l.best = split{gain, c, uint8(v), left, right}
			}
		}
	}
}

// value returns twice the decrease of the loss when a leaf has its own answer.
func (g *grower) value(s sums) float64 {
	d := float64(s.gradient())
	return float64(d*d) / (float64(s.curvature()) + g.Lambda*maxCurvature)
}

// answerNode returns a leaf's node: its answer is a Newton step, regularized.
func (g *grower) answerNode(s sums) blockmodel.Node {
	step := -float64(s.gradient()) / (float64(s.curvature()) + g.Lambda*maxCurvature)
	points := math.Round(min(maxAnswer, max(-maxAnswer, step)) * g.Rate * blockmodel.OddsUnit)
	return blockmodel.Node{Feature: blockmodel.Leaf, Points: int16(points)}
}

// divide splits a leaf in two. The histogram of the larger half is the difference
// of the whole and the smaller half.
func (g *grower) divide(l *leaf, tree *[]blockmodel.Node) (a, b *leaf) {
	s := l.best
	n := &(*tree)[l.node]
	n.Feature, n.Threshold = uint8(s.feature), s.threshold
	n.Left, n.Right = int16(len(*tree)-l.node), int16(len(*tree)+1-l.node)
	a, b = &leaf{node: len(*tree), sum: s.left}, &leaf{node: len(*tree) + 1, sum: s.right}
	*tree = append(*tree, g.answerNode(s.left), g.answerNode(s.right))
	column := g.t.columns[s.feature]
	for _, r := range l.rows {
		if column[r] <= s.threshold {
			a.rows = append(a.rows, r)
		} else {
			b.rows = append(b.rows, r)
		}
	}
	small, large := a, b
	if len(b.rows) < len(a.rows) {
		small, large = b, a
	}
	small.hist, large.hist = g.fill(small.rows), l.hist
	for _, c := range g.columns {
		for v := range large.hist[c] {
			large.hist[c][v] -= small.hist[c][v]
		}
	}
	g.choose(a)
	g.choose(b)
	return a, b
}

// inOrder returns the nodes of a tree in depth-first order, so that every branch
// leads forward.
func inOrder(tree []blockmodel.Node) []blockmodel.Node {
	out := make([]blockmodel.Node, 0, len(tree))
	var place func(at int) int
	place = func(at int) int {
		n := tree[at]
		here := len(out)
		out = append(out, n)
		if n.Feature != blockmodel.Leaf {
			out[here].Left = int16(place(at+int(n.Left)) - here)
			out[here].Right = int16(place(at+int(n.Right)) - here)
		}
		return here
	}
	place(0)
	return out
}
