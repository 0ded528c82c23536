package database

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// writer is the one connection of this process that writes to a SQLite file.
// Other processes have theirs: SQLite lets one write at a time and the others
// wait up to busy_timeout.
//
// Writes of several goroutines at the same time go to disk in one transaction, so that
// they share the cost of making it durable. If one of them fails, all are done again,
// each with its own savepoint, so that it does not affect the others. That is not done
// from the start, since a savepoint costs a copy of each page that is changed.
type writer struct {
	turn    chan struct{} // holds one token
	mu      sync.Mutex
	waiting []*job
	db      *sql.DB
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	sync    bool // synchronous=FULL, else NORMAL
}

// job is one caller's part of a transaction.
type job struct {
	ctx      context.Context
	sync     bool
	do       func(*Tx) error
	err      error
	panicked any
	ended    chan struct{}
}

func newWriter(ctx context.Context, file string) (*writer, error) {
	db, err := sql.Open("sqlite", file+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	w := &writer{turn: make(chan struct{}, 1), db: db, conn: conn, stmts: map[string]*sql.Stmt{}, sync: true}
	w.turn <- struct{}{}
	return w, nil
}

func (w *writer) close() error {
	<-w.turn // not before the last transaction is over
	for _, stmt := range w.stmts {
		stmt.Close()
	}
	w.conn.Close()
	return w.db.Close()
}

// run runs do between BEGIN IMMEDIATE and COMMIT. With sync the transaction is on disk
// when run returns; without, it survives a crash of the process, and one of the machine
// only after a later transaction with sync (SQLite's synchronous=NORMAL in WAL mode).
func (w *writer) run(ctx context.Context, sync bool, do func(*Tx) error) error {
	j := &job{ctx: ctx, sync: sync, do: do, ended: make(chan struct{})}
	w.mu.Lock()
	w.waiting = append(w.waiting, j)
	w.mu.Unlock()
	select {
	case <-j.ended:
	case <-w.turn:
		w.lead()
		w.turn <- struct{}{}
	case <-ctx.Done():
		if w.withdraw(j) {
			return ctx.Err()
		}
	}
	<-j.ended
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

// withdraw takes back a job, unless it has begun.
func (w *writer) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.Index(w.waiting, j)
	if at < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, at, at+1)
	return true
}

// lead does all waiting jobs.
func (w *writer) lead() {
	w.mu.Lock()
	jobs := w.waiting
	w.waiting = nil
	w.mu.Unlock()
	if len(jobs) == 0 {
		return
	}
	t := &Tx{Dialect: &sqliteDialect, prepare: w.prepare, Writes: true}
	err := w.transaction(t, jobs, false)
	if len(jobs) > 1 && err == nil && slices.ContainsFunc(jobs, (*job).failed) {
		err = w.transaction(t, jobs, true)
	}
	for _, j := range jobs {
		if j.err == nil && j.panicked == nil {
			j.err = err
		}
		close(j.ended)
	}
}

// transaction does the jobs in one transaction, which is rolled back at the first that
// fails. With apart the others are done all the same. The error is one of all jobs.
func (w *writer) transaction(t *Tx, jobs []*job, apart bool) (err error) {
	ctx := context.Background() // a transaction is always ended
	if err := w.setSync(slices.ContainsFunc(jobs, func(j *job) bool { return j.sync })); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.Exec(ctx, "ROLLBACK") // it may have begun
		return err
	}
	whole := false
	defer func() {
		if !whole {
			t.Exec(ctx, "ROLLBACK") // the error that led here is reported
		}
	}()
	for _, j := range jobs {
		if apart {
			if err := j.runApart(ctx, t); err != nil {
				return err
			}
		} else if j.run(t); j.failed() {
			return nil
		}
	}
	if _, err := t.Exec(ctx, "COMMIT"); err != nil {
		return err
	}
	whole = true
	return nil
}

// view runs do on a snapshot of the state, between two transactions. Another connection
// would have to read every page again after each of them: it cannot know which of the
// pages in its cache were written.
func (w *writer) view(ctx context.Context, do func(*Tx) error) error {
	select {
	case <-w.turn:
		defer func() { w.turn <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	t := &Tx{Dialect: &sqliteDialect, prepare: w.prepare}
	whole := context.WithoutCancel(ctx)
	if _, err := t.Exec(whole, "BEGIN"); err != nil {
		return err
	}
	defer t.Exec(whole, "ROLLBACK") // nothing was written
	return do(t)
}

func (w *writer) setSync(sync bool) error {
	if sync == w.sync {
		return nil
	}
	pragma := "PRAGMA synchronous = NORMAL"
	if sync {
		pragma = "PRAGMA synchronous = FULL"
	}
	if _, err := w.conn.ExecContext(context.Background(), pragma); err != nil {
		return err
	}
	w.sync = sync
	return nil
}

func (j *job) failed() bool { return j.err != nil || j.panicked != nil }

// run does the job, which may have been done before and rolled back. A panic is kept for
// the goroutine that waits for the job.
func (j *job) run(t *Tx) {
	j.err = nil
	defer func() { j.panicked = recover() }()
	if j.err = j.ctx.Err(); j.err == nil {
		j.err = j.do(t)
	}
}

// runApart does the job in a savepoint. After some errors, such as a full disk, SQLite
// ends the whole transaction: then there is no savepoint to roll back to, and the error
// is one of all jobs.
func (j *job) runApart(ctx context.Context, t *Tx) error {
	if _, err := t.Exec(ctx, "SAVEPOINT job"); err != nil {
		return err
	}
	if j.run(t); j.failed() {
		if _, err := t.Exec(ctx, "ROLLBACK TO job"); err != nil {
			return err
		}
	}
	_, err := t.Exec(ctx, "RELEASE job")
	return err
}

// prepare prepares statements on the connection itself: a Tx of database/sql would prepare
// them again in each transaction.
func (w *writer) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := w.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement outside of transactions.
func (w *writer) exec(ctx context.Context, statement string) error {
	select {
	case <-w.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { w.turn <- struct{}{} }()
	_, err := w.conn.ExecContext(ctx, statement)
	return err
}
