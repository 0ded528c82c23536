// Package settle makes final what depends on other stories. To settle is to
// reconcile the stories of the state: those whose settings have changed are
// cleaned again from the archive, and so are those of a site of which its pages show
// more than before, each changed story is compared with those like it, each
// group of copies that a change touched is judged again, and the files of the
// corpus follow. The outcome is a function of the set of stories and the
// settings, not of the order in which they came.
//
// One process settles at a time, under a lease. settle.go has the lease and the
// loop; sites.go makes the profiles of sites; reclean.go and parts.go clean again;
// compare.go and judge.go reconcile; files.go and record.go bring the folder up to date. Start
// with [Settler.Settle].
package settle

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"winnow/dedupe"
	"winnow/dedupe/minhash"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/output"
	"winnow/schedule"
)

// batchSize is how many changed stories are looked at between two transactions:
// it bounds memory.
const batchSize = 100

// maxShown is how many copies a result names.
const maxShown = 20

// Options are the settings of a Settler.
type Options struct {
	Text       bool            // write text files
	Headline   bool            // first line of the text files
	JSONL      bool            // write JSON Lines
	MinHash    *minhash.Hasher // signs the records; nil leaves them without
	ForgetGone bool            // 404 and 410 of a known story take it out of the corpus, until its page is back

	// CleanSettings and JudgeSettings are the settings and versions that the
	// text of a story, and its verdict and files, rest on: when they change,
	// stories are made again. "" leaves them alone. SourceRules are settings of
	// single sources, by their names, that only the texts of their stories rest
	// on; Sources are the names of all, in the order that ranks them.
	CleanSettings, JudgeSettings string
	SourceRules                  map[string]string
	Sources                      []string

	Idle time.Duration // between two settlements of During; 0 means a minute
}

// Settler settles. It is safe for concurrent use. All fields but Progress are
// needed.
type Settler struct {
	Options  Options
	Store    *store.Store
	Admitter *admit.Admitter
	Archive  *archive.Archive
	Checker  *dedupe.Checker
	Folder   *output.Folder
	Now      func() time.Time
	Log      *slog.Logger
	Progress func(judged int) // is called with the stories judged so far; may be nil

	texts textCache
}

// Result counts what a settlement did.
type Result struct {
	Judged  int // stories whose verdict was looked at
	Kept    int
	Dropped int
	Copies  []Dropped // the first maxShown copies dropped by it
	Wrote   int       // files written
	Removed int       // files removed
}

// Dropped is one copy, and the story that was kept instead.
type Dropped struct {
	ID, URL, Title string
	news.Verdict
	KeptURL string
}

// Settle makes final what depends on other stories, and brings the files up to
// date. It waits while another process settles.
func (s *Settler) Settle(ctx context.Context) (Result, error) {
	return s.settle(ctx, turn{wait: true, parts: true})
}

// partsEvery keeps the JSON Lines from being written anew all the time: to write
// a part of 10,000 stories takes seconds.
const partsEvery = 10

// During settles now and then while a long run goes on, until stop is called, so
// that a backfill of days shows its first files soon; the JSON Lines every
// partsEvery times. What it settles is settled anew at the end when more is
// known. failed is called with an error that ends it.
func (s *Settler) During(ctx context.Context, failed func(error)) (stop func()) {
	every := s.Options.Idle
	if every == 0 {
		every = time.Minute
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if _, err := s.settle(ctx, turn{parts: n%partsEvery == 0}); err != nil && ctx.Err() == nil {
					failed(err)
					return
				}
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// turn is how to settle.
type turn struct {
	wait  bool // for another process that settles; else it is left to that one
	parts bool // the JSON Lines are brought up to date too: a part is written whole, however few of its stories changed
}

func (s *Settler) settle(ctx context.Context, turn turn) (r Result, err error) {
	for {
		err := s.settleUnderLease(ctx, turn, &r)
		if !errors.Is(err, schedule.ErrStale) {
			return r, err
		}
		// This process was away for longer than the lease lasts, and another
		// settles.
		if !turn.wait {
			return r, nil
		}
	}
}

func (s *Settler) settleUnderLease(ctx context.Context, turn turn, r *Result) (err error) {
	lease, err := s.lease(ctx, turn.wait)
	if err != nil || lease == nil {
		return err
	}
	defer func() { err = errors.Join(err, s.release(ctx, lease)) }()
	if s.Options.ForgetGone {
		if err := s.withdrawGone(ctx, lease); err != nil {
			return err
		}
	}
	if err := s.noteSettings(ctx, *lease); err != nil {
		return err
	}
	for changed := true; changed; {
		if changed, err = s.profileSites(ctx, lease, turn.wait); err != nil {
			return err
		}
		if err := s.recleanRejected(ctx, lease); err != nil {
			return err
		}
		if err := s.reconcile(ctx, lease, r); err != nil {
			return err
		}
	}
	if _, err := s.Folder.WriteCard(output.Card{Formats: s.formats()}); err != nil {
		return err
	}
	return s.flush(ctx, lease, turn.parts, r)
}

// reconcile works the list of changed stories off.
func (s *Settler) reconcile(ctx context.Context, lease *stories.Lease, r *Result) (err error) {
	for {
		if *lease, err = s.Store.Stories.RenewSettle(ctx, *lease, s.Now()); err != nil {
			return err
		}
		dirty, err := s.Store.Stories.Dirty(ctx, "", batchSize)
		if err != nil {
			return err
		}
		if len(dirty) == 0 {
			return nil
		}
		if _, err := s.Store.Stories.MergePrints(ctx, *lease); err != nil {
			return err
		}
		if err := s.newBatch(*lease, r).reconcile(ctx, dirty); err != nil {
			return err
		}
		if s.Progress != nil {
			s.Progress(r.Judged)
		}
	}
}

// batch is the work between two readings of the list of changed stories.
type batch struct {
	settler *Settler
	lease   stories.Lease
	result  *Result
	stories map[string]stories.Stored // those whose edges are those of their present text
	judged  map[string]bool
}

func (s *Settler) newBatch(lease stories.Lease, r *Result) *batch {
	return &batch{settler: s, lease: lease, result: r, stories: map[string]stories.Stored{}, judged: map[string]bool{}}
}

// noteSettings has stories made again whose settings, or the versions of the
// stages, are others than those they were made with.
func (s *Settler) noteSettings(ctx context.Context, lease stories.Lease) error {
	for _, made := range []struct {
		name, with string
		reclean    bool
	}{{"clean", s.Options.CleanSettings, true}, {"judge", s.Options.JudgeSettings, false}} {
		if made.with == "" {
			continue
		}
		changed, err := s.Store.MadeWith(ctx, lease, made.name, made.with, made.reclean)
		if err != nil {
			return err
		}
		if changed {
			s.Log.Info("the settings have changed: every story is made again", "stage", made.name)
		}
	}
	if s.Options.CleanSettings != "" {
		sources, err := s.Store.CleanedBy(ctx, lease, s.Options.SourceRules)
		if err != nil {
			return err
		}
		if len(sources) > 0 {
			s.Log.Info("the rules of sources have changed: their stories are made again", "sources", sources)
		}
	}
	if s.Options.JudgeSettings == "" {
		return nil
	}
	changed, err := s.Store.RankedBy(ctx, lease, s.Options.Sources)
	if changed {
		s.Log.Info("sources with stories are in another order: every story is judged again")
	}
	return err
}

// formats are those of the corpus beside the text files.
func (s *Settler) formats() []string {
	if s.Options.JSONL {
		return []string{"jsonl"}
	}
	return nil
}

// withdrawGone takes out the stories whose pages are gone.
func (s *Settler) withdrawGone(ctx context.Context, lease *stories.Lease) error {
	for {
		n, err := s.Store.WithdrawGone(ctx, *lease, batchSize)
		if err != nil || n == 0 {
			return err
		}
		if *lease, err = s.Store.Stories.RenewSettle(ctx, *lease, s.Now()); err != nil {
			return err
		}
	}
}

// lease takes the right to settle; nil when another process has it and wait is
// false.
func (s *Settler) lease(ctx context.Context, wait bool) (*stories.Lease, error) {
	for {
		lease, err := s.Store.Stories.LeaseSettle(ctx, s.Now())
		if err == nil {
			return &lease, nil
		}
		var busy schedule.Busy
		if !errors.As(err, &busy) {
			return nil, err
		}
		if !wait {
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// release gives the lease back, also when the run was stopped. That it was lost
// is no fault: another process goes on.
func (s *Settler) release(ctx context.Context, lease *stories.Lease) error {
	err := s.Store.Stories.ReleaseSettle(context.WithoutCancel(ctx), *lease)
	if errors.Is(err, schedule.ErrStale) {
		return nil
	}
	return err
}

// add counts a verdict.
func (r *Result) add(d stories.Stored, v news.Verdict, byID map[string]stories.Stored) {
	r.Judged++
	if v.DuplicateOf == "" {
		r.Kept++
		return
	}
	r.Dropped++
	if len(r.Copies) == maxShown {
		return
	}
	r.Copies = append(r.Copies, Dropped{ID: v.ID, URL: d.Story.URL, Title: d.Story.Title, Verdict: v, KeptURL: byID[v.DuplicateOf].Story.URL})
}

// count counts a change of a file.
func (r *Result) count(c output.Change) {
	switch c.Action {
	case output.Written:
		r.Wrote++
	case output.Removed:
		r.Removed++
	}
}
