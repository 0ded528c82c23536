package stories

import (
	"context"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// Drop deletes a story, if it is there, and marks the stories to be judged again whose
// verdicts may depend on it.
func (s *Stories) Drop(ctx context.Context, t *database.Tx, id string) error {
	var num int64
	var path string
	found, err := t.One(ctx, "SELECT num, path FROM story WHERE id = $1"+t.Dialect.ForUpdate, []any{id}, &num, &path)
	if err != nil || !found {
		return err
	}
	if path != "" {
		if err := putOutbox(ctx, t, FileTask{Action: RemoveFile, Path: path, StoryID: id}); err != nil {
			return err
		}
	}
	if err := putOutbox(ctx, t, FileTask{Action: WriteShard, Shard: num / ShardSize}); err != nil {
		return err
	}
	if err := s.index.Drop(ctx, t, num); err != nil {
		return err
	}
	if err := dropEdges(ctx, t, id); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM revision WHERE story = $1",
		"DELETE FROM alias WHERE story = $1",
		"DELETE FROM story WHERE id = $1",
	} {
		if _, err := t.Exec(ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}

// Forget drops a story and deletes its overrides.
func (s *Stories) Forget(ctx context.Context, t *database.Tx, id string) error {
	if err := s.Drop(ctx, t, id); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "DELETE FROM override WHERE a = $1 OR b = $1", id)
	return err
}

// judgeTouched marks the stories to be judged again that are copies of a story, or have
// an edge or an override with it.
var judgeTouched = schema.SQL(`UPDATE story SET dirty = dirty | {judge}, stamp = stamp + 1 WHERE id <> $1 AND id IN (
	SELECT id FROM story WHERE duplicate_of = $1 AND duplicate_of <> ''
	UNION ALL SELECT b FROM edge WHERE a = $1 UNION ALL SELECT a FROM edge WHERE b = $1
	UNION ALL SELECT b FROM override WHERE a = $1 UNION ALL SELECT a FROM override WHERE b = $1 AND b <> '')`)

// dropEdges deletes the edges of a story, and marks the stories to be judged again whose
// verdicts may depend on it.
func dropEdges(ctx context.Context, t *database.Tx, id string) error {
	if _, err := t.Exec(ctx, judgeTouched, id); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "DELETE FROM edge WHERE a = $1 OR b = $1", id)
	return err
}

// MarkGone stores since when the page of a story has been missing.
func (s *Stories) MarkGone(ctx context.Context, t *database.Tx, page string, at time.Time) error {
	_, err := t.Exec(ctx, "UPDATE story SET gone_at = $2 WHERE page_url = $1 AND gone_at = 0", page, database.Millis(at))
	return err
}

// MarkThere stores that the page of a story is there.
func (s *Stories) MarkThere(ctx context.Context, t *database.Tx, page string) error {
	_, err := t.Exec(ctx, "UPDATE story SET gone_at = 0 WHERE page_url = $1 AND gone_at > 0", page)
	return err
}

// OfPage returns the ID of the story that was read from a page, "" for none.
func (s *Stories) OfPage(ctx context.Context, t *database.Tx, page string) (id string, err error) {
	_, err = t.One(ctx, "SELECT id FROM story WHERE page_url = $1 ORDER BY id LIMIT 1", []any{page}, &id)
	return id, err
}

// ArchiveRemoved deletes the places of stories and revisions in a file that was removed
// from the archive. Their records name the places, and so are owed again.
func (s *Stories) ArchiveRemoved(ctx context.Context, t *database.Tx, file string) error {
	return archiveWithout(ctx, t, "WHERE file = $1", file)
}

// ArchiveLost is [Stories.ArchiveRemoved] for the record at an offset of the file.
func (s *Stories) ArchiveLost(ctx context.Context, t *database.Tx, file string, offset int64) error {
	return archiveWithout(ctx, t, "WHERE file = $1 AND place = $2", file, offset)
}

func archiveWithout(ctx context.Context, t *database.Tx, where string, args ...any) error {
	shards, err := database.Column[int64](ctx, t, "SELECT DISTINCT num / "+strconv.Itoa(ShardSize)+" FROM story "+where, args...)
	if err != nil {
		return err
	}
	for _, shard := range shards {
		if err := putOutbox(ctx, t, FileTask{Action: WriteShard, Shard: shard}); err != nil {
			return err
		}
	}
	for _, table := range []string{"story", "revision"} {
		if _, err := t.Exec(ctx, "UPDATE "+table+" SET file = '', place = 0 "+where, args...); err != nil {
			return err
		}
	}
	return nil
}
