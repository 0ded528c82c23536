package show

import (
	"fmt"
	"io"

	"winnow/internal/pipeline/corpus"
)

// Fault prints a fault of a corpus as a line.
func Fault(w io.Writer, f corpus.Fault) error {
	line := fmt.Sprintf("%s  %s", f.Fault, f.Path)
	if f.Kind == corpus.KindRecord {
		line += fmt.Sprintf(", byte %d: %s", f.Offset, f.Why)
	}
	if f.URL != "" {
		line += "  " + f.URL
	}
	return Printf(w, "%s\n", line)
}

// Report prints the counts of faults; printed is how many of them were printed.
func Report(w io.Writer, r corpus.Report, printed int) error {
	if more := r.Faults() - printed; more > 0 {
		fmt.Fprintf(w, "… and %d more; --json lists all\n", more)
	}
	if r.Faults() > 0 {
		fmt.Fprintln(w)
	}
	t := Table{Head: []string{"", "checked", "missing", "damaged", "orphaned"}}
	for _, row := range []struct {
		name  string
		tally corpus.Tally
	}{{"texts", r.Texts}, {"JSON Lines", r.Parts}, {"pages in the archive", r.Records}} {
		t.Row(row.name, row.tally.Checked, row.tally.Missing, row.tally.Damaged, row.tally.Orphaned)
	}
	if err := t.Print(w); err != nil {
		return err
	}
	if r.Owed > 0 {
		fmt.Fprintf(w, "%s not checked: a run has yet to write or remove them; winnow refresh does\n", Count(r.Owed, "file"))
	}
	if r.Repaired > 0 {
		fmt.Fprintf(w, "repaired: %d\n", r.Repaired)
	}
	return nil
}
