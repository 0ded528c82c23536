package stories

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"winnow/dedupe"
	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// Compared is a story that was compared with its candidates.
type Compared struct {
	ID    string
	Edges []dedupe.Edge // all of which have it at one end
}

// PutEdges replaces the edges of stories in one transaction. Only edges between equal
// texts stay. The stories at the other ends of lost edges are to be judged again. Edges
// to stories that are no longer there are left out.
func (s *Stories) PutEdges(ctx context.Context, lease Lease, compared ...Compared) error {
	var own, ends []string
	for _, c := range compared {
		own = append(own, c.ID)
		for _, e := range c.Edges {
			if e.A >= e.B || e.A != c.ID && e.B != c.ID {
				return fmt.Errorf("the edge %s–%s is none of %s", e.A, e.B, c.ID)
			}
			ends = append(ends, e.A, e.B)
		}
	}
	return s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		had, err := withEdges(ctx, t, own)
		if err != nil {
			return err
		}
		for id := range had {
			ends = append(ends, id)
		}
		there, err := lockStories(ctx, t, ends)
		if err != nil {
			return err
		}
		for _, c := range compared {
			if len(c.Edges) > 0 || had[c.ID] {
				if err := putEdges(ctx, t, c, there, had); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// withEdges returns those of the stories that have edges.
func withEdges(ctx context.Context, t *database.Tx, ids []string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, end := range []string{"a", "b"} {
		err := database.EachIn(ctx, t, "SELECT DISTINCT "+end+" FROM edge WHERE "+end+" IN ({list})", ids, addID(found))
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// lockStories locks those of the stories that exist, and returns them.
func lockStories(ctx context.Context, t *database.Tx, ids []string) (map[string]bool, error) {
	slices.Sort(ids)
	there := map[string]bool{}
	err := database.EachIn(ctx, t, "SELECT id FROM story WHERE id IN ({list}) ORDER BY id"+t.Dialect.ForUpdate, slices.Compact(ids), addID(there))
	return there, err
}

// addID returns a scan that adds the ID in each row to a set.
func addID(set map[string]bool) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		set[id] = true
		return err
	}
}

// putEdges replaces the edges of one story, and adds the stories at their ends to had.
func putEdges(ctx context.Context, t *database.Tx, c Compared, there, had map[string]bool) error {
	if err := judgeLost(ctx, t, c.ID, c.Edges); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "DELETE FROM edge WHERE (a = $1 OR b = $1) AND "+notEqual, c.ID); err != nil {
		return err
	}
	for _, e := range slices.SortedFunc(slices.Values(c.Edges), compareEdges) {
		if !there[e.A] || !there[e.B] {
			continue
		}
		if _, err := t.Exec(ctx, `INSERT INTO edge (a, b, relation, share_a, share_b, names, numbers, rule)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			e.A, e.B, e.Relation, e.ShareA, e.ShareB, e.Names, e.Numbers, e.Rule); err != nil {
			return err
		}
		had[e.A], had[e.B] = true, true
	}
	return nil
}

// notEqual is the condition that an edge is not between equal texts. Edges between
// equal texts stay valid: of very many equal texts each has edges to a few only.
const notEqual = `NOT (relation = 'same' AND EXISTS (SELECT 1 FROM story x, story y WHERE x.id = edge.a AND y.id = edge.b AND x.record_sha = y.record_sha))`

var judgeOne = schema.SQL("UPDATE story SET dirty = dirty | {judge}, stamp = stamp + 1 WHERE id = $1")

// judgeLost marks the stories to be judged again to which a story had an edge that is
// not among its new ones: their verdicts may depend on it.
func judgeLost(ctx context.Context, t *database.Tx, id string, edges []dedupe.Edge) error {
	lost := map[string]bool{}
	err := t.Each(ctx, "SELECT a FROM edge WHERE b = $1 AND "+notEqual+" UNION SELECT b FROM edge WHERE a = $1 AND "+notEqual, []any{id}, addID(lost))
	if err != nil {
		return err
	}
	for _, e := range edges {
		delete(lost, e.A)
		delete(lost, e.B)
	}
	for _, other := range slices.Sorted(maps.Keys(lost)) {
		if _, err := t.Exec(ctx, judgeOne, other); err != nil {
			return err
		}
	}
	return nil
}

func compareEdges(x, y dedupe.Edge) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) }

// Edges returns the edges of any of the stories, sorted by A and B.
func (s *Stories) Edges(ctx context.Context, ids []string) ([]dedupe.Edge, error) {
	found := map[[2]string]dedupe.Edge{}
	err := s.db.View(ctx, func(t *database.Tx) error {
		for _, end := range []string{"a", "b"} {
			err := database.EachIn(ctx, t, "SELECT a, b, relation, share_a, share_b, names, numbers, rule FROM edge WHERE "+end+" IN ({list})", ids, func(rows *sql.Rows) error {
				var e dedupe.Edge
				err := rows.Scan(&e.A, &e.B, &e.Relation, &e.ShareA, &e.ShareB, &e.Names, &e.Numbers, &e.Rule)
				found[[2]string{e.A, e.B}] = e
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return slices.SortedFunc(maps.Values(found), compareEdges), err
}
