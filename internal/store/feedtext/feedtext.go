// Package feedtext keeps the texts of stories as feeds have them, the last one of each
// URL: [Put] when a feed was read, [Get] when its page is due, [Use] when a story was
// made.
package feedtext

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"

	"winnow/internal/store/database"
	"winnow/schedule"
)

// Stored is a text as it is kept.
type Stored struct {
	Feed string // URL of the feed
	SHA  string // SHA-256 of the packed text, in hex
	Body []byte // packed, see fulltext.Text; nil after a story was made
}

// Put keeps a text, and reports whether it is new. Of two feeds that have different
// texts of one story, the longer text counts, so that they do not take turns.
func Put(ctx context.Context, t *database.Tx, text schedule.Text) (changed bool, err error) {
	var feed, sha string
	var size int
	found, err := t.One(ctx, "SELECT feed, sha, size FROM feed_text WHERE url = $1", []any{text.URL}, &feed, &sha, &size)
	if err != nil || found && (sha == text.SHA || feed != text.Feed && len(text.Body) <= size) {
		return false, err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text.Body); err != nil {
		return false, err
	}
	if err := z.Close(); err != nil {
		return false, err
	}
	_, err = t.Exec(ctx, `INSERT INTO feed_text (url, feed, sha, size, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (url) DO UPDATE SET feed = excluded.feed, sha = excluded.sha, size = excluded.size, body = excluded.body`,
		text.URL, text.Feed, text.SHA, len(text.Body), b.Bytes())
	return true, err
}

// Get returns the text of a URL; found is false if no feed has one.
func Get(ctx context.Context, t *database.Tx, url string) (s Stored, found bool, err error) {
	var packed []byte
	found, err = t.One(ctx, "SELECT feed, sha, body FROM feed_text WHERE url = $1", []any{url}, &s.Feed, &s.SHA, &packed)
	if err != nil || len(packed) == 0 {
		return s, found, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		s.Body, err = io.ReadAll(z)
	}
	return s, found, err
}

// Use drops the body of a URL's text: a story was made of it, or it is not needed.
func Use(ctx context.Context, t *database.Tx, url string) error {
	_, err := t.Exec(ctx, "UPDATE feed_text SET body = NULL WHERE url = $1 AND body IS NOT NULL", url)
	return err
}

// Delete removes the text of a URL.
func Delete(ctx context.Context, t *database.Tx, url string) error {
	_, err := t.Exec(ctx, "DELETE FROM feed_text WHERE url = $1", url)
	return err
}
