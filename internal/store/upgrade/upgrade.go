// Package upgrade has what statements alone cannot do for a state of an older version:
// [Steps] are run beside the migrations of package schema.
package upgrade

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"winnow/internal/store/database"
	"winnow/internal/store/record"
	"winnow/internal/store/schema"
	"winnow/news"
)

// Steps returns the steps, in the order of their versions. codec reads the records.
func Steps(codec *record.Codec) []database.Upgrade {
	s := steps{codec}
	return []database.Upgrade{{Version: 7, Before: s.cutLines}}
}

type steps struct{ codec *record.Codec }

// upgradeBatch bounds the records that are in memory.
const upgradeBatch = 200

var putCut = schema.SQL(`UPDATE story SET record = $2, record_sha = $3, alone_sha = CASE WHEN alone_sha = '' THEN $4 ELSE alone_sha END,
	dirty = {judge} + {reclean}, stamp = stamp + 1 WHERE num = $1`)

// cutLines cuts from the records the blocks whose places are in column house: lines that
// recur on their sites. Older versions stored them beside the records. The stories are to
// be cleaned again by the profiles of their sites; those that are not archived stay as
// they are now.
func (s steps) cutLines(ctx context.Context, t *database.Tx) error {
	type row struct {
		num    int64
		packed []byte
		places string
	}
	for after := int64(0); ; {
		var batch []row
		err := t.Each(ctx, "SELECT num, record, house FROM story WHERE house <> '' AND num > $1 ORDER BY num LIMIT $2", []any{after, upgradeBatch}, func(rows *sql.Rows) error {
			var r row
			err := rows.Scan(&r.num, &r.packed, &r.places)
			batch = append(batch, r)
			return err
		})
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, r := range batch {
			story, err := s.codec.Unpack(r.packed)
			if err != nil {
				return err
			}
			alone, err := record.SHA(&story)
			if err != nil {
				return err
			}
			if err := cutPlaces(&story, r.places); err != nil {
				return err
			}
			packed, sha, err := s.codec.Pack(&story)
			if err != nil {
				return err
			}
			if _, err := t.Exec(ctx, putCut, r.num, packed, sha, alone); err != nil {
				return err
			}
			after = r.num
		}
	}
}

var errPlaces = errors.New("places of blocks in the state are damaged")

// cutPlaces moves blocks of a story to its removals. Their places are as "0,7,8"; those
// that the story does not have are ignored.
func cutPlaces(story *news.Story, places string) error {
	cut := map[int]bool{}
	for one := range strings.SplitSeq(places, ",") {
		i, err := strconv.Atoi(one)
		if err != nil {
			return errPlaces
		}
		cut[i] = true
	}
	kept := story.Blocks[:0:0]
	for i, b := range story.Blocks {
		if cut[i] {
			story.Removals = append(story.Removals, news.Removal{Rule: news.HouseRule, Why: news.HouseWhy, Text: b.Text})
		} else {
			kept = append(kept, b)
		}
	}
	story.Blocks = kept
	return nil
}
