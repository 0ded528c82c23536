package importfiles

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/news/markup"
	"winnow/output/warc"
)

var now = time.Date(2025, 6, 10, 12, 0, 0, 0, time.UTC)

func TestSavedPagesSayTheirURL(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"canonical", `<link rel="canonical" href="https://a.example/1">`, "https://a.example/1"},
		{"canonical among other words", `<link rel="shortlink Canonical" href=" https://a.example/1 ">`, "https://a.example/1"},
		{"canonical goes before og:url", `<meta property="og:url" content="https://a.example/2"><link rel=canonical href=https://a.example/1>`, "https://a.example/1"},
		{"a canonical link that needs a base", `<link rel=canonical href=/1><meta property="og:url" content="https://a.example/2">`, "https://a.example/2"},
		{"og:url by name", `<meta name="og:url" content="https://a.example/2">`, "https://a.example/2"},
		{"a browser's comment", `<!-- saved from url=(0020)https://a.example/3 -->`, "https://a.example/3"},
		{"without a length", `<!-- saved from url=https://a.example/3 -->`, "https://a.example/3"},
		{"SingleFile's comment", "<!--\n Page saved with SingleFile \n url: https://a.example/4 \n saved date: Mon\n-->", "https://a.example/4"},
		{"og:url goes before a comment", `<!-- saved from url=(0020)https://a.example/3 --><meta property="og:url" content="https://a.example/2">`, "https://a.example/2"},
		{"nothing", `<p>https://a.example/5</p>`, ""},
		{"a comment that only speaks of a URL", `<!-- see https://a.example/5 -->`, ""},
		{"another scheme", `<link rel=canonical href="file:///etc/passwd">`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, _, err := markup.Parse([]byte(c.page), "")
			if err != nil {
				t.Fatal(err)
			}
			if got := savedURL(root); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzSavedURL(f *testing.F) {
	f.Add([]byte(`<link rel=canonical href=https://a.example/1><!-- saved from url=(0020)https://a.example/3 -->`))
	f.Add([]byte("<meta property=og:url content=\"HTTP://\xff\">"))
	f.Fuzz(func(t *testing.T, page []byte) {
		root, _, err := markup.Parse(page, "")
		if err != nil {
			return
		}
		got := savedURL(root)
		if lower := strings.ToLower(got); got != "" && !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
			t.Fatalf("%q is no URL of the web", got)
		}
		if u, err := crawler.Normalize(got, nil); err == nil && crawler.HostOf(u) == "" {
			t.Fatalf("%q has no host", u)
		}
	})
}

func TestWhatHoldsPages(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	zipped := func(content string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(content))
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, path string
		want       bool
	}{
		{"folder", dir, true},
		{"warc by name", file("a.WARC", ""), true},
		{"warc.gz by name", file("a.warc.gz", "no gzip"), true},
		{"saved page by name", file("a.htm.gz", ""), true},
		{"warc by content", file("b", "WARC/1.1\r\n"), true},
		{"compressed warc by content", file("c", zipped("WARC/1.0\r\n")), true},
		{"saved page by content", file("d", "\ufeff\n<!DOCTYPE HTML><p>"), true},
		{"list", file("urls.txt", "https://a.example/1\n"), false},
		{"list that speaks of WARC", file("more.txt", "# WARC/1.1\n"), false},
		{"empty", file("empty", ""), false},
		{"broken gzip", file("broken", "\x1f\x8b\x08"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := HoldsPages(c.path)
			if err != nil || got != c.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if _, err := HoldsPages(filepath.Join(dir, "nowhere")); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestPagesOfRecords(t *testing.T) {
	m := &Importer{Options: Options{MaxBody: 1000}, Now: func() time.Time { return now }}
	written := now.Add(-time.Hour)
	for _, c := range []struct {
		name string
		e    warc.Entry
		fail string
	}{
		{"page", warc.Entry{Status: 200, FetchedAt: now.AddDate(-2, 0, 0)}, ""},
		{"resource", warc.Entry{}, ""},
		{"redirect", warc.Entry{Status: 301}, "no HTML page: HTTP status 301"},
		{"part", warc.Entry{Status: 206}, "no HTML page"},
		{"error", warc.Entry{Status: 503}, "no HTML page"},
		{"cut", warc.Entry{Status: 200, Truncated: warc.ByLength}, "the body is not whole (length)"},
		{"picture", warc.Entry{Status: 200, Header: map[string][]string{"Content-Type": {"image/png"}}}, "no HTML page"},
		{"no URL", warc.Entry{Status: 200, URL: "http://%zz/"}, "%zz"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.e.URL == "" {
				c.e.URL = "https://news.example/a?utm_source=x"
			}
			if c.e.Body == nil {
				c.e.Body = []byte("<html><body><p>Text</p></body></html>")
			}
			page, err := m.pageOf(c.e, written)
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Errorf("got %v, want %q", err, c.fail)
				}
				return
			}
			want := c.e.FetchedAt
			if want.IsZero() {
				want = written
			}
			if err != nil || page.URL != "https://news.example/a" || !page.FetchedAt.Equal(want) {
				t.Errorf("got %+v, %v", page, err)
			}
		})
	}
}

func TestTimesOfPagesArePlausible(t *testing.T) {
	m := &Importer{Now: func() time.Time { return now }}
	written := now.Add(-time.Hour)
	for _, c := range []struct {
		name              string
		said, saved, want time.Time
	}{
		{"as said", now.AddDate(-1, 0, 0), written, now.AddDate(-1, 0, 0)},
		{"not said", time.Time{}, written, written},
		{"in the future", now.AddDate(0, 0, 1), written, written},
		{"before the web", time.Unix(0, 0), written, written},
		{"neither", time.Time{}, now.AddDate(1, 0, 0), now},
		{"finer than the state counts", now.Add(-time.Hour + 1500*time.Microsecond), written, now.Add(-time.Hour + time.Millisecond)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := m.plausible(c.said, c.saved); !got.Equal(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
