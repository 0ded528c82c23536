package settle

import (
	"context"
	"iter"
	"slices"

	"winnow/internal/pipeline/archive"
	"winnow/internal/store/stories"
	"winnow/output"
)

// Judged reports whether a story has been settled since it came.
func Judged(d stories.Stored) bool { return d.Verdict.ID != "" }

// Record returns the public form of a stored story, as files and exports have
// it.
func (s *Settler) Record(d stories.Stored) output.Record {
	place := archive.Place(d.Archived)
	if len(d.Story.Parts) > 0 {
		d.Story.Parts = slices.Clone(d.Story.Parts)
		d.Story.Parts[0].WARC = place
	}
	r := output.NewRecord(d.Story, d.Verdict, output.RecordExtra{Revision: d.Rev, Crawled: d.Crawled, WARC: place, Fingerprint: s.Checker.Fingerprint(d.Story.Text())})
	if s.Options.MinHash != nil {
		r.MinHash = append(r.MinHash, s.Options.MinHash.Signature(r.Text)...)
	}
	return r
}

// Corpus returns the stories of the state in the order of their IDs, dropped
// copies and those not yet judged included. After an error it ends.
func (s *Settler) Corpus(ctx context.Context) iter.Seq2[stories.Stored, error] {
	return inPortions(func(after string) ([]stories.Stored, error) { return s.Store.Stories.List(ctx, after, batchSize) })
}

// PartRecords returns the records of one part of the JSON Lines, in the order of
// their IDs.
func (s *Settler) PartRecords(ctx context.Context, part int64) iter.Seq2[output.Record, error] {
	return func(yield func(output.Record, error) bool) {
		for d, err := range inPortions(func(after string) ([]stories.Stored, error) {
			return s.Store.Stories.ListShard(ctx, part, after, batchSize)
		}) {
			if err != nil {
				yield(output.Record{}, err)
				return
			}
			if Judged(d) && !yield(s.Record(d), nil) {
				return
			}
		}
	}
}

// inPortions walks through stories that come a portion at a time.
func inPortions(next func(after string) ([]stories.Stored, error)) iter.Seq2[stories.Stored, error] {
	return func(yield func(stories.Stored, error) bool) {
		for after := ""; ; {
			portion, err := next(after)
			if err != nil {
				yield(stories.Stored{}, err)
				return
			}
			if len(portion) == 0 {
				return
			}
			for _, d := range portion {
				after = d.Story.ID
				if !yield(d, nil) {
					return
				}
			}
		}
	}
}
