package database

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Open opens the database at dsn: the path of a SQLite file, which is created
// with its folder when missing, or a postgres:// URL. Tables of an older version
// are brought up to date, with upgrades for what statements alone cannot do. Errors name
// the place and the way out. When ctx is done the migration in progress is rolled back,
// and Open returns the error of ctx.
func Open(ctx context.Context, dsn string, upgrades ...Upgrade) (*DB, error) {
	d := &DB{upgrades: upgrades}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		err = d.openPostgres(ctx, dsn)
	} else {
		err = d.openSQLite(ctx, dsn)
	}
	if err != nil {
		d.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err() // drivers report it in many ways; any other error comes again
		}
		return nil, err
	}
	return d, nil
}

// sqliteMark marks winnow's files (application_id).
const sqliteMark = 0x57696e6f

func (d *DB) openSQLite(ctx context.Context, path string) error {
	d.Dialect, d.place = sqliteDialect, path
	if path == "" || strings.HasPrefix(path, ":") || strings.Contains(path, "://") {
		return fmt.Errorf("state %q is neither the path of a file nor a postgres:// URL", path)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return fmt.Errorf("state %s: its folder can't be made: %w", path, err)
	}
	if info, err := os.Stat(full); err == nil && info.IsDir() {
		return fmt.Errorf("state %s is a folder; name a file in it, e.g. %s", path, filepath.Join(path, "winnow.db"))
	}
	// Opened here once, since the driver reports a missing right and a missing file
	// alike.
	f, err := os.OpenFile(full, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("state %s can't be opened for writing: %w; give this user the right to, or set another `state:`", path, err)
	}
	f.Close()

	pragmas := url.Values{"_pragma": {
		"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"secure_delete(FAST)", // what was forgotten does not stay readable in free pages
		"cache_size(-16000)", "journal_size_limit(67108864)",
	}}
	file := "file:" + (&url.URL{Path: full}).EscapedPath() + "?" + pragmas.Encode()
	if d.writer, err = newWriter(ctx, file); err != nil {
		return d.advise(err)
	}
	if d.pool, err = sql.Open("sqlite", file+"&_pragma=query_only(1)"); err != nil {
		return d.advise(err)
	}
	d.pool.SetMaxIdleConns(4)
	var mark, tables int
	if err := d.writer.conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&mark); err != nil {
		return d.advise(err)
	}
	if err := d.writer.conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&tables); err != nil {
		return d.advise(err)
	}
	if mark != sqliteMark && tables > 0 {
		return fmt.Errorf("state %s is a database of another program; set another `state:`", path)
	}
	if mark != sqliteMark {
		if _, err := d.writer.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", sqliteMark)); err != nil {
			return d.advise(err)
		}
	}
	return d.migrate(ctx, d.writer.db)
}

// openPostgres opens the schema that search_path in the URL names, else "winnow".
func (d *DB) openPostgres(ctx context.Context, dsn string) error {
	d.Dialect = postgresDialect
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("state: no PostgreSQL URL; write e.g. postgres://user:password@host:5432/database: %w", err)
	}
	d.place = fmt.Sprintf("postgres://%s@%s:%d/%s", config.User, config.Host, config.Port, config.Database)
	schema := config.RuntimeParams["search_path"]
	if schema == "" {
		schema = "winnow"
	}
	config.RuntimeParams["search_path"] = pgx.Identifier{schema}.Sanitize()
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "winnow"
	}
	d.pool = stdlib.OpenDB(*config)
	d.pool.SetMaxOpenConns(32)
	d.pool.SetMaxIdleConns(32)
	if err := d.pool.PingContext(ctx); err != nil {
		return d.advise(err)
	}
	var there bool
	if err := d.pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)", schema).Scan(&there); err != nil {
		return d.advise(err)
	}
	if !there {
		if _, err := d.pool.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize()); err != nil && !alreadyThere(err) {
			return fmt.Errorf("state %s: no schema %q, and it can't be made: %w; let an owner of the database run CREATE SCHEMA %s AUTHORIZATION %s",
				d.place, schema, err, pgx.Identifier{schema}.Sanitize(), pgx.Identifier{config.User}.Sanitize())
		}
	}
	return d.migrate(ctx, d.pool)
}
