package crawler

import "testing"

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
