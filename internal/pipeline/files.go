package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/output"
	"winnow/output/warc"
	"winnow/schedule"
)

// Flush writes the files that the state owes the corpus, such as those of a
// run that was killed.
func (p *Pipeline) Flush(ctx context.Context) (err error) {
	lease, err := p.lease(ctx, false)
	if err != nil || lease == nil {
		return err
	}
	defer func() { err = errors.Join(err, p.giveBack(ctx, lease)) }()
	return p.flush(ctx, lease, true, &Settled{})
}

// flush works the outbox off, a portion at a time: new files before old ones
// go, each as the state has it at that moment. A row that changed meanwhile is
// done again. Without parts the JSON Lines are left for later.
func (p *Pipeline) flush(ctx context.Context, lease *store.Lease, parts bool, s *Settled) (err error) {
	for {
		if *lease, err = p.Store.RenewSettle(ctx, *lease, p.Now()); err != nil {
			return err
		}
		tasks, err := p.Store.Outbox(ctx, settleBatch, parts)
		if err != nil {
			return err
		}
		if len(tasks) == 0 {
			p.texts.clear()
			return p.Folder.Sync()
		}
		if err := p.flushSome(ctx, tasks, s); err != nil {
			return err
		}
	}
}

// flushSome does tasks of the outbox. What was done before an error counts.
func (p *Pipeline) flushSome(ctx context.Context, tasks []store.FileTask, s *Settled) error {
	var ids []string
	for _, t := range tasks {
		if t.Action == store.Write && t.SHA != "" && p.texts.of(t.SHA) == nil {
			ids = append(ids, t.StoryID)
		}
	}
	stories, err := p.Store.StoriesOf(ctx, ids)
	if err != nil {
		return err
	}
	var made []output.Change
	done := 0
	for _, t := range tasks {
		var change output.Change
		if change, err = p.writeFile(ctx, t, stories); err != nil {
			break
		}
		s.count(change)
		made = append(made, changes(change)...)
		done++
	}
	if unsynced := p.Folder.Sync(); unsynced != nil {
		return errors.Join(err, unsynced)
	}
	if listed := p.Folder.AppendManifest(p.Now().Format(time.DateOnly), made...); listed != nil {
		return errors.Join(err, listed)
	}
	_, taken := p.Store.OutboxDone(ctx, tasks[:done]...)
	return errors.Join(err, taken)
}

// changes are those of a manifest. What the outbox has and the folder has
// already was put there by a process that was killed before it could list it.
func changes(c output.Change) []output.Change {
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

func (s *Settled) count(c output.Change) {
	switch c.Action {
	case output.Written:
		s.Wrote++
	case output.Removed:
		s.Removed++
	}
}

func (p *Pipeline) writeFile(ctx context.Context, t store.FileTask, stories map[string]store.Stored) (change output.Change, err error) {
	switch t.Action {
	case store.Remove:
		change, err = p.Folder.Remove(t.Path)
		change.ID = t.StoryID
		return change, err
	case store.Part:
		if !p.Options.JSONL {
			return change, nil
		}
		return p.Folder.WritePart(t.Part, p.partRecords(ctx, t.Part))
	}
	text := p.texts.of(t.SHA)
	if text == nil {
		d := stories[t.StoryID]
		if d.Path != t.Path {
			return change, nil // the state has moved on; its own row says what to do
		}
		text = output.Text(output.TextRecord(d.Story), p.Options.Headline)
	}
	change, err = p.Folder.WriteText(t.Path, text)
	change.ID = t.StoryID
	return change, err
}

// texts are those of files that were judged lately and are still to be written,
// by their hash: these need not be made from the state once more. The zero value
// is ready to use.
type texts struct {
	mu     sync.Mutex
	byHash map[string][]byte
	size   int // bytes
}

// maxTexts bounds the texts that are held, in bytes. Those of a larger
// settlement are made again.
const maxTexts = 16 << 20

func (m *texts) put(hash string, text []byte) {
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

// of gives nil for a text that is not held.
func (m *texts) of(hash string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byHash[hash]
}

func (m *texts) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byHash, m.size = nil, 0
}

// partRecords are the records of one part of the JSON Lines, in the order of
// the ids.
func (p *Pipeline) partRecords(ctx context.Context, part int64) iter.Seq2[output.Record, error] {
	return func(yield func(output.Record, error) bool) {
		for d, err := range pages(func(after string) ([]store.Stored, error) {
			return p.Store.PartStories(ctx, part, after, settleBatch)
		}) {
			if err != nil {
				yield(output.Record{}, err)
				return
			}
			if Judged(d) && !yield(p.Record(d), nil) {
				return
			}
		}
	}
}

// Corpus gives the stories of the state in the order of their ids, dropped
// copies and those not yet judged included. After an error it ends.
func (p *Pipeline) Corpus(ctx context.Context) iter.Seq2[store.Stored, error] {
	return pages(func(after string) ([]store.Stored, error) { return p.Store.Stories(ctx, after, settleBatch) })
}

// pages walks through stories that come in portions.
func pages(next func(after string) ([]store.Stored, error)) iter.Seq2[store.Stored, error] {
	return func(yield func(store.Stored, error) bool) {
		for after := ""; ; {
			portion, err := next(after)
			if err != nil {
				yield(store.Stored{}, err)
				return
			}
			if len(portion) == 0 {
				return
			}
			for _, d := range portion {
				after = d.Story.ID
				if !yield(d, nil) {
					return
				}
			}
		}
	}
}

// Judged says whether a story has been settled since it came.
func Judged(d store.Stored) bool { return d.Verdict.ID != "" }

// placeInArchive is where a page lies, "" when it is not archived.
func placeInArchive(a schedule.Archived) string {
	if a.File == "" {
		return ""
	}
	return output.PlaceInArchive(a.File, a.Offset)
}

// Record is the public form of a stored story, as files and exports carry it.
func (p *Pipeline) Record(d store.Stored) output.Record {
	place := placeInArchive(d.Archived)
	if len(d.Story.Parts) > 0 {
		d.Story.Parts = slices.Clone(d.Story.Parts)
		d.Story.Parts[0].WARC = place
	}
	r := output.NewRecord(d.Story, d.Verdict, output.RecordExtra{Revision: d.Rev, Crawled: d.Crawled, WARC: place, Fingerprint: p.Checker.Fingerprint(d.Story.Text())})
	if p.Options.MinHash != nil {
		r.MinHash = append(r.MinHash, p.Options.MinHash.Signature(r.Text)...)
	}
	return r
}

// prune takes from the archive what it may not hold any longer.
func (p *Pipeline) prune(ctx context.Context) error {
	if p.Options.Archive == (warc.Policy{}) {
		return nil
	}
	if err := p.WARC.Rotate(); err != nil {
		return err
	}
	pruned, err := warc.Prune(p.Options.ArchiveDir, p.Options.Archive, p.Now())
	if len(pruned.Files) > 0 {
		p.Log.Info("the archive was pruned", "files", len(pruned.Files), "bytes", pruned.Bytes)
		err = errors.Join(err, p.Store.ArchiveRemoved(ctx, pruned.Files))
	}
	return err
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// words counts the words of a text roughly, for tallies.
func words(text string) int { return len(strings.Fields(text)) }

// archived is a page as it was fetched, with what was said of it, ready to be
// cleaned again; store.ErrNotFound when it is not in the archive any more.
func (p *Pipeline) archived(ctx context.Context, d store.Stored) (*news.Page, error) {
	page, err := p.readArchive(d.Archived)
	if err != nil {
		return nil, err
	}
	page.Source = d.Story.Source
	known, err := p.Store.ArchivedPage(ctx, d.PageURL)
	page.Hint = known.Hint
	return page, err
}
