package show

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"winnow/dedupe"
)

// Verdicts turns the lines that [dedupe.Checker.Filter] writes into a table of the copies.
type Verdicts struct {
	out    *bufio.Writer
	atOnce bool // each row is seen as it comes
	ids    int  // width of the columns of IDs
	cut    bool // IDs are cut to it: the table is on a terminal
	begun  bool
	rest   []byte // of a line that is not whole yet
}

// Widths of the columns of Verdicts.
const (
	mostID      = 34 // an ID of winnow's own and some more
	leastID     = 12
	relationCol = 8
	copiedCol   = 6
	ruleCol     = 14
)

// NewVerdicts returns a table on out that fits the terminal that w is, if it is one. With
// atOnce each row is seen as it comes.
func NewVerdicts(out *bufio.Writer, w io.Writer, atOnce bool) *Verdicts {
	t := &Verdicts{out: out, atOnce: atOnce, ids: mostID}
	if columns, ok := Columns(w); ok {
		t.cut = true
		t.ids = min(max((columns-relationCol-copiedCol-ruleCol-5)/2, leastID), mostID)
	}
	return t
}

// Write takes lines, whole or not. An error is one of a line, or of out.
func (t *Verdicts) Write(p []byte) (int, error) {
	t.rest = append(t.rest, p...)
	for {
		i := bytes.IndexByte(t.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		line := t.rest[:i]
		t.rest = t.rest[i+1:]
		if err := t.verdict(line); err != nil {
			return 0, err
		}
		if t.atOnce {
			if err := t.out.Flush(); err != nil {
				return 0, err
			}
		}
	}
}

func (t *Verdicts) verdict(line []byte) error {
	var a dedupe.Answer
	if err := json.Unmarshal(line, &a); err != nil {
		return fmt.Errorf("an answer of the dedupe stage cannot be read: %w", err)
	}
	if !t.begun {
		t.begun = true
		if err := t.row("RECORD", "IS A COPY OF", "RELATION", "COPIED", "RULE"); err != nil {
			return err
		}
	}
	switch {
	case a.DuplicateOf != nil:
		return t.row(a.ID, *a.DuplicateOf, *a.Relation, fmt.Sprintf("%.0f %%", 100**a.CopiedShare), *a.Rule)
	case a.Amends:
		return t.row(a.ID, "no copy after all", "", "", "")
	}
	return nil
}

func (t *Verdicts) row(record, of, relation, copied, rule string) error {
	_, err := fmt.Fprintf(t.out, "%s %s %-*s %*s  %s\n", Pad(record, t.ids, t.cut), Pad(of, t.ids, t.cut), relationCol, relation, copiedCol, copied, rule)
	return err
}

// End prints the counts below the table.
func (t *Verdicts) End(sum dedupe.Summary) error {
	_, err := fmt.Fprintf(t.out, "%s, %s, %d stay\n", Count(sum.Records, "record"), Counts(sum.Copies, "copy", "copies"), sum.Records-sum.Copies)
	return err
}
