package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// What a terminal obeys: colours, a new title, a cleared screen by a single byte of
// ISO 6429, a line over the last one, text that runs the other way.
const (
	paint    = "\x1b[31mred\x1b]0;title\x07"
	erase    = "\u009b2J"
	over     = "\rover\b\b"
	backward = "\u202Eever\u2066"
	hostile  = paint + erase + over + backward + "\x00\x7f"
)

// hostileSite is a site that puts them wherever it can.
func hostileSite(t *testing.T) *httptest.Server {
	t.Helper()
	story := func(place string) string {
		return fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>Bridge at %[1]s %[2]s</title><meta name="author" content="Ann %[2]s Wells">
<link rel="canonical" href="/canon%[2]s"><link rel="next" href="/next%[2]s"></head><body class="%[2]s"><nav class="menu%[2]s" id="%[2]s"><a href="/a%[2]s">Read also %[2]s</a></nav>
<article class="post%[2]s"><h1>Bridge at %[1]s opens to traffic %[2]s</h1><p class="byline%[2]s">By Ann %[2]s Wells</p>
<p>The bridge at %[1]s was opened on Tuesday by the engineers who had worked on it through eleven weeks of rain, frost and rising water. %[2]s</p>
<p>The mayor of %[1]s said that the old ferry would go on for the winter, and that nobody in %[1]s had believed in the date when it was first named.</p>
<div class="related%[2]s"><p>Read also: <a href="/b%[2]s">%[2]s another bridge</a></p></div>
<p>Forty vehicles crossed within the hour, the heaviest of them a crane that was needed at the yard behind %[1]s.</p></article></body></html>`, place, hostile)
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprintf(w, "User-agent: *\nDisallow: /closed\nSitemap: /map%s.xml\n", hostile)
		case "/":
			fmt.Fprintf(w, `<html><head><title>%[1]s</title><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>
<a href="/one">First %[1]s</a> <a href="/two">Second</a> <a href="/three%%1b%%5b31m%%c2%%9b2J">Third</a> <a href="/type">Type</a> <a href="/moved">Moved</a> <a href="/broken">Broken</a> <a href="/closed%%1b">Closed</a> <a href="/short">Short</a></body></html>`, hostile)
		case "/feed":
			fmt.Fprintf(w, "<rss version=\"2.0\"><channel><title>%[1]s</title><item><title>%[1]s</title><link>/one</link><author>%[1]s</author></item></channel>", "&#27;[31m"+erase+backward)
		case "/one", "/two":
			w.Header().Set("ETag", "\"\x1b[31m\"")
			fmt.Fprint(w, story("Alsen"))
		case "/type":
			w.Header().Set("Content-Type", "application/\u009b2J"+backward)
			fmt.Fprint(w, "%PDF-1.4")
		case "/moved":
			w.Header().Set("Location", "http://other.example/%1b[31m\u009b2J"+backward)
			w.WriteHeader(http.StatusFound)
		case "/broken":
			w.Header().Set("Content-Encoding", "x\u009b2J"+backward)
			fmt.Fprint(w, "x")
		case "/short":
			fmt.Fprintf(w, "<html><head><title>%[1]s</title></head><body><p>Little %[1]s</p></body></html>", hostile)
		default:
			if strings.HasPrefix(r.URL.Path, "/three") {
				fmt.Fprint(w, story("Fulda"))
				return
			}
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(site.Close)
	return site
}

// obeyed returns what of an output a terminal would obey, "" for nothing. Of an output
// for programs only the control characters of ASCII count: JSON escapes those.
func obeyed(out string, forPrograms bool) string {
	for i, r := range out {
		bad := unicode.IsControl(r) && r != '\n' && r != '\t'
		if forPrograms {
			bad = bad && r < 0x80
		} else {
			bad = bad || unicode.Is(unicode.Bidi_Control, r)
		}
		if bad {
			return fmt.Sprintf("%q in %q", r, out[max(0, i-60):min(len(out), i+60)])
		}
	}
	return ""
}

// TestNothingThatATerminalObeys: no command prints what a site or a file has to say to
// the terminal.
func TestNothingThatATerminalObeys(t *testing.T) {
	site := hostileSite(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	settings := write("config.yaml", fmt.Sprintf("corpus: corpus\nstate: state/w.db\nsources:\n  - {name: one, site: %q}\nfetch:\n  delay: 1ms\n  retries: 0\n  allow_private: [127.0.0.0/8]\n", site.URL+"/"))
	wrong := write("wrong.yaml", "corpus: \"a\\e[31m\"\n\"\\e[31m\": 1\nsources:\n  - {name: \"x\\e[31m\\u009b\", site: \"http://\\e[31m/\"}\n")
	record := func(kind, uri, block string) string {
		return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:%s>\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, uri, hostile, len(block), block)
	}
	archive := write("pages.warc", record("resource"+hostile, "http://a.example/"+hostile, "x")+record("resource", "http://a.example/"+paint, "<p>y")+
		record("response", "http://a.example/b", "HTTP/1.1 200 \x1b[31m\r\nContent-Type: \u009b2J\r\n\r\n<p>z"))
	list := write("urls.txt", site.URL+"/one\nhttp://x"+hostile+"/\nftp://"+paint+"\n")
	page := write("page.html", "<html><head><title>"+hostile+"</title></head><body class=\""+hostile+"\"><p>Text "+hostile+" of a page.</p><div class=\"share\">Share "+hostile+"</div></body></html>")
	records := write("records.jsonl", `{"id":"a\u001b[31m\u009b2J","title":"t\u001b[31m","text":"The bridge was opened on Tuesday by the engineers \u001b[31m who had worked on it."}`+"\n"+`{"id":"b\u202e","title":"t\u001b[31m","text":"The bridge was opened on Tuesday by the engineers \u001b[31m who had worked on it."}`+"\n"+"{broken \x1b[31m\n")
	run := func(name string, args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		Main(args, strings.NewReader(""), &stdout, &stderr)
		forPrograms := strings.Contains(name, "json")
		if bad := obeyed(stdout.String(), forPrograms); bad != "" {
			t.Errorf("%s prints %s", name, bad)
		}
		if bad := obeyed(stderr.String(), false); bad != "" {
			t.Errorf("%s reports %s", name, bad)
		}
		return stdout.String()
	}
	c := func(args ...string) []string { return append([]string{"-c", settings}, args...) }
	run("refresh -v", c("-v", "refresh")...)
	run("refresh, logged as json", c("-v", "--log", "json", "refresh", "--recheck")...)
	run("backfill of a list", c("-v", "backfill", list)...)
	run("backfill of pages", c("-v", "backfill", archive)...)
	run("status", c("status")...)
	run("status --json", c("status", "--json")...)
	if out := run("failures", c("failures", "--limit", "0")...); !strings.Contains(out, "not HTML") || !strings.Contains(out, "redirects to") {
		t.Errorf("the site was not as hostile as it should be:\n%s", out)
	}
	run("failures --json", c("failures", "--json")...)
	for _, url := range []string{"/one", "/two", "/three%1B%5B31m%C2%9B2J", "/type", "/moved", "/broken", "/short", "/feed", "/"} {
		run("explain "+url, c("explain", site.URL+url)...)
	}
	run("explain --json", c("explain", "--json", site.URL+"/one")...)
	run("explain of nothing", c("explain", hostile)...)
	run("site", c("site", strings.TrimPrefix(site.URL, "http://"))...)
	run("site of nothing", c("site", hostile)...)
	run("pin", c("pin", "same", site.URL+"/one", hostile)...)
	run("pin --list", c("pin", "--list")...)
	run("forget", c("forget", "http://a.example/"+hostile)...)
	run("export json", c("export")...)
	run("clean", "clean", page)
	run("clean --json", "clean", "--json", page)
	run("clean --explain", "clean", "--explain", page)
	run("clean of nothing", "clean", filepath.Join(dir, hostile))
	run("dedupe", "dedupe", records)
	run("dedupe --explain", "dedupe", "--explain", records, records)
	run("rules", "rules")
	run("check", c("check")...)
	run("check of mistakes", "-c", wrong, "check")
	run("a wrong flag", "--"+paint)
	run("a wrong command", paint+erase)
	run("verify", c("verify")...)
}
