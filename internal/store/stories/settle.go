package stories

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"winnow/dedupe"
	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/news"
)

var (
	replaceSame = schema.SQL(`UPDATE story SET dirty = dirty & {judge}, record = $2, record_sha = $3, site = CASE WHEN $4 = '' THEN site ELSE $4 END, profile = $5 WHERE num = $1`)
	replaceText = schema.SQL(`UPDATE story SET dirty = {judge}, stamp = stamp + 1, record = $2, record_sha = $3, site = CASE WHEN $4 = '' THEN site ELSE $4 END, profile = $5, site_misses = $6 WHERE num = $1`)
)

// Cleaned is the result of cleaning a story again.
type Cleaned struct {
	Story   news.Story
	Alone   *news.Story // see schedule.Found; nil when that is not known, as of pages that are not archived
	Profile uint64      // see schedule.Found
	Prints  []uint64
	Site    string // see schedule.Found; "" leaves it as it is
	Revised bool   // a later part of the article has changed
}

// Replace stores the result of cleaning a story again. The page is the same, so that
// there is no revision, unless a later part has changed. replaced is false, and nothing
// happened, if the story has changed since it had the stamp.
func (s *Stories) Replace(ctx context.Context, t *database.Tx, id string, stamp int64, c Cleaned) (replaced bool, err error) {
	story := c.Story
	story.ID = id
	sum, err := s.sumsOf(&story, c.Alone)
	if err != nil {
		return false, err
	}
	var num, now int64
	var old []byte
	var oldSHA string
	found, err := t.One(ctx, "SELECT num, stamp, record, text_sha FROM story WHERE id = $1"+t.Dialect.ForUpdate, []any{id}, &num, &now, &old, &oldSHA)
	if err != nil || !found || now != stamp {
		return false, err
	}
	same, err := s.sameRecord(old, &story)
	if err != nil {
		return false, err
	}
	if c.Revised && c.Alone != nil && sum.text != oldSHA {
		if err := revise(ctx, t, id); err != nil {
			return false, err
		}
	}
	if same {
		_, err = t.Exec(ctx, replaceSame, num, sum.record, sum.shown, c.Site, int64(c.Profile))
	} else {
		_, err = t.Exec(ctx, replaceText, num, sum.record, sum.shown, c.Site, int64(c.Profile), len(story.SiteMisses))
	}
	if err == nil && c.Alone != nil {
		_, err = t.Exec(ctx, "UPDATE story SET text_sha = $2, alone_sha = $3 WHERE num = $1", num, sum.text, sum.alone)
	}
	if err != nil {
		return false, err
	}
	return true, s.index.Put(ctx, t, num, dedupe.Day(story.Date), c.Prints)
}

// revise stores the present text of a story as a revision.
func revise(ctx context.Context, t *database.Tx, id string) error {
	for _, query := range []string{
		`INSERT INTO revision (story, rev, crawled_at, text_sha, record, file, place)
			SELECT id, rev, crawled_at, text_sha, record, file, place FROM story WHERE id = $1`,
		"UPDATE story SET rev = rev + 1 WHERE id = $1",
	} {
		if _, err := t.Exec(ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}

var (
	judgeAll      = schema.SQL("UPDATE story SET dirty = dirty | {judge}, stamp = stamp + 1")
	recleanAll    = schema.SQL("UPDATE story SET dirty = dirty | {judge} | {reclean}, stamp = stamp + 1")
	recleanSource = recleanAll + " WHERE source = $1"
)

// MarkAll marks every story to be judged again; with reclean, to be cleaned again from
// the archive first.
func (s *Stories) MarkAll(ctx context.Context, t *database.Tx, reclean bool) error {
	query := judgeAll
	if reclean {
		query = recleanAll
	}
	_, err := t.Exec(ctx, query)
	return err
}

// MarkSource marks the stories of a source to be cleaned again from the archive, and
// returns how many there are.
func (s *Stories) MarkSource(ctx context.Context, t *database.Tx, source string) (int64, error) {
	return t.Exec(ctx, recleanSource, source)
}

var (
	recleanHost = recleanAll + " WHERE site = $1"
	recleanSite = recleanHost + " AND profile <> $2"
)

// MarkHost marks the stories of a host to be cleaned again from the archive.
func (s *Stories) MarkHost(ctx context.Context, t *database.Tx, host string) error {
	_, err := t.Exec(ctx, recleanHost, host)
	return err
}

// MarkSite marks the stories of a site to be cleaned again from the archive that were
// not read by a profile.
func (s *Stories) MarkSite(ctx context.Context, t *database.Tx, site string, profile uint64) error {
	_, err := t.Exec(ctx, recleanSite, site, int64(profile))
	return err
}

var recleanPage = schema.SQL("UPDATE story SET dirty = dirty | {reclean}, stamp = stamp + 1 WHERE page_url = $1")

// MarkReclean marks the story of a page to be cleaned again from the archive.
func (s *Stories) MarkReclean(ctx context.Context, t *database.Tx, page string) error {
	_, err := t.Exec(ctx, recleanPage, page)
	return err
}

// Settled is a decision on one story.
type Settled struct {
	ID      string
	Stamp   int64 // of the Stored that the decision is about
	Verdict news.Verdict
	Path    string // of its text file; "" for none
	PathSHA string // SHA-256 of that file's bytes, hex
}

// Settle stores decisions in one transaction, and puts their consequences for the corpus
// into the outbox: files that are new or have changed are to be written, files that have
// lost their place to be removed, and the shards of the records to be written again. A
// story that has changed since it had its stamp is left to be judged again; late is the
// number of those.
func (s *Stories) Settle(ctx context.Context, lease Lease, decisions []Settled) (late int, err error) {
	decisions = slices.SortedFunc(slices.Values(decisions), func(a, b Settled) int { return cmp.Compare(a.ID, b.ID) })
	err = s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		late = 0
		shards := map[int64]bool{}
		for _, d := range decisions {
			ok, err := settle(ctx, t, d, shards)
			if err != nil {
				return err
			}
			if !ok {
				late++
			}
		}
		for _, shard := range slices.Sorted(maps.Keys(shards)) {
			if err := putOutbox(ctx, t, FileTask{Action: WriteShard, Shard: shard}); err != nil {
				return err
			}
		}
		return nil
	})
	return late, err
}

var settleStory = schema.SQL("UPDATE story SET dirty = {settled}, verdict = $2, duplicate_of = $3, path = $4, path_sha = $5 WHERE num = $1")

// settle stores one decision, unless it comes too late, and adds the shard of the story
// to those that are to be written again.
func settle(ctx context.Context, t *database.Tx, d Settled, shards map[int64]bool) (inTime bool, err error) {
	stored, err := json.Marshal(d.Verdict)
	if err != nil {
		return false, err
	}
	var num, stamp int64
	var dirty int
	var verdict, path, sha string
	found, err := t.One(ctx, "SELECT num, stamp, dirty, verdict, path, path_sha FROM story WHERE id = $1"+t.Dialect.ForUpdate, []any{d.ID},
		&num, &stamp, &dirty, &verdict, &path, &sha)
	if err != nil || !found || stamp != d.Stamp {
		return false, err
	}
	if d.Path == "" {
		d.PathSHA = ""
	}
	if dirty == schema.Settled && verdict == string(stored) && path == d.Path && sha == d.PathSHA {
		return true, nil
	}
	if _, err := t.Exec(ctx, settleStory,
		num, string(stored), d.Verdict.DuplicateOf, d.Path, d.PathSHA); err != nil {
		return false, err
	}
	if d.Path != "" && (d.Path != path || d.PathSHA != sha) {
		if err := putOutbox(ctx, t, FileTask{Action: WriteFile, Path: d.Path, StoryID: d.ID}); err != nil {
			return false, err
		}
	}
	if path != "" && path != d.Path {
		if err := putOutbox(ctx, t, FileTask{Action: RemoveFile, Path: path, StoryID: d.ID}); err != nil {
			return false, err
		}
	}
	shards[num/ShardSize] = true
	return true, nil
}
