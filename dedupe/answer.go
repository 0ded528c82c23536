package dedupe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"winnow/news"
)

// Answer is one line of the output of [Checker.Filter]. What does not apply is
// null: a story without copies has neither DuplicateOf nor Cluster, one that is
// kept has no figures.
type Answer struct {
	ID          string   `json:"id"`
	DuplicateOf *string  `json:"duplicate_of"`      // id of the story that is kept
	Cluster     *string  `json:"cluster"`           // id of the kept story, which has it too
	Relation    *string  `json:"relation"`          // seen from this story, as Edge.Relation
	CopiedShare *float64 `json:"copied_share"`      // of this story's words, found in the kept one, 0 to 1
	KeptShare   *float64 `json:"kept_share"`        // of the kept story's words, found in this one, 0 to 1
	Names       *float64 `json:"names"`             // agreement, 0 to 1
	Numbers     *float64 `json:"numbers"`           // likewise
	Rule        *string  `json:"rule"`              // ID of the rule that decided
	Version     string   `json:"version"`           // see Version
	Amends      bool     `json:"amends,omitempty"`  // takes the place of an earlier line of this id
	MinHash     []string `json:"minhash,omitempty"` // see minhash.Hasher.Signature
}

// NewAnswer returns the line for a verdict.
func NewAnswer(v news.Verdict) Answer {
	a := Answer{ID: v.ID, Version: v.Version}
	if v.Cluster != "" {
		a.Cluster = &v.Cluster
	}
	if v.DuplicateOf != "" {
		a.DuplicateOf, a.Relation, a.Rule = &v.DuplicateOf, &v.Relation, &v.Rule
		a.CopiedShare, a.KeptShare, a.Names, a.Numbers = &v.CopiedShare, &v.KeptShare, &v.Names, &v.Numbers
	}
	return a
}

// answerAll resolves every group of copies and writes the answers.
func (f *filter) answerAll(ctx context.Context) error {
	for n := range f.scratch.ids {
		if _, done := f.verdicts[uint32(n)]; done || len(f.edges[uint32(n)]) == 0 {
			continue
		}
		verdicts, err := f.resolveGroup(ctx, uint32(n))
		if err != nil {
			return err
		}
		for _, v := range verdicts {
			f.verdicts[f.scratch.number[v.ID]] = v
		}
	}
	for n, id := range f.scratch.ids {
		v, ok := f.verdicts[uint32(n)]
		if !ok {
			v = news.Verdict{ID: id, Version: Version()}
		}
		if err := f.write(NewAnswer(v)); err != nil {
			return err
		}
	}
	return nil
}

// answerGroup answers a new story, and amends the answers that it changes.
func (f *filter) answerGroup(ctx context.Context, n uint32) error {
	verdicts, err := f.resolveGroup(ctx, n)
	if err != nil {
		return err
	}
	// In the order of arrival, but the new one, which came last, first.
	last := len(verdicts) - 1
	for _, v := range slices.Concat(verdicts[last:], verdicts[:last]) {
		m := f.scratch.number[v.ID]
		before, amends := f.verdicts[m]
		if amends && before == v {
			continue
		}
		f.verdicts[m] = v
		a := NewAnswer(v)
		a.Amends = amends
		if err := f.write(a); err != nil {
			return err
		}
	}
	return f.out.Flush()
}

// resolveGroup resolves the stories that edges tie to a story, and returns their
// verdicts in the order of arrival.
func (f *filter) resolveGroup(ctx context.Context, n uint32) ([]news.Verdict, error) {
	group, seen := []uint32{n}, map[uint32]bool{n: true}
	var edges []Edge
	for i := 0; i < len(group); i++ {
		for _, e := range f.edges[group[i]] {
			if !e.Ties() {
				continue
			}
			edges = append(edges, e)
			for _, id := range []string{e.A, e.B} {
				if m := f.scratch.number[id]; !seen[m] {
					seen[m] = true
					group = append(group, m)
				}
			}
		}
	}
	slices.Sort(group)
	docs := make([]Doc, len(group))
	for i, m := range group {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(group) == 1 {
			docs[i].ID = f.scratch.ids[m]
			break
		}
		d, err := f.scratch.doc(m)
		if err != nil {
			return nil, err
		}
		docs[i] = *d
	}
	return f.checker.Resolve(docs, edges), nil
}

// write writes one answer.
func (f *filter) write(a Answer) error {
	if f.options.MinHash != nil {
		d, err := f.scratch.doc(f.scratch.number[a.ID])
		if err != nil {
			return err
		}
		a.MinHash = f.options.MinHash.Signature(d.Text)
	}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := f.out.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("dedupe: write answer: %w", err)
	}
	return nil
}
