package markup

import (
	"strings"
	"testing"
)

func TestOwnAddress(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"canonical", `<html><head><title>A</title><LINK href=" https://gull.example/a " REL=canonical></head>`, "https://gull.example/a"},
		{"canonical before og:url", `<meta property="og:url" content="https://gull.example/b"><link rel="canonical" href="https://gull.example/a">`, "https://gull.example/a"},
		{"og:url alone", `<meta property="og:url" content="https://gull.example/b"><body><p>Text`, "https://gull.example/b"},
		{"in a script", `<script>var s = '<link rel="canonical" href="https://x.example/">'</script><body>`, ""},
		{"in the body", `<body><link rel="canonical" href="https://x.example/">`, ""},
		{"empty", `<link rel="canonical" href="">`, ""},
		{"nothing", "", ""},
		{"far down", "<head>" + strings.Repeat(" ", headBytes) + `<link rel="canonical" href="https://x.example/">`, ""},
	} {
		if got := OwnAddress([]byte(c.page)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
