package corpus

import (
	"context"
	"hash/maphash"
	"path"
	"slices"
	"strings"

	"winnow/internal/store/stories"
	"winnow/output"
)

// portion is how many files are looked at between two readings of the state, and how
// many orphans are confirmed at once.
const portion = 1000

// Kinds of what a Fault is of.
const (
	KindText   = "text"
	KindPart   = "part"   // of the JSON Lines
	KindRecord = "record" // of the archive
)

// Fault is one disagreement between state, files and archive.
type Fault struct {
	Kind     string           // KindText, KindPart or KindRecord
	Fault    output.Condition // Missing, Damaged or Orphaned
	Path     string           // of the file, relative to the corpus
	Offset   int64            // of a record in its file, in bytes; 0 for others
	StoryID  string           // of a text; "" unknown
	URL      string           // of the page; "" unknown
	Repaired bool             // made from the state again, or taken out of the way of readers
	Why      string           // what a record has; "" for others
}

// Tally counts files or records by their condition.
type Tally struct{ Checked, Missing, Damaged, Orphaned int }

// Faults returns how many are not sound.
func (t Tally) Faults() int { return t.Missing + t.Damaged + t.Orphaned }

func (t *Tally) add(c output.Condition) {
	switch c {
	case output.Missing:
		t.Missing++
	case output.Damaged:
		t.Damaged++
	case output.Orphaned:
		t.Orphaned++
	}
}

// Report is what [Keeper.Verify] has found.
type Report struct {
	Texts, Parts Tally
	Files        int   // of the archive
	Records      Tally // of pages that the state has in the archive
	Repaired     int   // faults after which all is as it should be
	Owed         int   // files that a run has yet to write: they are not checked
}

// Faults returns how many faults there are.
func (r Report) Faults() int { return r.Texts.Faults() + r.Parts.Faults() + r.Records.Faults() }

// verifier is one call of Verify.
type verifier struct {
	*Keeper
	repair bool
	found  func(Fault)
	report Report
	seed   maphash.Seed
	paths  map[uint64]struct{} // of the files that the state has, hashed: a path in full would take ten times as much
}

// Verify compares the state with the files of the corpus and with the archive, and
// calls found for each fault. With repair, files that are missing or damaged are
// written from the state, files that the state knows nothing of are moved to the folder
// .orphaned, and places in the archive where a page is no more are deleted, so that it
// is fetched whole at its next visit. Runs may go on meanwhile: what changes while it
// is looked at is no fault.
func (k *Keeper) Verify(ctx context.Context, repair bool, found func(Fault)) (Report, error) {
	v := &verifier{Keeper: k, repair: repair, found: found, seed: maphash.MakeSeed(), paths: map[uint64]struct{}{}}
	for _, step := range []func(context.Context) error{v.texts, v.parts, v.orphans, v.archive, v.flush} {
		if err := step(ctx); err != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

// fault counts and reports a fault.
func (v *verifier) fault(t *Tally, f Fault) {
	t.add(f.Fault)
	if f.Repaired {
		v.report.Repaired++
	}
	v.found(f)
}

// texts checks the text files that the state has.
func (v *verifier) texts(ctx context.Context) error {
	for after := ""; ; {
		files, err := v.Store.Stories.Files(ctx, after, portion)
		if err != nil || len(files) == 0 {
			return err
		}
		after = files[len(files)-1].StoryID
		bad := map[string]output.Condition{} // by ID
		for _, f := range files {
			v.paths[maphash.String(v.seed, f.Path)] = struct{}{}
			condition, err := v.Folder.Check(f.Path, f.SHA)
			if err != nil {
				return err
			}
			v.report.Texts.Checked++
			if condition != output.Sound {
				bad[f.StoryID] = condition
			}
		}
		if err := v.badTexts(ctx, files, bad); err != nil {
			return err
		}
	}
}

// badTexts reports files that are not sound, but for those that a run has changed since
// they were read from the state.
func (v *verifier) badTexts(ctx context.Context, files []stories.File, bad map[string]output.Condition) error {
	if len(bad) == 0 {
		return nil
	}
	var ids []string
	for _, f := range files {
		if bad[f.StoryID] != "" {
			ids = append(ids, f.StoryID)
		}
	}
	still, err := v.Store.Stories.FilesOf(ctx, ids)
	if err != nil {
		return err
	}
	ids = nil
	for _, f := range files {
		if bad[f.StoryID] != "" && slices.Contains(still, f) {
			ids = append(ids, f.StoryID)
			v.fault(&v.report.Texts, Fault{Kind: KindText, Fault: bad[f.StoryID], Path: f.Path, StoryID: f.StoryID, URL: f.URL, Repaired: v.repair})
		}
	}
	if !v.repair || len(ids) == 0 {
		return nil
	}
	_, err = v.Store.Stories.OweTexts(ctx, ids)
	return err
}

// parts checks the JSON Lines, by making them once more.
func (v *verifier) parts(ctx context.Context) error {
	if !v.Settler.Options.JSONL {
		return nil
	}
	shards, err := v.Store.Stories.Shards(ctx)
	if err != nil {
		return err
	}
	var bad []int64
	for _, shard := range shards {
		v.paths[maphash.String(v.seed, output.PartPath(shard))] = struct{}{}
		condition, err := v.Folder.CheckPart(shard, v.Settler.PartRecords(ctx, shard))
		if err != nil {
			return err
		}
		v.report.Parts.Checked++
		if condition == output.Sound {
			continue
		}
		still, err := v.Store.Stories.Shards(ctx) // a run may have changed it meanwhile
		if err != nil {
			return err
		}
		if slices.Contains(still, shard) {
			bad = append(bad, shard)
			v.fault(&v.report.Parts, Fault{Kind: KindPart, Fault: condition, Path: output.PartPath(shard), Repaired: v.repair})
		}
	}
	if !v.repair {
		return nil
	}
	return v.Store.Stories.OweShards(ctx, bad)
}

// orphans looks for files that the state knows nothing of.
func (v *verifier) orphans(ctx context.Context) error {
	var unknown []string
	for p, err := range v.Folder.Files() {
		if err != nil {
			return err
		}
		if _, known := v.paths[maphash.String(v.seed, p)]; known {
			continue
		}
		if unknown = append(unknown, p); len(unknown) == portion {
			if err := v.confirmOrphans(ctx, unknown); err != nil {
				return err
			}
			unknown = unknown[:0]
		}
	}
	return v.confirmOrphans(ctx, unknown)
}

// confirmOrphans reports the files that are orphans still: a run may have written them
// meanwhile, or is yet to remove them.
func (v *verifier) confirmOrphans(ctx context.Context, paths []string) error {
	places, err := v.Store.Stories.InOutbox(ctx, paths)
	if err != nil {
		return err
	}
	var ids []string
	for _, p := range paths {
		ids = append(ids, idOf(p))
	}
	written, err := v.Store.Stories.FilesOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, f := range written {
		places[f.Path] = true
	}
	shards, err := v.Store.Stories.Shards(ctx)
	if err != nil {
		return err
	}
	for _, shard := range shards {
		places[output.PartPath(shard)] = v.Settler.Options.JSONL
	}
	for _, p := range paths {
		if places[p] {
			continue
		}
		if v.repair {
			if err := v.Folder.SetAside(p); err != nil {
				return err
			}
		}
		kind, tally := KindText, &v.report.Texts
		if strings.HasPrefix(p, "jsonl/") {
			kind, tally = KindPart, &v.report.Parts
		}
		v.fault(tally, Fault{Kind: kind, Fault: output.Orphaned, Path: p, Repaired: v.repair})
	}
	return nil
}

// idOf returns the ID in the path of a text file, see [output.TextPath].
func idOf(p string) string {
	name := strings.TrimSuffix(path.Base(p), ".txt")
	return name[strings.LastIndexByte(name, '-')+1:]
}

// flush writes what was found missing or damaged, and counts what is still owed.
func (v *verifier) flush(ctx context.Context) error {
	if v.repair && v.report.Faults() > 0 {
		if err := v.Settler.Flush(ctx); err != nil {
			return err
		}
	}
	owed, err := v.Store.Stories.Owed(ctx)
	v.report.Owed = owed
	return err
}
