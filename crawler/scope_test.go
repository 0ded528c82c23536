package crawler

import (
	"strings"
	"testing"
)

func TestScope(t *testing.T) {
	for _, tc := range []struct {
		name, site       string
		include, exclude []string
		yes              []string
		no               map[string]string // URL → part of the reason
	}{
		{"registrable domain", "https://www.press.example/en/", nil, nil,
			[]string{"https://press.example/", "http://en.press.example/a", "https://www.press.example:443/a?id=1"},
			map[string]string{"https://xpress.example/": "another site", "https://press.example.net/": "another site", "https://example/": "another site"}},
		{"public suffix of two labels", "https://press.co.uk/", nil, nil,
			[]string{"https://a.press.co.uk/"}, map[string]string{"https://other.co.uk/": "another site"}},
		{"hosted blogs", "https://fleet.blogspot.com/", nil, nil,
			[]string{"https://fleet.blogspot.com/a"}, map[string]string{"https://tanks.blogspot.com/": "another site"}},
		{"address", "http://127.0.1.1:8900/", nil, nil,
			[]string{"http://127.0.1.1:8900/a"}, map[string]string{"http://127.0.1.1/a": "another site", "http://127.0.1.2:8900/": "another site", "http://127.0.1.1:8901/": "another site"}},
		{"IPv6", "http://[::1]:8900/", nil, nil, []string{"http://[::1]:8900/a"}, map[string]string{"http://[::1]/": "another site"}},
		{"one label", "http://localhost:8080/", nil, nil, []string{"http://localhost:8080/a"}, map[string]string{"http://localhost/": "another site"}},
		{"international", "https://пресса.рф/", nil, nil, []string{"https://xn--80aj3aega.xn--p1ai/a"}, nil},
		{"include", "https://press.example/", []string{`^/en/news/`, `^/новости/`}, nil,
			[]string{"https://press.example/en/news/1", "https://press.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1"},
			map[string]string{"https://press.example/en/blog/1": "included by no pattern"}},
		{"include on the query", "https://press.example/", []string{`^/\?id=\d+$`}, nil,
			[]string{"https://press.example/?id=5"}, map[string]string{"https://press.example/?x=5": "included by no pattern"}},
		{"exclude wins", "https://press.example/", []string{`^/en/`}, []string{`/video/`, `\?print=`},
			[]string{"https://press.example/en/a"}, map[string]string{"https://press.example/en/video/a": "excluded by /video/", "https://press.example/en/a?print=1": `excluded by \?print=`}},
		{"traps", "https://press.example/", nil, nil,
			[]string{"https://press.example/2025/06/12/keel", "https://press.example/a/b/a/b", "https://press.example/events/fleet-day", "https://press.example/events/2025/fleet-day", "https://press.example/calendar/",
				"https://press.example/news.php?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8", "https://press.example/v1.2/report", "https://press.example/feed/the-army"},
			map[string]string{
				"https://press.example/a.PDF": "not a page: .pdf", "https://press.example/a/b.jpg?w=3": "not a page: .jpg", "https://press.example/v.mp4": "not a page",
				"https://press.example/a/b/a/b/a": `"a" more than 2 times`, "https://press.example" + strings.Repeat("/a1/b2", 7): "more than 12 segments",
				"https://press.example/x?a&b&c&d&e&f&g&h&i": "more than 8 parameters", "https://press.example/a?replytocom=5": "reply form",
				"https://press.example/wp-login.php": "log-in", "https://press.example/en/login/": "log-in", "https://press.example/cart/": "shop",
				"https://press.example/calendar/2025/06/": "calendar", "https://press.example/events/2025-06/": "calendar", "https://press.example/events/?ical=1": "calendar export",
				"https://press.example/a?share=mail": "share link", "https://press.example/a/feed/": "not a page: a feed", "https://press.example/rss.xml": "not a page: .xml",
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := NewScope(tc.site, tc.include, tc.exclude)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range tc.yes {
				if ok, why := s.Has(u); !ok || why != "" {
					t.Errorf("%s is out: %s", u, why)
				}
			}
			for u, want := range tc.no {
				if ok, why := s.Has(u); ok || !strings.Contains(why, want) {
					t.Errorf("%s: %v %q, want %q", u, ok, why, want)
				}
			}
		})
	}
}

func TestScopeErrors(t *testing.T) {
	for name, call := range map[string]func() error{
		"site":    func() error { _, err := NewScope("press.example", nil, nil); return err },
		"include": func() error { _, err := NewScope("https://press.example", []string{"("}, nil); return err },
		"exclude": func() error { _, err := NewScope("https://press.example", nil, []string{"["}); return err },
	} {
		if call() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	s, err := NewScope("https://press.example", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := s.Has("::"); ok || s.HasHost("::") || !s.HasHost("https://a.press.example/x.jpg") {
		t.Error("HasHost")
	}
}

func TestMembersArea(t *testing.T) {
	plain, err := NewScope("https://press.example/", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	named, err := NewScope("https://press.example/", []string{"^/members/reports/", "^/news/"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]bool{
		"/members/":              {true, true},
		"/Members/exclusive-1":   {true, true},
		"/members/reports/keel":  {true, false}, // an include names it
		"/account":               {true, true},
		"/espace-abonnes/a":      {true, true},
		"/lk/":                   {true, true},
		"/news/members/new-mp":   {false, false},
		"/members-of-parliament": {false, false},
		"/accounting-scandal":    {false, false},
		"/":                      {false, false},
	} {
		if got := [2]bool{plain.MembersArea("https://press.example" + path), named.MembersArea("https://press.example" + path)}; got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestSameSite(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"same host", "https://news.example/a", "https://news.example/b", true},
		{"scheme differs", "http://news.example/a", "https://news.example/a", true},
		{"subdomain", "https://www.news.example/a", "https://m.news.example/a", true},
		{"other domain", "https://news.example/", "https://other.example/", false},
		{"two names below a public suffix", "https://a.co.uk/", "https://b.co.uk/", false},
		{"hosted names are sites of their own", "https://a.github.io/", "https://b.github.io/", false},
		{"address and port", "http://127.0.0.1:80/", "http://127.0.0.1:81/", false},
		{"same address", "http://127.0.0.1:81/x", "http://127.0.0.1:81/y", true},
		{"other address", "http://127.0.0.1/", "http://127.0.0.2/", false},
		{"no URL", "://", "https://news.example/", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SameSite(c.a, c.b); got != c.want {
				t.Errorf("SameSite(%q, %q) = %v", c.a, c.b, got)
			}
			if SameSite(c.a, c.b) != SameSite(c.b, c.a) {
				t.Error("not symmetric")
			}
		})
	}
}
