package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"
	"sync"
)

// Of very many candidates few are worth a look at their rows. What tells them
// apart lies together, briefBlock numbers a row of brief, written when their
// prints are merged. It never changes: a story that comes by other prints, or
// another day, gets another number.

const (
	briefBlock = 128      // numbers a row: 1 KB
	briefSize  = 8        // bytes a number: how many prints and one, its day
	briefMost  = 16 << 10 // rows that are remembered
)

// brief is what the index knows of a number: how many prints it has, and its day.
type brief struct{ many, day int32 }

// briefRows are rows of brief as they were read last. The zero value is ready.
type briefRows struct {
	mu   sync.Mutex
	rows map[int64][]byte
}

func (b *briefRows) get(block int64) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows[block]
}

func (b *briefRows) put(block int64, row []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rows == nil || len(b.rows) >= briefMost {
		b.rows = map[int64][]byte{}
	}
	b.rows[block] = row
}

// cutBrief reads a number's place in its row; false where there is nothing.
func cutBrief(row []byte, num int64) (brief, bool) {
	at := int(num%briefBlock) * briefSize
	if len(row) < at+briefSize {
		return brief{}, false
	}
	b := brief{int32(binary.LittleEndian.Uint32(row[at:])) - 1, int32(binary.LittleEndian.Uint32(row[at+4:]))}
	return b, b.many >= 0
}

// briefs fills in what is known of the numbers, which come in order.
func (t *tx) briefs(ctx context.Context, tallies []tally, waiting map[int64]brief) error {
	var missing []*tally
	var blocks []int64
	for i := range tallies {
		c := &tallies[i]
		known := false
		if c.brief, known = waiting[c.num]; known {
			continue
		}
		if c.brief, known = cutBrief(t.briefRows.get(c.num/briefBlock), c.num); !known {
			missing = append(missing, c)
			blocks = append(blocks, c.num/briefBlock)
		}
	}
	rows, err := t.readBriefs(ctx, slices.Compact(blocks))
	if err != nil {
		return err
	}
	for _, c := range missing {
		known := false
		if c.brief, known = cutBrief(rows[c.num/briefBlock], c.num); !known {
			return errPostings
		}
	}
	return nil
}

// readBriefs reads rows, and remembers them.
func (t *tx) readBriefs(ctx context.Context, blocks []int64) (map[int64][]byte, error) {
	read := map[int64][]byte{}
	err := chunks(blocks, t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT block, data FROM brief WHERE block IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var block int64
			var data []byte
			err := rows.Scan(&block, &data)
			read[block] = data
			t.briefRows.put(block, data)
			return err
		})
	})
	return read, err
}

// writeBriefs adds what is known of numbers, which come in order.
func (t *tx) writeBriefs(ctx context.Context, nums []int64, known map[int64]brief) error {
	for len(nums) > 0 {
		block := nums[0] / briefBlock
		n := 1
		for n < len(nums) && nums[n]/briefBlock == block {
			n++
		}
		var old []byte
		if _, err := t.one(ctx, "SELECT data FROM brief WHERE block = $1", []any{block}, &old); err != nil {
			return err
		}
		row := make([]byte, briefBlock*briefSize)
		copy(row, old)
		for _, num := range nums[:n] {
			at := int(num%briefBlock) * briefSize
			binary.LittleEndian.PutUint32(row[at:], uint32(known[num].many+1))
			binary.LittleEndian.PutUint32(row[at+4:], uint32(known[num].day))
		}
		if _, err := t.exec(ctx, "INSERT INTO brief (block, data) VALUES ($1, $2) ON CONFLICT (block) DO UPDATE SET data = excluded.data", block, row); err != nil {
			return err
		}
		nums = nums[n:]
	}
	return nil
}
