package siteprofile

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// Digest returns a hash of all that decides what [Profile.Judge] says of a page, the
// counts in its reasons among it. Profiles of the same pages have the same digest,
// and it is 0 for those that say nothing of any page.
func (p *Profile) Digest() uint64 {
	if !p.decides() {
		return 0
	}
	return p.digest
}

// digestOf returns the digest of the profile of a sample.
func digestOf(sample []*Sketch) uint64 {
	h := xxhash.New()
	var b []byte
	for _, s := range sample {
		b, _ = s.AppendBinary(b[:0]) // the error is always nil
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	return max(1, h.Sum64())
}
