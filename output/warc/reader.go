package warc

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Limits for foreign files.
const (
	// DefaultMaxBlock is the largest block of a record that is kept in memory,
	// in bytes after decompression.
	DefaultMaxBlock = 64 << 20
	maxHeader       = 1 << 20 // bytes of a record's header
	maxSkip         = 4 << 30 // bytes skipped in one member: beyond that, reading ends
)

// Errors of reading. Those of one record come in a *BadRecord.
var (
	ErrNotWARC   = errors.New("this is not a WARC file")
	ErrTorn      = errors.New("the file ends in the middle of a record")
	ErrTooLarge  = errors.New("the record is over the limit")
	ErrMalformed = errors.New("the record is malformed")
	ErrCorrupt   = errors.New("the compressed data are corrupt")
)

// BadRecord is the error for a record that cannot be read. Reading continues after
// it.
type BadRecord struct {
	Offset int64 // where it begins in the file, in bytes
	Err    error
}

func (b *BadRecord) Error() string { return fmt.Sprintf("record at byte %d: %v", b.Offset, b.Err) }

// Unwrap returns the cause.
func (b *BadRecord) Unwrap() error { return b.Err }

// Record is any record of a WARC file.
type Record struct {
	Offset  int64  // of the record, or of its gzip member
	Version string // "WARC/1.0", "WARC/1.1" …
	Fields  Fields
	Block   []byte
}

// Type returns the record's type in lower case: response, request, metadata …
func (r *Record) Type() string { return strings.ToLower(r.Fields.Value(fieldType)) }

// Reader reads a WARC file of any tool, plain or compressed by gzip, record by
// record. It holds one page in memory.
type Reader struct {
	taken    *counter
	src      *bufio.Reader // of taken
	maxBlock int64         // bytes
	gz       *gzip.Reader  // nil before the first member
	unzipped *bufio.Reader // of gz
	member   *bufio.Reader // unzipped while a member is being read, else nil
	offset   int64         // of the last member, or plain record
	zipped   bool          // it is a member
	seeker   io.Seeker     // nil when the file cannot seek
	start    int64         // offset in it at which reading began
	again    int64         // bytes read a second time
	begun    bool          // a record was read
	lost     bool          // after damage: the next record is being searched for
	over     error         // why reading has ended

	ahead    Record // read by NextEntry and not used yet
	aheadErr error
	hasAhead bool
}

// NewReader returns a Reader of r. Blocks of more than maxBlock bytes are skipped
// with ErrTooLarge; 0 means DefaultMaxBlock.
func NewReader(r io.Reader, maxBlock int64) *Reader {
	if maxBlock <= 0 {
		maxBlock = DefaultMaxBlock
	}
	taken := &counter{r: r}
	reader := &Reader{taken: taken, src: bufio.NewReaderSize(taken, 64<<10), maxBlock: maxBlock}
	if seeker, ok := r.(io.Seeker); ok {
		if start, err := seeker.Seek(0, io.SeekCurrent); err == nil { // fails for a pipe, which is an *os.File too
			reader.seeker, reader.start = seeker, start
		}
	}
	return reader
}

// Next returns the next record. After a *BadRecord it may be called again and
// continues after the damage. The error is io.EOF at the end of the file; any other
// error ends reading. Next seeks in an io.Seeker where there is damage.
func (r *Reader) Next() (Record, error) {
	if r.hasAhead {
		r.hasAhead = false
		return r.ahead, r.aheadErr
	}
	if r.over != nil {
		return Record{}, r.over
	}
	rec, err := r.next()
	var bad *BadRecord
	if err != nil && !errors.As(err, &bad) {
		r.over = err
	}
	return rec, err
}

func (r *Reader) next() (Record, error) {
	for {
		lost := r.lost
		if lost {
			if err := r.find(); err != nil {
				return Record{}, err
			}
		}
		if r.member == nil {
			if err := r.open(); err != nil {
				var bad *BadRecord
				if lost && errors.As(err, &bad) {
					continue // it is not a member
				}
				return Record{}, err
			}
		}
		rec, err := r.inPlace()
		switch {
		case err == errMemberEnd:
			r.member = nil
		case err != nil && lost:
			r.goBack() // it is not a record
		default:
			return rec, r.resume(err)
		}
	}
}

// errMemberEnd is the error at the end of a gzip member.
var errMemberEnd = errors.New("the member has ended")

// inPlace reads the record that begins here, in the open member or plain.
func (r *Reader) inPlace() (Record, error) {
	if r.member == nil {
		rec, err := r.record(r.src)
		if err == nil {
			err = r.checkLength(&rec)
		}
		r.lost = r.lost || errors.Is(err, ErrMalformed)
		return rec, err
	}
	more, err := toRecord(r.member)
	if err != nil {
		return Record{}, err
	}
	if !more {
		return Record{}, errMemberEnd
	}
	rec, err := r.record(r.member)
	if err == io.EOF {
		err = fmt.Errorf("%w: it is shorter than it says", ErrMalformed) // the member is whole
	}
	if err != nil {
		return rec, err
	}
	// The checksum is after the last record of the member.
	if more, err = toRecord(r.member); err != nil {
		return rec, err
	}
	if !more {
		r.member = nil
		return rec, nil
	}
	if begins, err := beginsRecord(r.member); err != nil || !begins {
		return rec, cmp.Or(err, fmt.Errorf("%w: it is longer than it says", ErrMalformed))
	}
	return rec, nil
}

// errLength is the error of a plain record whose block is longer or shorter than its
// header says.
var errLength = errors.New("its length is wrong")

// checkLength checks what comes behind the block of a plain record: line ends and a
// record, or the end of the file. After line ends there may be damage instead, unless
// the block seems to have other records in it.
func (r *Reader) checkLength(rec *Record) error {
	head, _ := r.src.Peek(1)
	if len(head) == 0 {
		return nil
	}
	ended := head[0] == '\r' || head[0] == '\n'
	if more, err := toRecord(r.src); err != nil || !more {
		return err
	}
	begins, err := beginsRecord(r.src)
	if err == nil && !begins && (!ended || bytes.Contains(rec.Block, []byte("\nWARC/1."))) {
		return fmt.Errorf("%w: %w", ErrMalformed, errLength)
	}
	if err == io.EOF {
		return nil // of the next record there is a beginning
	}
	return err
}

// open opens the gzip member that begins here; without one a plain record follows.
func (r *Reader) open() error {
	if _, err := toRecord(r.src); err != nil {
		return err
	}
	head, err := r.src.Peek(5)
	if len(head) == 0 {
		return err // io.EOF at the end
	}
	r.offset = r.place()
	r.zipped = bytes.HasPrefix(head, []byte{0x1f, 0x8b})
	switch {
	case r.zipped:
		if r.gz == nil {
			r.gz, err = gzip.NewReader(r.src)
		} else {
			err = r.gz.Reset(r.src)
		}
		if err != nil {
			r.gz, r.unzipped = nil, nil
			return r.resume(err)
		}
		r.gz.Multistream(false)
		if r.unzipped == nil {
			r.unzipped = bufio.NewReaderSize(r.gz, 16<<10)
		} else {
			r.unzipped.Reset(r.gz)
		}
		r.member = r.unzipped
	case len(head) == 1 && head[0] == 0x1f:
		return r.resume(io.ErrUnexpectedEOF)
	case !r.begun && bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return fmt.Errorf("%w that can be read: it is compressed by zstd; unpack it first", ErrNotWARC)
	}
	return nil
}

// resume returns the error for the caller, and prepares reading on after it. A nil
// err is a record that was read.
func (r *Reader) resume(err error) error {
	if err == nil {
		r.begun, r.lost = true, false
		return nil
	}
	bad := &BadRecord{Offset: r.offset, Err: err}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		bad.Err = ErrTorn
		if !r.goBack() {
			r.over = io.EOF
		}
		return bad
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrMalformed):
		if r.member != nil {
			if end := r.skipMember(); end != nil {
				return end
			}
		} else if errors.Is(err, errLength) {
			r.goBack()
		}
		if !r.begun && errors.Is(err, errNoVersion) {
			return ErrNotWARC
		}
		return bad
	case isCorrupt(err):
		r.lost = true
		r.goBack()
		bad.Err = fmt.Errorf("%w: %v", ErrCorrupt, err)
		return bad
	}
	return err // of the file itself
}

// skipMember skips the rest of a member. Its error takes precedence over that of
// the record.
func (r *Reader) skipMember() error {
	n, err := io.CopyN(io.Discard, r.member, maxSkip)
	if n == maxSkip {
		return fmt.Errorf("record at byte %d: more than %d bytes in one member: reading ends here", r.offset, n)
	}
	r.member = nil
	if err == io.EOF {
		return nil
	}
	return r.resume(err)
}

// maxAgain is how many bytes are read a second time because damaged data looked
// like a long member.
const maxAgain = 256 << 20

// goBack seeks to right after the start of the damaged member or record, so that
// records which it seemed to contain are found. It reports whether it could.
func (r *Reader) goBack() bool {
	r.member = nil
	again := r.place() - r.offset - 1
	if r.seeker == nil || again < 0 || r.again+again > maxAgain {
		return false
	}
	if _, err := r.seeker.Seek(r.start+r.offset+1, io.SeekStart); err != nil {
		return false
	}
	r.again += again
	r.taken.n = r.offset + 1
	r.src.Reset(r.taken)
	r.lost = true
	return true
}

// find skips to the next place after damage at which a record may begin.
func (r *Reader) find() error {
	for {
		window, err := r.src.Peek(32 << 10)
		at := bytes.Index(window, []byte{0x1f, 0x8b, 0x08})
		if line := bytes.Index(window, []byte("\nWARC/")); line >= 0 && (at < 0 || line < at) {
			at = line + 1
		}
		if at >= 0 {
			r.src.Discard(at) // no more than was peeked
			if at == 0 && r.place() == r.offset {
				// This is the damage: look after it.
				r.src.Discard(1)
				continue
			}
			return nil
		}
		if err != nil && err != bufio.ErrBufferFull {
			return err // io.EOF at the end
		}
		r.src.Discard(max(len(window)-5, 1))
	}
}

// toRecord skips the line ends between two records, and reports whether something
// follows.
func toRecord(src *bufio.Reader) (more bool, err error) {
	for {
		b, err := src.Peek(1)
		if len(b) == 0 {
			if err == io.EOF {
				return false, nil
			}
			return false, err
		}
		if b[0] != '\r' && b[0] != '\n' {
			return true, nil
		}
		src.Discard(1)
	}
}

// beginsRecord reports whether a version comes next.
func beginsRecord(src *bufio.Reader) (bool, error) {
	const mark = "WARC/"
	head, err := src.Peek(len(mark))
	if err == nil || !strings.HasPrefix(mark, string(head)) {
		return string(head) == mark, nil
	}
	return false, err
}

// record reads header and block.
func (r *Reader) record(src *bufio.Reader) (Record, error) {
	rec := Record{Offset: r.offset}
	if begins, err := beginsRecord(src); err != nil || !begins {
		return rec, cmp.Or(err, fmt.Errorf("%w: %w", ErrMalformed, errNoVersion))
	}
	left := maxHeader
	var err error
	if rec.Version, err = readLine(src, &left); err != nil {
		return rec, err
	}
	if rec.Fields, err = readFields(src, &left); err != nil {
		return rec, err
	}
	length, err := strconv.ParseInt(rec.Fields.Value(fieldLength), 10, 64)
	if err != nil || length < 0 {
		return rec, fmt.Errorf("%w: its length %q is not a number", ErrMalformed, rec.Fields.Value(fieldLength))
	}
	if length > r.maxBlock {
		if r.member == nil { // in a member, resume skips the rest
			if _, err := io.CopyN(io.Discard, src, length); err != nil {
				return rec, err
			}
		}
		return rec, fmt.Errorf("%w: its block has %d bytes, the limit is %d", ErrTooLarge, length, r.maxBlock)
	}
	var block bytes.Buffer
	block.Grow(int(min(length, 1<<20)) + bytes.MinRead) // it grows as data come: a length is easily claimed
	if _, err := io.CopyN(&block, src, length); err != nil {
		return rec, err
	}
	rec.Block = block.Bytes()
	return rec, nil
}

var errNoVersion = errors.New("it does not begin with a version")

// readFields reads named fields up to the empty line. A line that begins with white
// space continues the one before (section 4 of the standard). left is how many
// bytes of the header may still come.
func readFields(src *bufio.Reader, left *int) (Fields, error) {
	var fields Fields
	for {
		line, err := readLine(src, left)
		if err != nil {
			return fields, err
		}
		if line == "" {
			return fields, nil
		}
		if (line[0] == ' ' || line[0] == '\t') && len(fields) > 0 {
			last := &fields[len(fields)-1]
			last.Value = strings.TrimSpace(last.Value + " " + strings.TrimSpace(line))
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !found || name == "" {
			return fields, fmt.Errorf("%w: the line %.60q is not a field", ErrMalformed, line)
		}
		fields = append(fields, Field{name, strings.TrimSpace(value)})
	}
}

// readLine reads a line, without its end, and subtracts its length from left.
func readLine(src *bufio.Reader, left *int) (string, error) {
	var line []byte
	for {
		b, err := src.ReadByte()
		if err != nil {
			return "", err
		}
		if *left--; *left < 0 {
			return "", fmt.Errorf("%w: its header is larger than %d bytes", ErrMalformed, maxHeader)
		}
		if b == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b)
	}
}

// counter counts what is read from r.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// place returns the offset in the file of the next byte of src.
func (r *Reader) place() int64 { return r.taken.n - int64(r.src.Buffered()) }
