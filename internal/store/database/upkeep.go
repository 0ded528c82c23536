package database

import (
	"context"
	"fmt"
)

// LastNumber returns the last number that the database gave for a column with numbers of
// its own ({{identity}} in the migrations), 0 before the first.
func LastNumber(ctx context.Context, t *Tx, table, column string) (last int64, err error) {
	if t.Dialect.SkipLocked == "" {
		_, err = t.One(ctx, "SELECT seq FROM sqlite_sequence WHERE name = $1", []any{table}, &last)
		return last, err
	}
	var sequence string
	if _, err := t.One(ctx, "SELECT pg_get_serial_sequence($1, $2)", []any{table, column}, &sequence); err != nil {
		return 0, err
	}
	_, err = t.One(ctx, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "+sequence, nil, &last)
	return last, err
}

// SetLastNumber has the database go on after that number.
func SetLastNumber(ctx context.Context, t *Tx, table, column string, last int64) error {
	if t.Dialect.SkipLocked == "" {
		if _, err := t.Exec(ctx, "DELETE FROM sqlite_sequence WHERE name = $1", table); err != nil {
			return err
		}
		_, err := t.Exec(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", table, last)
		return err
	}
	var is int64
	_, err := t.One(ctx, "SELECT setval(pg_get_serial_sequence($1, $2), $3, $4)", []any{table, column, max(last, 1), last > 0}, &is)
	return err
}

// Compact gives the space of what was removed back to the system, where the state is a
// file. It needs as much room on the disk as the state takes, for a while. A server sees
// to that itself.
func (d *DB) Compact(ctx context.Context) error {
	if d.writer == nil {
		return nil
	}
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if err := d.writer.exec(ctx, statement); err != nil {
			return d.advise(fmt.Errorf("%s: %w", statement, err))
		}
	}
	return nil
}
