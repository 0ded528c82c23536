package store

import (
	"context"

	"winnow/internal/store/database"
	"winnow/internal/store/feedtext"
	"winnow/internal/store/schema"
)

// FeedText returns the text that a feed has of a URL's story. It returns ErrNotFound if
// no feed has one.
func (s *Store) FeedText(ctx context.Context, url string) (text feedtext.Stored, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		var found bool
		if text, found, err = feedtext.Get(ctx, t, url); err == nil && !found {
			err = ErrNotFound
		}
		return err
	})
	return text, err
}

var (
	textOf   = schema.SQL("SELECT lane, source, state, body_sha FROM url WHERE url = $1 AND kind = {article} AND state <> {forgotten}")
	doWithIt = schema.SQL("UPDATE url SET state = {pending}, batch = listed, tries = 0, due = 0 WHERE url = $1")
)

// putTexts keeps the texts of the outcome. A URL whose text is to be taken instead of
// its page is done again if it is another than the last one.
func (f *finish) putTexts(ctx context.Context) error {
	for _, text := range f.o.Texts {
		var lane int64
		var source, sha string
		var state int
		found, err := f.tx.One(ctx, textOf, []any{text.URL}, &lane, &source, &state, &sha)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		changed, err := feedtext.Put(ctx, f.tx, text)
		if err != nil {
			return err
		}
		if !changed || !text.Instead || state == schema.Pending || sha == text.SHA {
			continue
		}
		if _, err := f.tx.Exec(ctx, doWithIt, text.URL); err != nil {
			return err
		}
		f.lanes[lane] = true
		if err := notifySources(ctx, f.tx, map[string]bool{source: true}); err != nil {
			return err
		}
	}
	return nil
}
