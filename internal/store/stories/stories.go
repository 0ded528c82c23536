// Package stories is the part of the state that is about stories: their texts and
// earlier revisions, the URLs that mean them, the results of comparing them, the
// overrides by people, and the files of the corpus to be written. Package store hands it the transaction in which a page is stored
// ([Stories.Put]); the rest serves settling.
//
// To settle is to bring verdicts and files up to date with the stories, under a lease
// that one process has at a time ([Stories.LeaseSettle]): that process takes the dirty
// stories, which are to be cleaned again or judged, and stores its decision on each with
// [Stories.Settle]. The stamp of a story grows with every change, so that a decision on
// an earlier version of it is recognized as late and dropped. An alias is a URL that
// means a story. A revision is an earlier text. An edge is the result of comparing two
// stories. An override is what a person said of one story or of two. A shard is one file
// of the JSON Lines. The outbox is the files to be written and removed.
//
// put.go and fold.go store the story of a page, drop.go deletes one; edges.go, overrides.go and settle.go are the steps of settling, and outbox.go is its
// result. Start with [Stored], which is everything known of a story.
package stories

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"winnow/dedupe"
	"winnow/internal/store/database"
	"winnow/internal/store/index"
	"winnow/internal/store/record"
	"winnow/internal/store/schema"
	"winnow/news"
	"winnow/schedule"
)

// ErrNotFound is returned when nothing is known under a URL or ID.
var ErrNotFound = errors.New("not known to the state")

// Stories is the stories of one state. It is safe for concurrent use.
type Stories struct {
	db    *database.DB
	index *index.Index
	codec *record.Codec
	owner string
	lease time.Duration
}

// New returns the stories in a state. owner is the name of the process in the settle
// lease, and lease the time after which a lease ends that is not renewed.
func New(db *database.DB, codec *record.Codec, owner string, lease time.Duration) *Stories {
	return &Stories{db: db, index: index.New(db), codec: codec, owner: owner, lease: lease}
}

// ShardSize is the number of story numbers in one shard of the JSON Lines.
const ShardSize = 10_000

// Stored is a story as the state has it.
type Stored struct {
	Story    news.Story // with its ID
	Shard    int64      // of the JSON Lines that has its record
	Rev      int64      // 1 and up; grows when the text of its page changes
	Stamp    int64      // grows with every change; see Settle
	PageURL  string     // the page that it was read from
	Rank     int        // of that page, see schedule.Found
	TextSHA  string     // SHA-256 of the text that the page makes alone, hex
	Profile  uint64     // digest of the profile of its site by which it was read; 0 for none
	Crawled  time.Time  // when the page was fetched
	Changed  time.Time  // when the text last changed
	Gone     time.Time  // when the page was first missing; zero while it is there
	Archived schedule.Archived
	Judge    bool         // changed since it was last settled
	Reclean  bool         // to be cleaned again from the archive first
	Verdict  news.Verdict // zero before it was settled
	Path     string       // of its text file; "" none
	PathSHA  string       // SHA-256 of that file, as given to Settle
}

const storedColumns = `s.num, s.record, s.rev, s.stamp, s.page_url, s.rank, s.text_sha, s.crawled_at, s.changed_at, s.gone_at,
	s.file, s.place, s.dirty, s.verdict, s.path, s.path_sha, s.profile`

func (s *Stories) scanStored(rows *sql.Rows) (Stored, error) {
	var st Stored
	var num, crawled, changed, goneAt, profile int64
	var packed []byte
	var dirty int
	var verdict string
	if err := rows.Scan(&num, &packed, &st.Rev, &st.Stamp, &st.PageURL, &st.Rank, &st.TextSHA, &crawled, &changed, &goneAt,
		&st.Archived.File, &st.Archived.Offset, &dirty, &verdict, &st.Path, &st.PathSHA, &profile); err != nil {
		return st, err
	}
	st.Shard, st.Profile = num/ShardSize, uint64(profile)
	st.Crawled, st.Changed, st.Gone = database.Time(crawled), database.Time(changed), database.Time(goneAt)
	st.Judge, st.Reclean = dirty&schema.Judge != 0, dirty&schema.Reclean != 0
	var err error
	if st.Verdict, err = readVerdict(verdict); err != nil {
		return st, err
	}
	st.Story, err = s.codec.Unpack(packed)
	return st, err
}

func readVerdict(stored string) (v news.Verdict, err error) {
	if stored != "" {
		err = json.Unmarshal([]byte(stored), &v)
	}
	return v, err
}

func (s *Stories) stored(ctx context.Context, where string, args ...any) ([]Stored, error) {
	var found []Stored
	err := s.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, "SELECT "+storedColumns+" FROM story s "+where, args, func(rows *sql.Rows) error {
			st, err := s.scanStored(rows)
			found = append(found, st)
			return err
		})
	})
	return found, err
}

// byName are the conditions by which an ID or URL means a story, in the order in which
// they are tried.
var byName = []string{
	"WHERE s.id = $1",
	"WHERE s.page_url = $1 ORDER BY s.id LIMIT 1",
	"WHERE s.id = (SELECT story FROM alias WHERE url = $1)",
}

// Get returns a story by its ID or by any URL that means it. It returns ErrNotFound if
// there is none.
func (s *Stories) Get(ctx context.Context, idOrURL string) (Stored, error) {
	for _, where := range byName {
		found, err := s.stored(ctx, where, idOrURL)
		if err != nil {
			return Stored{}, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return Stored{}, ErrNotFound
}

// WithPrefix returns the IDs that begin with a prefix, sorted, at most limit of
// them. The prefix is of hexadecimal digits, as IDs are.
func (s *Stories) WithPrefix(ctx context.Context, prefix string, limit int) (ids []string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		ids = nil
		return t.Each(ctx, "SELECT id FROM story WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3", []any{prefix, prefix + "g", limit}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// Find returns the ID and the page of the story that [Stories.Get] returns, "" if there
// is none. lock is put at the end of the statements, see [database.Dialect].
func (s *Stories) Find(ctx context.Context, t *database.Tx, idOrURL, lock string) (id, page string, err error) {
	for _, where := range byName {
		found, err := t.One(ctx, "SELECT s.id, s.page_url FROM story s "+where+lock, []any{idOrURL}, &id, &page)
		if err != nil || found {
			return id, page, err
		}
	}
	return "", "", nil
}

// ByID returns the stories with these IDs, by ID; those that do not exist are left out.
func (s *Stories) ByID(ctx context.Context, ids []string) (map[string]Stored, error) {
	found := make(map[string]Stored, len(ids))
	err := s.db.View(ctx, func(t *database.Tx) error {
		return database.EachIn(ctx, t, "SELECT "+storedColumns+" FROM story s WHERE s.id IN ({list})", ids, func(rows *sql.Rows) error {
			st, err := s.scanStored(rows)
			found[st.Story.ID] = st
			return err
		})
	})
	return found, err
}

// List returns up to limit stories in the order of their IDs, starting after the given
// ID; "" starts with the first.
func (s *Stories) List(ctx context.Context, after string, limit int) ([]Stored, error) {
	return s.stored(ctx, "WHERE s.id > $1 ORDER BY s.id LIMIT "+strconv.Itoa(limit), after)
}

// ListShard returns up to limit stories of a shard in the order of their IDs, starting
// after the given ID.
func (s *Stories) ListShard(ctx context.Context, shard int64, after string, limit int) ([]Stored, error) {
	return s.stored(ctx, "WHERE s.num >= $1 AND s.num < $2 AND s.id > $3 ORDER BY s.id LIMIT "+strconv.Itoa(limit),
		shard*ShardSize, (shard+1)*ShardSize, after)
}

// Dirty returns up to limit stories that are to be settled, in the order of their IDs,
// starting after the given ID.
func (s *Stories) Dirty(ctx context.Context, after string, limit int) ([]Stored, error) {
	return s.stored(ctx, "WHERE s.dirty > 0 AND s.id > $1 ORDER BY s.id LIMIT "+strconv.Itoa(limit), after)
}

// Candidates implements dedupe.Index.
func (s *Stories) Candidates(ctx context.Context, q dedupe.Query) (found []dedupe.Candidate, err error) {
	err = s.db.ViewBetweenWrites(ctx, func(t *database.Tx) error {
		found, err = s.index.Candidates(ctx, t, q)
		return err
	})
	return found, err
}

// Docs implements dedupe.Index.
func (s *Stories) Docs(ctx context.Context, ids []string) ([]dedupe.Doc, error) {
	byID := make(map[string]dedupe.Doc, len(ids))
	err := s.db.ViewBetweenWrites(ctx, func(t *database.Tx) error {
		return database.EachIn(ctx, t, "SELECT record FROM story WHERE id IN ({list})", ids, func(rows *sql.Rows) error {
			var packed []byte
			if err := rows.Scan(&packed); err != nil {
				return err
			}
			story, err := s.codec.Unpack(packed)
			byID[story.ID] = docOf(&story)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	docs := make([]dedupe.Doc, 0, len(ids))
	for _, id := range ids {
		if doc, ok := byID[id]; ok {
			docs = append(docs, doc)
		}
	}
	return docs, nil
}

// Doc returns the story as the dedupe stage takes it.
func (st *Stored) Doc() dedupe.Doc { return docOf(&st.Story) }

func docOf(story *news.Story) dedupe.Doc {
	return dedupe.Doc{
		ID: story.ID, URL: story.URL, Host: story.Hostname, Source: story.Source,
		Title: story.Title, Text: story.Text(), Date: story.Date, Language: story.Language,
	}
}

// Revision is an earlier text of a story.
type Revision struct {
	Story    news.Story
	Rev      int64
	Crawled  time.Time
	TextSHA  string
	Archived schedule.Archived
}

// Revisions returns the earlier texts of a story, earliest first.
func (s *Stories) Revisions(ctx context.Context, id string) ([]Revision, error) {
	var all []Revision
	err := s.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, "SELECT rev, crawled_at, text_sha, record, file, place FROM revision WHERE story = $1 ORDER BY rev", []any{id},
			func(rows *sql.Rows) error {
				var r Revision
				var crawled int64
				var packed []byte
				err := rows.Scan(&r.Rev, &crawled, &r.TextSHA, &packed, &r.Archived.File, &r.Archived.Offset)
				if err != nil {
					return err
				}
				r.Crawled = database.Time(crawled)
				r.Story, err = s.codec.Unpack(packed)
				all = append(all, r)
				return err
			})
	})
	return all, err
}

// Names returns the URLs that mean a story, sorted.
func (s *Stories) Names(ctx context.Context, id string) (names []string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		names, err = database.Column[string](ctx, t, "SELECT url FROM alias WHERE story = $1 ORDER BY url", id)
		return err
	})
	return names, err
}
