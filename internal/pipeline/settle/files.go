package settle

import (
	"context"
	"errors"
	"sync"
	"time"

	"winnow/internal/store/stories"
	"winnow/output"
)

// Flush writes the files that the state owes the corpus, such as those of a run
// that was killed. It leaves them to another process that settles.
func (s *Settler) Flush(ctx context.Context) (err error) {
	lease, err := s.lease(ctx, false)
	if err != nil || lease == nil {
		return err
	}
	defer func() { err = errors.Join(err, s.release(ctx, lease)) }()
	return s.flush(ctx, lease, true, &Result{})
}

// flush works the outbox off, a portion at a time: new files before old ones
// go, each as the state has it at that moment. A row that changed meanwhile is
// done again. Without parts the JSON Lines are left for later.
func (s *Settler) flush(ctx context.Context, lease *stories.Lease, parts bool, r *Result) (err error) {
	for {
		if *lease, err = s.Store.Stories.RenewSettle(ctx, *lease, s.Now()); err != nil {
			return err
		}
		tasks, err := s.Store.Stories.Outbox(ctx, batchSize, parts)
		if err != nil {
			return err
		}
		if len(tasks) == 0 {
			s.texts.clear()
			return s.Folder.Sync()
		}
		if err := s.flushSome(ctx, tasks, r); err != nil {
			return err
		}
	}
}

// flushSome does tasks of the outbox. What was done before an error counts.
func (s *Settler) flushSome(ctx context.Context, tasks []stories.FileTask, r *Result) error {
	from, err := s.gather(ctx, tasks)
	if err != nil {
		return err
	}
	var made []output.Change
	done := 0
	for _, t := range tasks {
		var change output.Change
		if change, err = s.writeFile(ctx, t, from); err != nil {
			break
		}
		r.count(change)
		made = append(made, listed(change)...)
		done++
	}
	if unsynced := s.Folder.Sync(); unsynced != nil {
		return errors.Join(err, unsynced)
	}
	if unlisted := s.Folder.AppendManifest(s.Now().Format(time.DateOnly), made...); unlisted != nil {
		return errors.Join(err, unlisted)
	}
	_, taken := s.Store.Stories.OutboxDone(ctx, tasks[:done]...)
	return errors.Join(err, taken)
}

// listed is a change as the manifest lists it. What the outbox has and the
// folder has already was put there by a process that was killed before it could
// list it.
func listed(c output.Change) []output.Change {
	switch c.Action {
	case output.Unchanged:
		c.Action = output.Written
	case output.Absent:
		c.Action = output.Removed
	case "":
		return nil
	}
	return []output.Change{c}
}

// contents is what the text files of tasks are made from.
type contents struct {
	texts   map[string][]byte         // by their hash: those that the cache held
	stories map[string]stories.Stored // by ID: of the other files
}

// gather reads what the text files of tasks are made from. The cache is asked
// once for each: another settlement of this process may clear it at any time.
func (s *Settler) gather(ctx context.Context, tasks []stories.FileTask) (from contents, err error) {
	from.texts = map[string][]byte{}
	var ids []string
	for _, t := range tasks {
		if t.Action != stories.WriteFile || t.SHA == "" {
			continue
		}
		if text := s.texts.of(t.SHA); text != nil {
			from.texts[t.SHA] = text
		} else {
			ids = append(ids, t.StoryID)
		}
	}
	from.stories, err = s.Store.Stories.ByID(ctx, ids)
	return from, err
}

func (s *Settler) writeFile(ctx context.Context, t stories.FileTask, from contents) (change output.Change, err error) {
	switch t.Action {
	case stories.RemoveFile:
		change, err = s.Folder.Remove(t.Path)
		change.ID = t.StoryID
		return change, err
	case stories.WriteShard:
		if !s.Options.JSONL {
			return change, nil
		}
		return s.Folder.WritePart(t.Shard, s.PartRecords(ctx, t.Shard))
	}
	text := from.texts[t.SHA]
	if text == nil {
		d := from.stories[t.StoryID]
		if d.Path != t.Path {
			return change, nil // the state has moved on; its own row says what to do
		}
		text = output.Text(output.TextRecord(d.Story), s.Options.Headline)
	}
	change, err = s.Folder.WriteText(t.Path, text)
	change.ID = t.StoryID
	return change, err
}

// textCache holds the texts of files that were judged lately and are still to be
// written, by their hash: these need not be made from the state once more. The
// zero value is ready to use.
type textCache struct {
	mu     sync.Mutex
	byHash map[string][]byte
	size   int // bytes
}

// maxTexts bounds the texts that are held, in bytes. Those of a larger
// settlement are made again.
const maxTexts = 16 << 20

func (m *textCache) put(hash string, text []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.byHash[hash]; there || m.size+len(text) > maxTexts {
		return
	}
	if m.byHash == nil {
		m.byHash = map[string][]byte{}
	}
	m.byHash[hash] = text
	m.size += len(text)
}

// of returns nil for a text that is not held.
func (m *textCache) of(hash string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byHash[hash]
}

func (m *textCache) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byHash, m.size = nil, 0
}
