package endtoend

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"winnow/crawler/browser"
	"winnow/internal/browsertest"
)

// TestArchiveIsAsSpecified holds the archive that real runs leave against the
// rules of WARC 1.1 (ISO 28500:2017), read by nothing of winnow's own.
func TestArchiveIsAsSpecified(t *testing.T) {
	t.Run("as fetched", func(t *testing.T) {
		s := undisturbedCopy(t)
		s.run(t, "refresh", "--recheck")
		a := readArchive(t, archiveOf(s))
		a.has(t, 3, map[string]int{"warcinfo": 3, "response": 40, "request": 60, "metadata": 60, "revisit": 20})
		a.revisits(t, notModified)
	})
	t.Run("the same bytes again", func(t *testing.T) {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				fmt.Fprint(w, `<html><ul><li><a href="/lock">The lock at Vannholm is opened to boats again</a></ul>`)
			case "/lock":
				fmt.Fprintf(w, "<html><title>Lock</title><article><h1>The lock is open</h1><p>%s</p></article></html>", strings.Repeat("The lock at Vannholm was opened to boats on Monday, said the harbour master. ", 9))
			default:
				http.NotFound(w, r)
			}
		}))
		t.Cleanup(web.Close)
		s := &site{dir: t.TempDir()}
		config := fmt.Sprintf("corpus: %q\nstate: %q\nsources: [{name: lock, site: %q}]\nfetch: {delay: 1ms, allow_private: [127.0.0.0/8]}\n",
			filepath.Join(s.dir, "corpus"), filepath.Join(s.dir, "winnow.db"), web.URL+"/")
		if err := os.WriteFile(s.config(), []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		s.run(t, "refresh")
		s.run(t, "refresh", "--recheck")
		a := readArchive(t, archiveOf(s))
		a.has(t, 2, map[string]int{"response": 1, "revisit": 1})
		a.revisits(t, sameDigest)
	})
	t.Run("rendered", func(t *testing.T) {
		chromium := browsertest.Path(t, browser.Find)
		s := newSite(t, 2, "")
		text, err := os.ReadFile(s.config())
		if err != nil {
			t.Fatal(err)
		}
		rendered := regexp.MustCompile(`(name: sky, site: "[^"]*")`).ReplaceAllString(string(text), "$1, render: true, max_pages: 4")
		if err := os.WriteFile(s.config(), []byte(rendered), 0o644); err != nil {
			t.Fatal(err)
		}
		s.set(t, fmt.Sprintf("  chromium: %q", chromium)) // ends the section fetch
		s.run(t, "refresh", "sky")
		readArchive(t, archiveOf(s)).has(t, 1, map[string]int{"warcinfo": 1, "response": 2, "request": 2, "metadata": 2, "conversion": 2})
	})
}

// The profiles of revisits (sections 6.7.2 and 6.7.3).
const (
	sameDigest  = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	notModified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
)

// archived is a record as it lies in a file.
type archived struct {
	place string // file and offset, for messages
	names []string
	value map[string]string // by the name in lower case
	block []byte
}

func (r *archived) field(name string) string { return r.value[strings.ToLower(name)] }

// archive is all files of a folder.
type archive struct {
	files   int
	records []*archived
	byID    map[string]*archived
}

// has asks for a number of files and at least so many records of each kind.
func (a *archive) has(t *testing.T, files int, least map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, r := range a.records {
		got[r.field("WARC-Type")]++
	}
	for kind, n := range least {
		if got[kind] < n {
			t.Errorf("%d records of the kind %s, want %d or more", got[kind], kind, n)
		}
	}
	if a.files < files {
		t.Errorf("%d files, want %d or more", a.files, files)
	}
}

// revisits asks for one of the profile.
func (a *archive) revisits(t *testing.T, profile string) {
	t.Helper()
	if !slices.ContainsFunc(a.records, func(r *archived) bool { return r.field("WARC-Profile") == profile }) {
		t.Errorf("no revisit of the profile %s", profile)
	}
}

// readArchive reads a folder and holds it against the rules.
func readArchive(t *testing.T, dir string) *archive {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	a := &archive{byID: map[string]*archived{}}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if !strings.HasSuffix(name, ".warc.gz") {
			t.Errorf("%s is no file of an archive", name)
			continue
		}
		a.files++
		for i, r := range members(t, name, raw) {
			if (i == 0) != (r.field("WARC-Type") == "warcinfo") {
				t.Errorf("%s: %s is record %d of its file", r.place, r.field("WARC-Type"), i+1)
			}
			if i == 0 && r.field("WARC-Filename") != name {
				t.Errorf("%s: it says that its file is %q", r.place, r.field("WARC-Filename"))
			}
			id := r.field("WARC-Record-ID")
			if a.byID[id] != nil {
				t.Errorf("%s: its ID %s is that of the record at %s", r.place, id, a.byID[id].place)
			}
			a.byID[id] = r
			a.records = append(a.records, r)
		}
	}
	for _, r := range a.records {
		for _, fault := range slices.Concat(r.fields(), r.content(), a.relations(r)) {
			t.Errorf("%s: %s: %s", r.place, r.field("WARC-Type"), fault)
		}
	}
	return a
}

// members takes a file apart: one gzip member is one record (annex D).
func members(t *testing.T, name string, raw []byte) (all []*archived) {
	t.Helper()
	for src := bytes.NewReader(raw); src.Len() > 0; {
		place := fmt.Sprintf("%s at byte %d", name, len(raw)-src.Len())
		z, err := gzip.NewReader(src)
		if err != nil {
			t.Fatalf("%s: %v", place, err)
		}
		z.Multistream(false)
		record, err := io.ReadAll(z)
		if err != nil {
			t.Fatalf("%s: %v", place, err)
		}
		r, fault := takeApart(record)
		if r.place = place; fault != "" {
			t.Fatalf("%s: %s", place, fault)
		}
		all = append(all, r)
	}
	return all
}

// takeApart reads a record (section 4): version, named fields, an empty line, the
// block to the byte, and two line ends.
func takeApart(record []byte) (r *archived, fault string) {
	r = &archived{value: map[string]string{}}
	line := func() (string, bool) {
		at := bytes.Index(record, []byte("\r\n"))
		if at < 0 {
			return "", false
		}
		text := string(record[:at])
		record = record[at+2:]
		return text, true
	}
	if version, _ := line(); version != "WARC/1.1" {
		return r, fmt.Sprintf("it begins with %q", version)
	}
	for {
		text, ok := line()
		if !ok {
			return r, "its header does not end"
		}
		if text == "" {
			break
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok || !token.MatchString(name) || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f || c == '\uFFFD' }) {
			return r, fmt.Sprintf("the field %q is none", text)
		}
		key := strings.ToLower(name)
		if _, twice := r.value[key]; twice {
			return r, name + " is there twice"
		}
		r.names, r.value[key] = append(r.names, name), strings.Trim(value, " \t")
	}
	length := r.field("Content-Length")
	n, err := strconv.Atoi(length)
	if !digits.MatchString(length) || err != nil || n > len(record) {
		return r, fmt.Sprintf("Content-Length is %q, and %d bytes follow", length, len(record))
	}
	r.block = record[:n]
	if end := string(record[n:]); end != "\r\n\r\n" {
		return r, fmt.Sprintf("behind its block stands %q", end)
	}
	return r, ""
}

var (
	token   = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	digits  = regexp.MustCompile(`^[0-9]+$`)
	moment  = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z$`)
	digest  = regexp.MustCompile(`^sha1:[A-Z2-7]{32}$`)
	uuid    = regexp.MustCompile(`^<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$`)
	capture = []string{"response", "resource", "request", "metadata", "revisit"}
)

// rules says of each field which kinds of record may have it, which must, and
// what it looks like (sections 5 and 6).
var rules = []struct {
	name      string
	may, must []string // nil may: all; nil must: none
	like      func(string) bool
}{
	{"WARC-Record-ID", nil, kinds, uuid.MatchString},
	{"WARC-Date", nil, kinds, moment.MatchString},
	{"WARC-Type", nil, kinds, func(s string) bool { return slices.Contains(kinds, s) }},
	{"Content-Length", nil, kinds, digits.MatchString},
	{"Content-Type", nil, kinds, regexp.MustCompile(`^[^ /;]+/[^ /;]+(; ?[^ ;=]+=("[^"]*"|[^ ;]+))*$`).MatchString},
	{"WARC-Block-Digest", nil, kinds, digest.MatchString},
	{"WARC-Payload-Digest", []string{"response", "resource", "request", "conversion", "revisit"}, []string{"response", "revisit"}, digest.MatchString},
	{"WARC-Target-URI", kinds[1:], kinds[1:], absolute},
	{"WARC-IP-Address", capture, []string{"response", "revisit"}, func(s string) bool { _, err := netip.ParseAddr(s); return err == nil }},
	{"WARC-Concurrent-To", capture, []string{"request", "metadata"}, uuid.MatchString},
	{"WARC-Refers-To", []string{"metadata", "revisit", "conversion"}, []string{"revisit", "conversion"}, uuid.MatchString},
	{"WARC-Refers-To-Target-URI", []string{"revisit"}, []string{"revisit"}, absolute},
	{"WARC-Refers-To-Date", []string{"revisit"}, []string{"revisit"}, moment.MatchString},
	{"WARC-Profile", []string{"revisit"}, []string{"revisit"}, func(s string) bool { return s == sameDigest || s == notModified }},
	{"WARC-Filename", []string{"warcinfo"}, []string{"warcinfo"}, func(s string) bool { return s != "" }},
	{"WARC-Truncated", nil, nil, func(s string) bool {
		return slices.Contains([]string{"length", "time", "disconnect", "unspecified"}, s)
	}},
}

// kinds are those of record, warcinfo first.
var kinds = []string{"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion"}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && u.Host != "" && u.Fragment == "" && !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune("<>\"{}|\\^`", c) })
}

// fields holds the header against the rules.
func (r *archived) fields() (faults []string) {
	kind, known := r.field("WARC-Type"), map[string]bool{}
	for _, rule := range rules {
		value, there := r.value[strings.ToLower(rule.name)]
		known[rule.name] = true
		switch {
		case there && rule.may != nil && !slices.Contains(rule.may, kind):
			faults = append(faults, "it may not have "+rule.name)
		case !there && slices.Contains(rule.must, kind):
			faults = append(faults, "it has no "+rule.name)
		case there && !rule.like(value):
			faults = append(faults, fmt.Sprintf("%s is %q", rule.name, value))
		}
	}
	for _, name := range r.names {
		if !known[name] {
			faults = append(faults, name+" is no field of the standard")
		}
	}
	return faults
}

// content holds the block against what the header says of it.
func (r *archived) content() (faults []string) {
	if got := sha1Of(r.block); r.field("WARC-Block-Digest") != got {
		faults = append(faults, "the digest of its block is "+got)
	}
	media := strings.ReplaceAll(r.field("Content-Type"), " ", "")
	switch kind := r.field("WARC-Type"); kind {
	case "warcinfo", "metadata":
		if media != "application/warc-fields" {
			faults = append(faults, "its block is "+media)
		}
		for line := range strings.SplitAfterSeq(string(r.block), "\r\n") {
			if name, _, ok := strings.Cut(line, ":"); line != "" && (!ok || !token.MatchString(name) || !strings.HasSuffix(line, "\r\n")) {
				faults = append(faults, fmt.Sprintf("its block has the line %q", line))
			}
		}
	case "response", "request", "revisit":
		wanted := "application/http;msgtype=response"
		first := regexp.MustCompile(`^HTTP/[0-9](\.[0-9])? [1-5][0-9]{2} [^\r\n]*$`)
		if kind == "request" {
			wanted, first = "application/http;msgtype=request", regexp.MustCompile(`^GET (/[^ ]*) HTTP/1\.1$`)
		}
		head, body, found := bytes.Cut(r.block, []byte("\r\n\r\n"))
		lines := strings.Split(string(head), "\r\n")
		if media != wanted || !found || !first.MatchString(lines[0]) {
			faults = append(faults, fmt.Sprintf("its block is %s and begins with %q", media, lines[0]))
		}
		header := map[string]string{}
		for _, line := range lines[1:] {
			name, value, ok := strings.Cut(line, ":")
			if header[strings.ToLower(name)] = strings.TrimSpace(value); !ok || !token.MatchString(name) {
				faults = append(faults, fmt.Sprintf("its message has the line %q", line))
			}
		}
		faults = append(faults, r.message(kind, header, body)...)
	}
	return faults
}

// message holds an HTTP message against what the record says of its payload.
func (r *archived) message(kind string, header map[string]string, body []byte) (faults []string) {
	if header["transfer-encoding"] != "" || header["content-encoding"] != "" {
		faults = append(faults, "its message is encoded, though its body is not")
	}
	switch kind {
	case "response":
		if got := sha1Of(body); r.field("WARC-Payload-Digest") != got {
			faults = append(faults, "the digest of its payload is "+got)
		}
		if header["content-length"] != strconv.Itoa(len(body)) {
			faults = append(faults, fmt.Sprintf("its message says %s bytes and has %d", header["content-length"], len(body)))
		}
	case "request":
		if u, err := url.Parse(r.field("WARC-Target-URI")); err != nil || header["host"] != u.Host || len(body) > 0 {
			faults = append(faults, fmt.Sprintf("it was sent to %q, with a body of %d bytes", header["host"], len(body)))
		}
		if header["authorization"] != "" || header["cookie"] != "" {
			faults = append(faults, "it holds what opens doors")
		}
	case "revisit":
		if len(body) > 0 {
			faults = append(faults, fmt.Sprintf("it holds %d bytes of the body again", len(body)))
		}
		if (r.field("WARC-Profile") == sameDigest) != (r.field("WARC-Truncated") == "length") {
			faults = append(faults, fmt.Sprintf("its body is left out, and WARC-Truncated is %q", r.field("WARC-Truncated")))
		}
	}
	return faults
}

// relations holds a record against those that it speaks of.
func (a *archive) relations(r *archived) (faults []string) {
	if id := r.field("WARC-Concurrent-To"); id != "" {
		other := a.byID[id]
		if other == nil || other == r || !slices.Contains(capture, other.field("WARC-Type")) {
			return append(faults, "it is concurrent to "+id+", which is none")
		}
		for _, name := range []string{"WARC-Date", "WARC-Target-URI"} { // of one capture, and of one URI
			if r.field(name) != other.field(name) {
				faults = append(faults, fmt.Sprintf("%s is %s, and %s of what it is concurrent to", name, r.field(name), other.field(name)))
			}
		}
	}
	id := r.field("WARC-Refers-To")
	if id == "" {
		return faults
	}
	other := a.byID[id]
	if other == nil || other == r {
		return append(faults, "it refers to "+id+", which is none")
	}
	if r.field("WARC-Target-URI") != other.field("WARC-Target-URI") {
		faults = append(faults, "it refers to a record of "+other.field("WARC-Target-URI"))
	}
	if r.field("WARC-Type") == "revisit" {
		for _, pair := range [][2]string{{"WARC-Refers-To-Target-URI", "WARC-Target-URI"}, {"WARC-Refers-To-Date", "WARC-Date"}, {"WARC-Payload-Digest", "WARC-Payload-Digest"}} {
			if r.field(pair[0]) != other.field(pair[1]) {
				faults = append(faults, fmt.Sprintf("%s is %s, and %s there", pair[0], r.field(pair[0]), other.field(pair[1])))
			}
		}
		if other.field("WARC-Type") != "response" || r.field("WARC-Date") < other.field("WARC-Date") {
			faults = append(faults, "it refers to a "+other.field("WARC-Type")+" of "+other.field("WARC-Date"))
		}
	}
	return faults
}

func sha1Of(b []byte) string {
	sum := sha1.Sum(b)
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}
