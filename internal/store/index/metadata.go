package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"sync"

	"winnow/internal/store/database"
)

// Only few of very many candidates need to be read from their rows. The metadata that
// rejects the others is packed, metadataBlock numbers in one row of table brief, when
// their prints are merged. It never changes: a story with new prints, or a new day, gets
// a new number.

const (
	metadataBlock = 128      // numbers in a row: 1 KB
	metadataSize  = 8        // bytes for a number: its prints plus one, its day
	metadataRows  = 16 << 10 // rows in the cache
)

// metadata is what the index knows of a number.
type metadata struct {
	prints int32 // how many
	day    int32 // of the story, see dedupe.Candidate
}

// metadataCache caches rows of table brief. The zero value is ready for use.
type metadataCache struct {
	mu   sync.Mutex
	rows map[int64][]byte
}

func (c *metadataCache) get(block int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rows[block]
}

func (c *metadataCache) put(block int64, row []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil || len(c.rows) >= metadataRows {
		c.rows = map[int64][]byte{}
	}
	c.rows[block] = row
}

// unpackMetadata reads the metadata of a number from its row; ok is false if there is
// none.
func unpackMetadata(row []byte, num int64) (m metadata, ok bool) {
	at := int(num%metadataBlock) * metadataSize
	if len(row) < at+metadataSize {
		return metadata{}, false
	}
	m = metadata{int32(binary.LittleEndian.Uint32(row[at:])) - 1, int32(binary.LittleEndian.Uint32(row[at+4:]))}
	return m, m.prints >= 0
}

// read reads rows, and caches them.
func (c *metadataCache) read(ctx context.Context, t *database.Tx, blocks []int64) (map[int64][]byte, error) {
	read := map[int64][]byte{}
	err := database.EachIn(ctx, t, "SELECT block, data FROM brief WHERE block IN ({list})", blocks, func(rows *sql.Rows) error {
		var block int64
		var data []byte
		err := rows.Scan(&block, &data)
		read[block] = data
		c.put(block, data)
		return err
	})
	return read, err
}

// writeMetadata adds the metadata of numbers, which are sorted.
func writeMetadata(ctx context.Context, t *database.Tx, nums []int64, known map[int64]metadata) error {
	for len(nums) > 0 {
		block := nums[0] / metadataBlock
		n := 1
		for n < len(nums) && nums[n]/metadataBlock == block {
			n++
		}
		var old []byte
		if _, err := t.One(ctx, "SELECT data FROM brief WHERE block = $1", []any{block}, &old); err != nil {
			return err
		}
		row := make([]byte, metadataBlock*metadataSize)
		copy(row, old)
		for _, num := range nums[:n] {
			at := int(num%metadataBlock) * metadataSize
			binary.LittleEndian.PutUint32(row[at:], uint32(known[num].prints+1))
			binary.LittleEndian.PutUint32(row[at+4:], uint32(known[num].day))
		}
		if _, err := t.Exec(ctx, "INSERT INTO brief (block, data) VALUES ($1, $2) ON CONFLICT (block) DO UPDATE SET data = excluded.data", block, row); err != nil {
			return err
		}
		nums = nums[n:]
	}
	return nil
}
