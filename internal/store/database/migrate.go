package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"winnow/internal/store/schema"
)

// Upgrade is a part of a migration that statements alone cannot do.
type Upgrade struct {
	Version int64                            // of the migration
	Before  func(context.Context, *Tx) error // runs before its statements, in the same transaction
}

// migrate brings the tables up to date. Several processes may do that at once. Each
// migration is one transaction: one that is broken off leaves the tables of the version
// before, and the next process does it again.
func (d *DB) migrate(ctx context.Context, db *sql.DB) error {
	steps, newest, err := d.migrations()
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(d.Dialect.goose, db, nil,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()), goose.WithGoMigrations(steps...))
	if err != nil {
		return fmt.Errorf("state %s: %w", d.place, err)
	}
	// Two processes may both see an empty state. The later one waits for the
	// transaction of the other, fails, and finds everything done when it tries again.
	for try := 0; ; try++ {
		var version int64
		if version, err = provider.GetDBVersion(ctx); err == nil {
			if version > newest {
				return fmt.Errorf("state %s was made by a newer winnow (version %d of the tables, this winnow knows %d): use that winnow, or set another `state:`", d.place, version, newest)
			}
			if version == newest {
				return nil
			}
			_, err = provider.Up(ctx)
		}
		if err == nil || try == 9 || ctx.Err() != nil {
			return d.advise(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// migrations returns the embedded migrations in the words of this dialect, and the number
// of the newest.
func (d *DB) migrations() (steps []*goose.Migration, newest int64, err error) {
	names, err := fs.Glob(schema.Migrations, "migrations/*.sql")
	if err != nil {
		return nil, 0, err
	}
	for _, name := range names {
		text, err := schema.Migrations.ReadFile(name)
		if err != nil {
			return nil, 0, err
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, 0, errors.New(name + ": the name does not begin with a number")
		}
		statements := d.Dialect.words.Replace(string(text))
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{
			RunTx: func(ctx context.Context, t *sql.Tx) error {
				for _, u := range d.upgrades {
					if u.Version != version {
						continue
					}
					if err := u.Before(ctx, &Tx{Dialect: &d.Dialect, Writes: true, sql: t}); err != nil {
						return err
					}
				}
				_, err := t.ExecContext(ctx, statements)
				return err
			},
		}, nil))
		newest = max(newest, version)
	}
	return steps, newest, nil
}
