// Package blockmodel is the learned judgement on blocks of text: whether they are
// part of the story. A [Model] consists of boosted decision trees over some
// hundred features of a block, with integer sums, so that it answers alike on
// every machine.
//
// lexicon.go has the weights of words; model.go the trees and their score;
// explain.go says which features decided; file.go reads and writes models. The
// shipped model is weights/blocks.model.
//
// Start with [Shipped] or [Read], and set clean.Options.Model. The command "winnow
// train" makes models.
package blockmodel

import (
	"errors"
	"fmt"

	"winnow/clean/internal/feature"
)

// Features are what a model knows of one block, as clean.Extractor.Sightings
// returns it.
type Features = feature.Vector

// FeatureCount is the number of features.
const FeatureCount = feature.Count

// Model judges blocks of text. Each of its trees asks a few questions about a
// block and adds points to the log-odds that it is story. The zero Model has no
// trees and judges nothing. A Model does not change and may be shared.
type Model struct {
	Origin  Origin
	Lexicon Lexicon
	nodes   []Node
	roots   []int32 // index of the first node of each tree
}

// Origin says where a model comes from and how it decides.
type Origin struct {
	Format   int    `json:"format"`   // of the file
	Features string `json:"features"` // identifies the features
	Input    string `json:"input"`    // SHA-256 of the pages and of their known texts, hexadecimal
	Pages    int    `json:"pages"`
	Blocks   int    `json:"blocks"`
	Without  []int  `json:"without,omitempty"` // folds of the pages that were left out
	Trees    int    `json:"trees"`
	Words    int    `json:"words"`   // in the lexicon
	Leaves   int    `json:"leaves"`  // of a tree, at most
	Rate     string `json:"rate"`    // learning rate
	Keep     int32  `json:"keep"`    // score under which a block is cut, see [Model.Score]
	Restore  int32  `json:"restore"` // score from which a block that a weak rule cut is restored
}

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

// format is the version of the layout of the file.
const format = 1

// ErrModel is the cause when a file is not a model, or one for other features than
// this program reads.
var ErrModel = errors.New("not a model that this program can use")

// New returns a model of a lexicon and of trees, each a list of nodes that begins
// with its root. It sets the fields of origin that describe them. The error is
// [ErrModel] when a branch leads to no node.
func New(origin Origin, lexicon Lexicon, trees [][]Node) (*Model, error) {
	origin.Format, origin.Features, origin.Trees, origin.Words = format, feature.Set, len(trees), len(lexicon)
	m := &Model{Origin: origin, Lexicon: lexicon}
	for _, t := range trees {
		m.roots = append(m.roots, int32(len(m.nodes)))
		m.nodes = append(m.nodes, t...)
	}
	return m, m.validate()
}

// validate refuses models of another format or other features, and trees with a
// branch that leads back or out. A model that passes answers every block.
func (m *Model) validate() error {
	o := &m.Origin
	if o.Format != format || o.Features != feature.Set || m.IsEmpty() {
		return fmt.Errorf("%w: format %d, features %q", ErrModel, o.Format, o.Features)
	}
	for k := range m.roots {
		from, to := m.tree(k)
		if from < 0 || from >= to {
			return fmt.Errorf("%w: tree %d is empty", ErrModel, k)
		}
		for i := from; i < to; i++ {
			n := &m.nodes[i]
			if n.Feature == Leaf {
				continue
			}
			if int(n.Feature) >= FeatureCount || n.Left <= 0 || n.Right <= 0 || i+int32(n.Left) >= to || i+int32(n.Right) >= to {
				return fmt.Errorf("%w: a branch of tree %d leads to no node", ErrModel, k)
			}
		}
	}
	return nil
}

// tree returns the range of the nodes of tree k.
func (m *Model) tree(k int) (from, to int32) {
	if k+1 < len(m.roots) {
		return m.roots[k], m.roots[k+1]
	}
	return m.roots[k], int32(len(m.nodes))
}

// IsEmpty reports whether the model has no trees and judges nothing.
func (m *Model) IsEmpty() bool { return len(m.roots) == 0 }

// Score returns the log-odds that a block is story, in 1/[OddsUnit].
func (m *Model) Score(f *Features) int32 { return m.score(f, m.roots) }

func (m *Model) score(f *Features, roots []int32) int32 {
	sum := int32(0)
	for _, at := range roots {
		n := &m.nodes[at]
		for n.Feature != Leaf {
			at += n.branch(f)
			n = &m.nodes[at]
		}
		sum += int32(n.Points)
	}
	return sum
}

// branch returns the steps from a question to the node that answers it.
func (n *Node) branch(f *Features) int32 {
	if f[n.Feature] <= n.Threshold {
		return int32(n.Left)
	}
	return int32(n.Right)
}

// QuickScore stops after so many trees when the log-odds are beyond this. That
// changes no text of the pages that the shipped model was learned from.
const (
	sureTrees = 100
	sureOdds  = 5 * OddsUnit / 2
)

// QuickScore returns [Model.Score], or the score by the first trees alone when it is
// so far from 0 that the others would hardly change the decision.
func (m *Model) QuickScore(f *Features) int32 {
	if len(m.roots) <= sureTrees {
		return m.Score(f)
	}
	odds := m.score(f, m.roots[:sureTrees])
	if odds > sureOdds || odds < -sureOdds {
		return odds
	}
	return odds + m.score(f, m.roots[sureTrees:])
}
