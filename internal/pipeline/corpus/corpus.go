// Package corpus ties the folder of a corpus to the state that it is made from. A
// folder has one state, and a state one folder: [Keeper.Attach] sees to it before a
// run writes, and has a corpus made again that is gone. [Keeper.Verify] compares
// state, files and archive, and repairs what can be made from the state.
//
// corpus.go attaches; verify.go walks through the three; archive.go is its part about
// the archive.
package corpus

import (
	"context"
	"fmt"
	"log/slog"

	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/settle"
	"winnow/internal/store"
	"winnow/internal/store/upkeep"
	"winnow/output"
)

// Keeper keeps a corpus and its state together. All fields but Place are needed.
type Keeper struct {
	Dir     string // of the corpus, an absolute path
	Place   string // the file of the state, an absolute path; "" for a database server
	Folder  *output.Folder
	Store   *store.Store
	Settler *settle.Settler
	Archive *archive.Archive
	Log     *slog.Logger
}

// ForeignError is the error for a corpus and a state that do not belong to each other.
type ForeignError struct {
	Dir   string // the configured corpus
	Other string // where the corpus of the state is; "" when Dir belongs to another state
}

// Error names the places and the way out.
func (e *ForeignError) Error() string {
	if e.Other == "" {
		return fmt.Sprintf("the corpus in %s belongs to another state; configure that state, or another folder, or take the corpus over with --take-over: its files are then made from this state, and winnow verify lists those that remain of the other", e.Dir)
	}
	return fmt.Sprintf("the corpus of this state is in %s, and the configuration names %s; move the folder there, or configure it, or begin a second corpus with --take-over: it is made from the state, and the first one is kept up to date no more", e.Other, e.Dir)
}

// Attach makes sure that the folder and the state belong to each other, before the
// first file is written. The error is a *ForeignError when one of them belongs to
// another, unless takeOver is set. The files of a corpus that is gone, or of which
// the folder of the texts or of the JSON Lines is gone, are owed again: the next
// settlement writes them.
func (k *Keeper) Attach(ctx context.Context, takeOver bool) error {
	state, err := k.Store.Upkeep.Identity(ctx)
	if err != nil {
		return err
	}
	known, has, err := k.Store.Upkeep.Corpus(ctx)
	if err != nil {
		return err
	}
	owner, owned, err := k.Folder.Owner()
	if err != nil {
		return err
	}
	now := upkeep.Corpus{ID: known.ID, Dir: k.Dir}
	begin := false // a corpus that this state has not written yet
	switch {
	case owned && owner.State != state:
		if begin = true; !takeOver && !k.inPlaceOf(owner) {
			return &ForeignError{Dir: k.Dir}
		}
	case owned && has && owner.Corpus != known.ID:
		if begin = true; !takeOver {
			return &ForeignError{Dir: k.Dir, Other: known.Dir}
		}
	case owned:
		now.ID = owner.Corpus
	case has && known.Dir != k.Dir:
		if begin = true; !takeOver && isThere(known) {
			return &ForeignError{Dir: k.Dir, Other: known.Dir}
		}
	}
	if begin || now.ID == "" {
		now.ID = upkeep.NewIdentity()
	}
	if is := (output.Owner{State: state, Corpus: now.ID, Place: k.Place}); is != owner {
		if err := k.Folder.SetOwner(is); err != nil {
			return err
		}
	}
	if now != known {
		if err := k.Store.Upkeep.SetCorpus(ctx, now); err != nil {
			return err
		}
	}
	return k.oweMissing(ctx, begin)
}

// inPlaceOf reports whether this state is in the place of the one that owned the
// corpus: that one is lost, and this one was made anew.
func (k *Keeper) inPlaceOf(o output.Owner) bool { return o.Place != "" && o.Place == k.Place }

// isThere reports whether a corpus is where it was last.
func isThere(c upkeep.Corpus) bool {
	owner, owned, err := output.OwnerOf(c.Dir)
	return err == nil && owned && owner.Corpus == c.ID
}

// oweMissing has the files written again whose folder is gone, all of them if all is
// set.
func (k *Keeper) oweMissing(ctx context.Context, all bool) error {
	if k.Settler.Options.Text {
		there, err := k.Folder.HasFolder("text")
		if err != nil {
			return err
		}
		if !there || all {
			n, err := k.Store.Stories.OweTexts(ctx, nil)
			if err != nil {
				return err
			}
			if n > 0 {
				k.Log.Warn("the folder of the texts is not there: they are written again from the state", "folder", k.Dir, "texts", n)
			}
		}
	}
	if k.Settler.Options.JSONL {
		there, err := k.Folder.HasFolder("jsonl")
		if err != nil || there && !all {
			return err
		}
		shards, err := k.Store.Stories.Shards(ctx)
		if err != nil || len(shards) == 0 {
			return err
		}
		k.Log.Warn("the folder of the JSON Lines is not there: they are written again from the state", "folder", k.Dir, "parts", len(shards))
		return k.Store.Stories.OweShards(ctx, shards)
	}
	return nil
}
