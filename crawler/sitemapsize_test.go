package crawler

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

const keel = "https://press.example/2025/06/keel-%06d-laid"

// largeSitemap writes a sitemap of so many URLs, each entry padded to size
// bytes by what news sites add: images and their captions.
func largeSitemap(w io.Writer, urls, size int) {
	io.WriteString(w, urlset)
	caption := strings.Repeat("The crew of the frigate on the quay. ", size/37+1)
	for i := range urls {
		entry := fmt.Sprintf("<url><loc>"+keel+"</loc><lastmod>2025-06-02</lastmod><image:image><image:caption>", i)
		const end = "</image:caption></image:image></url>\n"
		io.WriteString(w, entry+caption[:max(0, size-len(entry)-len(end))]+end)
	}
	io.WriteString(w, "</urlset>")
}

// largeList is largeSitemap as text, padded with remarks.
func largeList(w io.Writer, urls, size int) {
	remark := "\n#" + strings.Repeat("-", size)
	for i := range urls {
		entry := fmt.Sprintf(keel, i)
		io.WriteString(w, entry+remark[:size-len(entry)-1]+"\n")
	}
}

// TestLargeSitemaps: the protocol allows 50 MB and 50,000 URLs, whatever the limit
// for pages is. Beyond that the first entries are read, and there is a fault.
func TestLargeSitemaps(t *testing.T) {
	for _, tc := range []struct {
		name, packed string
		write        func(w io.Writer, urls, size int)
		urls, size   int
		entries      int // that are read
		fault        error
	}{
		{"14.8 MB", "", largeSitemap, 45000, 328, 45000, nil},
		{"just below the limit of bytes, a gzip file", "file", largeList, 50000, 1048, 50000, nil},
		{"above the limit of bytes, gzip on the way", "transfer", largeList, 50000, 1100, 47663, ErrTooLarge},
		{"above the limit of URLs", "", largeSitemap, 50001, 100, 50000, ErrTooManyEntries},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if tc.packed == "" {
					tc.write(w, tc.urls, tc.size)
					return
				}
				if tc.packed == "transfer" {
					w.Header().Set("Content-Encoding", "gzip")
				}
				z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
				tc.write(z, tc.urls, tc.size)
				z.Close()
			}, unhurried)
			answer, err := c.FetchSitemap(t.Context(), Request{URL: base + "/sitemap.xml"})
			if err != nil {
				t.Fatal(err)
			}
			entries := answer.Sitemap.Entries
			if len(entries) != tc.entries || entries[len(entries)-1].URL != fmt.Sprintf(keel, tc.entries-1) {
				t.Errorf("%d entries, %v", len(entries), answer.SitemapFault)
			}
			if !errors.Is(answer.SitemapFault, tc.fault) || tc.fault != nil && !strings.Contains(answer.SitemapFault.Error(), fmt.Sprintf("only the first %d", tc.entries)) {
				t.Errorf("fault %v, want %v", answer.SitemapFault, tc.fault)
			}
			if len(answer.BodySHA) != 64 || answer.Page != nil {
				t.Errorf("sum %q, page %v", answer.BodySHA, answer.Page)
			}
		})
	}
}

// unhurried gives a fetch time for large bodies on a busy machine.
func unhurried(o *Options) { o.Timeout = time.Minute }

// TestLargeSitemapMemory measures the live heap while 50 MB arrive: it holds the
// entries so far and buffers.
func TestLargeSitemapMemory(t *testing.T) {
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc >> 20
	}
	start, most := live(), uint64(0)
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := 0
		largeSitemap(writerFunc(func(b []byte) (int, error) {
			if n++; n%10000 == 0 {
				most = max(most, live())
			}
			return w.Write(b)
		}), 50000, 1048)
	}, unhurried)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	answer, err := c.FetchSitemap(t.Context(), Request{URL: base + "/sitemap.xml"})
	runtime.ReadMemStats(&after)
	if err != nil || answer.SitemapFault != nil || len(answer.Sitemap.Entries) != 50000 {
		t.Fatalf("%+v, %v", answer, err)
	}
	t.Logf("live heap: at most %d MiB above the start; %d MiB allocated in all, by the server too", int(most)-int(start), (after.TotalAlloc-before.TotalAlloc)>>20)
	if most > start+32 {
		t.Errorf("%d MiB live, %d at the start", most, start)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestSitemapThatBreaksOff: a sitemap that breaks off is a temporary error, not a
// short sitemap.
func TestSitemapThatBreaksOff(t *testing.T) {
	var whole bytes.Buffer
	largeSitemap(&whole, 1000, 300)
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw(w, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n%s", whole.Len(), whole.Bytes()[:whole.Len()/2]), false)
	})
	answer, err := c.FetchSitemap(t.Context(), Request{URL: base + "/sitemap.xml"})
	if e := fetchError(t, err); e.Reason != "body shorter than announced" || !e.Temporary || answer.Sitemap != nil {
		t.Errorf("%+v, %+v", e, answer)
	}
}
