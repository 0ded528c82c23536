package pipeline

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestTraps: fault 17. A site without end: each page leads on to more of a
// calendar, of pages with numbers, of paths that repeat, of queries in every
// order, and to one story under ever new session ids. The run ends, holds the
// story once, and says what it has left and why.
func TestTraps(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	random := rand.New(rand.NewPCG(1, 2))
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		asked[first]++
		switch first {
		case "robots.txt":
			fmt.Fprint(w, "Sitemap: /none.xml")
			return
		case "none.xml":
			http.NotFound(w, r)
			return
		case "story":
			fmt.Fprint(w, article("Alsen"))
			return
		}
		n := random.IntN(1 << 30)
		fmt.Fprint(w, list(
			fmt.Sprintf("/calendar/%d/%02d/", 1900+n%500, 1+n%12),
			fmt.Sprintf("/news/page/%d/", n),
			strings.TrimSuffix(r.URL.Path, "/")+"/deep/er",
			fmt.Sprintf("/list?a=%d&b=1&c=2&d=3&e=4&f=5&g=6&h=7&i=8", n),
			fmt.Sprintf("/sort?order=%d", n),
			fmt.Sprintf("/story?PHPSESSID=%x", n),
			fmt.Sprintf("/story;jsessionid=%X", n),
			fmt.Sprintf("/story?utm_source=%d", n),
		))
	})
	p := newPipeline(t, site)
	p.Sources[0].MaxPages, p.Sources[0].MaxDepth = 40, 30
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	for first, n := range asked {
		if first != "robots.txt" && first != "none.xml" {
			pages += n
		}
	}
	one := summary.Sources[0]
	if pages != 40 || asked["story"] != 1 || one.Stories != 1 || one.Left.MaxPages == 0 || one.Broken {
		t.Errorf("%d pages of at most 40 were asked for: %v; %+v", pages, asked, one)
	}
	for _, first := range []string{"calendar", "list"} {
		if asked[first] > 0 {
			t.Errorf("%s was asked for %d times", first, asked[first])
		}
	}
	for path, why := range map[string]string{
		"/calendar/2026/03/":                        "calendar",
		"/list?a=1&b=1&c=2&d=3&e=4&f=5&g=6&h=7&i=8": "more than 8 parameters",
		"/deep/er/deep/er/deep/er":                  "more than 2 times",
	} {
		if x, err := p.Explain(t.Context(), site.URL+path); err != nil || !strings.Contains(x.Refused, why) {
			t.Errorf("%s is explained as %+v, %v", path, x, err)
		}
	}
}
