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
	replaceSame = schema.SQL(`UPDATE story SET dirty = CASE WHEN house = '' THEN dirty & {judge} ELSE {judge} END, record = $2, house = '' WHERE num = $1`)
	replaceText = schema.SQL(`UPDATE story SET dirty = {judge}, stamp = stamp + 1, text_sha = $2, record = $3, site_misses = $4, house = '' WHERE num = $1`)
)

// Replace stores the result of cleaning a story again, with the boilerplate in it. The
// page is the same, so that there is no revision, unless revised says that a later part
// of the article has changed. replaced is false, and nothing happened, if the story has
// changed since it had the stamp.
func (s *Stories) Replace(ctx context.Context, lease Lease, id string, stamp int64, story news.Story, prints, lines []uint64, revised bool) (replaced bool, err error) {
	story.ID = id
	packed, sha, err := s.codec.Pack(&story)
	if err != nil {
		return false, err
	}
	err = s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		var num, now int64
		var old []byte
		var oldSHA string
		found, err := t.One(ctx, "SELECT num, stamp, record, text_sha FROM story WHERE id = $1"+t.Dialect.ForUpdate, []any{id}, &num, &now, &old, &oldSHA)
		if replaced = found && now == stamp; err != nil || !replaced {
			return err
		}
		same, err := s.sameRecord(old, &story)
		if err != nil {
			return err
		}
		before, err := s.codec.Unpack(old)
		if err != nil {
			return err
		}
		if err := checkBoilerplate(ctx, t, &before); err != nil {
			return err
		}
		if revised && sha != oldSHA {
			if err := revise(ctx, t, id); err != nil {
				return err
			}
		}
		if same {
			_, err = t.Exec(ctx, replaceSame, num, packed)
		} else {
			_, err = t.Exec(ctx, replaceText, num, sha, packed, len(story.SiteMisses))
		}
		if err != nil {
			return err
		}
		return s.index.Put(ctx, t, num, dedupe.Day(story.Date), prints, lines)
	})
	return replaced && err == nil, err
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
