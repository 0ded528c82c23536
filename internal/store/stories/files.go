package stories

import (
	"context"
	"database/sql"
	"strconv"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// File is a text file that the corpus should have.
type File struct {
	StoryID string
	URL     string // of the page that the story was read from
	Path    string // relative to the corpus
	SHA     string // SHA-256 of the file, hex
}

// selectOwn selects the files that stories have, but for those that the outbox has yet
// to bring up to date.
const selectOwn = "SELECT s.id, s.page_url, s.path, s.path_sha FROM story s WHERE s.path <> '' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.place = s.path) "

// Files returns up to limit text files in the order of their stories' IDs, starting
// after the given ID. What is in the outbox is left out.
func (s *Stories) Files(ctx context.Context, after string, limit int) (files []File, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		files = nil
		return t.Each(ctx, selectOwn+"AND s.id > $1 ORDER BY s.id LIMIT "+strconv.Itoa(limit), []any{after}, scanFiles(&files))
	})
	return files, err
}

// FilesOf is [Stories.Files] for stories with these IDs.
func (s *Stories) FilesOf(ctx context.Context, ids []string) (files []File, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		files = nil
		return database.EachIn(ctx, t, selectOwn+"AND s.id IN ({list})", ids, scanFiles(&files))
	})
	return files, err
}

func scanFiles(files *[]File) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var f File
		err := rows.Scan(&f.StoryID, &f.URL, &f.Path, &f.SHA)
		*files = append(*files, f)
		return err
	}
}

var (
	selectShards = schema.SQL("SELECT DISTINCT s.num / " + strconv.Itoa(ShardSize) + ` FROM story s WHERE s.verdict <> ''
		AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.action = {writeShard} AND o.part = s.num / ` + strconv.Itoa(ShardSize) + ") ORDER BY 1")
	oweText  = schema.SQL("INSERT INTO outbox (place, action, path, story, part) SELECT s.path, {writeFile}, s.path, s.id, 0 FROM story s WHERE s.path <> '' ")
	oweTexts = oweText + "ON CONFLICT (place) DO NOTHING"
	oweSome  = oweText + "AND s.id IN ({list}) ON CONFLICT (place) DO NOTHING"
)

// Shards returns the shards of the JSON Lines that have stories, in rising order. Those
// in the outbox are left out.
func (s *Stories) Shards(ctx context.Context) (shards []int64, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		shards, err = database.Column[int64](ctx, t, selectShards)
		return err
	})
	return shards, err
}

// OweTexts puts the text files of these stories into the outbox, nil for those of all
// stories, and returns how many were not in it.
func (s *Stories) OweTexts(ctx context.Context, ids []string) (n int64, err error) {
	err = s.db.Write(ctx, func(t *database.Tx) error {
		if ids == nil {
			n, err = t.Exec(ctx, oweTexts)
		} else {
			n, err = database.ExecIn(ctx, t, oweSome, ids)
		}
		return err
	})
	return n, err
}

// OweShards puts shards into the outbox.
func (s *Stories) OweShards(ctx context.Context, shards []int64) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		for _, shard := range shards {
			if err := putOutbox(ctx, t, FileTask{Action: WriteShard, Shard: shard}); err != nil {
				return err
			}
		}
		return nil
	})
}

// InOutbox returns which of the places (paths of files) are in the outbox.
func (s *Stories) InOutbox(ctx context.Context, places []string) (in map[string]bool, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		in = map[string]bool{}
		return database.EachIn(ctx, t, "SELECT place FROM outbox WHERE place IN ({list})", places, func(rows *sql.Rows) error {
			var place string
			err := rows.Scan(&place)
			in[place] = true
			return err
		})
	})
	return in, err
}

// Owed returns how many files are in the outbox.
func (s *Stories) Owed(ctx context.Context) (n int, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		_, err := t.One(ctx, "SELECT COUNT(*) FROM outbox", nil, &n)
		return err
	})
	return n, err
}
