package report

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Yield is what the pages of a source have come to.
type Yield struct {
	Stories  bool    // there are any, kept or dropped
	Pages    int64   // articles that were read, rejected, or failed; not those that redirect. Not counted if there are stories
	Reasons  []Count // why they gave no story, the most frequent first
	Added    int64   // new stories of the run
	Rejected []Count // pages that were read for the first time in the run and gave no story, by reason
	Hinted   int64   // pages among Reasons or Rejected whose reason has the hint
	Start    string  // what was noted of the start page; "" for nothing
}

// Count is a reason and the number of pages that it was given for.
type Count struct {
	Reason string
	Pages  int64
}

const (
	yieldRun     = "SELECT added FROM run WHERE id = $1"
	yieldStories = "SELECT 1 FROM story WHERE source = $1 LIMIT 1"
)

var (
	yieldStart   = schema.SQL("SELECT reason FROM url WHERE source = $1 AND state = {done} AND kind = {section} AND depth = 0 AND reason <> '' ORDER BY url LIMIT 1")
	yieldReasons = schema.SQL(`SELECT reason, COUNT(*) FROM url WHERE source = $1 AND kind = {article}
		AND state IN ({done}, {setAside}, {failed}, {gone}) GROUP BY reason`)
	yieldRejected = schema.SQL(`SELECT u.reason, COUNT(*) FROM url u WHERE u.source = $1 AND u.state = {setAside} AND u.kind = {article} AND u.fetched_run = $2
		AND u.status >= 200 AND u.status < 300 AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.url = u.url AND a.run <> $2) GROUP BY u.reason`)
)

// Yield returns what the pages of a run's source have come to. hint is part of some
// reasons.
func (r *Reader) Yield(ctx context.Context, run schedule.Run, hint string) (y Yield, err error) {
	id, err := schema.RunNumber(run.ID)
	if err != nil {
		return y, err
	}
	err = r.db.View(ctx, func(t *database.Tx) error {
		y = Yield{}
		var one int
		if _, err := t.One(ctx, yieldRun, []any{id}, &y.Added); err != nil {
			return err
		}
		if y.Stories, err = t.One(ctx, yieldStories, []any{run.Source}, &one); err != nil {
			return err
		}
		if !y.Stories {
			if _, err := t.One(ctx, yieldStart, []any{run.Source}, &y.Start); err != nil {
				return err
			}
			y.Reasons, y.Hinted, err = countReasons(ctx, t, hint, yieldReasons, run.Source)
			for _, r := range y.Reasons {
				y.Pages += r.Pages
			}
			return err
		}
		if y.Added == 0 {
			y.Rejected, y.Hinted, err = countReasons(ctx, t, hint, yieldRejected, run.Source, id)
		}
		return err
	})
	return y, err
}

// countReasons adds up reasons by what is before the first colon of each, and those
// that have the hint.
func countReasons(ctx context.Context, t *database.Tx, hint, query string, args ...any) (counts []Count, hinted int64, err error) {
	pages := map[string]int64{}
	err = t.Each(ctx, query, args, func(rows *sql.Rows) error {
		var reason string
		var n int64
		err := rows.Scan(&reason, &n)
		pages[ReasonKind(reason)] += n
		if strings.Contains(reason, hint) {
			hinted += n
		}
		return err
	})
	return sortCounts(pages), hinted, err
}

// ReasonKind returns what a reason begins with: the kind of page, such as "section",
// or what else is before the first colon.
func ReasonKind(reason string) string {
	kind, _, _ := strings.Cut(reason, ":")
	return kind
}

// sortCounts returns reasons with their pages, the most frequent first.
func sortCounts(pages map[string]int64) (counts []Count) {
	for reason, n := range pages {
		counts = append(counts, Count{reason, n})
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), strings.Compare(a.Reason, b.Reason))
	})
	return counts
}
