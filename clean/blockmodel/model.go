// Package blockmodel is the learned judgement on blocks of text: boosted trees
// over a few dozen features, with integer sums, so that it answers alike on every
// machine.
//
// model.go holds the trees, reads and writes a model and explains its answers;
// features.go names the features; lexicon.go holds the words that speak for or
// against story. The model that is shipped, weights/blocks.model, says in its
// first line what it was learned from.
//
// Start with [Shipped] or [Read]. The command "winnow train" makes a model.
package blockmodel

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"
)

// A Model judges blocks of text: boosted trees, each of which asks a few
// questions about a block and adds points to the log-odds of its being story.
// Features and sums are integers, so that the verdict is the same on every
// machine. A Model does not change and may be shared.
type Model struct {
	Origin Origin
	nodes  []Node
	Roots  []int32 // first node of each tree
	Words  Lexicon
}

// Origin says where a model's weights come from.
type Origin struct {
	Format   int    `json:"format"`   // of the file, see ModelFormat
	Features string `json:"features"` // hash of the names of the features, in their order
	Input    string `json:"input"`    // hash of the pages and of the truth it was learned from
	Pages    int    `json:"pages"`
	Blocks   int    `json:"blocks"`
	Without  []int  `json:"without,omitempty"` // folds that were kept apart
	Trees    int    `json:"trees"`
	Words    int    `json:"words"`  // in the lexicon
	Leaves   int    `json:"leaves"` // at most, of a tree
	Rate     string `json:"rate"`   // how much of a tree's answer counts
	Keep     int32  `json:"keep"`   // log-odds, in 1/4096, from which a block stays
	Restore  int32  `json:"restore"`
}

// Format is the version of the weights file.
const Format = 1

// OddsUnit is how many of a model's points make one of natural log-odds.
const OddsUnit = 4096

// Node is one question of a tree, or an answer.
type Node struct {
	Feature uint8 // noFeature in an answer
	Most    uint8 // the left way is for values up to this
	Left    int16 // steps from this node to the next on the left way, then on the right
	Right   int16
	Points  int16 // mean answer below the node, in 1/OddsUnit; of an answer, what it adds
}

// NoFeature marks an answer.
const NoFeature = 255

// New makes a model of a lexicon and of trees, each a list of nodes with its
// first question in front.
func New(origin Origin, words Lexicon, trees [][]Node) (*Model, error) {
	origin.Format, origin.Features, origin.Trees, origin.Words = Format, featureHash(), len(trees), len(words)
	m := &Model{Origin: origin, Words: words}
	for _, t := range trees {
		m.Roots = append(m.Roots, int32(len(m.nodes)))
		m.nodes = append(m.nodes, t...)
	}
	return m, m.check()
}

// Score is the log-odds of a block's being story, in 1/OddsUnit.
func (m *Model) Score(f *Features) int32 {
	sum := int32(0)
	for _, at := range m.Roots {
		n := &m.nodes[at]
		for n.Feature != NoFeature {
			if f[n.Feature] <= n.Most {
				at += int32(n.Left)
			} else {
				at += int32(n.Right)
			}
			n = &m.nodes[at]
		}
		sum += int32(n.Points)
	}
	return sum
}

// Most blocks are sure early: after so many trees, at so much log-odds, no more
// are asked. The texts of the pages that the trees were learned from are the same
// with all of them.
const (
	sureTrees = 100
	sureOdds  = 5 * OddsUnit / 2
)

// Judgement is score for those who want to know on which side a block is: it
// stops where that is sure.
func (m *Model) Judgement(f *Features) int32 {
	if len(m.Roots) <= sureTrees {
		return m.Score(f)
	}
	first := Model{nodes: m.nodes, Roots: m.Roots[:sureTrees]}
	odds := first.Score(f)
	if odds > sureOdds || odds < -sureOdds {
		return odds
	}
	rest := Model{nodes: m.nodes, Roots: m.Roots[sureTrees:]}
	return odds + rest.Score(f)
}

// Weigh is score told feature by feature: each question moves the mean answer,
// and what it moves is put down to its feature (Saabas' way, 2014). Points
// before any question are in base.
func (m *Model) Weigh(f *Features) (base int32, moved [FeatureCount]int32) {
	for _, at := range m.Roots {
		n := &m.nodes[at]
		base += int32(n.Points)
		for n.Feature != NoFeature {
			before, feature := int32(n.Points), n.Feature
			if f[n.Feature] <= n.Most {
				at += int32(n.Left)
			} else {
				at += int32(n.Right)
			}
			n = &m.nodes[at]
			moved[feature] += int32(n.Points) - before
		}
	}
	return base, moved
}

// Probability is the chance, in percent, that log-odds stand for.
func Probability(odds int32) int {
	return int(math.Round(100 / (1 + math.Exp(-float64(odds)/OddsUnit))))
}

// ErrModel is the cause when a file holds no model, or one of other features.
var ErrModel = errors.New("no model that this program can use")

// check refuses trees that lead out of their nodes or back. A model that
// passes answers every block.
func (m *Model) check() error {
	o := &m.Origin
	if o.Format != Format || o.Features != featureHash() || len(m.Roots) == 0 {
		return fmt.Errorf("%w: format %d, features %s", ErrModel, o.Format, o.Features)
	}
	for k, root := range m.Roots {
		end := int32(len(m.nodes))
		if k+1 < len(m.Roots) {
			end = m.Roots[k+1]
		}
		if root < 0 || root >= end {
			return fmt.Errorf("%w: tree %d is empty", ErrModel, k)
		}
		for i := root; i < end; i++ {
			n := &m.nodes[i]
			if n.Feature == NoFeature {
				continue
			}
			if int(n.Feature) >= FeatureCount || n.Left <= 0 || n.Right <= 0 || i+int32(n.Left) >= end || i+int32(n.Right) >= end {
				return fmt.Errorf("%w: tree %d leads nowhere", ErrModel, k)
			}
		}
	}
	return nil
}

// Write writes the model: a line of JSON that says where it comes from; then,
// as little-endian numbers, how many nodes each tree has (uint16), and the
// nodes: feature, most (a byte each), left, right, points (int16 each); then the
// words, sorted: their hashes (uint32 each) and what they speak for (int8 each).
func (m *Model) Write(w io.Writer) error {
	var out bytes.Buffer
	head, err := json.Marshal(m.Origin)
	if err != nil {
		return err
	}
	out.Write(append(head, '\n'))
	for k, root := range m.Roots {
		end := len(m.nodes)
		if k+1 < len(m.Roots) {
			end = int(m.Roots[k+1])
		}
		out.Write(binary.LittleEndian.AppendUint16(nil, uint16(end-int(root))))
	}
	if err := binary.Write(&out, binary.LittleEndian, m.nodes); err != nil {
		return err
	}
	hashes := slices.Sorted(maps.Keys(m.Words))
	for _, h := range hashes {
		out.Write(binary.LittleEndian.AppendUint32(nil, h))
	}
	for _, h := range hashes {
		out.WriteByte(byte(m.Words[h]))
	}
	_, err = w.Write(out.Bytes())
	return err
}

// Bounds of what is read of a file.
const (
	maxTrees   = 1 << 14
	maxLexicon = 1 << 20
)

// Read reads what Write has written. It gives ErrModel for anything else,
// and for a model that was learned with other features than this program has.
func Read(data []byte) (*Model, error) {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	m := &Model{}
	if err := json.Unmarshal(head, &m.Origin); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	trees := m.Origin.Trees
	if trees <= 0 || trees > maxTrees || len(rest) < 2*trees {
		return nil, fmt.Errorf("%w: %d trees in %d bytes", ErrModel, trees, len(rest))
	}
	total := 0
	for range trees {
		m.Roots = append(m.Roots, int32(total))
		total += int(binary.LittleEndian.Uint16(rest))
		rest = rest[2:]
	}
	words, nodes := m.Origin.Words, total*binary.Size(Node{})
	if words < 0 || words > maxLexicon || len(rest) != nodes+5*words {
		return nil, fmt.Errorf("%w: it is cut short", ErrModel)
	}
	m.nodes = make([]Node, total)
	if _, err := binary.Decode(rest[:nodes], binary.LittleEndian, m.nodes); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m.Words = make(Lexicon, words)
	for k, rest := 0, rest[nodes:]; k < words; k++ {
		m.Words[binary.LittleEndian.Uint32(rest[4*k:])] = int8(rest[4*words+k])
	}
	if len(m.Words) != words {
		return nil, fmt.Errorf("%w: a word stands twice", ErrModel)
	}
	return m, m.check()
}

//go:embed weights/blocks.model
var shippedWeights []byte

// Shipped is the model that comes with the program, read once. It panics
// on a file that cannot be read, which the tests see and a user never does.
var Shipped = sync.OnceValue(func() *Model {
	m, err := Read(shippedWeights)
	if err != nil {
		panic(err)
	}
	return m
})
