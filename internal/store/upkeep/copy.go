package upkeep

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"

	"winnow/internal/store/database"
)

// copyRows is how many rows are written in one transaction.
const copyRows = 500

// ErrNotEmpty is the error of Copy for a target that is another state.
var ErrNotEmpty = errors.New("there is another state already; name an empty place")

// Copied is what Copy has done to a table.
type Copied struct {
	Table string
	Rows  int64
	There bool // it was whole already, from a copy that was broken off
}

// Copy makes to the same state as s: every row of every table, whichever database each
// is in. The source is read as it was at the beginning. to has to be empty, or a copy of
// s that was broken off, which is continued: tables that are whole already stay. Any other state is refused
// with ErrNotEmpty. done
// is called after each table. In the end the rows of both are counted and their digests
// compared; the error says where they differ.
func (s *State) Copy(ctx context.Context, to *State, done func(Copied)) error {
	return s.db.View(ctx, func(from *database.Tx) error {
		if err := to.isFor(ctx, from); err != nil {
			return err
		}
		first, sums, err := to.firstToCopy(ctx, from, done)
		if err != nil {
			return err
		}
		if err := to.clear(ctx, tables[first:]); err != nil {
			return err
		}
		for _, table := range tables[first:] {
			sum, err := to.fill(ctx, from, table)
			if err != nil {
				return fmt.Errorf("table %s: %w", table.name, err)
			}
			sums = append(sums, sum)
			done(Copied{Table: table.name, Rows: sum.rows})
		}
		if err := to.count(ctx, from); err != nil {
			return err
		}
		if err := to.compare(ctx, sums); err != nil {
			return err
		}
		return to.db.Write(ctx, func(t *database.Tx) error {
			_, err := t.Exec(ctx, "DELETE FROM setting WHERE name = $1", settingCopying)
			return err
		})
	})
}

// settingCopying is a setting that only an unfinished copy has: the identity of the state
// that it is a copy of.
const settingCopying = "copying"

// isFor returns an error unless the state is empty, or an unfinished copy of the one that
// from reads; then it is marked as one.
func (to *State) isFor(ctx context.Context, from *database.Tx) error {
	const setting = "SELECT value FROM setting WHERE name = $1"
	var source string
	if found, err := from.One(ctx, setting, []any{"identity"}, &source); err != nil || !found {
		return cmp.Or(err, errors.New("the state has no identity"))
	}
	empty, err := to.Empty(ctx)
	if err != nil {
		return err
	}
	return to.db.Write(ctx, func(t *database.Tx) error {
		var copying string
		if _, err := t.One(ctx, setting, []any{settingCopying}, &copying); err != nil {
			return err
		}
		if copying == source {
			return nil
		}
		if copying != "" || !empty {
			return ErrNotEmpty
		}
		_, err := t.Exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2)", settingCopying, source)
		return err
	})
}

// firstToCopy returns the place in tables of the first one that is not whole in the copy,
// and the sums of those before it.
func (to *State) firstToCopy(ctx context.Context, from *database.Tx, done func(Copied)) (first int, sums []sum, err error) {
	for i, table := range tables {
		source, err := sumOf(ctx, from, table)
		if err != nil {
			return 0, nil, err
		}
		var target sum
		err = to.db.View(ctx, func(t *database.Tx) (err error) {
			target, err = sumOf(ctx, t, table)
			return err
		})
		if err != nil {
			return 0, nil, err
		}
		if source != target {
			return i, sums, nil
		}
		sums = append(sums, source)
		done(Copied{Table: table.name, Rows: source.rows, There: true})
	}
	return len(tables), sums, nil
}

// clear empties tables, those that refer to others first.
func (to *State) clear(ctx context.Context, some []table) error {
	return to.db.Write(ctx, func(t *database.Tx) error {
		for _, table := range slices.Backward(some) {
			if _, err := t.Exec(ctx, "DELETE FROM "+table.name+table.where()); err != nil {
				return err
			}
		}
		return nil
	})
}

// fill copies the rows of a table, and returns their sum.
func (to *State) fill(ctx context.Context, from *database.Tx, table table) (sum, error) {
	digest := newDigest()
	var insert string
	var waiting [][]any
	write := func() error {
		rows := waiting
		waiting = nil
		if len(rows) == 0 {
			return nil
		}
		return to.db.Write(ctx, func(t *database.Tx) error {
			for _, row := range rows {
				if _, err := t.Exec(ctx, insert, slices.Clone(row)...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := eachRow(ctx, from, table, func(columns []string, row []any) error {
		if insert == "" {
			insert = fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table.name, strings.Join(columns, ", "), database.Marks(1, len(columns)))
		}
		digest.add(row)
		if waiting = append(waiting, row); len(waiting) < copyRows {
			return nil
		}
		return write()
	})
	if err == nil {
		err = write()
	}
	return digest.sum(), err
}

// count has the copy go on where the source is with the numbers that are never given
// twice.
func (to *State) count(ctx context.Context, from *database.Tx) error {
	for _, counter := range counters {
		last, err := database.LastNumber(ctx, from, counter.name, counter.key)
		if err != nil {
			return err
		}
		err = to.db.Write(ctx, func(t *database.Tx) error { return database.SetLastNumber(ctx, t, counter.name, counter.key, last) })
		if err != nil {
			return err
		}
	}
	return nil
}

// compare returns an error that names a table whose rows are not those of the sum.
func (to *State) compare(ctx context.Context, sums []sum) error {
	return to.db.View(ctx, func(t *database.Tx) error {
		for i, table := range tables {
			have, err := sumOf(ctx, t, table)
			if err != nil {
				return err
			}
			if have != sums[i] {
				return fmt.Errorf("the copy of the table %s differs: %d rows (%.12s), and not %d (%.12s); somebody has changed it meanwhile, or the disk is damaged: copy once more", table.name, have.rows, have.digest, sums[i].rows, sums[i].digest)
			}
		}
		return nil
	})
}

// sum tells tables with different rows apart.
type sum struct {
	rows   int64
	digest string // SHA-256 over the values of all rows, hex
}

func sumOf(ctx context.Context, t *database.Tx, table table) (sum, error) {
	digest := newDigest()
	err := eachRow(ctx, t, table, func(_ []string, row []any) error {
		digest.add(row)
		return nil
	})
	return digest.sum(), err
}

// eachRow calls do with each row of a table, in the order of its key.
func eachRow(ctx context.Context, t *database.Tx, table table, do func(columns []string, row []any) error) error {
	var columns []string
	return t.Each(ctx, "SELECT * FROM "+table.name+table.where()+" ORDER BY "+table.key, nil, func(rows *sql.Rows) (err error) {
		if columns == nil {
			if columns, err = rows.Columns(); err != nil {
				return err
			}
		}
		row := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			return err
		}
		return do(columns, row)
	})
}

// rowDigest makes one digest of many rows.
type rowDigest struct {
	hash hash.Hash
	rows int64
	buf  []byte
}

func newDigest() *rowDigest { return &rowDigest{hash: sha256.New()} }

// add adds a row: of each value its type, its length, and its bytes.
func (d *rowDigest) add(row []any) {
	d.rows++
	d.buf = binary.AppendUvarint(d.buf[:0], uint64(len(row)))
	for _, value := range row {
		switch v := value.(type) {
		case nil:
			d.buf = append(d.buf, 'n')
		case int64:
			d.buf = binary.AppendVarint(append(d.buf, 'i'), v)
		case float64:
			d.buf = binary.BigEndian.AppendUint64(append(d.buf, 'f'), math.Float64bits(v))
		case string:
			d.buf = append(binary.AppendUvarint(append(d.buf, 's'), uint64(len(v))), v...)
		case []byte:
			d.buf = append(binary.AppendUvarint(append(d.buf, 'b'), uint64(len(v))), v...)
		default:
			d.buf = fmt.Appendf(d.buf, "%T %v", v, v) // no column has such a type
		}
	}
	d.hash.Write(d.buf)
}

func (d *rowDigest) sum() sum { return sum{d.rows, hex.EncodeToString(d.hash.Sum(nil))} }
