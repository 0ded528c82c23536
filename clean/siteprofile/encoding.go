package siteprofile

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrEncoding means that bytes are not an encoded sketch, or one of another version of
// the format.
var ErrEncoding = errors.New("no encoded sketch")

// format is the first byte of an encoded sketch. Another number means another format.
const format = 3

// oldFormat is that of sketches without what follows the parts. They are read as those
// of pages that state nothing.
const oldFormat = 2

// Fields of a unit that most units do not have; they follow the unit where its bit is
// set.
const (
	hasMasked = 1 << iota
	hasTarget
	hasLabel
	hasLink
	hasAll = 1<<iota - 1
)

// AppendBinary appends the encoded sketch to b. It has, after the format:
//
//	url       8 bytes, as all hashes of URLs and texts
//	rank      8 bytes
//	day       number
//	titles    number, hashes
//	shapes    number, each: hash of the tag (4 bytes), number of tokens, their hashes (4 bytes)
//	elements  number, each: distance to the parent (0 at the top), shape
//	units     number, each: see appendUnit
//	parts     number, each: as a unit
//	self      8 bytes
//	people    number: 1 or 0
//	stated    number: a day
//	fetched   number: a day
//	authors   number, hashes
//	fields    number, each: element, number of the child, forms, day, hash, number of leads, their hashes (4 bytes), hash of the tail (4 bytes; 0 for none)
//	address   number: 1 if a feed names the page, and 2 if it is a story by itself; number of bytes, form
//
// Numbers are unsigned varints. The error is always nil.
func (s *Sketch) AppendBinary(b []byte) ([]byte, error) {
	s = s.bounded()
	b = append(b, format)
	b = binary.LittleEndian.AppendUint64(b, s.url)
	b = binary.LittleEndian.AppendUint64(b, s.rank)
	b = appendNumber(b, int(s.day))
	b = appendNumber(b, len(s.titles))
	for _, t := range s.titles {
		b = binary.LittleEndian.AppendUint64(b, t)
	}
	b = appendNumber(b, len(s.shapes))
	for _, shape := range s.shapes {
		b = binary.LittleEndian.AppendUint32(b, shape.tag)
		b = appendNumber(b, len(shape.tokens))
		for _, t := range shape.tokens {
			b = binary.LittleEndian.AppendUint32(b, t)
		}
	}
	b = appendNumber(b, len(s.elems))
	for i, e := range s.elems {
		up := 0
		if e.parent >= 0 {
			up = i - int(e.parent)
		}
		b = appendNumber(b, up)
		b = appendNumber(b, int(e.shape))
	}
	b = appendUnits(b, s.units)
	b = appendUnits(b, s.parts)
	b = s.appendFields(b)
	b = appendNumber(b, s.addressFlags())
	b = appendNumber(b, len(s.form))
	return append(b, s.form...), nil
}

// appendFields appends what names the headline, the authors, the date and the tags.
func (s *Sketch) appendFields(b []byte) []byte {
	people := 0
	if s.people {
		people = 1
	}
	b = binary.LittleEndian.AppendUint64(b, s.self)
	b = appendNumber(b, people)
	b = appendNumber(b, int(s.stated))
	b = appendNumber(b, int(s.fetched))
	b = appendNumber(b, len(s.authors))
	for _, a := range s.authors {
		b = binary.LittleEndian.AppendUint64(b, a)
	}
	b = appendNumber(b, len(s.fields))
	for i := range s.fields {
		f := &s.fields[i]
		for _, n := range []int32{f.elem, f.nth, int32(f.forms), f.day} {
			b = appendNumber(b, int(n))
		}
		b = binary.LittleEndian.AppendUint64(b, f.key)
		b = appendNumber(b, len(f.leads))
		for _, lead := range f.leads {
			b = binary.LittleEndian.AppendUint32(b, lead)
		}
		b = binary.LittleEndian.AppendUint32(b, f.tail)
	}
	return b
}

// Flags of an address.
const (
	flagNamed = 1 << iota
	flagStory
	flagsAll = 1<<iota - 1
)

func (s *Sketch) addressFlags() (flags int) {
	if s.named {
		flags |= flagNamed
	}
	if s.story {
		flags |= flagStory
	}
	return flags
}

// MarshalBinary returns the encoded sketch, see [Sketch.AppendBinary].
func (s *Sketch) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

func appendNumber(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendUnits(b []byte, units []unit) []byte {
	b = appendNumber(b, len(units))
	for i := range units {
		b = appendUnit(b, &units[i])
	}
	return b
}

// appendUnit appends a unit: element, block element, unit that it is a part of,
// letters, flags, which of the following it has, key; keys of the masked text, the
// target, the label and the link.
func appendUnit(b []byte, u *unit) []byte {
	has := 0
	for i, key := range u.optional() {
		if *key != 0 {
			has |= 1 << i
		}
	}
	for _, n := range [...]int{int(u.elem), int(u.block), int(u.of), int(u.letters), int(u.flags), has} {
		b = appendNumber(b, n)
	}
	b = binary.LittleEndian.AppendUint64(b, u.exact)
	for _, key := range u.optional() {
		if *key != 0 {
			b = binary.LittleEndian.AppendUint64(b, *key)
		}
	}
	return b
}

// optional returns the keys that most units do not have, in the order of their bits.
func (u *unit) optional() [4]*uint64 { return [...]*uint64{&u.masked, &u.target, &u.label, &u.link} }

// UnmarshalBinary reads an encoded sketch. Bytes of any other kind return
// [ErrEncoding] and leave s as it was. It takes no more memory than a small multiple
// of the bytes.
func (s *Sketch) UnmarshalBinary(b []byte) error {
	if len(b) == 0 || b[0] != format && b[0] != oldFormat {
		return ErrEncoding
	}
	d := &decoder{b: b[1:]}
	n := Sketch{url: d.uint64(), rank: d.uint64(), day: int32(d.below(maxDay + 1))}
	n.titles = make([]uint64, d.count(8))
	for i := range n.titles {
		n.titles[i] = d.uint64()
		d.check(i == 0 || n.titles[i] > n.titles[i-1])
	}
	n.shapes = make([]shape, d.count(5))
	for i := range n.shapes {
		n.shapes[i] = d.shape()
	}
	n.elems = make([]elem, d.count(2))
	for i := range n.elems {
		up, shape := d.below(i+1), d.below(len(n.shapes))
		n.elems[i] = elem{parent: int32(i - up), shape: int32(shape)}
		if up == 0 {
			n.elems[i].parent = -1
		}
	}
	n.units = d.units(len(n.elems), 1)
	n.parts = d.units(len(n.elems), len(n.units))
	if b[0] == format {
		d.fields(&n)
		flags := d.below(flagsAll + 1)
		n.named, n.story = flags&flagNamed != 0, flags&flagStory != 0
		n.form = d.string(d.count(1))
	}
	d.check(len(d.b) == 0)
	if d.bad {
		return ErrEncoding
	}
	*s = n
	return nil
}

// decoder reads an encoded sketch. After a mistake it returns zeros.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) check(ok bool) {
	if !ok {
		d.bad, d.b = true, nil
	}
}

func (d *decoder) uint64() uint64 {
	if len(d.b) < 8 {
		d.check(false)
		return 0
	}
	x := binary.LittleEndian.Uint64(d.b)
	d.b = d.b[8:]
	return x
}

func (d *decoder) uint32() uint32 {
	if len(d.b) < 4 {
		d.check(false)
		return 0
	}
	x := binary.LittleEndian.Uint32(d.b)
	d.b = d.b[4:]
	return x
}

// string reads n bytes, which are there.
func (d *decoder) string(n int) string {
	if d.check(n <= len(d.b)); d.bad {
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

// below reads a number that is less than n.
func (d *decoder) below(n int) int {
	x, size := binary.Uvarint(d.b)
	if size <= 0 || x >= uint64(max(n, 0)) {
		d.check(false)
		return 0
	}
	d.b = d.b[size:]
	return int(x)
}

// count reads the number of things that take at least size bytes each.
func (d *decoder) count(size int) int { return d.below(len(d.b)/size + 1) }

func (d *decoder) shape() shape {
	s := shape{tag: d.uint32()}
	s.tokens = make([]uint32, d.count(4))
	for i := range s.tokens {
		s.tokens[i] = d.uint32()
		d.check(i == 0 || s.tokens[i] > s.tokens[i-1])
	}
	return s
}

// minUnit is the length of the shortest encoded unit, in bytes.
const minUnit = 14

// units reads units on so many elements, which are parts of so many others.
func (d *decoder) units(elems, of int) []unit {
	units := make([]unit, d.count(minUnit))
	for i := range units {
		u := &units[i]
		u.elem, u.block, u.of = int32(d.below(elems)), int32(d.below(elems)), int32(d.below(of))
		u.letters, u.flags = int32(d.below(math.MaxInt32)), unitFlags(d.below(int(unitAll)+1))
		has := d.below(hasAll + 1)
		u.exact = d.uint64()
		for k, key := range u.optional() {
			if has>>k&1 == 1 {
				*key = d.uint64()
				d.check(*key != 0)
			}
		}
	}
	return units
}

// minField is the length of an encoded field, in bytes.
const minField = 17

// fields reads what names the headline, the authors, the date and the tags.
func (d *decoder) fields(s *Sketch) {
	s.self, s.people = d.uint64(), d.below(2) == 1
	s.stated, s.fetched = int32(d.below(maxDay+1)), int32(d.below(maxDay+1))
	s.authors = make([]uint64, min(d.count(8), maxStated))
	for i := range s.authors {
		s.authors[i] = d.uint64()
		d.check(i == 0 || s.authors[i] > s.authors[i-1])
	}
	s.fields = make([]field, min(d.count(minField), MaxFields))
	for i := range s.fields {
		f := &s.fields[i]
		f.elem, f.nth = int32(d.below(len(s.elems))), int32(d.below(maxNth+1))
		f.forms, f.day = FieldForms(d.below(formAll+1)), int32(d.below(maxDay+1))
		f.key = d.uint64()
		f.leads = make([]uint32, d.below(MaxLead+1))
		for k := range f.leads {
			f.leads[k] = d.uint32()
		}
		f.tail = d.uint32()
	}
}
