package database

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Tx runs the statements of one transaction, each prepared once. On SQLite a statement
// that has begun is not canceled: database/sql and the driver would need a goroutine each
// for that, which costs more than most statements.
type Tx struct {
	Dialect *Dialect
	Writes  bool                                                       // what it reads may be rolled back, and must not be cached
	prepare func(ctx context.Context, query string) (*sql.Stmt, error) // nil: the driver caches
	sql     *sql.Tx                                                    // with prepare nil
}

// Exec runs a statement and returns the number of rows that it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	storable(args)
	var res sql.Result
	var err error
	if t.prepare == nil {
		res, err = t.sql.ExecContext(ctx, query, args...)
	} else {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		var stmt *sql.Stmt
		ctx = context.WithoutCancel(ctx)
		if stmt, err = t.prepare(ctx, query); err == nil {
			res, err = stmt.ExecContext(ctx, args...)
		}
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	storable(args)
	if t.prepare == nil {
		return t.sql.QueryContext(ctx, query, args...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	stmt, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// One scans the first row of a query; found is false if there is none.
func (t *Tx) One(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(dest...); err != nil {
		return false, err
	}
	return true, rows.Close()
}

// Each calls scan for every row of a query. scan must not run statements.
func (t *Tx) Each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Column returns the values of a query with one column, in the order of its
// rows.
func Column[T any](ctx context.Context, t *Tx, query string, args ...any) ([]T, error) {
	var all []T
	err := t.Each(ctx, query, args, func(rows *sql.Rows) error {
		var value T
		err := rows.Scan(&value)
		all = append(all, value)
		return err
	})
	return all, err
}

// EachIn is [Tx.Each] for a query with IN ({list}), where {list} stands for the values;
// it has no other parameters. Many values make several queries, each in its own order.
func EachIn[T any](ctx context.Context, t *Tx, query string, values []T, scan func(*sql.Rows) error) error {
	return Chunks(values, t.Dialect.MaxList, func(list []any) error {
		return t.Each(ctx, withList(query, len(list)), list, scan)
	})
}

// ExecIn is [Tx.Exec] for a statement with IN ({list}), as [EachIn] is Each.
func ExecIn[T any](ctx context.Context, t *Tx, query string, values []T) (changed int64, err error) {
	err = Chunks(values, t.Dialect.MaxList, func(list []any) error {
		n, err := t.Exec(ctx, withList(query, len(list)), list...)
		changed += n
		return err
	})
	return changed, err
}

func withList(query string, n int) string { return strings.Replace(query, "{list}", Marks(1, n), 1) }

// Marks returns a list of n parameters, starting with $first.
func Marks(first, n int) string {
	list := make([]byte, 0, 4*n)
	for i := range n {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(append(list, '$'), int64(first+i), 10)
	}
	return string(list)
}

// Chunks calls do with the values in lists of up to size values. The last list is filled up
// with its last value to a power of two, so that there are few statement texts to prepare.
func Chunks[T any](values []T, size int, do func(list []any) error) error {
	for len(values) > 0 {
		n := min(len(values), size)
		length := 1
		for length < n {
			length *= 2
		}
		list := make([]any, length)
		for i := range list {
			list[i] = values[min(i, n-1)]
		}
		if err := do(list); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}
