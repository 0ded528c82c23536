package endtoend

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// crossed is a publisher whose 60 stories lie on three hosts and link to
// stories of all of them. Some pages take longer than others.
type crossed struct {
	server *httptest.Server
	mu     sync.Mutex
	asked  []string // pages, in order
}

var crossedHosts = []string{"www.trident.example", "news.trident.example", "m.trident.example"}

const crossedStories = 60

func crossedPath(i int) string { return fmt.Sprintf("/story/%02d-of-the-fleet", i) }

func newCrossed(t *testing.T) *crossed {
	t.Helper()
	c := &crossed{}
	c.server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.server.Close)
	return c
}

func (c *crossed) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Path == "/" && r.Host == crossedHosts[0] {
		fmt.Fprint(w, "<html><head><title>Trident</title></head><body><h1>Trident</h1><ul>")
		for i := range 6 {
			fmt.Fprintf(w, `<li><a href="http://%s%s">Everything about the voyage number %d of the fleet</a></li>`, crossedHosts[i%3], crossedPath(i), i)
		}
		fmt.Fprint(w, "</ul></body></html>")
		return
	}
	for i := range crossedStories {
		if r.URL.Path != crossedPath(i) || r.Host != crossedHosts[i%3] {
			continue
		}
		c.mu.Lock()
		c.asked = append(c.asked, r.Host+r.URL.Path)
		c.mu.Unlock()
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond)
		io.WriteString(w, crossedStory(i, rng))
		return
	}
	http.NotFound(w, r)
}

// crossedStory is a page with words that no other has and links to four stories.
func crossedStory(i int, rng *rand.Rand) string {
	word := func() string {
		var b strings.Builder
		for range 2 + rng.IntN(3) {
			b.WriteByte("bdfgklmnprstvz"[rng.IntN(14)])
			b.WriteByte("aeiou"[rng.IntN(5)])
		}
		return b.String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<html lang=en><head><title>The %s number %d</title></head><body><article><h1>The %s number %d</h1>", word(), i, word(), i)
	for range 5 {
		b.WriteString("<p>The")
		for range 30 {
			b.WriteString(" " + word() + " of")
		}
		b.WriteString(" the sea.</p>")
	}
	b.WriteString("</article><ul>")
	for range 4 {
		to := rng.IntN(crossedStories)
		fmt.Fprintf(&b, `<li><a href="http://%s%s">Another story about the ship %d of the fleet</a></li>`, crossedHosts[to%3], crossedPath(to), to)
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}

// crawl keeps a corpus of the publisher with so many workers.
func (c *crossed) crawl(t *testing.T, workers, pages int) *site {
	t.Helper()
	s := &site{dir: t.TempDir()}
	var b strings.Builder
	fmt.Fprintf(&b, "corpus: %q\nstate: %q\n", filepath.Join(s.dir, "corpus"), filepath.Join(s.dir, "state", "winnow.db"))
	fmt.Fprintf(&b, "sources:\n  - {name: trident, site: 'http://%s/', max_pages: %d, max_depth: 3}\n", crossedHosts[0], pages)
	fmt.Fprintf(&b, "fetch:\n  workers: %d\n  delay: 2ms\n  allow_private: [127.0.0.0/8]\n  resolve:\n", workers)
	for _, host := range crossedHosts {
		fmt.Fprintf(&b, "    %s: %q\n", host, c.server.Listener.Addr())
	}
	if err := os.WriteFile(s.config(), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.asked = nil
	c.mu.Unlock()
	s.run(t, "refresh")
	return s
}

func TestHostsThatLinkToEachOtherGiveOneCorpusWithAnyNumberOfWorkers(t *testing.T) {
	slow(t)
	for _, pages := range []int{18, 0} { // a bound in the middle of a level, and depth alone
		c := newCrossed(t)
		want := c.crawl(t, 1, pages)
		asked := slices.Sorted(slices.Values(c.asked))
		if n := len(want.texts(t)); n < 10 || n > 57 {
			t.Fatalf("%d texts: the bounds leave all or nothing", n)
		}
		for _, workers := range []int{4, 16} {
			got := c.crawl(t, workers, pages)
			same(t, fmt.Sprintf("%d workers, %d pages", workers, pages), want, got)
			if again := slices.Sorted(slices.Values(c.asked)); !slices.Equal(asked, again) {
				t.Errorf("%d workers, %d pages: other pages were asked for", workers, pages)
			}
		}
	}
}
