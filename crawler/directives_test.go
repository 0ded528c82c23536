package crawler

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestDirectives(t *testing.T) {
	index, follow, archive := Directives{NoIndex: true}, Directives{NoFollow: true}, Directives{NoArchive: true}
	for _, tc := range []struct {
		name, head string
		header     []string
		want       Directives
	}{
		{name: "nothing", head: `<meta name="robots" content="index, follow, max-image-preview:large">`},
		{name: "noindex", head: `<meta name="robots" content="noindex">`, want: index},
		{name: "case and spaces", head: `<META NAME=" Robots " CONTENT=" NoArchive ,NOINDEX ">`, want: Directives{NoIndex: true, NoArchive: true}},
		{name: "none", head: `<meta name="robots" content="none">`, want: Directives{NoIndex: true, NoFollow: true}},
		{name: "to us by name", head: `<meta name="winnow" content="noarchive">`, want: archive},
		{name: "to another", head: `<meta name="googlebot" content="noindex, nofollow">`},
		{name: "the stricter counts", head: `<meta name="robots" content="index"><meta name="Winnow" content="noindex">`, want: index},
		{name: "another meta", head: `<meta name="description" content="noindex">`},
		{name: "in the body", head: `</head><body><p>x</p><meta name="robots" content="nofollow">`, want: follow},
		{name: "header", header: []string{"nofollow"}, want: follow},
		{name: "two headers", header: []string{"noindex", "noarchive"}, want: Directives{NoIndex: true, NoArchive: true}},
		{name: "header to another", header: []string{"otherbot: noindex, nofollow"}},
		{name: "header to us", header: []string{"WINNOW: noindex, nofollow"}, want: Directives{NoIndex: true, NoFollow: true}},
		{name: "header to one, then to us", header: []string{"otherbot: noindex, winnow: nofollow"}, want: follow},
		{name: "values with colons are no names", header: []string{"max-snippet:20, unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive"}, want: archive},
		{name: "in a meta a colon names nobody", head: `<meta name="robots" content="otherbot: x, noindex">`, want: index},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root, err := html.Parse(strings.NewReader("<html><head>" + tc.head))
			if err != nil {
				t.Fatal(err)
			}
			if got := DirectivesOf(root, http.Header{"X-Robots-Tag": tc.header}, agent); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// More words never make the directives weaker.
func FuzzDirectives(f *testing.F) {
	f.Add("noindex, nofollow", "winnow: none", "noarchive")
	f.Add("otherbot: noindex", "max-snippet: 5", "x:y:z,,:")
	f.Fuzz(func(t *testing.T, first, second, content string) {
		few := newDirectives(http.Header{"X-Robots-Tag": {first}}, agent)
		more := newDirectives(http.Header{"X-Robots-Tag": {first, second}}, agent)
		more.meta("robots", content)
		if few.NoIndex && !more.NoIndex || few.NoFollow && !more.NoFollow || few.NoArchive && !more.NoArchive {
			t.Errorf("%+v became %+v", few.Directives, more.Directives)
		}
	})
}
