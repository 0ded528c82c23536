package store

import (
	"context"
	"database/sql"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// writer is the one connection of this process that writes to a SQLite file.
// Other processes have theirs: SQLite lets one write at a time and the others
// wait up to busy_timeout.
type writer struct {
	turn  chan struct{} // holds one token
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	sync  bool // synchronous=FULL, else NORMAL
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

// run runs do between BEGIN IMMEDIATE and COMMIT. With sync the transaction is
// on disk when it returns; else it outlives the process, and the machine once
// one with sync has followed (SQLite's synchronous=NORMAL in WAL mode). The statements are prepared
// on the connection itself, which database/sql's own Tx would do anew for each
// transaction.
func (w *writer) run(ctx context.Context, s *Store, sync bool, do func(*tx) error) (err error) {
	select {
	case <-w.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { w.turn <- struct{}{} }()
	t := &tx{Store: s, prepare: w.prepare}
	whole := context.WithoutCancel(ctx) // the end of a transaction is not left half done
	if sync != w.sync {
		pragma := "PRAGMA synchronous = NORMAL"
		if sync {
			pragma = "PRAGMA synchronous = FULL"
		}
		if _, err := w.conn.ExecContext(whole, pragma); err != nil {
			return err
		}
		w.sync = sync
	}
	if _, err := t.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.exec(whole, "ROLLBACK") // a context that ends as the transaction begins leaves it open
		return err
	}
	done := false
	defer func() {
		if !done {
			t.exec(whole, "ROLLBACK") // an error or a panic comes before this; there is no better one to report
		}
	}()
	if err := do(t); err != nil {
		return err
	}
	if _, err := t.exec(whole, "COMMIT"); err != nil {
		return err
	}
	done = true
	return nil
}

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
