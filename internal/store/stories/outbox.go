package stories

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// Action is what is to be done to a file of the corpus.
type Action int

// The actions, in the order in which [Stories.Outbox] returns them: a reader may see two
// versions of a file for a while, but never none.
const (
	WriteFile  Action = schema.WriteFile  // the story's text file
	WriteShard Action = schema.WriteShard // a shard of the JSON Lines
	RemoveFile Action = schema.RemoveFile // a text file
)

// String returns a word for the action.
func (a Action) String() string {
	switch a {
	case WriteFile:
		return "write"
	case WriteShard:
		return "shard"
	case RemoveFile:
		return "remove"
	}
	return "action " + strconv.Itoa(int(a))
}

// FileTask is an entry of the outbox.
type FileTask struct {
	Seq     int64
	Action  Action
	Path    string // WriteFile and RemoveFile
	StoryID string // WriteFile and RemoveFile
	SHA     string // WriteFile: SHA-256 of the file, as given to Settle; "" if the story no longer has such a file
	Shard   int64  // WriteShard
}

// putOutbox adds a task, in place of an earlier one for the same file.
func putOutbox(ctx context.Context, t *database.Tx, task FileTask) error {
	place := task.Path
	if task.Action == WriteShard {
		place = "part:" + strconv.FormatInt(task.Shard, 10)
	}
	if _, err := t.Exec(ctx, "DELETE FROM outbox WHERE place = $1", place); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "INSERT INTO outbox (place, action, path, story, part) VALUES ($1, $2, $3, $4, $5)",
		place, int(task.Action), task.Path, task.StoryID, task.Shard)
	return err
}

// selectOutbox selects all tasks in their order, selectFiles those on text files.
var (
	selectOutbox = outboxWhere("")
	selectFiles  = outboxWhere("WHERE o.action IN ({writeFile}, {removeFile})")
)

func outboxWhere(condition string) string {
	return schema.SQL(`SELECT o.seq, o.action, o.path, o.story, COALESCE(s.path_sha, ''), o.part
		FROM outbox o LEFT JOIN story s ON s.id = o.story AND s.path = o.path AND o.action = {writeFile}
		` + condition + ` ORDER BY o.action, o.seq LIMIT $1`)
}

// Outbox returns up to limit files to be written or removed, in the order in which that
// is to be done: all writes, then shards if they are wanted, then removals. Only the
// process with the settle lease does it, so that no two processes write one file.
func (s *Stories) Outbox(ctx context.Context, limit int, shards bool) ([]FileTask, error) {
	query := selectFiles
	if shards {
		query = selectOutbox
	}
	var tasks []FileTask
	err := s.db.View(ctx, func(t *database.Tx) error {
		tasks = nil
		return t.Each(ctx, query, []any{limit}, func(rows *sql.Rows) error {
			var task FileTask
			if err := rows.Scan(&task.Seq, &task.Action, &task.Path, &task.StoryID, &task.SHA, &task.Shard); err != nil {
				return err
			}
			if task.Action < WriteFile || task.Action > RemoveFile {
				return fmt.Errorf("the outbox has an unknown action %d", task.Action)
			}
			tasks = append(tasks, task)
			return nil
		})
	})
	return tasks, err
}

// OutboxDone takes tasks out, and returns how many. A task that was replaced meanwhile
// by another one for the same file stays.
func (s *Stories) OutboxDone(ctx context.Context, tasks ...FileTask) (done int, err error) {
	var all []int64
	for _, task := range tasks {
		all = append(all, task.Seq)
	}
	err = s.db.Write(ctx, func(t *database.Tx) error {
		n, err := database.ExecIn(ctx, t, "DELETE FROM outbox WHERE seq IN ({list})", all)
		done = int(n)
		return err
	})
	return done, err
}
