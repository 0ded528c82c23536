package index

import (
	"encoding/binary"
	"errors"
	"hash/crc64"
	"math"
	"slices"
)

// printBits is the number of bits of a print that are kept. Of 64 million prints (a million
// stories with 64 each), one in 270,000 collides with another.
const printBits = 44

var errPrints = errors.New("prints in the state are damaged")

// mixPrint spreads the prints of the dedupe stage evenly over 44 bits: their low or high
// bits may be alike because of how they are sampled. It is the finalizer of SplitMix64
// (Steele et al. 2014).
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

// packPrints packs mixed prints, each as the difference to the one before.
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

// packedText is the prints of a text as they are stored.
type packedText struct {
	data   []byte
	sum    int64 // of data and prints
	prints int   // how many
}

func packText(prints []uint64) packedText {
	mixed := mixPrints(prints)
	p := packedText{data: packPrints(mixed), prints: len(mixed)}
	p.sum = int64(crc64.Checksum(binary.AppendUvarint(slices.Clone(p.data), uint64(p.prints)), crc64.MakeTable(crc64.ECMA)))
	return p
}
