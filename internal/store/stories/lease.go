package stories

import (
	"context"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/owner"
	"winnow/schedule"
)

// Lease is the right to settle: to judge stories and to empty the outbox. One process
// has it at a time. Token grows with each lease; writes under an older one fail with
// schedule.ErrStale.
type Lease struct {
	Token int64
	Until time.Time // when it may be lost, unless it is renewed
}

// LeaseSettle takes the lease. While another process that may be alive has it,
// it returns schedule.Busy with the end of that lease.
func (s *Stories) LeaseSettle(ctx context.Context, now time.Time) (Lease, error) {
	lease := Lease{Until: now.Add(s.lease).UTC()}
	err := s.db.Write(ctx, func(t *database.Tx) error {
		var token, until int64
		var holder string
		if _, err := t.One(ctx, "SELECT token, owner, until FROM lease WHERE name = 'settle'"+t.Dialect.ForUpdate, nil, &token, &holder, &until); err != nil {
			return err
		}
		if until > now.UnixMilli() && !owner.Ended(holder) {
			return schedule.Busy{Until: database.Time(until)}
		}
		lease.Token = token + 1
		_, err := t.Exec(ctx, "UPDATE lease SET token = $1, owner = $2, until = $3 WHERE name = 'settle'", lease.Token, s.owner, lease.Until.UnixMilli())
		return err
	})
	return lease, err
}

// RenewSettle prolongs the lease, to the length of a new one from now on.
func (s *Stories) RenewSettle(ctx context.Context, lease Lease, now time.Time) (Lease, error) {
	lease.Until = now.Add(s.lease).UTC()
	return lease, s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		_, err := t.Exec(ctx, "UPDATE lease SET until = $1 WHERE name = 'settle'", lease.Until.UnixMilli())
		return err
	})
}

// ReleaseSettle ends the lease.
func (s *Stories) ReleaseSettle(ctx context.Context, lease Lease) error {
	return s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		_, err := t.Exec(ctx, "UPDATE lease SET until = 0, owner = '' WHERE name = 'settle'")
		return err
	})
}

// WriteSettling runs do in a transaction if this process still has the lease; otherwise
// it returns schedule.ErrStale.
func (s *Stories) WriteSettling(ctx context.Context, lease Lease, do func(*database.Tx) error) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		var token, until int64
		if _, err := t.One(ctx, "SELECT token, until FROM lease WHERE name = 'settle'"+t.Dialect.ForUpdate, nil, &token, &until); err != nil {
			return err
		}
		if token != lease.Token || until == 0 {
			return schedule.ErrStale
		}
		return do(t)
	})
}

// MergePrints moves new prints into the index's segments, when there are enough,
// and returns the number of stories whose prints it moved.
func (s *Stories) MergePrints(ctx context.Context, lease Lease) (int, error) {
	return s.index.Merge(ctx, func(ctx context.Context, do func(*database.Tx) error) error {
		return s.WriteSettling(ctx, lease, do)
	})
}
