package store

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc64"
	"math"
	"slices"
)

// printBits is how much of a print is kept. Of 64 million prints, a million
// stories with 64 each, one in 270,000 then meets another by chance.
const printBits = 44

var errPrints = errors.New("prints in the state are damaged")

// mixPrint spreads the prints of the dedupe stage, whose low or high bits may
// be alike because of how they are sampled, evenly over 44 bits (the finaliser
// of SplitMix64, Steele et al. 2014).
func mixPrint(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	x ^= x >> 31
	return x >> (64 - printBits)
}

func mixPrints(prints []uint64) []uint64 {
	mixed := make([]uint64, len(prints))
	for i, x := range prints {
		mixed[i] = mixPrint(x)
	}
	slices.Sort(mixed)
	return slices.Compact(mixed)
}

// packPrints writes mixed prints as the differences of each to the one before.
func packPrints(mixed []uint64) []byte {
	packed := make([]byte, 0, len(mixed)*6)
	last := uint64(0)
	for _, x := range mixed {
		packed = binary.AppendUvarint(packed, x-last)
		last = x
	}
	return packed
}

func unpackPrints(packed []byte) ([]uint64, error) {
	prints := make([]uint64, 0, len(packed)/5)
	last := uint64(0)
	for len(packed) > 0 {
		d, n := binary.Uvarint(packed)
		if n <= 0 || d > math.MaxUint64-last || last+d >= 1<<printBits {
			return nil, errPrints
		}
		last += d
		prints = append(prints, last)
		packed = packed[n:]
	}
	return prints, nil
}

// putPrints makes these the prints of a story of that day (dedupe.Day). The same prints keep
// their number and with it their postings.
func (t *tx) putPrints(ctx context.Context, story int64, day int, prints []uint64) error {
	mixed := mixPrints(prints)
	packed := packPrints(mixed)
	sum := int64(crc64.Checksum(packed, crc64.MakeTable(crc64.ECMA)))
	var old int64
	found, err := t.one(ctx, "SELECT sum FROM prints WHERE story = $1", []any{story}, &old)
	if err != nil {
		return err
	}
	if found && old == sum {
		_, err := t.exec(ctx, "UPDATE prints SET day = $2 WHERE story = $1 AND day <> $2", story, day)
		return err
	}
	if found {
		if _, err := t.exec(ctx, "DELETE FROM prints WHERE story = $1", story); err != nil {
			return err
		}
	}
	if len(packed) == 0 {
		return nil
	}
	var num int64
	if _, err := t.one(ctx, "INSERT INTO prints (story, sum, many, day) VALUES ($1, $2, $3, $4) RETURNING num", []any{story, sum, len(mixed), day}, &num); err != nil {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO fresh (num, data) VALUES ($1, $2)", num, packed)
	return err
}
