package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// Action is what is to be done to a file of the corpus.
type Action string

// The actions, in the order in which they are given out: a reader may see both
// of two versions for a while, never neither.
const (
	Write  Action = "write"  // the story's text file
	Part   Action = "part"   // a part of the JSON Lines
	Remove Action = "remove" // a text file
)

var actionNumbers = map[Action]int{Write: 1, Part: 2, Remove: 3}

// FileTask is an entry of the outbox.
type FileTask struct {
	Seq     int64
	Action  Action
	Path    string // Write and Remove
	StoryID string // Write and Remove
	SHA     string // Write: SHA-256 of the file, as given to Settle; "" when the story has no such file any more
	Part    int64  // Part
}

// putOutbox adds a task. What was to be done at its place before is forgotten.
func (t *tx) putOutbox(ctx context.Context, task FileTask) error {
	place := task.Path
	if task.Action == Part {
		place = "part:" + strconv.FormatInt(task.Part, 10)
	}
	if _, err := t.exec(ctx, "DELETE FROM outbox WHERE place = $1", place); err != nil {
		return err
	}
	_, err := t.exec(ctx, "INSERT INTO outbox (place, action, path, story, part) VALUES ($1, $2, $3, $4, $5)",
		place, actionNumbers[task.Action], task.Path, task.StoryID, task.Part)
	return err
}

// outbox are the tasks in their order, of the actions that a condition leaves.
func outbox(condition string) string {
	return `SELECT o.seq, o.action, o.path, o.story, COALESCE(s.path_sha, ''), o.part
		FROM outbox o LEFT JOIN story s ON s.id = o.story AND s.path = o.path AND o.action = 1
		` + condition + ` ORDER BY o.action, o.seq`
}

const withoutParts = "WHERE o.action IN (1, 3)"

// Outbox gives up to limit files to be written or removed, in the order of work:
// all writes, then parts where they are wanted, then removals. It is worked off
// under the settle lease, so that no two processes turn one file to and fro.
func (s *Store) Outbox(ctx context.Context, limit int, parts bool) ([]FileTask, error) {
	condition := withoutParts
	if parts {
		condition = ""
	}
	var tasks []FileTask
	err := s.view(ctx, func(t *tx) error {
		return t.each(ctx, outbox(condition)+" LIMIT "+strconv.Itoa(limit), nil, func(rows *sql.Rows) error {
			var task FileTask
			var number int
			if err := rows.Scan(&task.Seq, &number, &task.Path, &task.StoryID, &task.SHA, &task.Part); err != nil {
				return err
			}
			for action, n := range actionNumbers {
				if n == number {
					task.Action = action
				}
			}
			if task.Action == "" {
				return fmt.Errorf("the outbox has an unknown action %d", number)
			}
			tasks = append(tasks, task)
			return nil
		})
	})
	return tasks, err
}

// OutboxDone takes tasks out, and says how many. One that was replaced by
// another for the same file meanwhile is still to be done.
func (s *Store) OutboxDone(ctx context.Context, tasks ...FileTask) (done int, err error) {
	var all []int64
	for _, task := range tasks {
		all = append(all, task.Seq)
	}
	err = s.write(ctx, func(t *tx) error {
		done = 0
		return chunks(all, t.dialect.list, func(list []any) error {
			n, err := t.exec(ctx, "DELETE FROM outbox WHERE seq IN ("+marks(1, len(list))+")", list...)
			done += int(n)
			return err
		})
	})
	return done, err
}
