package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/pipeline/corpus"
	"winnow/output"
)

func verifyCommand(e *env) *cobra.Command {
	var repair, asJSON bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Compare the state with the files of the corpus and with the archive",
		Long: `Compares the state with what is on disk: each text file and each part of the JSON
Lines by its bytes, and each page that the state has in the archive by its digest.
It lists what is missing or damaged, and the files that the state knows nothing of.

With --repair, texts and JSON Lines are written from the state, and files that it
knows nothing of are moved to the folder .orphaned in the corpus. Pages cannot be
made from the state: one that is missing or damaged in the archive is fetched whole
at its next visit, and archived again.

Exit status 1 if something is wrong and is not repaired, 3 if all is repaired but
for pages of the archive.`,
		Example:           "  winnow verify\n  winnow verify --repair\n  winnow verify --json | jq -r 'select(.fault == \"damaged\") | .path'",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			return e.verify(cmd.Context(), o, repair, asJSON)
		},
	}
	c.Flags().BoolVar(&repair, "repair", false, "make again what can be made from the state")
	c.Flags().BoolVar(&asJSON, "json", false, "a line of JSON for each fault, and one with the counts at the end")
	return c
}

// maxFaults is how many faults are printed for people; the counts have all.
const maxFaults = 50

// faultLine is a fault as --json prints it.
type faultLine struct {
	Kind     string           `json:"kind"` // text, part or record
	Fault    output.Condition `json:"fault"`
	Path     string           `json:"path"`
	Offset   int64            `json:"offset"`
	Story    string           `json:"id"`
	URL      string           `json:"url"`
	Why      string           `json:"why"`
	Repaired bool             `json:"repaired"`
}

// tallyLine is the counts of a kind as --json prints them.
type tallyLine struct {
	Checked  int `json:"checked"`
	Missing  int `json:"missing"`
	Damaged  int `json:"damaged"`
	Orphaned int `json:"orphaned"`
}

func (e *env) verify(ctx context.Context, o *opened, repair, asJSON bool) error {
	if repair {
		if err := o.keeper.Attach(ctx, false); err != nil {
			return err
		}
	}
	lines := json.NewEncoder(e.stdout)
	lines.SetEscapeHTML(false)
	var printed int
	var failed error
	r, err := o.keeper.Verify(ctx, repair, func(f corpus.Fault) {
		switch {
		case failed != nil:
		case asJSON:
			failed = lines.Encode(faultLine{f.Kind, f.Fault, f.Path, f.Offset, f.StoryID, f.URL, f.Why, f.Repaired})
		case printed < maxFaults:
			printed++
			failed = show.Fault(e.stdout, f)
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if asJSON {
		err = lines.Encode(struct {
			Texts    tallyLine `json:"texts"`
			Parts    tallyLine `json:"parts"`
			Records  tallyLine `json:"records"`
			Files    int       `json:"archive_files"`
			Owed     int       `json:"owed"`
			Repaired int       `json:"repaired"`
		}{tallyLine(r.Texts), tallyLine(r.Parts), tallyLine(r.Records), r.Files, r.Owed, r.Repaired})
	} else if !e.quiet || r.Faults() > 0 {
		err = show.Report(e.stdout, r, printed)
	}
	return errors.Join(err, unrepaired(r, repair))
}

// unrepaired returns the error for what is wrong still.
func unrepaired(r corpus.Report, repair bool) error {
	switch left := r.Faults() - r.Repaired; {
	case left == 0:
		return nil
	case repair:
		return partly(fmt.Errorf("%s cannot be read from the archive; each is fetched whole at its next visit", show.Count(left, "page")))
	default:
		return fmt.Errorf("%s found; winnow verify --repair makes again what can be made from the state", show.Count(left, "fault"))
	}
}
