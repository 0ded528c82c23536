package pipeline

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/schedule"
)

// shellPage is a page whose content its scripts bring.
const shellPage = `<!DOCTYPE html><html lang="cs"><head><title>Hláska</title></head><body><div id="app"><div class="spin">Načítání…</div></div>
<footer>© Hláska</footer><script src="/bundle.js"></script></body></html>`

// TestSourcesWithoutStories: what can be read and gives no story is reported, with the
// reason; a pass that finds nothing new is not.
func TestSourcesWithoutStories(t *testing.T) {
	menu := `<!DOCTYPE html><html lang="fi"><head><title>Vartio</title></head><body><header><nav><a href="/">Vartio</a> Uutiset, Kolumnit, Arkisto, Yhteystiedot, Tilaa lehti, Mainosta, Kirjaudu sisään</nav></header>
<main id="main"></main><footer><ul>` + strings.Repeat("<li>Asiakaspalvelu</li><li>Tietosuoja</li><li>Käyttöehdot</li>", 8) + `</ul></footer><script>load()</script></body></html>`
	for _, c := range []struct {
		name  string
		pages func(w http.ResponseWriter, r *http.Request)
		want  string // how the report begins; "" for none
		hint  bool   // render is recommended
	}{
		{"a start page without links", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `<html><body><h1>Gazette</h1><p>News of the services.</p></body></html>`)
		}, "no pages: no feed, sitemap or section has a link", false},
		{"a start page whose links come by scripts", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, shellPage) },
			"no pages: no feed, sitemap or section has a link", true},
		{"texts that come by scripts", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				fmt.Fprint(w, list("/a/1", "/a/2", "/a/3"))
				return
			}
			fmt.Fprint(w, shellPage)
		}, "no story in 3 pages: ", true},
		{"texts that come by scripts between menu and footer", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				fmt.Fprint(w, list("/a/1", "/a/2"))
				return
			}
			fmt.Fprint(w, menu)
		}, "no story in 2 pages: ", true},
		{"pages that are forbidden", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				fmt.Fprint(w, list("/a/1", "/a/2", "/a/3", "/a/4"))
				return
			}
			http.Error(w, "no", http.StatusForbidden)
		}, "no story in 4 pages: status 403 Forbidden (4)", false},
		{"one story", func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				fmt.Fprint(w, list("/a/1", "/a/2", "/a/3", "/a/4"))
			case "/a/3":
				fmt.Fprint(w, article("Lužnice"))
			default:
				fmt.Fprint(w, shellPage)
			}
		}, "", false},
		{"a start page that cannot be read", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusForbidden) }, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPipeline(t, newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, ".txt") || strings.HasSuffix(r.URL.Path, ".xml") {
					http.NotFound(w, r)
					return
				}
				c.pages(w, r)
			}))
			for pass := 1; pass <= 2; pass++ {
				summary, err := p.Refresh(t.Context(), nil, false)
				if err != nil {
					t.Fatal(err)
				}
				got := summary.Sources[0].Barren
				if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) || strings.Contains(got, "render: true") != c.hint {
					t.Errorf("pass %d: %q, want %q…", pass, got, c.want)
				}
				status, err := p.Store.Report.Status(t.Context())
				if err != nil || len(status) != 1 || !summary.Sources[0].Broken && status[0].LastRun.Note != got {
					t.Errorf("pass %d: status %+v, %v", pass, status, err)
				}
			}
		})
	}
}

// TestSourceThatTurnsBarren: a source with stories is reported when its new pages give
// none, and only then.
func TestSourceThatTurnsBarren(t *testing.T) {
	var pass atomic.Int64
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		var n int64
		switch _, err := fmt.Sscanf(r.URL.Path, "/a/%d", &n); {
		case r.URL.Path == "/":
			var links []string
			for i := range map[int64]int{1: 3, 2: 3, 3: 6, 4: 20, 5: 20}[pass.Load()] {
				links = append(links, fmt.Sprint("/a/", i))
			}
			fmt.Fprint(w, list(links...))
		case err != nil:
			http.NotFound(w, r)
		case n < 3:
			fmt.Fprint(w, article(fmt.Sprint("Lager ", n)))
		default:
			fmt.Fprint(w, shellPage)
		}
	})
	p := newPipeline(t, site)
	start, later := time.Now().UTC(), time.Duration(0)
	p.Now = func() time.Time { return start.Add(later) }
	for i, want := range []string{"", "", "", "no story in 14 new pages: ", "", ""} {
		pass.Store(int64(min(i+1, 5)))
		if i == 5 {
			later += schedule.RevisitSetAside + time.Hour // old pages are asked for again
		}
		summary, err := p.Refresh(t.Context(), nil, i == 2)
		if err != nil {
			t.Fatal(err)
		}
		if got := summary.Sources[0].Barren; want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("pass %d: %q, want %q", i+1, got, want)
		}
		later += time.Minute
	}
}

// TestBarrenWithWorkLeft: while pages are left to fetch it is too early to say, but not
// for ever.
func TestBarrenWithWorkLeft(t *testing.T) {
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			var links []string
			for i := range 60 {
				links = append(links, fmt.Sprint("/a/", i))
			}
			fmt.Fprint(w, list(links...))
		case strings.HasPrefix(r.URL.Path, "/a/"):
			fmt.Fprint(w, shellPage)
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	p.Sources[0].MaxPages = 15
	for i, want := range []string{"", "no story in 28 pages: "} {
		summary, err := p.Refresh(t.Context(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := summary.Sources[0].Barren; want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("pass %d: %q, want %q", i+1, got, want)
		}
	}
}
