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
	"errors"
	"fmt"

	"winnow/clean/internal/forest"
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
	forests [Questions]forest.Forest
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

// format is the version of the layout of the file.
const format = 1

// ErrModel is the cause when a file is not a model of pages, or one for other
// features than this program reads.
var ErrModel = errors.New("not a model of pages that this program can use")

// New returns a model of the trees of each question, each a list of nodes that
// begins with its root. It sets the fields of origin that describe them. The error
// is [ErrModel] when a branch leads to no node.
func New(origin Origin, trees [Questions][][]forest.Node) (*Model, error) {
	origin.Format, origin.Features, origin.Trees = format, set(), len(trees[Story])
	m := &Model{Origin: origin}
	for q := range trees {
		m.forests[q] = forest.New(trees[q])
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
		if n := m.forests[q].Trees(); n != o.Trees {
			return fmt.Errorf("%w: %d trees of question %d, not %d", ErrModel, n, q, o.Trees)
		}
		if err := m.forests[q].Check(Count); err != nil {
			return fmt.Errorf("%w: question %d: %w", ErrModel, q, err)
		}
	}
	return nil
}

// IsEmpty reports whether the model has no trees and judges nothing.
func (m *Model) IsEmpty() bool { return m.forests[Story].Trees() == 0 }

// Score returns the log-odds that the answer to a question is yes, in
// 1/[forest.OddsUnit].
func (m *Model) Score(question int, f *Features) int32 {
	t := &m.forests[question]
	return t.Score(f[:], 0, t.Trees())
}

// Judge returns the kind of a page: [news.KindStory], [news.KindSection],
// [news.KindForum] or [news.KindProduct]. lean is added to the log-odds that it is
// a story, in 1/[forest.OddsUnit]: what is known of the page besides the page. A model
// without trees knows nothing else.
func (m *Model) Judge(f *Features, lean int32) string {
	switch from := &m.Origin.From; {
	case m.IsEmpty() && lean >= 0:
		return news.KindStory
	case m.IsEmpty():
		return news.KindSection
	case m.Score(Story, f)+lean >= from[Story]:
		return news.KindStory
	case m.Score(Forum, f) >= from[Forum]:
		return news.KindForum
	case m.Score(Product, f) >= from[Product]:
		return news.KindProduct
	}
	return news.KindSection
}

// Against returns the names of the features that count most against a page's being
// a story, no more than n.
func (m *Model) Against(f *Features, n int) (against []string) {
	_, moved := m.forests[Story].Contributions(f[:])
	for _, k := range forest.Against(moved, n) {
		against = append(against, Name(k))
	}
	return against
}
