// Package pagemodel is the learned judgement on pages: whether a page is a story,
// and if not, whether it is a forum, a product or another list of pages. A [Model]
// has one set of boosted decision trees for each question, over some 150 features
// of the page, with integer sums, so that it answers alike on every machine.
//
// feature.go names the features, which package clean/internal/pageview reads;
// model.go has the trees and the judgement; file.go reads and writes models. The
// shipped model is weights/pages.model.
//
// Start with [Shipped] or [Read]. The command "winnow train --pages" makes models.
package pagemodel

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"winnow/clean/blockmodel"
	"winnow/news"
)

// The questions, one forest for each.
const (
	Story   = iota // is the page a story?
	Forum          // is a page that is none a forum or one of its threads?
	Product        // is a page that is none a product, or a list of them?
	Questions
)

// Model judges pages. The zero Model has no trees and judges nothing. A Model does
// not change and may be shared.
type Model struct {
	Origin  Origin
	forests [Questions]forest
}

// Origin says where a model comes from and how it decides.
type Origin struct {
	Format   int              `json:"format"`   // of the file
	Features string           `json:"features"` // identifies the features
	Input    string           `json:"input"`    // SHA-256 of the pages and of what is known of them, hexadecimal
	Pages    int              `json:"pages"`
	Stories  int              `json:"stories"`           // of them
	Without  []int            `json:"without,omitempty"` // folds of the pages that were left out
	Trees    int              `json:"trees"`             // of a question
	Leaves   int              `json:"leaves"`            // of a tree, at most
	Rate     string           `json:"rate"`              // learning rate
	From     [Questions]int32 `json:"from"`              // score from which the answer is yes, see [Model.Score]
}

// forest has the trees of one question.
type forest struct {
	nodes []blockmodel.Node
	roots []int32 // index of the first node of each tree
}

// format is the version of the layout of the file.
const format = 1

// ErrModel is the cause when a file is not a model of pages, or one for other
// features than this program reads.
var ErrModel = errors.New("not a model of pages that this program can use")

// New returns a model of the trees of each question, each a list of nodes that
// begins with its root. It sets the fields of origin that describe them. The error
// is [ErrModel] when a branch leads to no node.
func New(origin Origin, trees [Questions][][]blockmodel.Node) (*Model, error) {
	origin.Format, origin.Features, origin.Trees = format, set(), len(trees[Story])
	m := &Model{Origin: origin}
	for q := range trees {
		for _, t := range trees[q] {
			m.forests[q].roots = append(m.forests[q].roots, int32(len(m.forests[q].nodes)))
			m.forests[q].nodes = append(m.forests[q].nodes, t...)
		}
	}
	return m, m.validate()
}

// validate refuses models of another format or other features, and trees with a
// branch that leads back or out. A model that passes answers every page.
func (m *Model) validate() error {
	o := &m.Origin
	if o.Format != format || o.Features != set() || m.IsEmpty() {
		return fmt.Errorf("%w: format %d, features %q", ErrModel, o.Format, o.Features)
	}
	for q := range m.forests {
		f := &m.forests[q]
		if len(f.roots) != o.Trees {
			return fmt.Errorf("%w: %d trees of question %d, not %d", ErrModel, len(f.roots), q, o.Trees)
		}
		for k := range f.roots {
			from, to := f.tree(k)
			if from < 0 || from >= to {
				return fmt.Errorf("%w: tree %d of question %d is empty", ErrModel, k, q)
			}
			for i := from; i < to; i++ {
				n := &f.nodes[i]
				if n.Feature != blockmodel.Leaf && (int(n.Feature) >= Count || n.Left <= 0 || n.Right <= 0 || i+int32(n.Left) >= to || i+int32(n.Right) >= to) {
					return fmt.Errorf("%w: a branch of tree %d of question %d leads to no node", ErrModel, k, q)
				}
			}
		}
	}
	return nil
}

// tree returns the range of the nodes of tree k.
func (f *forest) tree(k int) (from, to int32) {
	if k+1 < len(f.roots) {
		return f.roots[k], f.roots[k+1]
	}
	return f.roots[k], int32(len(f.nodes))
}

// IsEmpty reports whether the model has no trees and judges nothing.
func (m *Model) IsEmpty() bool { return len(m.forests[Story].roots) == 0 }

// Score returns the log-odds that the answer to a question is yes, in
// 1/[blockmodel.OddsUnit].
func (m *Model) Score(question int, f *Features) int32 {
	t, sum := &m.forests[question], int32(0)
	for _, at := range t.roots {
		n := &t.nodes[at]
		for n.Feature != blockmodel.Leaf {
			at += branch(n, f)
			n = &t.nodes[at]
		}
		sum += int32(n.Points)
	}
	return sum
}

// branch returns the steps from a question to the node that answers it.
func branch(n *blockmodel.Node, f *Features) int32 {
	if f[n.Feature] <= n.Threshold {
		return int32(n.Left)
	}
	return int32(n.Right)
}

// Judge returns the kind of a page: [news.KindStory], [news.KindSection],
// [news.KindForum] or [news.KindProduct]. lean is added to the log-odds that it is
// a story, in 1/[blockmodel.OddsUnit]: what is known of the page besides the page.
func (m *Model) Judge(f *Features, lean int32) string {
	switch from := &m.Origin.From; {
	case m.IsEmpty() || m.Score(Story, f)+lean >= from[Story]:
		return news.KindStory
	case m.Score(Forum, f) >= from[Forum]:
		return news.KindForum
	case m.Score(Product, f) >= from[Product]:
		return news.KindProduct
	}
	return news.KindSection
}

// Against returns the names of the features that count most against a page's being
// a story, no more than n. A question adds the change of the mean answer to its
// feature (Saabas 2014).
func (m *Model) Against(f *Features, n int) (against []string) {
	t := &m.forests[Story]
	var moved [Count]int32
	for _, at := range t.roots {
		q := &t.nodes[at]
		for q.Feature != blockmodel.Leaf {
			before, asked := int32(q.Points), q.Feature
			at += branch(q, f)
			q = &t.nodes[at]
			moved[asked] += int32(q.Points) - before
		}
	}
	var worst []int
	for k, points := range moved {
		if points < 0 {
			worst = append(worst, k)
		}
	}
	slices.SortFunc(worst, func(a, b int) int { return cmp.Or(cmp.Compare(moved[a], moved[b]), cmp.Compare(a, b)) })
	for _, k := range worst[:min(n, len(worst))] {
		against = append(against, Name(k))
	}
	return against
}
