// Package forest is boosted decision trees over features of one byte each, with
// integer sums, so that they answer alike on every machine. A [Forest] answers one
// question; the models of clean/blockmodel and clean/pagemodel are made of them.
//
// Start with [New] or [Read].
package forest

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// OddsUnit is the number of points that make 1 of natural log-odds.
const OddsUnit = 4096

// Node is a question of a tree, or an answer.
type Node struct {
	Feature   uint8 // index of the feature that it asks for, [Leaf] for an answer
	Threshold uint8 // the left branch is for values up to this
	Left      int16 // steps from this node to the first of the left branch
	Right     int16 // the same of the right branch
	Points    int16 // of an answer; of a question the mean over the examples that it was learned from
}

// Leaf in place of a node's feature says that it is an answer.
const Leaf = 255

// Forest is the trees of one question: each asks for a few features and adds points to
// the log-odds of yes. The zero Forest has no trees. It does not change.
type Forest struct {
	nodes []Node
	roots []int32 // index of the first node of each tree
}

// New returns the forest of trees, each a list of nodes that begins with its root.
func New(trees [][]Node) (f Forest) {
	for _, t := range trees {
		f.roots = append(f.roots, int32(len(f.nodes)))
		f.nodes = append(f.nodes, t...)
	}
	return f
}

// Trees returns the number of trees.
func (f *Forest) Trees() int { return len(f.roots) }

// Check returns an error if a tree is empty, asks for a feature that there is not, or has
// a branch that leads back or out. A forest that passes answers for any values.
func (f *Forest) Check(features int) error {
	for k := range f.roots {
		from, to := f.tree(k)
		if from < 0 || from >= to {
			return fmt.Errorf("tree %d is empty", k)
		}
		for i := from; i < to; i++ {
			n := &f.nodes[i]
			if n.Feature == Leaf {
				continue
			}
			if int(n.Feature) >= features || n.Left <= 0 || n.Right <= 0 || i+int32(n.Left) >= to || i+int32(n.Right) >= to {
				return fmt.Errorf("a branch of tree %d leads to no node", k)
			}
		}
	}
	return nil
}

// tree returns the range of the nodes of tree k.
func (f *Forest) tree(k int) (from, to int32) {
	if k+1 < len(f.roots) {
		return f.roots[k], f.roots[k+1]
	}
	return f.roots[k], int32(len(f.nodes))
}

// Score returns the sum of the answers of the trees from one up to another, less that,
// in 1/[OddsUnit].
func (f *Forest) Score(values []uint8, from, to int) int32 {
	sum := int32(0)
	for _, at := range f.roots[from:to] {
		n := &f.nodes[at]
		for n.Feature != Leaf {
			at += n.branch(values)
			n = &f.nodes[at]
		}
		sum += int32(n.Points)
	}
	return sum
}

// branch returns the steps from a question to the node that answers it.
func (n *Node) branch(values []uint8) int32 {
	if values[n.Feature] <= n.Threshold {
		return int32(n.Left)
	}
	return int32(n.Right)
}

// Contributions splits the score of all trees up by features: base is the score before
// any question, and each question adds the change of the mean answer to its feature
// (Saabas 2014). Base and contributions add up to the score.
func (f *Forest) Contributions(values []uint8) (base int32, contributions []int32) {
	contributions = make([]int32, len(values))
	for _, at := range f.roots {
		n := &f.nodes[at]
		base += int32(n.Points)
		for n.Feature != Leaf {
			before, asked := int32(n.Points), n.Feature
			at += n.branch(values)
			n = &f.nodes[at]
			contributions[asked] += int32(n.Points) - before
		}
	}
	return base, contributions
}

// Against returns the features whose contributions are least, no more than n of those
// below 0, the least first.
func Against(contributions []int32, n int) (features []int) {
	for k, points := range contributions {
		if points < 0 {
			features = append(features, k)
		}
	}
	slices.SortFunc(features, func(a, b int) int {
		return cmp.Or(cmp.Compare(contributions[a], contributions[b]), cmp.Compare(a, b))
	})
	return features[:min(n, len(features))]
}

// AppendSizes appends the number of nodes of each tree (uint16, little-endian).
func (f *Forest) AppendSizes(b []byte) []byte {
	for k := range f.roots {
		from, to := f.tree(k)
		b = binary.LittleEndian.AppendUint16(b, uint16(to-from))
	}
	return b
}

// AppendNodes appends the nodes, each with feature and threshold (a byte each), left,
// right and points (int16 each, little-endian).
func (f *Forest) AppendNodes(b []byte) []byte {
	b, err := binary.Append(b, binary.LittleEndian, f.nodes)
	if err != nil {
		panic(err) // unreachable: a Node has a fixed size
	}
	return b
}

// Read reads forests of as many trees each: first the sizes of the trees of all, then
// their nodes. It returns what follows. The error is one of data that is too short.
func Read(data []byte, forests []Forest, trees int) (rest []byte, err error) {
	if trees <= 0 || len(data)/2/len(forests) < trees {
		return nil, fmt.Errorf("%d trees in %d bytes", trees, len(data))
	}
	sizes, rest := data[:2*trees*len(forests)], data[2*trees*len(forests):]
	for k := range forests {
		f, total := &forests[k], 0
		f.roots = make([]int32, trees)
		for i := range f.roots {
			f.roots[i] = int32(total)
			total += int(binary.LittleEndian.Uint16(sizes))
			sizes = sizes[2:]
		}
		bytes := total * binary.Size(Node{})
		if bytes > len(rest) {
			return nil, fmt.Errorf("%d bytes for %d nodes", len(rest), total)
		}
		f.nodes = make([]Node, total)
		if _, err := binary.Decode(rest[:bytes], binary.LittleEndian, f.nodes); err != nil {
			return nil, err
		}
		rest = rest[bytes:]
	}
	return rest, nil
}
