package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"winnow/news"
)

// A record is a story as it is stored, compressed by zstd: a number of bytes and
// so many bytes of JSON, the story without blocks and removals; then the number
// of blocks, and of each its kind and text; then the number of removals, and of
// each its rule, reason, text and part. Numbers are varints, texts a number of
// bytes and the bytes. Most of a story is in blocks and removals: as JSON they
// would take four times as long to read.

var errRecord = errors.New("a story's record in the state is damaged")

// pack is the record as it is stored, and the SHA-256 of its text.
func (s *Store) pack(story *news.Story) (record []byte, sha string, err error) {
	meta := *story
	meta.Blocks, meta.Removals = story.Blocks[:0:0], nil
	head, err := json.Marshal(meta)
	if err != nil {
		return nil, "", err
	}
	size := len(head) + 64
	for _, b := range story.Blocks {
		size += len(b.Text) + 16
	}
	for _, r := range story.Removals {
		size += len(r.Rule) + len(r.Why) + len(r.Text) + 16
	}
	raw := binary.AppendUvarint(make([]byte, 0, size), uint64(len(head)))
	raw = append(raw, head...)
	raw = binary.AppendUvarint(raw, uint64(len(story.Blocks)))
	for _, b := range story.Blocks {
		raw = appendText(appendText(raw, string(b.Kind)), b.Text)
	}
	raw = binary.AppendUvarint(raw, uint64(len(story.Removals)))
	for _, r := range story.Removals {
		raw = appendText(appendText(appendText(raw, r.Rule), r.Why), r.Text)
		raw = binary.AppendVarint(raw, int64(r.Part))
	}
	sum := sha256.Sum256([]byte(story.Text()))
	return s.enc.EncodeAll(raw, nil), hex.EncodeToString(sum[:]), nil
}

// appendText writes a text; each byte that is no UTF-8 becomes U+FFFD, as in
// JSON.
func appendText(b []byte, text string) []byte {
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func (s *Store) unpack(record []byte) (news.Story, error) {
	raw, err := s.dec.DecodeAll(record, nil)
	if err != nil {
		return news.Story{}, err
	}
	return readRecord(string(raw))
}

// readRecord reads what pack wrote, before its compression.
func readRecord(raw string) (story news.Story, err error) {
	r := recordReader{rest: raw}
	if err := json.Unmarshal([]byte(r.text()), &story); err != nil {
		return story, errors.Join(errRecord, err)
	}
	blocks := r.count(2)
	story.Blocks = slices.Grow(story.Blocks, blocks)
	for range blocks {
		story.Blocks = append(story.Blocks, news.Block{Kind: news.BlockKind(r.text()), Text: r.text()})
	}
	removals := r.count(4)
	story.Removals = slices.Grow(story.Removals, removals)
	for range removals {
		story.Removals = append(story.Removals, news.Removal{Rule: r.text(), Why: r.text(), Text: r.text(), Part: r.number()})
	}
	if r.damaged || r.rest != "" {
		return news.Story{}, errRecord
	}
	return story, nil
}

// recordReader reads a record from its start. What is damaged reads as empty.
type recordReader struct {
	rest    string
	damaged bool
}

func (r *recordReader) fail() { r.rest, r.damaged = "", true }

func (r *recordReader) uvarint() uint64 {
	x := uint64(0)
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		x |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return x
		}
	}
	r.fail()
	return 0
}

func (r *recordReader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return ""
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// number reads a signed one (zigzag, as binary.AppendVarint writes it).
func (r *recordReader) number() int {
	x := r.uvarint()
	return int(int64(x>>1) ^ -int64(x&1))
}

// count reads how many things follow that take so many bytes at least.
func (r *recordReader) count(least int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/least) {
		r.fail()
		return 0
	}
	return int(n)
}
