package crawler

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestNormalize(t *testing.T) {
	for _, tc := range []struct{ name, ref, want string }{
		{"plain", "https://press.example/a", "https://press.example/a"},
		{"host and port", "HTTPS://Press.EXAMPLE:443", "https://press.example/"},
		{"other port", "http://press.example:8443/", "http://press.example:8443/"},
		{"http on 443", "http://press.example:443/", "http://press.example:443/"},
		{"trailing dot", "http://press.example./a", "http://press.example/a"},
		{"credentials", "http://me:word@press.example/a", "http://press.example/a"},
		{"fragment", "http://press.example/a#top", "http://press.example/a"},
		{"hash-bang", "http://press.example/a#!/b", "http://press.example/a"},
		{"dot segments", "http://press.example/a/./b/../c/%2e%2E/d", "http://press.example/a/d"},
		{"slashes", "http://press.example//a///b/", "http://press.example//a///b/"},
		{"backslashes", `http:\\press.example\a\b`, "http://press.example/a/b"},
		{"spaces around", "  http://press.example/a b\t\n", "http://press.example/a%20b"},
		{"tracking", "http://press.example/a?utm_source=x&id=7&UTM_Medium=y&fbclid=z&yclid=1&mc_cid=2", "http://press.example/a?id=7"},
		{"tracking, encoded name", "http://press.example/a?%75tm_source=x", "http://press.example/a"},
		{"only tracking", "http://press.example/a?gclid=1#x", "http://press.example/a"},
		{"order kept", "http://press.example/?b=2&a=1&b=1", "http://press.example/?b=2&a=1&b=1"},
		{"empty query", "http://press.example/a?", "http://press.example/a"},
		{"empty parameters", "http://press.example/a?&&x=&&y", "http://press.example/a?x=&y"},
		{"session", "http://press.example/a?PHPSESSID=9f&id=1&sid=0a1b2c3d&ASPSESSIONIDQQ=z", "http://press.example/a?id=1"},
		{"story number called sid", "http://press.example/modules.php?name=News&sid=1204", "http://press.example/modules.php?name=News&sid=1204"},
		{"session of digits", "http://press.example/a?sid=20250612", "http://press.example/a"},
		{"jsessionid", "http://press.example/a;jsessionid=AB12;v=1/b;JSESSIONID=x?c=1", "http://press.example/a;v=1/b?c=1"},
		{"ASP.NET session", "http://press.example/(S(abc123))/a.aspx", "http://press.example/a.aspx"},
		{"dot left by a session", "http://press.example/a/..;jsessionid=1/b", "http://press.example/b"},
		{"Cyrillic path", "http://press.example/новости/флот", "http://press.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%D1%84%D0%BB%D0%BE%D1%82"},
		{"Cyrillic path, encoded", "http://press.example/%d0%bd%D0%be", "http://press.example/%D0%BD%D0%BE"},
		{"Cyrillic host", "http://Пресса.РФ/а", "http://xn--80aj3aega.xn--p1ai/%D0%B0"},
		{"windows-1251 query", "http://press.example/?q=%ed%ee%e2", "http://press.example/?q=%ED%EE%E2"},
		{"unreserved decoded", "http://press.example/%7Eann/%61-%5F?x=%41", "http://press.example/~ann/a-_?x=A"},
		{"reserved kept", "http://press.example/a%2Fb?x=%26&y=%2B+", "http://press.example/a%2Fb?x=%26&y=%2B+"},
		{"lone percent", "http://press.example/100%/%zz?q=50%", "http://press.example/100%25/%25zz?q=50%25"},
		{"bar and caret", "http://press.example/a|b^c?d|e={}", "http://press.example/a%7Cb%5Ec?d%7Ce=%7B%7D"},
		{"brackets", "http://press.example/a[1]?b[]=2", "http://press.example/a[1]?b[]=2"},
		{"IPv4 in disguise", "http://0x7f.1/", "http://127.0.0.1/"},
		{"IPv6", "http://[2001:DB8::0:1]:80/", "http://[2001:db8::1]/"},
		{"utm in the path", "http://press.example/utm_source=x", "http://press.example/utm_source=x"},
		{"question mark in the query", "http://press.example/a?b?c", "http://press.example/a?b?c"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Normalize(tc.ref, nil)
			if err != nil || got != tc.want {
				t.Fatalf("%q, %v\nwant %q", got, err, tc.want)
			}
			if again, err := Normalize(got, nil); again != got || err != nil {
				t.Errorf("again: %q, %v", again, err)
			}
		})
	}
}

func TestNormalizeRelative(t *testing.T) {
	base, _ := url.Parse("https://press.example/news/2025/a.html?x=1")
	for ref, want := range map[string]string{
		"b.html": "https://press.example/news/2025/b.html", "../b": "https://press.example/news/b", "/b": "https://press.example/b",
		"//cdn.example/b": "https://cdn.example/b", "?p=2": "https://press.example/news/2025/a.html?p=2",
		"": "https://press.example/news/2025/a.html?x=1", "http://other.example": "http://other.example/",
		"../../../../b": "https://press.example/b", "https:b": "https://press.example/news/2025/b",
	} {
		if got, err := Normalize(ref, base); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", ref, got, err, want)
		}
	}
	// One base serves many links.
	parsed, err := urlParser.Parse(base.String())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, ref := range []string{"../b", "b.html", "?p=2"} {
			want, _ := Normalize(ref, base)
			if got, err := normalize(ref, parsed); got != want || err != nil {
				t.Errorf("%q: %q, %v; want %q", ref, got, err, want)
			}
		}
	}
}

func TestNormalizeErrors(t *testing.T) {
	for _, ref := range []string{"", "a/b", "mailto:a@b.example", "javascript:void(0)", "ftp://press.example/", "data:text/html,x", "http://", "http://[::1", "http://pre ss.example/", "http://press.example:99999/", "http://..", "about:blank"} {
		if got, err := Normalize(ref, nil); err == nil {
			t.Errorf("%q: %q", ref, got)
		}
	}
	if _, err := Normalize("tel:123", nil); !errors.Is(err, ErrScheme) {
		t.Errorf("tel: %v", err)
	}
	long := "http://press.example/" + strings.Repeat("a", MaxURL-21)
	if got, err := Normalize(long, nil); err != nil || len(got) != MaxURL {
		t.Errorf("%d bytes: %v", len(got), err)
	}
	for _, n := range []int{1, 100000} {
		if _, err := Normalize(long+strings.Repeat("b", n), nil); !errors.Is(err, ErrLong) {
			t.Errorf("%d bytes more: %v", n, err)
		}
	}
}

func TestHostOf(t *testing.T) {
	for in, want := range map[string]string{
		"https://press.example/a": "press.example", "http://press.example:8080/": "press.example:8080",
		"http://[::1]:81/": "[::1]:81", "::": "", "": "",
	} {
		if got := HostOf(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"http://a.example/..;jsessionid=1./b", "http://a.example/%2525?%75tm_x=1&&a", "http://xn--/", "http://a.example/(S(x))/(S(y))", "//b.example/a", "?sid=1#", "http://ß.example/%", "http:a\\b"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://press.example/news/a.html")
	f.Fuzz(func(t *testing.T, ref string) {
		got, err := Normalize(ref, base)
		if err != nil {
			return
		}
		if len(got) > MaxURL {
			t.Fatalf("%d bytes", len(got))
		}
		u, err := url.Parse(got)
		if err != nil || u.Host == "" || u.Fragment != "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			t.Fatalf("%q: %+v, %v", got, u, err)
		}
		if u.String() != got {
			t.Fatalf("net/url writes %q as %q", got, u.String())
		}
		if again, err := Normalize(got, nil); again != got || err != nil {
			t.Fatalf("%q, again %q, %v", got, again, err)
		}
	})
}

// FuzzNormalizeSimple: the fast way returns what the full way does, or declines.
func FuzzNormalizeSimple(f *testing.F) {
	for _, s := range []string{"http://a.example/b?utm_x=1&&c=d", "/a/b.html?sid=12345678", "https://a.b-c.example?x=(1)", "/a:b@c", "http://1.2.3.4a/", "/a?b'c", "http://a.example/b.", "/..a/", "http://a.0x1/"} {
		f.Add(s)
	}
	base, err := urlParser.Parse("http://press.example:8080/news/a.html")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		got, ok := normalizeSimple(ref, "")
		if !ok && strings.HasPrefix(ref, "/") && !strings.HasPrefix(ref, "//") {
			got, ok = normalizeSimple(ref, "http://press.example:8080")
		}
		if !ok {
			return
		}
		if want, err := normalizeAny(ref, base); got != want || err != nil {
			t.Fatalf("%q: %q, the full way %q, %v", ref, got, want, err)
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	base, err := urlParser.Parse("https://press.example/news/2025/06/a.html")
	if err != nil {
		b.Fatal(err)
	}
	for name, ref := range map[string]string{
		"relative": "/news/2025/06/keel-of-the-second-frigate-laid?utm_source=home&id=5",
		"absolute": "https://www.press.example/news/2025/06/keel-of-the-second-frigate-laid",
		"cyrillic": "/новости/флот/корвет-вышел-в-море",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := normalize(ref, base); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
