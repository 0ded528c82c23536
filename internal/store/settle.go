package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"winnow/dedupe"
	"winnow/news"
	"winnow/schedule"
)

// Lease is the right to settle: to judge stories and to work off the outbox.
// One process has it at a time. Token grows with each lease; what is written
// under an older one is refused with schedule.ErrStale.
type Lease struct {
	Token int64
	Until time.Time // it may be lost then, unless it is renewed
}

// LeaseSettle takes the lease. While another process that may be alive has it,
// it returns schedule.Busy with the end of that lease.
func (s *Store) LeaseSettle(ctx context.Context, now time.Time) (Lease, error) {
	lease := Lease{Until: now.Add(s.lease).UTC()}
	err := s.write(ctx, func(t *tx) error {
		var token, until int64
		var owner string
		if _, err := t.one(ctx, "SELECT token, owner, until FROM lease WHERE name = 'settle'"+t.dialect.lock, nil, &token, &owner, &until); err != nil {
			return err
		}
		if until > now.UnixMilli() && !dead(owner) {
			return schedule.Busy{Until: at(until)}
		}
		lease.Token = token + 1
		_, err := t.exec(ctx, "UPDATE lease SET token = $1, owner = $2, until = $3 WHERE name = 'settle'", lease.Token, s.owner, lease.Until.UnixMilli())
		return err
	})
	return lease, err
}

// RenewSettle makes the lease last from now on as a new one would.
func (s *Store) RenewSettle(ctx context.Context, lease Lease, now time.Time) (Lease, error) {
	lease.Until = now.Add(s.lease).UTC()
	return lease, s.settling(ctx, lease, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE lease SET until = $1 WHERE name = 'settle'", lease.Until.UnixMilli())
		return err
	})
}

// ReleaseSettle gives the lease back.
func (s *Store) ReleaseSettle(ctx context.Context, lease Lease) error {
	return s.settling(ctx, lease, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE lease SET until = 0, owner = '' WHERE name = 'settle'")
		return err
	})
}

// settling runs do in a transaction while the lease is held.
func (s *Store) settling(ctx context.Context, lease Lease, do func(*tx) error) error {
	return s.write(ctx, func(t *tx) error {
		var token, until int64
		if _, err := t.one(ctx, "SELECT token, until FROM lease WHERE name = 'settle'"+t.dialect.lock, nil, &token, &until); err != nil {
			return err
		}
		if token != lease.Token || until == 0 {
			return schedule.ErrStale
		}
		return do(t)
	})
}

// ReplaceStory stores what cleaning a story again has come to, with the house
// text in it. It makes no
// revision: the page is the same; but one when revised says that a later part of
// it is another than before. replaced is false, and nothing happened, when the
// story has changed since it had the stamp.
func (s *Store) ReplaceStory(ctx context.Context, lease Lease, id string, stamp int64, story news.Story, prints, lines []uint64, revised bool) (replaced bool, err error) {
	story.ID = id
	record, sha, err := s.pack(&story)
	if err != nil {
		return false, err
	}
	err = s.settling(ctx, lease, func(t *tx) error {
		var num, now int64
		var old []byte
		var oldSHA string
		found, err := t.one(ctx, "SELECT num, stamp, record, text_sha FROM story WHERE id = $1"+t.dialect.lock, []any{id}, &num, &now, &old, &oldSHA)
		if replaced = found && now == stamp; err != nil || !replaced {
			return err
		}
		same, err := t.sameRecord(old, &story)
		if err != nil {
			return err
		}
		before, err := t.unpack(old)
		if err != nil {
			return err
		}
		if err := t.staleHouse(ctx, &before); err != nil {
			return err
		}
		if revised && sha != oldSHA {
			if err := t.revise(ctx, id); err != nil {
				return err
			}
		}
		if same {
			_, err = t.exec(ctx, "UPDATE story SET dirty = CASE WHEN house = '' THEN dirty & 1 ELSE 1 END, record = $2, house = '' WHERE num = $1", num, record)
		} else {
			_, err = t.exec(ctx, "UPDATE story SET dirty = 1, stamp = stamp + 1, text_sha = $2, record = $3, site_misses = $4, house = '' WHERE num = $1", num, sha, record, len(story.SiteMisses))
		}
		if err != nil {
			return err
		}
		return t.putPrints(ctx, num, dedupe.Day(story.Date), prints, lines)
	})
	return replaced && err == nil, err
}

// Compared is a story that was compared with those like it.
type Compared struct {
	ID    string
	Edges []dedupe.Edge // which all end at it
}

// PutEdges makes these the edges of the stories, in one transaction: those they
// had go, but for those to equal texts, and the stories at their other ends are
// to be judged again. Edges to stories that are gone are left out.
func (s *Store) PutEdges(ctx context.Context, lease Lease, compared ...Compared) error {
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
	return s.settling(ctx, lease, func(t *tx) error {
		had, err := t.haveEdges(ctx, own)
		if err != nil {
			return err
		}
		for id := range had {
			ends = append(ends, id)
		}
		there, err := t.lockStories(ctx, ends)
		if err != nil {
			return err
		}
		for _, c := range compared {
			if len(c.Edges) > 0 || had[c.ID] {
				if err := t.putEdges(ctx, c, there, had); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// haveEdges says which of the stories have edges.
func (t *tx) haveEdges(ctx context.Context, ids []string) (map[string]bool, error) {
	have := map[string]bool{}
	for _, end := range []string{"a", "b"} {
		err := chunks(ids, t.dialect.list, func(list []any) error {
			return t.each(ctx, "SELECT DISTINCT "+end+" FROM edge WHERE "+end+" IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
				var id string
				err := rows.Scan(&id)
				have[id] = true
				return err
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return have, nil
}

// lockStories locks those of the stories that are there.
func (t *tx) lockStories(ctx context.Context, ids []string) (there map[string]bool, err error) {
	slices.Sort(ids)
	there = map[string]bool{}
	err = chunks(slices.Compact(ids), t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT id FROM story WHERE id IN ("+marks(1, len(list))+") ORDER BY id"+t.dialect.lock, list, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			there[id] = true
			return err
		})
	})
	return there, err
}

// putEdges replaces the edges of one story. had is told who has edges now.
func (t *tx) putEdges(ctx context.Context, c Compared, there, had map[string]bool) error {
	if err := t.judgeLost(ctx, c.ID, c.Edges); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM edge WHERE (a = $1 OR b = $1) AND "+notEqual, c.ID); err != nil {
		return err
	}
	for _, e := range slices.SortedFunc(slices.Values(c.Edges), compareEdges) {
		if !there[e.A] || !there[e.B] {
			continue
		}
		if _, err := t.exec(ctx, `INSERT INTO edge (a, b, relation, share_a, share_b, names, numbers, rule)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			e.A, e.B, e.Relation, e.ShareA, e.ShareB, e.Names, e.Numbers, e.Rule); err != nil {
			return err
		}
		had[e.A], had[e.B] = true, true
	}
	return nil
}

// notEqual is an edge other than one between two equal texts. Those stay true
// whoever found them: of very many equal texts each is tied to a few only.
const notEqual = `NOT (relation = 'same' AND EXISTS (SELECT 1 FROM story x, story y WHERE x.id = edge.a AND y.id = edge.b AND x.text_sha = y.text_sha AND x.house = y.house))`

// judgeLost has the stories judged again to which the story had an edge that is
// not among its new ones: their verdicts may rest on it.
func (t *tx) judgeLost(ctx context.Context, id string, edges []dedupe.Edge) error {
	lost := map[string]bool{}
	err := t.each(ctx, "SELECT a FROM edge WHERE b = $1 AND "+notEqual+" UNION SELECT b FROM edge WHERE a = $1 AND "+notEqual, []any{id}, func(rows *sql.Rows) error {
		var other string
		err := rows.Scan(&other)
		lost[other] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range edges {
		delete(lost, e.A)
		delete(lost, e.B)
	}
	for _, other := range slices.Sorted(maps.Keys(lost)) {
		if _, err := t.exec(ctx, "UPDATE story SET dirty = dirty | 1, stamp = stamp + 1 WHERE id = $1", other); err != nil {
			return err
		}
	}
	return nil
}

func compareEdges(x, y dedupe.Edge) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) }

// Edges gives the edges that end at any of the stories, sorted by A and B.
func (s *Store) Edges(ctx context.Context, ids []string) ([]dedupe.Edge, error) {
	found := map[[2]string]dedupe.Edge{}
	err := s.view(ctx, func(t *tx) error {
		for _, end := range []string{"a", "b"} {
			err := chunks(ids, t.dialect.list, func(list []any) error {
				return t.each(ctx, "SELECT a, b, relation, share_a, share_b, names, numbers, rule FROM edge WHERE "+end+" IN ("+marks(1, len(list))+")", list,
					func(rows *sql.Rows) error {
						var e dedupe.Edge
						err := rows.Scan(&e.A, &e.B, &e.Relation, &e.ShareA, &e.ShareB, &e.Names, &e.Numbers, &e.Rule)
						found[[2]string{e.A, e.B}] = e
						return err
					})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	edges := make([]dedupe.Edge, 0, len(found))
	for _, e := range found {
		edges = append(edges, e)
	}
	slices.SortFunc(edges, compareEdges)
	return edges, err
}

// Settled is what was decided of one story.
type Settled struct {
	ID      string
	Stamp   int64 // of the Stored that the decision rests on
	Verdict news.Verdict
	Path    string // of its text file; "" for none
	PathSHA string // SHA-256 of that file's bytes, hex
}

// Settle stores decisions in one transaction, and puts what they mean for the
// corpus into the outbox: a file that is new or other than before is written,
// one that has lost its place removed, and the record's part written again. A
// story that changed since it had its stamp is left as it is, to be judged
// again; late says how many did.
func (s *Store) Settle(ctx context.Context, lease Lease, decisions []Settled) (late int, err error) {
	decisions = slices.SortedFunc(slices.Values(decisions), func(a, b Settled) int { return cmp.Compare(a.ID, b.ID) })
	err = s.settling(ctx, lease, func(t *tx) error {
		late = 0
		parts := map[int64]bool{}
		for _, d := range decisions {
			ok, err := t.settle(ctx, d, parts)
			if err != nil {
				return err
			}
			if !ok {
				late++
			}
		}
		for _, part := range slices.Sorted(maps.Keys(parts)) {
			if err := t.putOutbox(ctx, FileTask{Action: Part, Part: part}); err != nil {
				return err
			}
		}
		return nil
	})
	return late, err
}

// settle notes in parts which of them are to be written again.
func (t *tx) settle(ctx context.Context, d Settled, parts map[int64]bool) (bool, error) {
	stored, err := json.Marshal(d.Verdict)
	if err != nil {
		return false, err
	}
	var num, stamp int64
	var dirty int
	var verdict, path, sha string
	found, err := t.one(ctx, "SELECT num, stamp, dirty, verdict, path, path_sha FROM story WHERE id = $1"+t.dialect.lock, []any{d.ID},
		&num, &stamp, &dirty, &verdict, &path, &sha)
	if err != nil || !found || stamp != d.Stamp {
		return false, err
	}
	if d.Path == "" {
		d.PathSHA = ""
	}
	if dirty == 0 && verdict == string(stored) && path == d.Path && sha == d.PathSHA {
		return true, nil
	}
	if _, err := t.exec(ctx, "UPDATE story SET dirty = 0, verdict = $2, duplicate_of = $3, path = $4, path_sha = $5 WHERE num = $1",
		num, string(stored), d.Verdict.DuplicateOf, d.Path, d.PathSHA); err != nil {
		return false, err
	}
	if d.Path != "" && (d.Path != path || d.PathSHA != sha) {
		if err := t.putOutbox(ctx, FileTask{Action: Write, Path: d.Path, StoryID: d.ID}); err != nil {
			return false, err
		}
	}
	if path != "" && path != d.Path {
		if err := t.putOutbox(ctx, FileTask{Action: Remove, Path: path, StoryID: d.ID}); err != nil {
			return false, err
		}
	}
	parts[num/PartSize] = true
	return true, nil
}
