package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"

	"winnow/dedupe"
	"winnow/news"
	"winnow/schedule"
)

// forgottenAlias says whether one of the URLs was taken out for good, other than
// the page's own, of which that is known.
func (t *tx) forgottenAlias(ctx context.Context, page string, aliases []string) (taboo bool, err error) {
	aliases = slices.DeleteFunc(slices.Clone(aliases), func(alias string) bool { return alias == page })
	err = chunks(aliases, t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT url FROM url WHERE state = 6 AND url IN ("+marks(1, len(list))+")", list, func(*sql.Rows) error {
			taboo = true
			return nil
		})
	})
	return taboo, err
}

// storyRow is a story as it stands before a page of it is written.
type storyRow struct {
	num, rev, crawled, place int64
	page, sha, file          string
	rank                     int
	record                   []byte
}

// putStory writes the story of the task's page.
//
// Which page stands for a story with several does not depend on their order:
// the one of the smallest rank, then of the smaller URL. Another text on the
// same page is a revision; a better page is none.
func (f *finish) putStory(ctx context.Context, found schedule.Found) error {
	names := f.namesOf(found.Aliases)
	known, err := f.meant(ctx, names)
	if err != nil {
		return err
	}
	id, err := f.storyID(ctx, names, known)
	if err != nil {
		return err
	}
	found.Story.ID = id
	record, sha, err := f.pack(&found.Story)
	if err != nil {
		return err
	}
	// Another host's worker may be making the same story: the insert waits for it.
	num, err := f.putNew(ctx, id, found, record, sha)
	if err != nil {
		return err
	}
	if num == 0 {
		err = f.putAgain(ctx, id, found, record, sha)
	} else {
		f.count.added++
		err = f.addPrints(ctx, num, dedupe.Day(found.Story.Date), newPackedPrints(found.Prints, found.Lines))
	}
	if err != nil {
		return err
	}
	return f.putAliases(ctx, id, names, known)
}

// putNew gives the number of the new story, 0 when there is one with the ID.
func (f *finish) putNew(ctx context.Context, id string, found schedule.Found, record []byte, sha string) (num int64, err error) {
	file, place := f.archivedAt("", 0)
	_, err = f.one(ctx, `INSERT INTO story (id, rev, stamp, page_url, rank, source, text_sha, record, crawled_at, changed_at, file, place, site_misses, dirty)
		VALUES ($1, 1, 1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, 1) ON CONFLICT (id) DO NOTHING RETURNING num`,
		[]any{id, f.task.URL, found.Rank, f.task.Source, sha, record, ms(f.o.At), file, place, len(found.Story.SiteMisses)}, &num)
	return num, err
}

// archivedAt is where the page lies, or where it lay before.
func (f *finish) archivedAt(file string, place int64) (string, int64) {
	if a := f.o.Archived; a != nil {
		return a.File, a.Offset
	}
	return file, place
}

func (f *finish) putAgain(ctx context.Context, id string, found schedule.Found, record []byte, sha string) error {
	var old storyRow
	there, err := f.one(ctx, `SELECT num, rev, crawled_at, page_url, rank, text_sha, file, place, record FROM story WHERE id = $1`+f.dialect.lock,
		[]any{id}, &old.num, &old.rev, &old.crawled, &old.page, &old.rank, &old.sha, &old.file, &old.place, &old.record)
	if err != nil {
		return err
	}
	if !there {
		return errMoved
	}
	own := old.page == f.task.URL
	if !own && better(old.rank, old.page, found.Rank, f.task.URL) {
		return nil // a page of the story that is no better than the one that stands for it
	}
	same, err := f.sameRecord(old.record, &found.Story)
	if err != nil {
		return err
	}
	file, place := f.archivedAt(old.file, old.place)
	if own && same && sha == old.sha {
		// Nothing that is published has changed. What was cut may have: it goes
		// with the newer page in the archive.
		_, err := f.exec(ctx, "UPDATE story SET rank = $2, record = $3, file = $4, place = $5 WHERE num = $1", old.num, found.Rank, record, file, place)
		return err
	}
	rev := old.rev
	if own && sha != old.sha {
		if _, err := f.exec(ctx, "INSERT INTO revision (story, rev, crawled_at, text_sha, record, file, place) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			id, rev, old.crawled, old.sha, old.record, old.file, old.place); err != nil {
			return err
		}
		rev++
		f.count.revised++
		if err := f.comeSooner(ctx); err != nil {
			return err
		}
	}
	if _, err := f.exec(ctx, `UPDATE story SET rev = $2, stamp = stamp + 1, page_url = $3, rank = $4, source = $5, text_sha = $6, record = $7,
		crawled_at = $8, changed_at = CASE WHEN text_sha = $6 THEN changed_at ELSE $8 END, file = $9, place = $10, site_misses = $11, house = '', dirty = 1, gone_at = 0 WHERE num = $1`,
		old.num, rev, f.task.URL, found.Rank, f.task.Source, sha, record, ms(f.o.At), file, place, len(found.Story.SiteMisses)); err != nil {
		return err
	}
	before, err := f.unpack(old.record)
	if err != nil {
		return err
	}
	if err := f.staleHouse(ctx, &before); err != nil {
		return err
	}
	return f.putPrints(ctx, old.num, dedupe.Day(found.Story.Date), found.Prints, found.Lines)
}

// comeSooner plans the next visit of a page whose story has changed.
func (f *finish) comeSooner(ctx context.Context) error {
	due := f.o.DueRevised
	if due.IsZero() || f.o.State != schedule.Done {
		return nil
	}
	_, err := f.exec(ctx, "UPDATE url SET due = $2, wait = $3 WHERE url = $1", f.task.URL, msUp(due), max(0, ms(due)-ms(f.o.At)))
	return err
}

// sameRecord says whether two records differ at most in what was cut.
func (s *Store) sameRecord(packed []byte, now *news.Story) (bool, error) {
	before, err := s.unpack(packed)
	if err != nil {
		return false, err
	}
	before.Removals = nil
	after := *now
	after.Removals = nil
	a, err := json.Marshal(before)
	if err != nil {
		return false, err
	}
	b, err := json.Marshal(after)
	return bytes.Equal(a, b), err
}

// namesOf is the URLs that mean the story, the canonical one first.
func (f *finish) namesOf(aliases []string) []string {
	var names []string
	for _, alias := range slices.Backward(aliases) {
		if alias != "" && len(alias) <= maxURL && !slices.Contains(names, alias) {
			names = append(names, alias)
		}
	}
	if !slices.Contains(names, f.task.URL) {
		names = append(names, f.task.URL)
	}
	return names
}

// StoryID is the ID of a new story with the canonical URL: 32 hex digits of its
// SHA-256.
func StoryID(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:16])
}

// cleanAgain asks for the page's story to be cleaned again from the archive.
func (t *tx) cleanAgain(ctx context.Context, page string) error {
	_, err := t.exec(ctx, "UPDATE story SET dirty = dirty | 2, stamp = stamp + 1 WHERE page_url = $1", page)
	return err
}
