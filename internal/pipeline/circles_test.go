package pipeline

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/schedule"
)

// keepCookies has the first source keep cookies.
func (c *crawl) keepCookies(t *testing.T, sites ...*web) {
	t.Helper()
	var err error
	if c.Crawler, err = crawler.New(crawler.Options{UserAgent: c.Options.UserAgent, Timeout: c.Options.Timeout, AllowPrivate: loopback, Ports: ports(sites...),
		Access: map[string]crawler.Access{c.Sources[0].Name: {Site: c.Sources[0].Site, KeepCookies: true}}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Crawler.Close)
}

// TestPagesThatWantTheirCookieBack: the page redirects to itself, or over a check URL,
// until its cookie is sent back. With cookies kept it is read; without, it is rejected
// with that advice.
func TestPagesThatWantTheirCookieBack(t *testing.T) {
	wants := func(w http.ResponseWriter, r *http.Request, cookie, over string) bool {
		if c, err := r.Cookie("seen"); err == nil && c.Value == cookie {
			return false
		}
		if over == r.URL.Path {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: cookie, Path: "/"})
		}
		http.Redirect(w, r, over, http.StatusFound)
		return true
	}
	for _, c := range []struct {
		name  string
		pages func(w http.ResponseWriter, r *http.Request, name string) bool // reports whether it has answered
	}{
		{"to itself", func(w http.ResponseWriter, r *http.Request, name string) bool {
			return wants(w, r, "yes", r.URL.Path)
		}},
		{"to itself, each page its cookie", func(w http.ResponseWriter, r *http.Request, name string) bool {
			return wants(w, r, name, r.URL.Path)
		}},
		{"over a check URL", func(w http.ResponseWriter, r *http.Request, name string) bool {
			return wants(w, r, "yes", "/check?value=yes&to="+url.QueryEscape(r.URL.Path))
		}},
		{"over a check URL, each page its cookie", func(w http.ResponseWriter, r *http.Request, name string) bool {
			return wants(w, r, name, "/check?value="+name+"&to="+url.QueryEscape(r.URL.Path))
		}},
		{"over one check URL that leads back to one page", func(w http.ResponseWriter, r *http.Request, name string) bool {
			return wants(w, r, "yes", "/check?value=yes&to=/story/a")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				name, story := strings.CutPrefix(r.URL.Path, "/story/")
				switch {
				case r.URL.Path == "/":
					fmt.Fprint(w, list("/story/a", "/story/b", "/story/c"))
				case r.URL.Path == "/check":
					http.SetCookie(w, &http.Cookie{Name: "seen", Value: r.FormValue("value"), Path: "/"})
					http.Redirect(w, r, r.FormValue("to"), http.StatusFound)
				case story && !c.pages(w, r, name):
					fmt.Fprint(w, article("Aller "+name))
				case !story:
					http.NotFound(w, r)
				}
			})
			p := newPipeline(t, site)
			p.keepCookies(t, site)
			summary, err := p.Refresh(t.Context(), nil, false)
			if err != nil || summary.Sources[0].Stories != 3 || summary.Sources[0].Rejected != 0 {
				t.Errorf("with cookies: %+v, %v", summary.Sources, err)
			}
			if n := len(site.paths()); n > 30 {
				t.Errorf("%d requests", n)
			}
			p = newPipeline(t, site)
			if summary, err = p.Refresh(t.Context(), nil, false); err != nil || summary.Sources[0].Stories != 0 || summary.Sources[0].Rejected < 3 {
				t.Errorf("without: %+v, %v", summary.Sources, err)
			}
			for _, page := range []string{"/story/a", "/story/b", "/story/c"} {
				x, err := p.Explain(t.Context(), site.URL+page)
				if err != nil || x.URLs[0].State != schedule.SetAside || !strings.Contains(x.URLs[0].Reason, "keep_cookies: true") {
					t.Errorf("%s without cookies: %+v, %v", page, x, err)
				}
			}
		})
	}
}

// TestCirclesOfEarlierRuns: a redirect that a site has turned round makes no circle, and
// what is one stays one in later runs.
func TestCirclesOfEarlierRuns(t *testing.T) {
	pass := 1
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/old", "/ring1", "/to-ring"))
		case "/old":
			if pass == 1 {
				http.Redirect(w, r, "/new", http.StatusFound)
				return
			}
			fmt.Fprint(w, article("Wipper"))
		case "/new":
			if pass == 1 {
				fmt.Fprint(w, article("Wipper"))
				return
			}
			http.Redirect(w, r, "/old", http.StatusFound)
		case "/ring1":
			http.Redirect(w, r, "/ring2", http.StatusFound)
		case "/ring2":
			http.Redirect(w, r, "/ring1", http.StatusFound)
		case "/to-ring":
			http.Redirect(w, r, "/ring2", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	start, later := time.Now().UTC(), time.Duration(0)
	p.Now = func() time.Time { return start.Add(later) }
	for ; pass <= 3; pass++ {
		if _, err := p.Refresh(t.Context(), nil, true); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]struct {
			state  schedule.State
			reason string
		}{
			"/ring1":   {schedule.SetAside, "redirects to " + site.URL + "/ring2, and from there in a circle back"},
			"/ring2":   {schedule.SetAside, "redirects to " + site.URL + "/ring1, and from there in a circle back"},
			"/to-ring": {schedule.SetAside, "redirects to " + site.URL + "/ring2, and from there in a circle"},
			"/old":     {map[bool]schedule.State{true: schedule.Moved, false: schedule.Done}[pass == 1], ""},
			"/new":     {map[bool]schedule.State{true: schedule.Done, false: schedule.Moved}[pass == 1], ""},
		} {
			x, err := p.Explain(t.Context(), site.URL+path)
			if err != nil || x.URLs[0].State != want.state || !strings.HasPrefix(x.URLs[0].Reason, want.reason) {
				t.Errorf("pass %d, %s: %+v, %v", pass, path, x.URLs, err)
			}
		}
		later += schedule.RevisitSetAside + time.Hour
	}
}

// TestStartPageInACircle: nothing of such a source can be read, and it is reported.
func TestStartPageInACircle(t *testing.T) {
	site := &web{}
	site.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/consent", http.StatusFound)
		case "/consent":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	p := newPipeline(t, site)
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil || !summary.Sources[0].Broken || !strings.Contains(summary.Sources[0].Trouble, ", and from there in a circle back; the site may want its cookies back") {
		t.Errorf("%+v, %v", summary.Sources, err)
	}
}

func TestCirclesOfRedirects(t *testing.T) {
	known := redirects{}
	for _, hop := range []string{"a>b", "b>c", "c>a", "d>b", "e>d", "f>f", "g>page", "h>g", "i>i2", "i2>i"} {
		from, to, _ := strings.Cut(hop, ">")
		m := known[from]
		m.URL, m.Target = from, to
		known[from] = m
	}
	var got []string
	for _, c := range known.circles([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "i2"}) {
		text := ""
		for _, m := range c.members {
			text += m.URL
		}
		text += "/"
		for _, m := range c.leading {
			text += m.URL
		}
		got = append(got, text)
	}
	if want := []string{"abc/de", "f/", "ii2/"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
