package pipeline

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/crawler/wordpress"
	"winnow/schedule"
)

// blog is a WordPress site with so many posts, the first one day after another. Its
// pages are empty.
type blog struct {
	posts  atomic.Int64
	broken atomic.Bool
	silent bool // the API is announced in the header only
}

func (b *blog) serve(w http.ResponseWriter, r *http.Request) {
	base := "http://" + r.Host
	switch path := r.URL.Path; {
	case path == "/":
		link := fmt.Sprintf(`<link rel="https://api.w.org/" href="%s/wp-json/">`, base)
		if b.silent {
			w.Header().Set("Link", fmt.Sprintf(`<%s/style.css>; rel=preload, <%s/wp-json/>; rel="https://api.w.org/"`, base, base))
			link = ""
		}
		fmt.Fprintf(w, "<html><head><title>Blog</title>%s</head><body><h1>Blog</h1></body></html>", link)
	case path == "/wp-json/wp/v2/posts":
		b.list(w, r, base)
	case strings.HasPrefix(path, "/p/"):
		fmt.Fprint(w, shellPage)
	default:
		http.NotFound(w, r)
	}
}

func (b *blog) list(w http.ResponseWriter, r *http.Request, base string) {
	total := int(b.posts.Load())
	per, _ := strconv.Atoi(r.FormValue("per_page"))
	page := max(1, func() int { n, _ := strconv.Atoi(r.FormValue("page")); return n }())
	if b.broken.Load() {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"code":"rest_disabled","message":"The API is off."}`)
		return
	}
	posts := []map[string]any{}
	for i := (page - 1) * per; i < min(page*per, total); i++ {
		n := i + 1
		if r.FormValue("order") != "asc" {
			n = total - i
		}
		day := time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format("2006-01-02T15:04:05")
		posts = append(posts, map[string]any{"id": n, "link": fmt.Sprintf("%s/p/%d/", base, n), "date_gmt": day, "modified_gmt": day,
			"title": map[string]any{"rendered": fmt.Sprintf("Bridge %d &amp; ferry", n)}, "content": map[string]any{"rendered": bridge(fmt.Sprintf("Weir %d", n)), "protected": false},
			"_embedded": map[string]any{"author": []any{map[string]any{"name": "Leif Osterhaus"}}}})
	}
	w.Header().Set("X-WP-Total", fmt.Sprint(total))
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(posts)
}

// TestPostsOfWordPress: with text: api all posts are read from lists, the older ones
// once; then the newest are enough.
func TestPostsOfWordPress(t *testing.T) {
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("in the header %v", silent), func(t *testing.T) {
			b := &blog{silent: silent}
			b.posts.Store(103)
			site := newWeb(t, b.serve)
			p := newPipeline(t, site)
			p.Sources[0].Text = TextAPI
			requests := func() (lists, pages int) {
				for _, path := range site.paths() {
					switch {
					case strings.HasPrefix(path, "/p/"):
						pages++
					case strings.HasPrefix(path, "/wp-json/"):
						lists++
					}
				}
				return lists, pages
			}
			for i, c := range []struct{ posts, stories, lists int }{{103, 103, 3}, {103, 0, 1}, {104, 1, 1}, {151, 47, 2}} {
				b.posts.Store(int64(c.posts))
				summary, err := p.Refresh(t.Context(), nil, false)
				if err != nil || summary.Sources[0].Stories != c.stories || summary.Sources[0].Barren != "" {
					t.Errorf("pass %d: %+v, %v", i+1, summary.Sources, err)
				}
				if n, pages := requests(); n != c.lists || pages != 0 {
					t.Errorf("pass %d: %d lists and %d pages requested, want %d and none", i+1, n, pages, c.lists)
				}
			}
			story, err := p.Story(t.Context(), site.URL+"/p/1/")
			if err != nil || story.Story.Title != "Bridge 1 & ferry" || story.Story.Date != "2024-01-02" || !slices.Equal(story.Story.Authors, []string{"Leif Osterhaus"}) || !strings.HasPrefix(story.Story.Text(), "The bridge at Weir 1 was") {
				t.Errorf("%+v, %v", story.Story, err)
			}
		})
	}
}

// TestPostsThatAreNotThere: what the API says is reported, and pages are read instead.
func TestPostsThatAreNotThere(t *testing.T) {
	b := &blog{}
	b.posts.Store(3)
	b.broken.Store(true)
	site := newWeb(t, b.serve)
	p := newPipeline(t, site)
	p.Sources[0].Text = TextAPI
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil || summary.Sources[0].Stories != 0 {
		t.Errorf("%+v, %v", summary.Sources, err)
	}
	newest, err := wordpress.Newest(site.URL + "/wp-json/")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := p.Store.URL(t.Context(), newest); err != nil || u.State != schedule.SetAside || u.Reason != "feed: the API refuses: rest_disabled: The API is off." {
		t.Errorf("%+v, %v", u, err)
	}
	b.broken.Store(false)
	if summary, err = p.Refresh(t.Context(), nil, false); err != nil || summary.Sources[0].Stories != 3 {
		t.Errorf("once it is back: %+v, %v", summary.Sources, err)
	}

	plain := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a"))
		case "/a":
			fmt.Fprint(w, article("Glan"))
		default:
			http.NotFound(w, r)
		}
	})
	p = newPipeline(t, plain)
	p.Sources[0].Text = TextAPI
	if summary, err = p.Refresh(t.Context(), nil, false); err != nil || summary.Sources[0].Stories != 1 {
		t.Errorf("without an API: %+v, %v", summary.Sources, err)
	}
	x, err := p.Explain(t.Context(), plain.URL+"/")
	if err != nil || x.URLs[0].State != schedule.Done || !strings.Contains(x.URLs[0].Reason, "announces no API") {
		t.Errorf("%+v, %v", x.URLs, err)
	}
}

// TestPostsClosedByRobots: robots.txt holds for the API as for any URL.
func TestPostsClosedByRobots(t *testing.T) {
	b := &blog{}
	b.posts.Store(3)
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			fmt.Fprint(w, "User-agent: *\nDisallow: /wp-json/")
			return
		}
		b.serve(w, r)
	})
	p := newPipeline(t, site)
	p.Sources[0].Text = TextAPI
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	if asked := site.paths(); slices.Contains(asked, "/wp-json/wp/v2/posts") {
		t.Errorf("asked for %q", asked)
	}
}

// TestAPIOfAKnownSource: a source that changes to text: api finds the API, although its
// start page has not changed.
func TestAPIOfAKnownSource(t *testing.T) {
	b := &blog{}
	b.posts.Store(2)
	site := newWeb(t, b.serve)
	p := newPipeline(t, site)
	for i, text := range []string{TextPage, TextAPI} {
		p.Sources[0].Text = text
		summary, err := p.Refresh(t.Context(), nil, false)
		if err != nil || summary.Sources[0].Stories != 2*i {
			t.Errorf("text: %s: %+v, %v", text, summary.Sources, err)
		}
	}
}
