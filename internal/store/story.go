package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"time"

	"winnow/dedupe"
	"winnow/news"
	"winnow/schedule"
)

// PartSize is the number of story numbers that one JSON Lines part covers.
const PartSize = 10_000

// Stored is a story as the state has it.
type Stored struct {
	Story    news.Story // with its ID
	Read     news.Story // the same as it was read from its page, with the house text in it
	House    []int      // places in Read.Blocks of the house text that Story is without
	Part     int64      // JSON Lines part that its record belongs to
	Rev      int64      // 1 and up; grows when the text of its page changes
	Stamp    int64      // grows with every change; see Settle
	PageURL  string     // the page that it was read from
	Rank     int        // of that page, see schedule.Found
	TextSHA  string     // SHA-256 of the text as it was read, hex
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
	s.file, s.place, s.dirty, s.verdict, s.path, s.path_sha, s.house`

func (s *Store) scanStored(rows *sql.Rows) (Stored, error) {
	var st Stored
	var num, crawled, changed, goneAt int64
	var record []byte
	var dirty int
	var verdict, house string
	if err := rows.Scan(&num, &record, &st.Rev, &st.Stamp, &st.PageURL, &st.Rank, &st.TextSHA, &crawled, &changed, &goneAt,
		&st.Archived.File, &st.Archived.Offset, &dirty, &verdict, &st.Path, &st.PathSHA, &house); err != nil {
		return st, err
	}
	st.Part = num / PartSize
	st.Crawled, st.Changed, st.Gone = at(crawled), at(changed), at(goneAt)
	st.Judge, st.Reclean = dirty&1 != 0, dirty&2 != 0
	var err error
	if st.Verdict, err = readVerdict(verdict); err != nil {
		return st, err
	}
	if st.House, err = readPlaces(house); err != nil {
		return st, err
	}
	st.Read, err = s.unpack(record)
	st.Story = st.Read.WithoutHouse(st.House)
	return st, err
}

func readVerdict(stored string) (v news.Verdict, err error) {
	if stored != "" {
		err = json.Unmarshal([]byte(stored), &v)
	}
	return v, err
}

func (s *Store) stored(ctx context.Context, where string, args ...any) ([]Stored, error) {
	var found []Stored
	err := s.view(ctx, func(t *tx) error {
		return t.each(ctx, "SELECT "+storedColumns+" FROM story s "+where, args, func(rows *sql.Rows) error {
			st, err := s.scanStored(rows)
			found = append(found, st)
			return err
		})
	})
	return found, err
}

// Story finds a story by its ID or by any URL that means it. It returns
// ErrNotFound when there is none.
func (s *Store) Story(ctx context.Context, idOrURL string) (Stored, error) {
	for _, where := range []string{
		"WHERE s.id = $1",
		"WHERE s.page_url = $1 ORDER BY s.id LIMIT 1",
		"WHERE s.id = (SELECT story FROM alias WHERE url = $1)",
	} {
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

// StoriesOf gives the stories with these IDs, those that are there.
func (s *Store) StoriesOf(ctx context.Context, ids []string) (map[string]Stored, error) {
	found := make(map[string]Stored, len(ids))
	err := s.view(ctx, func(t *tx) error {
		return chunks(ids, t.dialect.list, func(list []any) error {
			return t.each(ctx, "SELECT "+storedColumns+" FROM story s WHERE s.id IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
				st, err := s.scanStored(rows)
				found[st.Story.ID] = st
				return err
			})
		})
	})
	return found, err
}

// Stories gives up to limit stories in the order of their IDs, those after the
// given ID; "" is before all.
func (s *Store) Stories(ctx context.Context, after string, limit int) ([]Stored, error) {
	return s.stored(ctx, "WHERE s.id > $1 ORDER BY s.id LIMIT "+strconv.Itoa(limit), after)
}

// PartStories gives up to limit stories of a JSON Lines part in the order of
// their IDs, those after the given ID.
func (s *Store) PartStories(ctx context.Context, part int64, after string, limit int) ([]Stored, error) {
	return s.stored(ctx, "WHERE s.num >= $1 AND s.num < $2 AND s.id > $3 ORDER BY s.id LIMIT "+strconv.Itoa(limit),
		part*PartSize, (part+1)*PartSize, after)
}

// Dirty gives up to limit stories that changed since they were settled, in the
// order of their IDs, those after the given ID.
func (s *Store) Dirty(ctx context.Context, after string, limit int) ([]Stored, error) {
	return s.stored(ctx, "WHERE s.dirty > 0 AND s.id > $1 ORDER BY s.id LIMIT "+strconv.Itoa(limit), after)
}

// Docs implements dedupe.Index.
func (s *Store) Docs(ctx context.Context, ids []string) ([]dedupe.Doc, error) {
	byID := make(map[string]dedupe.Doc, len(ids))
	err := s.viewOften(ctx, func(t *tx) error {
		return chunks(ids, t.dialect.list, func(list []any) error {
			return t.each(ctx, "SELECT record, house FROM story WHERE id IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
				var record []byte
				var house string
				if err := rows.Scan(&record, &house); err != nil {
					return err
				}
				places, err := readPlaces(house)
				if err != nil {
					return err
				}
				read, err := s.unpack(record)
				story := read.WithoutHouse(places)
				byID[story.ID] = docOf(&story)
				return err
			})
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

// Doc is the story as the dedupe stage sees it.
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

// Revisions gives the earlier texts of a story, the first one first.
func (s *Store) Revisions(ctx context.Context, id string) ([]Revision, error) {
	var all []Revision
	err := s.view(ctx, func(t *tx) error {
		return t.each(ctx, "SELECT rev, crawled_at, text_sha, record, file, place FROM revision WHERE story = $1 ORDER BY rev", []any{id},
			func(rows *sql.Rows) error {
				var r Revision
				var crawled int64
				var record []byte
				err := rows.Scan(&r.Rev, &crawled, &r.TextSHA, &record, &r.Archived.File, &r.Archived.Offset)
				if err != nil {
					return err
				}
				r.Crawled = at(crawled)
				r.Story, err = s.unpack(record)
				all = append(all, r)
				return err
			})
	})
	return all, err
}
