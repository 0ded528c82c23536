package training

import (
	"math"
	"sync"

	"winnow/clean/blockmodel"
)

// Settings say how trees are grown.
type Settings struct {
	Trees   int     // how many
	Leaves  int     // of each, at most
	Rate    float64 // how much of a tree's answer counts, 0 to 1
	MinMass float64 // least weight of examples in a leaf, in mean examples
	Lambda  float64 // pull of answers to 0, in mean examples
	Rows    float64 // share of the examples that a tree is grown on
	Columns float64 // share of the features that a tree may ask of
	Keep    int32   // see clean.ModelOrigin
	Restore int32
}

// DefaultSettings were chosen on the folds of the project's own pages.
var DefaultSettings = Settings{Trees: 250, Leaves: 24, Rate: 0.06, MinMass: 40, Lambda: 10, Rows: 0.6, Columns: 0.5, Keep: -blockmodel.OddsUnit / 2, Restore: blockmodel.OddsUnit * 3 / 2}

// gradUnit is how many steps a gradient of 1 has. Gradients are whole numbers,
// so that their sums do not depend on the order of adding.
const gradUnit = 1 << 10

// maxWeight bounds an example's weight, in mean examples.
const maxWeight = 16

// table holds examples by column.
type table struct {
	columns [blockmodel.FeatureCount][]uint8
	story   []float64
	weight  []float64
}

func newTable(all []example) *table {
	t := &table{story: make([]float64, len(all)), weight: make([]float64, len(all))}
	for c := range t.columns {
		t.columns[c] = make([]uint8, len(all))
		for i := range all {
			t.columns[c][i] = all[i].Features[c]
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

// sums packs a sum of gradients (high half) and of curvatures (low half).
type sums int64

func pack(g, h int32) sums { return sums(int64(g)<<32 + int64(h)) }

func (s sums) curvature() int64 { return int64(uint32(s)) }

func (s sums) gradient() int64 { return int64(s-sums(uint32(s))) >> 32 }

// histogram is the sum of each value of each feature.
type histogram [blockmodel.FeatureCount][256]sums

// leaf is a leaf of a growing tree.
type leaf struct {
	node int
	rows []int32
	sum  sums
	hist *histogram
	best split
}

type split struct {
	gain        float64
	feature     int
	most        uint8
	left, right sums
}

// grower grows one tree after the other.
type grower struct {
	Settings
	t       *table
	odds    []float64
	grads   []sums
	columns []int
	random  uint64
	free    []*histogram
}

// boost grows the trees of a model. workers is how many goroutines take part;
// the outcome does not depend on it.
func boost(t *table, s Settings, workers int) [][]blockmodel.Node {
	g := &grower{Settings: s, t: t, odds: make([]float64, len(t.story)), grads: make([]sums, len(t.story)), random: 0x9e3779b97f4a7c15}
	trees := make([][]blockmodel.Node, 0, s.Trees)
	for range s.Trees {
		tree := g.grow(workers)
		for i := range g.odds {
			g.odds[i] += float64(answer(tree, t, i)) / blockmodel.OddsUnit
		}
		trees = append(trees, tree)
	}
	return trees
}

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

// next is a number of a fixed sequence (xorshift64).
func (g *grower) next() uint64 {
	g.random ^= g.random << 13
	g.random ^= g.random >> 7
	g.random ^= g.random << 17
	return g.random
}

// share is a number of the sequence from 0 to 1.
func (g *grower) share() float64 { return float64(g.next()>>11) / (1 << 53) }

// prepare draws the rows and the columns of a tree and computes the gradients.
func (g *grower) prepare() (rows []int32) {
	for i := range g.odds {
		p := 1 / (1 + math.Exp(-g.odds[i]))
		w := g.t.weight[i] * gradUnit
		g.grads[i] = pack(int32(math.Round(w*(p-g.t.story[i]))), int32(math.Round(w*p*(1-p))))
		if g.share() < g.Rows {
			rows = append(rows, int32(i))
		}
	}
	g.columns = g.columns[:0]
	for c := range blockmodel.FeatureCount {
		if g.share() < g.Columns {
			g.columns = append(g.columns, c)
		}
	}
	return rows
}

func (g *grower) grow(workers int) []blockmodel.Node {
	first := &leaf{rows: g.prepare()}
	for _, r := range first.rows {
		first.sum += g.grads[r]
	}
	first.hist = g.fill(first.rows, workers)
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
		a, b := g.divide(leaves[k], &tree, workers)
		leaves[k] = a
		leaves = append(leaves, b)
	}
	for _, l := range leaves {
		g.free = append(g.free, l.hist)
	}
	return inOrder(tree)
}

// inOrder lays a tree out so that every way leads forward.
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

// divide splits a leaf in two.
func (g *grower) divide(l *leaf, tree *[]blockmodel.Node, workers int) (a, b *leaf) {
	s := l.best
	n := &(*tree)[l.node]
	n.Feature, n.Threshold = uint8(s.feature), s.most
	n.Left, n.Right = int16(len(*tree)-l.node), int16(len(*tree)+1-l.node)
	a, b = &leaf{node: len(*tree), sum: s.left}, &leaf{node: len(*tree) + 1, sum: s.right}
	*tree = append(*tree, g.answerNode(s.left), g.answerNode(s.right))
	column := g.t.columns[s.feature]
	for _, r := range l.rows {
		if column[r] <= s.most {
			a.rows = append(a.rows, r)
		} else {
			b.rows = append(b.rows, r)
		}
	}
	small, large := a, b
	if len(b.rows) < len(a.rows) {
		small, large = b, a
	}
	small.hist, large.hist = g.fill(small.rows, workers), l.hist
	for _, c := range g.columns {
		for v := range large.hist[c] {
			large.hist[c][v] -= small.hist[c][v]
		}
	}
	g.choose(a)
	g.choose(b)
	return a, b
}

// fill sums up rows, feature by feature.
func (g *grower) fill(rows []int32, workers int) *histogram {
	h := &histogram{}
	if n := len(g.free); n > 0 {
		h, g.free = g.free[n-1], g.free[:n-1]
		*h = histogram{}
	}
	var busy sync.WaitGroup
	for w := range workers {
		busy.Go(func() {
			for k := w; k < len(g.columns); k += workers {
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

// choose finds the best question for a leaf; of equals the one of the earlier
// feature and the smaller value.
func (g *grower) choose(l *leaf) {
	whole := g.worth(l.sum)
	least := int64(g.MinMass * gradUnit / 16)
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
			if gain := g.worth(left) + g.worth(right) - whole; gain > l.best.gain {
				l.best = split{gain, c, uint8(v), left, right}
			}
		}
	}
}

// worth is what an answer of its own gains for a leaf.
func (g *grower) worth(s sums) float64 {
	d := float64(s.gradient())
	return float64(d*d) / (float64(s.curvature()) + g.Lambda*gradUnit/4)
}

func (g *grower) answerNode(s sums) blockmodel.Node {
	step := -float64(s.gradient()) / (float64(s.curvature()) + g.Lambda*gradUnit/4)
	points := math.Round(min(6, max(-6, step)) * g.Rate * blockmodel.OddsUnit)
	return blockmodel.Node{Feature: blockmodel.Leaf, Points: int16(points)}
}
