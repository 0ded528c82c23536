// Package database runs the statements of the state on SQLite or PostgreSQL, and hides
// the differences: the packages above it write one SQL text for both, with $1
// placeholders, ON CONFLICT and RETURNING, and times as UTC Unix milliseconds.
//
// [Open] brings the tables up to date and returns a [DB]; [DB.Write] and
// [DB.View] run a function in a transaction, a [Tx].
//
// open.go opens either database, migrate.go brings the tables up to date, writer.go
// is the one connection that writes to a SQLite file, tx.go runs statements,
// advice.go says what to do about errors, dialect.go has the words that differ, and
// values.go how Go values are stored. Start in this file.
package database

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// DB is the database of a state. It is safe for concurrent use, and several
// processes may have the same state open.
type DB struct {
	Dialect Dialect
	place   string   // the file, or the URL without its password, for messages
	pool    *sql.DB  // PostgreSQL: everything; SQLite: readers
	writer  *writer  // SQLite: the one connection that writes; nil on PostgreSQL
	stmts   sync.Map // prepared statements of the SQLite readers, by their texts

	upgrades []Upgrade
}

// Close waits for the write in progress and closes all connections.
func (d *DB) Close() error {
	var errs []error
	if d.writer != nil {
		errs = append(errs, d.writer.close())
	}
	d.stmts.Range(func(_, stmt any) bool {
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	if d.pool != nil {
		errs = append(errs, d.pool.Close())
	}
	return errors.Join(errs...)
}

// OneWriter reports whether the process writes through a single connection, as on
// SQLite: then a longer transaction makes no other wait.
func (d *DB) OneWriter() bool { return d.writer != nil }

// Write runs do in one transaction, which is on disk when Write returns nil. do may run
// several times: PostgreSQL aborts one of two transactions that wait for each other, and
// Write runs that one again.
func (d *DB) Write(ctx context.Context, do func(*Tx) error) error {
	if d.writer != nil {
		return d.advise(d.writer.run(ctx, true, do))
	}
	for try := 0; ; try++ {
		err := d.begin(ctx, nil, do)
		if err == nil || try == 9 || !collided(err) || ctx.Err() != nil {
			return d.advise(err)
		}
	}
}

// WriteLightly is [DB.Write] for leases. Leases in a SQLite file concern this machine
// only, so that they need not be on disk before they are used.
func (d *DB) WriteLightly(ctx context.Context, do func(*Tx) error) error {
	if d.writer != nil {
		return d.advise(d.writer.run(ctx, false, do))
	}
	return d.Write(ctx, do)
}

// View runs do on a snapshot of the state.
func (d *DB) View(ctx context.Context, do func(*Tx) error) error {
	return d.advise(d.begin(ctx, &sql.TxOptions{Isolation: d.Dialect.snapshot, ReadOnly: d.writer == nil}, do))
}

// ViewBetweenWrites is [DB.View] for queries that are made very often between writes. On
// SQLite they run on the writing connection, whose page cache is up to date, and the
// writes of this process wait for them.
func (d *DB) ViewBetweenWrites(ctx context.Context, do func(*Tx) error) error {
	if d.writer == nil {
		return d.View(ctx, do)
	}
	return d.advise(d.writer.view(ctx, do))
}

func (d *DB) advise(err error) error { return advise(d.place, err) }

// begin runs do in a transaction of the pool; o is nil for one that writes.
func (d *DB) begin(ctx context.Context, o *sql.TxOptions, do func(*Tx) error) error {
	t, err := d.pool.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer t.Rollback()
	run := &Tx{Dialect: &d.Dialect, Writes: o == nil, sql: t}
	if d.writer != nil {
		run.prepare = func(ctx context.Context, query string) (*sql.Stmt, error) {
			stmt, ok := d.stmts.Load(query)
			if !ok {
				made, err := d.pool.PrepareContext(ctx, query)
				if err != nil {
					return nil, err
				}
				if stmt, ok = d.stmts.LoadOrStore(query, made); ok {
					made.Close()
				}
			}
			return t.StmtContext(ctx, stmt.(*sql.Stmt)), nil
		}
	}
	if err = do(run); err == nil {
		err = t.Commit()
	}
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return ctx.Err() // which ended the transaction
	}
	return err
}
