// Package store keeps winnow's state on disk: the frontier of URLs with the
// leases of their hosts, the stories with their revisions, the index for the
// dedupe stage, the verdicts, and the outbox of files to write. It is the only
// package that speaks SQL.
//
// The same statements run on SQLite (one file, the default) and on PostgreSQL;
// dialect.go holds what differs. Every method that changes something is one
// transaction, on disk when it returns. Time comes in as an argument.
//
//	s, err := store.Open(ctx, "state/winnow.db", store.Options{})
//	run, err := s.BeginRun(ctx, store.RunSpec{Source: "vpk", Seeds: seeds}, now)
//	task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
//
// Locks are taken in one order everywhere, so that transactions wait for each
// other but seldom meet head-on: the settle lease, hosts by name, aliases,
// stories, runs. Whoever changes the URLs of a host holds its row.
package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// ErrNotFound is returned when nothing is known under a URL or ID.
var ErrNotFound = errors.New("not known to the state")

// Options of a Store.
type Options struct {
	Owner string        // names this process in leases; "" makes one that other processes of the machine can check for life
	Lease time.Duration // how long a host, or the settling, stays with a process of another machine that is not heard of; 0 means 2m
}

// Store is the state. It is safe for concurrent use, and several processes may
// have the same state open.
type Store struct {
	dialect dialect
	place   string // the file, or the URL without its password, for messages
	owner   string
	lease   time.Duration
	db      *sql.DB // PostgreSQL: everything; SQLite: readers
	writer  *writer // SQLite: the one connection that writes; nil on PostgreSQL
	stmts   sync.Map
	known   knownLinks
	enc     *zstd.Encoder
	dec     *zstd.Decoder

	segmentsHeld heldSegments
	briefRows    briefRows
	fresh        freshHeld
	dropped      droppedNumbers
}

// Open opens the state at dsn: the path of a SQLite file, which is created
// with its folder when missing, or a postgres:// URL. A state of an older
// version is brought up to date. Errors name the place and the way out.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{owner: o.Owner, lease: o.Lease}
	if s.owner == "" {
		s.owner = ownName()
	}
	if s.lease <= 0 {
		s.lease = 2 * time.Minute
	}
	var err error
	s.enc, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<17), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.SpeedFastest)) // half the time of the default level, for records larger by a twentieth
	if err != nil {
		return nil, err
	}
	if s.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderLowmem(true)); err != nil {
		return nil, err
	}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		err = s.openPostgres(ctx, dsn)
	} else {
		err = s.openSQLite(ctx, dsn)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close gives everything back. Leases stay until they are given back or run
// out; those of a process that has ended are free.
func (s *Store) Close() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	s.stmts.Range(func(_, stmt any) bool {
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.dec != nil {
		s.dec.Close()
	}
	return errors.Join(errs...)
}

// tx runs statements, prepared once. On SQLite a statement that has begun is
// not broken off: to be ready for that costs database/sql and the driver a
// goroutine each, more than most statements take.
type tx struct {
	*Store
	prepare func(ctx context.Context, query string) (*sql.Stmt, error) // nil: the driver caches
	sql     *sql.Tx
	writes  bool // what it reads may be undone: it is not to be remembered
}

func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	plain(args)
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

func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	plain(args)
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

// one scans the only row of a query; found is false when there is none.
func (t *tx) one(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
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

// each calls scan for every row of a query. scan must not run statements.
func (t *tx) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
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

// write runs do in one transaction. do may run several times: PostgreSQL ends
// one of two transactions that wait for each other, and that one starts again.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	if s.writer != nil {
		return s.advise(s.writer.run(ctx, s, true, do))
	}
	for try := 0; ; try++ {
		err := s.begin(ctx, nil, do)
		if err == nil || try == 9 || !collided(err) || ctx.Err() != nil {
			return s.advise(err)
		}
	}
}

// writeLightly is write for leases. Those in a SQLite file are of use to this
// machine only, so that the disk need not have them before they are used.
func (s *Store) writeLightly(ctx context.Context, do func(*tx) error) error {
	if s.writer != nil {
		return s.advise(s.writer.run(ctx, s, false, do))
	}
	return s.write(ctx, do)
}

// view runs do on one unchanging view of the state.
func (s *Store) view(ctx context.Context, do func(*tx) error) error {
	return s.advise(s.begin(ctx, &sql.TxOptions{Isolation: s.dialect.snapshot, ReadOnly: s.writer == nil}, do))
}

// viewOften is view for what is asked for again and again between writes. On
// SQLite it keeps this process's writes waiting meanwhile.
func (s *Store) viewOften(ctx context.Context, do func(*tx) error) error {
	if s.writer == nil {
		return s.view(ctx, do)
	}
	return s.advise(s.writer.view(ctx, s, do))
}

func (s *Store) begin(ctx context.Context, o *sql.TxOptions, do func(*tx) error) error {
	t, err := s.db.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer t.Rollback()
	run := &tx{Store: s, sql: t, writes: o == nil}
	if s.writer != nil {
		run.prepare = func(ctx context.Context, query string) (*sql.Stmt, error) {
			stmt, ok := s.stmts.Load(query)
			if !ok {
				made, err := s.db.PrepareContext(ctx, query)
				if err != nil {
					return nil, err
				}
				if stmt, ok = s.stmts.LoadOrStore(query, made); ok {
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

// plain makes text of strangers storable: PostgreSQL refuses NUL and what is
// not UTF-8.
func plain(args []any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
		}
	}
}

// ms is a time as it is stored.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// msUp is ms, rounded up: for moments before which nothing may be done.
func msUp(t time.Time) int64 {
	stored := ms(t)
	if !t.IsZero() && t.After(time.UnixMilli(stored)) {
		stored++
	}
	return stored
}

// at is a stored time.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// marks lists n parameters from $first on.
func marks(first, n int) string {
	list := make([]byte, 0, 4*n)
	for i := range n {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(append(list, '$'), int64(first+i), 10)
	}
	return string(list)
}

// chunks calls do for the values in lists of one of a few lengths, the last
// filled up with its last value, so that there are few statement texts.
func chunks[T any](values []T, most int, do func(list []any) error) error {
	for len(values) > 0 {
		n := min(len(values), most)
		size := 1
		for size < n {
			size *= 2
		}
		list := make([]any, size)
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
