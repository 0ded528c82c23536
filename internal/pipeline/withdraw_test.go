package pipeline

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/schedule"
)

// kept are the URLs of the stories that the corpus holds, without their site.
func kept(t *testing.T, p *crawl) (paths []string) {
	t.Helper()
	for d, err := range p.Settler.Corpus(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Verdict.DuplicateOf == "" && d.Path != "" {
			paths = append(paths, d.Story.URL[strings.LastIndexByte(d.Story.URL, '/'):])
		}
	}
	return paths
}

// TestPageThatMayBeKeptNoLonger: a story leaves the corpus when its page says
// noindex, or is gone and forget_gone is set; the copy of it takes its place; and
// it comes back when its page does.
func TestPageThatMayBeKeptNoLonger(t *testing.T) {
	var away atomic.Bool
	page := strings.Replace(article("Alsen"), "</article>", "<p>The ferry to Alsen still runs on Sundays, when the bridge is closed for the painters.</p></article>", 1)
	meta := func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			fmt.Fprint(w, strings.Replace(page, "<title>", `<meta name="robots" content="noindex"><title>`, 1))
			return
		}
		fmt.Fprint(w, page)
	}
	header := func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.Header().Set("X-Robots-Tag", "noindex")
		}
		fmt.Fprint(w, page)
	}
	unchanged := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == "" {
			header(w, r)
			return
		}
		if away.Load() {
			w.Header().Set("X-Robots-Tag", "noindex")
		}
		w.WriteHeader(http.StatusNotModified)
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			switch {
			case away.Load():
				w.WriteHeader(code)
			case r.Header.Get("If-None-Match") != "":
				w.WriteHeader(http.StatusNotModified)
			default:
				fmt.Fprint(w, page)
			}
		}
	}
	for _, c := range []struct {
		name   string
		serve  http.HandlerFunc
		change func(*crawl)
		leaves bool
		state  schedule.State
		reason string // its beginning
	}{
		{"noindex in the page", meta, nil, true, schedule.SetAside, "noindex"},
		{"noindex in the header", header, nil, true, schedule.SetAside, "noindex"},
		{"noindex in the header of a 304", unchanged, nil, true, schedule.SetAside, "noindex"},
		{"noindex ignored", meta, func(p *crawl) { p.Admitter.IgnoreNoIndex = true }, false, schedule.Done, ""},
		{"404 and forget_gone", status(404), func(p *crawl) { p.Settler.Options.ForgetGone = true }, true, schedule.Gone, "status 404"},
		{"410 and forget_gone", status(410), func(p *crawl) { p.Settler.Options.ForgetGone = true }, true, schedule.Gone, "status 410"},
		{"404", status(404), nil, false, schedule.Gone, "status 404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			away.Store(false)
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					fmt.Fprint(w, list("/a"))
				case "/a":
					c.serve(w, r)
				default:
					http.NotFound(w, r)
				}
			})
			other := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					fmt.Fprint(w, list("/copy"))
				case "/copy":
					fmt.Fprint(w, article("Alsen"))
				default:
					http.NotFound(w, r)
				}
			})
			p := newPipeline(t, site, other)
			start, later := time.Now().UTC(), time.Duration(0)
			p.Now = func() time.Time { return start.Add(later) }
			p.Settler.Options.CleanSettings = "some"
			if c.change != nil {
				c.change(p)
			}
			refresh := func(want string) {
				t.Helper()
				if _, err := p.Refresh(t.Context(), nil, true); err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(kept(t, p), " "); got != want {
					t.Errorf("after %v: the corpus holds %q, want %q", later, got, want)
				}
			}
			refresh("/a")
			before, err := p.Store.Stories.Get(t.Context(), site.URL+"/a")
			if err != nil {
				t.Fatal(err)
			}
			away.Store(true)
			later = 24 * time.Hour
			if c.leaves {
				refresh("/copy")
			} else {
				refresh("/a")
			}
			if _, err := p.Store.Stories.Get(t.Context(), before.Story.ID); errors.Is(err, store.ErrNotFound) != c.leaves {
				t.Errorf("the story: %v", err)
			}
			x, err := p.Explain(t.Context(), site.URL+"/a")
			if err != nil {
				t.Fatal(err)
			}
			if u := x.URLs[0]; u.State != c.state || !strings.HasPrefix(u.Reason, c.reason) || (x.Story == nil) != c.leaves {
				t.Errorf("explained as %s: %s, with a story: %v", u.State, u.Reason, x.Story != nil)
			}
			p.Settler.Options.CleanSettings = "others" // all is read from the archive again
			later += 24 * time.Hour
			if c.leaves {
				refresh("/copy")
			} else {
				refresh("/a")
			}
			away.Store(false)
			later += 40 * 24 * time.Hour
			refresh("/a")
			if after, err := p.Store.Stories.Get(t.Context(), site.URL+"/a"); err != nil || after.Story.ID != before.Story.ID || after.Story.Text() != before.Story.Text() {
				t.Errorf("it came back as %s: %v", after.Story.ID, err)
			}
		})
	}
}

// TestNoIndexBySetting: what an earlier setting kept goes by a later one, and
// comes back, without a request.
func TestNoIndexBySetting(t *testing.T) {
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a"))
		case "/a":
			w.Header().Set("X-Robots-Tag", "noindex")
			fmt.Fprint(w, article("Alsen"))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	for i, c := range []struct {
		ignore bool
		want   string
	}{{true, "/a"}, {false, ""}, {true, "/a"}} {
		p.Admitter.IgnoreNoIndex, p.Settler.Options.CleanSettings = c.ignore, fmt.Sprint("noindex ignored: ", c.ignore)
		if i == 0 {
			if _, err := p.Refresh(t.Context(), nil, false); err != nil {
				t.Fatal(err)
			}
		} else if _, err := p.Settler.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(kept(t, p), " "); got != c.want {
			t.Errorf("noindex ignored: %v: the corpus holds %q, want %q", c.ignore, got, c.want)
		}
	}
}
