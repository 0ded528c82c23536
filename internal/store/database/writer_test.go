package database

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

// A view between writes sees what was written, lets others write however it ends, and
// leaves no transaction open.
func TestViewBetweenWrites(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	failed := errors.New("failed")
	for _, tt := range []struct {
		name string
		ctx  context.Context
		do   func(*Tx) error
		want error
	}{
		{"reads", t.Context(), func(t *Tx) error { return nil }, nil},
		{"fails", t.Context(), func(t *Tx) error { return failed }, failed},
		{"panics", t.Context(), func(t *Tx) error { panic(failed) }, failed},
		{"has ended before", gone, func(tx *Tx) error {
			_, err := tx.One(gone, "SELECT 1", nil)
			return err
		}, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			func() {
				defer func() {
					if p := recover(); p != nil && p != any(tt.want) {
						t.Errorf("panics with %v", p)
					}
				}()
				if err := s.ViewBetweenWrites(tt.ctx, tt.do); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			}()
			err := s.Write(t.Context(), func(tx *Tx) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO setting (name, value) VALUES ($1, '')", tt.name)
				return err
			})
			if err != nil {
				t.Fatalf("write after it: %v", err)
			}
			var name string
			err = s.ViewBetweenWrites(t.Context(), func(tx *Tx) error {
				_, err := tx.One(t.Context(), "SELECT name FROM setting WHERE name = $1", []any{tt.name}, &name)
				return err
			})
			if err != nil || name != tt.name {
				t.Errorf("view after it: %q, %v", name, err)
			}
		})
	}
}

// A view that has to wait ends with its context.
func TestViewWaitsForItsTurn(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Write(t.Context(), func(*Tx) error {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.ViewBetweenWrites(gone, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A transaction that the end of its context has ended fails with that, and not
// with what the database makes of it: a run that is stopped has not failed.
func TestEndOfContextIsReported(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	err = s.View(ctx, func(x *Tx) error {
		stop()
		for !errors.Is(err, sql.ErrTxDone) {
			err = x.Each(t.Context(), "SELECT id FROM story", nil, func(*sql.Rows) error { return nil })
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrTxDone) {
		t.Errorf("a view whose context has ended: %v", err)
	}
}
