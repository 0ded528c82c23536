package warc

import (
	"regexp"
	"slices"
	"strconv"

	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// foreign builds records as other tools write them.
func foreign(version string, fields []string, block string) string {
	return version + "\r\n" + strings.Join(fields, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
}

func zipped(s string) string {
	var b bytes.Buffer
	z := stdgzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func chunked(s string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(s), s) }

func response(url, block string) string {
	return foreign("WARC/1.0", []string{
		"WARC-Type: response", "WARC-Target-URI: " + url, "WARC-Date: 2023-07-01T10:00:00Z",
		"Content-Type: application/http; msgtype=response",
	}, block)
}

// walked returns the pages and errors of a walk over a file, one a line.
func walked(r io.Reader, maxBlock int64) []string {
	var all []string
	for e, err := range Entries(r, maxBlock) {
		switch {
		case err == nil:
			all = append(all, fmt.Sprintf("%d %s %s", e.Status, e.URL, e.Body))
		default:
			for _, known := range []error{ErrNotWARC, ErrTorn, ErrTooLarge, ErrMalformed, ErrCorrupt, ErrEncoding} {
				if errors.Is(err, known) {
					err = known
				}
			}
			all = append(all, err.Error())
		}
	}
	return all
}

func TestReadForeign(t *testing.T) {
	ok := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
	a := response("https://a.example/1", ok+"one")
	b := response("https://a.example/2", ok+"two")
	const one, two = "200 https://a.example/1 one", "200 https://a.example/2 two"
	info := foreign("WARC/1.0", []string{"WARC-Type: warcinfo"}, "software: other\r\n")
	odd := func(head, body string) string { return response("https://a.example/1", head+"\r\n\r\n"+body) }
	for _, test := range []struct {
		name, file string
		want       []string
	}{
		{"empty", "", nil},
		{"plain", info + a + b, []string{one, two}},
		{"a member a record", zipped(info) + zipped(a) + zipped(b), []string{one, two}},
		{"one member for all", zipped(info + a + b), []string{one, two}},
		{"plain behind compressed", zipped(a) + b, []string{one, two}},
		{"empty members", zipped("") + zipped(a) + zipped("") + zipped(b), []string{one, two}},
		{"only one line end behind", strings.TrimSuffix(a, "\r\n") + b, []string{one, two}},
		{"no line end behind", strings.TrimSuffix(a, "\r\n\r\n"), []string{one}},
		{"bare line feeds", strings.ReplaceAll(a, "\r\n", "\n"), []string{ErrTorn.Error()}}, // its Content-Length counts CRs
		{"address in brackets", response("<https://a.example/1>", ok+"one"), []string{one}},
		{"names in another case", strings.ReplaceAll(strings.ReplaceAll(a, "WARC-", "warc-"), "Content-Length", "content-length"), []string{one}},
		{"folded field", strings.Replace(a, "application/http; msgtype", "application/http;\r\n\tmsgtype", 1), []string{one}},
		{"other records between", a + foreign("WARC/1.0", []string{"WARC-Type: revisit", "WARC-Target-URI: https://a.example/1"}, "HTTP/1.1 304 Not Modified\r\n\r\n") + b, []string{one, two}},
		{"dns answer", foreign("WARC/1.0", []string{"WARC-Type: response", "WARC-Target-URI: dns:a.example", "Content-Type: text/dns"}, "x") + b, []string{two}},
		{"no HTTP", response("https://a.example/1", "one") + b, []string{"the record is malformed", two}},
		{"status without reason", odd("HTTP/1.1 200", "one"), []string{one}},
		{"header without body", response("https://a.example/1", "HTTP/1.1 200 OK\r\nX: y"), []string{"200 https://a.example/1 "}},
		{"line that is no field", odd("HTTP/1.1 200 OK\r\nnonsense\r\n: x", "one"), []string{one}},
		{"gzip", odd("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", zipped("one")), []string{one}},
		{"gzip in chunks", odd("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked", chunked(zipped("one"))), []string{one}},
		{"gzip twice", odd("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip", zipped(zipped("one"))), []string{one}},
		{"said to be gzip and chunked, is neither", odd("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked", "one"), []string{one}},
		{"said to be brotli, is not", odd("HTTP/1.1 200 OK\r\nContent-Encoding: br", "<p>one</p>"), []string{"200 https://a.example/1 <p>one</p>"}},
		{"torn gzip body", odd("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", zipped("one")[:12]) + b, []string{ErrEncoding.Error(), two}},
		{"unknown coding", odd("HTTP/1.1 200 OK\r\nContent-Encoding: lzma", "x") + b, []string{ErrEncoding.Error(), two}},
		{"too large", response("https://a.example/1", ok+strings.Repeat("x", 5000)) + b, []string{ErrTooLarge.Error(), two}},
		{"too large, in a member", zipped(response("https://a.example/1", ok+strings.Repeat("x", 5000))) + zipped(b), []string{ErrTooLarge.Error(), two}},
		{"bomb in a body", odd("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", zipped(strings.Repeat("x", 50000))) + b, []string{ErrTooLarge.Error(), two}},
		{"length that is no number", strings.Replace(a, "Content-Length: ", "Content-Length: x", 1) + b, []string{ErrMalformed.Error(), two}},
		{"negative length", strings.Replace(a, "Content-Length: ", "Content-Length: -", 1) + b, []string{ErrMalformed.Error(), two}},
		{"malformed member", zipped("WARC/1.0\r\nx\r\n\r\n") + zipped(b), []string{ErrMalformed.Error(), two}},
		{"member shorter than it says", zipped(a[:len(a)-6]) + zipped(b), []string{ErrMalformed.Error(), two}},
		{"rubbish between", a + "rubbish\r\n\r\n" + b, []string{one, ErrMalformed.Error(), two}},
		{"rubbish between members", zipped(a) + "rubbish" + zipped(b), []string{one, ErrMalformed.Error(), two}},
		{"torn", a + b[:len(b)-8], []string{one, ErrTorn.Error()}},
		{"torn member", zipped(a) + zipped(b)[:40], []string{one, ErrTorn.Error()}},
		{"a page", "<!DOCTYPE html><title>x</title>", []string{ErrNotWARC.Error()}},
		{"a compressed page", zipped("<!DOCTYPE html>\n<title>x</title>"), []string{ErrNotWARC.Error()}},
		{"zstd", "\x28\xb5\x2f\xfd\x00\x00", []string{ErrNotWARC.Error()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := walked(strings.NewReader(test.file), 4096)
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestReadForeignHeader reads the header of a record of a news archive.
func TestReadForeignHeader(t *testing.T) {
	file := foreign("WARC/1.0", []string{
		"WARC-Type: response", "WARC-Record-ID: <urn:uuid:1>", "WARC-Target-URI: https://a.example/1",
		"WARC-Date: 2023-07-01T10:00:00Z", "WARC-IP-Address: 192.0.2.7", "WARC-Truncated: length",
		"Content-Type: application/http; msgtype=response",
	}, "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=windows-1251\r\nX-Crawler-Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\xce\xe4\xe8")
	for e, err := range Entries(strings.NewReader(zipped(file)), 0) {
		if err != nil {
			t.Fatal(err)
		}
		p := e.Page()
		if p.ContentType() != "text/html; charset=windows-1251" || string(p.Body) != "\xce\xe4\xe8" || !p.FetchedAt.Equal(time.Date(2023, 7, 1, 10, 0, 0, 0, time.UTC)) {
			t.Errorf("page %+v", p)
		}
		if e.IP != "192.0.2.7" || e.Truncated != ByLength {
			t.Errorf("entry %+v", e)
		}
		return
	}
	t.Error("no page")
}

// archive writes three pages, the second with further records, and returns the
// file's bytes.
func archive(t testing.TB) []byte {
	t.Helper()
	w := newWriter(t, Options{})
	var name string
	for i := range 3 {
		e := page(fmt.Sprintf("https://a.example/%d", i), fmt.Sprintf("<p>page %d</p>", i))
		if i == 1 {
			e.Request, e.Source = map[string][]string{"Accept": {"*/*"}}, "a"
		}
		var err error
		if name, _, err = w.Append(&e); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(filepath.Join(w.opts.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestTornAnywhere cuts a file at every byte: the pages before the cut are read,
// and no incomplete page is.
func TestTornAnywhere(t *testing.T) {
	raw := archive(t)
	plain, err := stdgzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct {
		name string
		data []byte
		want int // pages when the last byte is missing: of a compressed record that is its checksum
	}{{"compressed", raw, 2}, {"plain", unzipped, 3}} {
		whole := walked(bytes.NewReader(file.data), 0)
		if len(whole) != 3 {
			t.Fatalf("%s: %q", file.name, whole)
		}
		pages := 0
		for cut := range len(file.data) {
			got := walked(bytes.NewReader(file.data[:cut]), 0)
			if n := len(got); n > 0 && strings.HasPrefix(got[n-1], "the file ends") {
				got = got[:n-1]
			} else if n > 0 && got[n-1] == ErrNotWARC.Error() && cut < 5 {
				continue
			}
			if len(got) < pages || len(got) > len(whole) {
				t.Fatalf("%s, cut at %d: %q after %d pages", file.name, cut, got, pages)
			}
			for i, line := range got {
				if line != whole[i] {
					t.Fatalf("%s, cut at %d: page %d is %q", file.name, cut, i, line)
				}
			}
			pages = len(got)
		}
		if pages != file.want {
			t.Errorf("%s: %d pages before the last cut, want %d", file.name, pages, file.want)
		}
	}
}

// TestDamagedAnywhere changes each byte in turn: at most its page is lost, and no
// page is read changed.
func TestDamagedAnywhere(t *testing.T) {
	raw := archive(t)
	whole := walked(bytes.NewReader(raw), 0)
	for at := 2; at < len(raw); at++ { // the first two mark it as compressed
		damaged := bytes.Clone(raw)
		damaged[at] ^= 0xff
		good := 0
		for _, line := range walked(bytes.NewReader(damaged), 0) {
			for _, want := range whole {
				if line == want {
					good++
				}
			}
			if strings.HasPrefix(line, "200 ") && line != whole[0] && line != whole[1] && line != whole[2] {
				t.Fatalf("byte %d: %q", at, line)
			}
		}
		if good < 2 {
			t.Errorf("byte %d: %d pages left", at, good)
		}
	}
}

func TestReadAtRefuses(t *testing.T) {
	w := newWriter(t, Options{})
	e := page("https://a.example/1", "one")
	e.Request = map[string][]string{}
	name, offset, err := w.Append(&e)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, file string
		offset     int64
		want       error
	}{
		{"pruned file", "winnow-20240305120000000-00000000-00000.warc.gz", 0, os.ErrNotExist},
		{"path out of the folder", "../" + name, offset, os.ErrNotExist},
		{"folder", "..", offset, os.ErrNotExist},
		{"within a record", name, offset + 7, ErrNotWARC},
		{"behind the end", name, 1 << 40, ErrTorn},
		{"the file's first record", name, 0, ErrNotPage},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ReadAt(w.opts.Dir, test.file, test.offset, 0); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// TestReadLongFile reads a file that is longer than the buffers of the reader and
// damaged in the middle.
func TestReadLongFile(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var file bytes.Buffer
	var middle int
	for i := range 40 {
		noise := make([]byte, 20_000)
		for j := range noise {
			noise[j] = byte(rng.Uint32())
		}
		if i == 20 {
			middle = file.Len() + 10_000
		}
		file.WriteString(zipped(response(fmt.Sprintf("https://a.example/%d", i), "HTTP/1.1 200 OK\r\n\r\n"+string(noise))))
	}
	raw := file.Bytes()
	copy(raw[middle:], make([]byte, 600))
	good, bad := 0, 0
	for e, err := range Entries(bytes.NewReader(raw), 0) {
		if err != nil {
			bad++
			var place *BadRecord
			if !errors.As(err, &place) || place.Offset > int64(middle) || place.Offset < int64(middle)-11_000 {
				t.Errorf("error %v, damage at %d", err, middle)
			}
		} else if len(e.Body) == 20_000 {
			good++
		}
	}
	if good != 39 || bad != 1 {
		t.Errorf("%d pages, %d errors", good, bad)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(archive(f))
	f.Add([]byte(response("https://a.example/1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+chunked("one"))))
	f.Add([]byte(zipped(response("https://a.example/1", "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx")) + "rubbish\nWARC/1.0\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const maxBlock = 1 << 16
		r := NewReader(bytes.NewReader(data), maxBlock)
		last := int64(-1)
		for steps := 0; ; steps++ {
			if steps > len(data)*1100+2 { // a byte of gzip is at most 1032 of text
				t.Fatalf("%d steps in %d bytes", steps, len(data))
			}
			rec, err := r.Next()
			var bad *BadRecord
			if err != nil && !errors.As(err, &bad) {
				break
			}
			offset := rec.Offset
			if bad != nil {
				offset = bad.Offset
			}
			if offset < last || offset > int64(len(data)) {
				t.Fatalf("offset %d after %d in %d bytes", offset, last, len(data))
			}
			last = offset
			if err != nil {
				continue
			}
			if len(rec.Block) > maxBlock || !strings.HasPrefix(rec.Version, "WARC/") || rec.Fields.Value("content-length") == "" {
				t.Fatalf("record %+v", rec)
			}
			if e, err := rec.Entry(); err == nil && len(e.Body) > DefaultMaxBlock {
				t.Fatalf("body of %d bytes", len(e.Body))
			}
		}
		for e, err := range Entries(bytes.NewReader(data), maxBlock) {
			if err == nil && len(e.Body) > maxBlock {
				t.Fatalf("body of %d bytes", len(e.Body))
			}
		}
	})
}

// FuzzEntry writes what a server may answer and reads it back.
func FuzzEntry(f *testing.F) {
	f.Add("https://a.example/1", "X-Odd", "v", []byte("body"), 200)
	f.Add("https://a.example/1", "Transfer-Encoding", "chunked", []byte("4\r\nbody\r\n0\r\n\r\n"), 503)
	f.Add("http://a.example/", "Content-Encoding", "gzip", []byte(zipped("x")), 0)
	f.Fuzz(func(t *testing.T, url, name, value string, body []byte, status int) {
		e := Entry{URL: url, Status: status, Header: map[string][]string{name: {value}}, Body: body, FetchedAt: noon}
		var file bytes.Buffer
		records, err := e.records()
		if err != nil {
			return
		}
		if err := encode(&file, gzip.NewWriter(nil), records); err != nil {
			t.Fatal(err)
		}
		r := NewReader(&file, 0)
		got, err := r.NextEntry()
		if !hasPrefixFold(url, "http://") && !hasPrefixFold(url, "https://") {
			if err != io.EOF {
				t.Fatalf("%q: %v", url, err)
			}
			return
		}
		if err != nil || got.Status != status || !bytes.Equal(got.Body, body) || got.URL != strings.Trim(url, "<>") {
			t.Fatalf("wrote %+v, read %+v, %v", e, got, err)
		}
		if _, err := r.NextEntry(); err != io.EOF {
			t.Fatalf("behind the entry: %v", err)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	var file bytes.Buffer
	z := gzip.NewWriter(nil)
	e := storyPage()
	for range 100 {
		records, err := e.records()
		if err == nil {
			err = encode(&file, z, records)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(100 * len(e.Body)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range Entries(bytes.NewReader(file.Bytes()), 0) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkReadAt(b *testing.B) {
	w := newWriter(b, Options{})
	e := storyPage()
	name, offset, err := w.Append(&e)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ReadAt(w.opts.Dir, name, offset, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// TestWrongLengths: a plain record that says that it is longer or shorter than it is
// costs no other record.
func TestWrongLengths(t *testing.T) {
	plain, err := stdgzip.NewReader(bytes.NewReader(archive(t)))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	whole := walked(bytes.NewReader(raw), 0)
	field := regexp.MustCompile(`(?m)^Content-Length: (\d+)\r\n`)
	for n, at := range field.FindAllSubmatchIndex(raw, -1) {
		length, _ := strconv.Atoi(string(raw[at[2]:at[3]]))
		for _, wrong := range []int{0, length / 2, length - 1, length + 1, length + 7, length + 400, length + 4000, 1 << 30, 1 << 40} {
			damaged := slices.Concat(raw[:at[2]], []byte(strconv.Itoa(wrong)), raw[at[3]:])
			good, changed := 0, 0
			for _, line := range walked(bytes.NewReader(damaged), 0) {
				if slices.Contains(whole, line) {
					good++
				} else if strings.HasPrefix(line, "200 ") { // of the record itself, or without its metadata
					changed++
				}
			}
			if changed > 1 {
				t.Errorf("length %d of %d, %d: %d pages are changed", n, length, wrong, changed)
			}
			if good < len(whole)-1 {
				t.Errorf("length %d of %d, %d: %d pages of %d are left", n, length, wrong, good, len(whole))
			}
		}
	}
}
