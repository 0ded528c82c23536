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
	"winnow/clean/internal/forest"
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
	trees   forest.Forest
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
const OddsUnit = forest.OddsUnit

// Node is a question of a tree, or an answer.
type Node = forest.Node

// Leaf in place of a node's feature says that it is an answer.
const Leaf = forest.Leaf

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
	m := &Model{Origin: origin, Lexicon: lexicon, trees: forest.New(trees)}
	return m, m.validate()
}

// validate refuses models of another format or other features, and trees with a
// branch that leads back or out. A model that passes answers every block.
func (m *Model) validate() error {
	o := &m.Origin
	if o.Format != format || o.Features != feature.Set || m.IsEmpty() {
		return fmt.Errorf("%w: format %d, features %q", ErrModel, o.Format, o.Features)
	}
	if err := m.trees.Check(FeatureCount); err != nil {
		return fmt.Errorf("%w: %w", ErrModel, err)
	}
	return nil
}

// IsEmpty reports whether the model has no trees and judges nothing.
func (m *Model) IsEmpty() bool { return m.trees.Trees() == 0 }

// Score returns the log-odds that a block is story, in 1/[OddsUnit].
func (m *Model) Score(f *Features) int32 { return m.trees.Score(f[:], 0, m.trees.Trees()) }

// QuickScore stops after so many trees when the log-odds are beyond this. That
// changes no text of the pages that the shipped model was learned from.
const (
	sureTrees = 100
	sureOdds  = 5 * OddsUnit / 2
)

// QuickScore returns [Model.Score], or the score by the first trees alone when it is
// so far from 0 that the others would hardly change the decision.
func (m *Model) QuickScore(f *Features) int32 {
	all := m.trees.Trees()
	if all <= sureTrees {
		return m.Score(f)
	}
	odds := m.trees.Score(f[:], 0, sureTrees)
	if odds > sureOdds || odds < -sureOdds {
		return odds
	}
	return odds + m.trees.Score(f[:], sureTrees, all)
}
