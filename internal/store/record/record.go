// Package record is a story as the state stores it. [Codec.Pack] writes one,
// [Codec.Unpack] reads it.
//
// A record is compressed by zstd: a number of bytes and so many bytes of JSON,
// the story without blocks and removals; then the number of blocks, and of each
// its kind and text; then the number of removals, and of each its rule, reason,
// text and part. Numbers are varints, texts a number of bytes and the bytes. Most
// of a story is in blocks and removals: as JSON they would take four times as
// long to read.
package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"winnow/news"
)

// Codec packs and unpacks stories. It is safe for concurrent use.
type Codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// NewCodec returns a Codec. Close it when it is no longer used.
func NewCodec() (*Codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<17), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.SpeedFastest)) // half the time of the default level, for records larger by a twentieth
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return &Codec{enc, dec}, nil
}

// Close frees what the Codec holds.
func (c *Codec) Close() { c.dec.Close() }

var errDamaged = errors.New("a story's record in the state is damaged")

// Pack returns the record as it is stored, and the SHA-256 of its text in hex.
func (c *Codec) Pack(story *news.Story) (record []byte, sha string, err error) {
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
	return c.enc.EncodeAll(raw, nil), TextSHA(story), nil
}

// TextSHA returns the SHA-256 of a story's text in hex.
func TextSHA(story *news.Story) string {
	sum := sha256.Sum256([]byte(story.Text()))
	return hex.EncodeToString(sum[:])
}

// SHA returns the SHA-256 of a story in hex, less its ID and what was removed.
func SHA(story *news.Story) (string, error) {
	bare := *story
	bare.ID, bare.Removals = "", nil
	text, err := json.Marshal(bare)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// appendText appends a text; each byte that is not UTF-8 becomes U+FFFD, as in JSON.
func appendText(b []byte, text string) []byte {
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// Unpack reads what Pack wrote.
func (c *Codec) Unpack(record []byte) (news.Story, error) {
	raw, err := c.dec.DecodeAll(record, nil)
	if err != nil {
		return news.Story{}, err
	}
	return read(string(raw))
}

// read reads what Pack wrote, before its compression.
func read(raw string) (story news.Story, err error) {
	r := reader{rest: raw}
	if err := json.Unmarshal([]byte(r.text()), &story); err != nil {
		return story, errors.Join(errDamaged, err)
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
		return news.Story{}, errDamaged
	}
	return story, nil
}

// reader reads a record from its start. Behind damage everything reads as empty.
type reader struct {
	rest    string
	damaged bool
}

func (r *reader) fail() { r.rest, r.damaged = "", true }

func (r *reader) uvarint() uint64 {
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

func (r *reader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return ""
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// number reads a signed number (zigzag, as binary.AppendVarint writes it).
func (r *reader) number() int {
	x := r.uvarint()
	return int(int64(x>>1) ^ -int64(x&1))
}

// count reads the number of items that follow, each of at least least bytes.
func (r *reader) count(least int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/least) {
		r.fail()
		return 0
	}
	return int(n)
}
