package stories

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"winnow/dedupe"
	"winnow/internal/store/database"
	"winnow/internal/store/record"
	"winnow/internal/store/schema"
	"winnow/news"
	"winnow/schedule"
)

// MaxURL is the length of the longest URL that is stored, in bytes: PostgreSQL's indexes
// take 2,700. The crawler's normalisation stops earlier.
const MaxURL = 2048

// Page is a page that a story was read from.
type Page struct {
	URL      string
	Site     string // its host
	Source   string
	At       time.Time          // when it was fetched
	Archived *schedule.Archived // nil when it was not archived
	Found    schedule.Found
}

// Changes is what [Stories.Put] did, in stories.
type Changes struct {
	Added   int // new ones; negative if several turned out to be one
	Revised int // those whose text has changed
}

// put is one call of [Stories.Put].
type put struct {
	stories *Stories
	tx      *database.Tx
	page    Page
	changes Changes
}

// Put stores the story of a page.
//
// A story with several pages is read from the one with the smallest rank, and of these
// from the one whose URL sorts first, whatever the order in which they came. A new text
// on the same page makes a revision; a better page does not.
func (s *Stories) Put(ctx context.Context, t *database.Tx, page Page) (Changes, error) {
	p := &put{stories: s, tx: t, page: page}
	err := p.story(ctx)
	return p.changes, err
}

func (p *put) story(ctx context.Context) error {
	names := p.names()
	known, err := p.meant(ctx, names)
	if err != nil {
		return err
	}
	id, err := p.storyID(ctx, names, known)
	if err != nil {
		return err
	}
	p.page.Found.Story.ID = id
	sum, err := p.stories.sumsOf(&p.page.Found.Story, p.page.Found.Alone)
	if err != nil {
		return err
	}
	// A worker on another host may be storing the same story: the insert waits for it.
	num, err := p.insert(ctx, id, sum)
	if err != nil {
		return err
	}
	if num == 0 {
		err = p.update(ctx, id, sum)
	} else {
		p.changes.Added++
		found := &p.page.Found
		err = p.stories.index.Add(ctx, p.tx, num, dedupe.Day(found.Story.Date), found.Prints)
	}
	if err != nil {
		return err
	}
	return p.putAliases(ctx, id, names, known)
}

// sums is a story as it is stored, and the hashes of what its page makes alone.
type sums struct {
	record      []byte
	shown       string // of the text of the record
	text, alone string // of the text, and of the record
}

// sumsOf packs a story. alone is what the page makes alone; nil when that is the story.
func (s *Stories) sumsOf(story, alone *news.Story) (sum sums, err error) {
	if sum.record, sum.shown, err = s.codec.Pack(story); err != nil {
		return sum, err
	}
	if sum.text = sum.shown; alone == nil {
		alone = story
	} else {
		sum.text = record.TextSHA(alone)
	}
	sum.alone, err = record.SHA(alone)
	return sum, err
}

var (
	insertStory = schema.SQL(`INSERT INTO story (id, rev, stamp, page_url, rank, source, text_sha, record, record_sha, crawled_at, changed_at, file, place, site_misses, site, profile, alone_sha, dirty)
		VALUES ($1, 1, 1, $2, $3, $4, $5, $6, $14, $7, $7, $8, $9, $10, $11, $12, $13, ` + toDo("$11", "$12") + `) ON CONFLICT (id) DO NOTHING RETURNING num`)
	keepRecord = schema.SQL("UPDATE story SET rank = $2, file = $3, place = $4, dirty = dirty | {judge} | {reclean}, stamp = stamp + 1 WHERE num = $1")
)

// toDo is SQL for what is to be done about a new text: it is judged, and read again by
// the profile of its site where it was not read by that one.
func toDo(site, profile string) string {
	return "CASE WHEN (SELECT COALESCE(MAX(o.digest), 0) FROM site o WHERE o.host = " + site + ") <> " + profile + " THEN {judge} | {reclean} ELSE {judge} END"
}

// insert returns the number of the new story, 0 when there is one with the ID.
func (p *put) insert(ctx context.Context, id string, sum sums) (num int64, err error) {
	file, place := p.archivedAt("", 0)
	_, err = p.tx.One(ctx, insertStory, []any{id, p.page.URL, p.page.Found.Rank, p.page.Source, sum.text, sum.record, database.Millis(p.page.At),
		file, place, len(p.page.Found.Story.SiteMisses), p.page.Site, int64(p.page.Found.Profile), sum.alone, sum.shown}, &num)
	return num, err
}

// archivedAt returns the place of the page in the archive, or the given one if it was
// not archived.
func (p *put) archivedAt(file string, place int64) (string, int64) {
	if a := p.page.Archived; a != nil {
		return a.File, a.Offset
	}
	return file, place
}

// row is a story as it was before the page.
type row struct {
	num, rev, crawled, place int64
	profile                  int64
	page, sha, alone, file   string
	rank                     int
	record                   []byte
}

var updateStory = schema.SQL(`UPDATE story SET rev = $2, stamp = stamp + 1, page_url = $3, rank = $4, source = $5, text_sha = $6, record = $7,
	crawled_at = $8, changed_at = CASE WHEN text_sha = $6 THEN changed_at ELSE $8 END, file = $9, place = $10, site_misses = $11,
	gone_at = 0, site = $12, profile = $13, alone_sha = $14, record_sha = $15, dirty = ` + toDo("$12", "$13") + ` WHERE num = $1`)

// update replaces the story with the ID by that of the page, unless it was read from a
// better page.
func (p *put) update(ctx context.Context, id string, sum sums) error {
	t, found := p.tx, &p.page.Found
	var old row
	there, err := t.One(ctx, `SELECT num, rev, crawled_at, page_url, rank, text_sha, alone_sha, profile, file, place, record FROM story WHERE id = $1`+t.Dialect.ForUpdate,
		[]any{id}, &old.num, &old.rev, &old.crawled, &old.page, &old.rank, &old.sha, &old.alone, &old.profile, &old.file, &old.place, &old.record)
	if err != nil {
		return err
	}
	if !there {
		return errMoved
	}
	own := old.page == p.page.URL
	if !own && better(old.rank, old.page, found.Rank, p.page.URL) {
		return nil // it is read from a better page
	}
	same, err := p.stories.sameAlone(old, sum)
	if err != nil {
		return err
	}
	file, place := p.archivedAt(old.file, old.place)
	if own && same && sum.text == old.sha {
		// Nothing has changed but what was cut perhaps: it is stored with the place of
		// the newer page in the archive. By the profile of the site the page may be
		// another all the same.
		if old.profile != int64(found.Profile) {
			_, err = t.Exec(ctx, keepRecord, old.num, found.Rank, file, place)
		} else {
			_, err = t.Exec(ctx, "UPDATE story SET rank = $2, record = $3, record_sha = $4, file = $5, place = $6 WHERE num = $1", old.num, found.Rank, sum.record, sum.shown, file, place)
		}
		return err
	}
	rev := old.rev
	if own && sum.text != old.sha {
		if _, err := t.Exec(ctx, "INSERT INTO revision (story, rev, crawled_at, text_sha, record, file, place) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			id, rev, old.crawled, old.sha, old.record, old.file, old.place); err != nil {
			return err
		}
		rev++
		p.changes.Revised++
	}
	if _, err := t.Exec(ctx, updateStory, old.num, rev, p.page.URL, found.Rank, p.page.Source, sum.text, sum.record, database.Millis(p.page.At),
		file, place, len(found.Story.SiteMisses), p.page.Site, int64(found.Profile), sum.alone, sum.shown); err != nil {
		return err
	}
	return p.stories.index.Put(ctx, t, old.num, dedupe.Day(found.Story.Date), found.Prints)
}

// sameAlone reports whether a page makes the same record alone as it did before, but for
// what was removed.
func (s *Stories) sameAlone(old row, now sums) (bool, error) {
	if old.alone != "" {
		return old.alone == now.alone, nil
	}
	before, err := s.codec.Unpack(old.record) // of a state without profiles
	if err != nil {
		return false, err
	}
	sha, err := record.SHA(&before)
	return sha == now.alone, err
}

// sameRecord reports whether two records are equal, but for their removals.
func (s *Stories) sameRecord(packed []byte, now *news.Story) (bool, error) {
	before, err := s.codec.Unpack(packed)
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

// names returns the URLs that mean the story, the canonical one first.
func (p *put) names() []string {
	var names []string
	for _, alias := range slices.Backward(p.page.Found.Aliases) {
		if alias != "" && len(alias) <= MaxURL && !slices.Contains(names, alias) {
			names = append(names, alias)
		}
	}
	if !slices.Contains(names, p.page.URL) {
		names = append(names, p.page.URL)
	}
	return names
}

// NewID returns the ID of a new story with the canonical URL: 32 hex digits of its
// SHA-256.
func NewID(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:16])
}
