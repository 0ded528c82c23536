package database

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// ErrRetry makes [DB.Write] run its function again, on PostgreSQL: another transaction
// has changed what the function had looked up.
var ErrRetry = errors.New("another transaction came first")

// ErrDamaged is the error of a state whose rows contradict each other, as they do when
// the file was damaged and the database has not noticed.
var ErrDamaged = errors.New("its rows contradict each other")

// wayOut is the advice for a damaged file.
const wayOut = "the file is damaged; save it with `sqlite3 FILE .recover`, or move it away and start again (pages in the archive stay)"

// advise adds the place of the state and advice to errors of the database itself, and
// leaves all others as they are.
func advise(place string, err error) error {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	advice := ""
	switch {
	case errors.As(err, &lite):
		code := lite.Code() & 0xff
		if lite.Code() == 4874 { // SQLITE_IOERR_SHMSIZE: no room for the file beside the log
			code = 13
		}
		switch code {
		case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
			advice = "another program has held it for a minute; end that program"
		case 8: // SQLITE_READONLY
			advice = "it may not be written; give this user the right to write the file and its folder"
		case 10: // SQLITE_IOERR
			advice = "the disk does not read or write; look at the system's log"
		case 11: // SQLITE_CORRUPT
			advice = wayOut
		case 13: // SQLITE_FULL
			advice = "the disk is full; make room and run again, nothing is lost"
		case 14: // SQLITE_CANTOPEN
			advice = "it can't be opened; look at the rights of the file and its folder"
		case 26: // SQLITE_NOTADB
			advice = "the file is no SQLite database; move it away or set another `state:`"
		}
	case errors.Is(err, ErrDamaged):
		advice = wayOut
	case errors.As(err, &connect):
		advice = "is the server up, and are user, password and database right?"
	case errors.As(err, &pg):
		switch pg.Code[:2] {
		case "28", "3D": // invalid authorization, invalid catalog name
			advice = "are user, password and database right?"
		case "53": // insufficient resources
			advice = "the server is out of space, memory or connections"
		case "57": // operator intervention
			advice = "the server is going down; run again when it is up"
		}
	default:
		return err
	}
	if advice == "" {
		return fmt.Errorf("state %s: %w", place, err)
	}
	return fmt.Errorf("state %s: %w (%s)", place, err, advice)
}

// collided reports whether the transaction failed because of another one, and may
// succeed if it is run again.
func collided(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, ErrRetry) || errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// alreadyThere reports whether another process has just created the same thing.
func alreadyThere(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "23505" || pg.Code == "42P06" || pg.Code == "42P07")
}
