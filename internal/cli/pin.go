package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"winnow/dedupe"
	"winnow/internal/cli/show"
	"winnow/internal/pipeline/settle"
	"winnow/internal/store"
	"winnow/internal/store/stories"
)

type pinFlags struct{ same, distinct, list, remove, json bool }

func pinCommand(e *env) *cobra.Command {
	var f pinFlags
	c := &cobra.Command{
		Use:   "pin A B --distinct|--same",
		Short: "Decide that two stories are, or are not, copies of each other",
		Long: `Overrules the comparison of two stories, each named by a URL, an ID or the
beginning of one, or a text file. The decision is stored: stories that change, and
stories that come later, are judged by it too.

--distinct: neither is dropped in favour of the other, nor both in favour of a
third story; then the one that is less like it is kept. winnow undrop keeps a story
whatever it is like.
--same: they are one story. Which of them is kept goes by the usual order, and what
one of them is a copy of, the other is too.

--list prints the decisions so far, with those of undrop; --remove A B (or A alone,
for an undrop) takes one back.`,
		Example: `  winnow pin 0f3a5b… https://news.example/story --distinct
  winnow pin --list
  winnow pin --remove 0f3a5b… https://news.example/story
  winnow pin --remove 0f3a5b…`,
		Args: func(_ *cobra.Command, args []string) error { return f.check(len(args)) },
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if f.list {
				return e.listPins(cmd.Context(), o, f.json)
			}
			if err := o.keeper.Attach(cmd.Context(), false); err != nil {
				return err
			}
			switch {
			case f.remove:
				return e.removePin(cmd.Context(), o, args)
			}
			say := dedupe.SaySame
			if f.distinct {
				say = dedupe.SayDistinct
			}
			return e.overrule(cmd.Context(), o, say, args...)
		},
	}
	c.Flags().BoolVar(&f.same, "same", false, "they are one story")
	c.Flags().BoolVar(&f.distinct, "distinct", false, "they are two stories: at most one of them is dropped, and not in favour of the other")
	c.Flags().BoolVar(&f.list, "list", false, "print the decisions so far")
	c.Flags().BoolVar(&f.remove, "remove", false, "take a decision back")
	c.Flags().BoolVar(&f.json, "json", false, "with --list: a line of JSON each")
	return c
}

// check returns what is wrong with the flags and the number of arguments.
func (f *pinFlags) check(args int) error {
	chosen := 0
	for _, set := range []bool{f.same, f.distinct, f.list, f.remove} {
		if set {
			chosen++
		}
	}
	switch {
	case chosen != 1:
		return errors.New("give one of --distinct, --same, --list, --remove")
	case f.list && args != 0:
		return errors.New("--list takes no stories")
	case f.remove && (args < 1 || args > 2):
		return errors.New("--remove takes the two stories of a pin, or the one of an undrop")
	case !f.list && !f.remove && args != 2:
		return fmt.Errorf("a pin is about two stories, not %d", args)
	case f.json && !f.list:
		return errors.New("--json goes with --list")
	}
	return nil
}

// overrule stores a person's decision on stories, settles, and prints what
// became of them.
func (e *env) overrule(ctx context.Context, o *opened, say string, names ...string) error {
	stories, err := o.find(ctx, names)
	if err != nil {
		return err
	}
	var ids [2]string
	for i, s := range stories {
		ids[i] = s.Story.ID
	}
	word, err := dedupe.NewOverride(say, ids[0], ids[1])
	if err != nil {
		return usage(fmt.Errorf("both are the story %s", ids[0]))
	}
	if err := o.Store.Stories.PutOverride(ctx, word, o.Now()); err != nil {
		return err
	}
	return e.settleAndPrint(ctx, o, ids[:len(stories)])
}

// settleAndPrint settles, and prints what became of the stories.
func (e *env) settleAndPrint(ctx context.Context, o *opened, ids []string) error {
	if _, err := o.Settler.Settle(ctx); err != nil {
		return err
	}
	for _, id := range ids {
		s, err := o.Store.Stories.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue // it was gone before what was said of it was taken back
		}
		if err != nil {
			return err
		}
		show.Printf(e.stdout, "%s: %s\n", verdictWords(s), s.Story.URL)
	}
	return nil
}

// verdictWords says what became of a story.
func verdictWords(s stories.Stored) string {
	switch v := s.Verdict; {
	case !settle.Judged(s):
		return "not judged yet"
	case v.DuplicateOf != "":
		return fmt.Sprintf("dropped as a copy of %s (%s)", v.DuplicateOf, v.Rule)
	case v.Rule != "":
		return fmt.Sprintf("kept (%s)", v.Rule)
	}
	return "kept"
}

// removePin takes back what was said of one story or of two. Stories that are
// not there any more can be named by their ids.
func (e *env) removePin(ctx context.Context, o *opened, names []string) error {
	ids := make([]string, 2)
	for i, name := range names {
		s, err := o.story(ctx, name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if ids[i] = s.Story.ID; ids[i] == "" {
			ids[i] = name
		}
	}
	removed, err := o.Store.Stories.RemoveOverride(ctx, ids[0], ids[1])
	if err != nil {
		return err
	}
	if !removed {
		return errors.New("there is no such decision; see winnow pin --list")
	}
	return e.settleAndPrint(ctx, o, ids[:len(names)])
}

// pinned is a decision as --list prints it.
type pinned struct {
	Say  string    `json:"say"` // keep, same, distinct
	A    string    `json:"a"`
	B    string    `json:"b,omitempty"`
	URLA string    `json:"url_a"`
	URLB string    `json:"url_b,omitempty"`
	At   time.Time `json:"at"`
}

func (e *env) listPins(ctx context.Context, o *opened, asJSON bool) error {
	said, err := o.Store.Stories.AllOverrides(ctx)
	if err != nil {
		return err
	}
	url := func(id string) (string, error) {
		s, err := o.Store.Stories.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return s.Story.URL, err
	}
	t := show.Table{Head: []string{"decision", "since", "id", "url"}}
	for _, w := range said {
		p := pinned{Say: w.Say, A: w.A, B: w.B, At: w.At}
		if p.URLA, err = url(w.A); err != nil {
			return err
		}
		if w.B != "" {
			if p.URLB, err = url(w.B); err != nil {
				return err
			}
		}
		if asJSON {
			if err := json.NewEncoder(e.stdout).Encode(p); err != nil {
				return err
			}
			continue
		}
		t.Row(w.Say, show.Minute(w.At), w.A, p.URLA)
		if w.B != "" {
			t.Row("", "", w.B, p.URLB)
		}
	}
	if asJSON || len(said) == 0 {
		return nil
	}
	return t.Print(e.stdout)
}

func undropCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "undrop URL|ID…",
		Short: "Keep a story, whatever it is a copy of",
		Long: `Brings a dropped copy back, and keeps it from being dropped again, whatever it is a
copy of. The decision is stored: winnow pin --list prints it, and winnow pin
--remove ID takes it back. A story that was not dropped is protected too.`,
		Example: "  winnow undrop 0f3a5b…\n  winnow dedupe --explain 0f3a5b… https://news.example/story",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if err := o.keeper.Attach(cmd.Context(), false); err != nil {
				return err
			}
			if _, err := o.find(cmd.Context(), args); err != nil {
				return err // all or none
			}
			for _, name := range args {
				if err := e.overrule(cmd.Context(), o, dedupe.SayKeep, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
