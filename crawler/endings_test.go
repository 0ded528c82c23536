package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"
)

// slugs are paths of stories that end as a file does, but name a company, a
// programming library, a domain, a person or a file that the story is about.
var slugs = []string{
	"/2025/06/anduril-buys-shield.ai", "/news/army-picks-c3.ai", "/news/pentagon-bets-on-scale.ai", "/fr/defense/mistral.ai", "/wirtschaft/gruender-von-deepl.ai",
	"/tecnologia/que-es-x.ai", "/ja/openai-と-x.ai", "/tech/the-trouble-with-node.js", "/tech/what-is-next.js", "/it/perche-three.js", "/tech/why-animate.css",
	"/tech/asp.net", "/tech/why-the-navy-left-.net", "/tech/socket.io", "/haber/savunma.io", "/security/hackers-hide-in-setup.py",
	"/security/a-script-called-install.sh", "/security/the-backdoor-in-liblzma.so", "/security/leaked-readme.md", "/security/what-is-package.json",
	"/net/google-sells-.zip", "/net/phishing-at-microsoft-office.zip", "/net/the-new-domain-.mov", "/net/the-rise-of-cash.app", "/net/opera.mobi",
	"/net/why-we-have-an-ads.txt", "/net/the-story-of-llms.txt", "/tech/moving-to-.ts", "/tech/a-laptop-from.msi", "/tech/inside-a.deb", "/tech/how-the-engine-reached-9000.rpm",
	"/people/khalid.bin", "/kultur/wer-ich.bin", "/en/an-interview-with.avi", "/nyheter/vad-ar.rar", "/sport/over-the-bar-in-the-mud-and.tar", "/en/the-world-in-a.jar",
	"/opinion/la-norma.iso", "/en/sanctions.map", "/en/what-is-up.doc", "/en/the-power-of-the.atom", "/en/down-the.torrent", "/war/t-72-and.bmp", "/markets/q3-and-the.eps",
	"/palestine/wafa.ps", "/world/doctolib.fr", "/noticias/uol.com.br", "/wiadomosci/onet.pl", "/news/yandex-kupil-auto.ru", "/news/rozetka.ua", "/новости/госуслуги.рф",
	"/zh/新闻/360.cn", "/tech/python-3.14", "/air/gripen-ms-20-block.2", "/en/at-the-end.", "/news.php/12", "/en/politics.html",
}

// files are paths that name a file by its ending, and nothing else.
var files = []string{
	"/a.jpg", "/a.JPEG", "/a.png", "/a.gif", "/a.webp", "/a.avif", "/a.svg", "/a.ico", "/a.tiff", "/a.heic", "/a.pdf", "/a.docx", "/a.xls", "/a.xlsx", "/a.ppt", "/a.pptx",
	"/a.7z", "/a.gz", "/a.tar.gz", "/a.tgz", "/a.bz2", "/a.xz", "/a.exe", "/a.dmg", "/a.apk", "/a.mp3", "/a.mp4", "/a.m4a", "/a.webm", "/a.mkv", "/a.m3u8", "/rss.xml", "/a.ics",
}

func TestEndings(t *testing.T) {
	s, err := NewScope("https://press.example/", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, path := range slugs {
		if ok, why := s.Has("https://press.example" + path); !ok {
			wrong++
			t.Errorf("%s is not asked for: %s", path, why)
		}
	}
	for _, path := range files {
		if ok, why := s.Has("https://press.example" + path); ok || !strings.HasPrefix(why, "not a page: .") {
			wrong++
			t.Errorf("%s is asked for: %q", path, why)
		}
	}
	t.Logf("%d of %d wrong", wrong, len(slugs)+len(files))
	for ending := range fileTypes {
		if domain, official := publicsuffix.PublicSuffix(ending); official && domain == ending {
			t.Errorf(".%s is a top-level domain", ending)
		}
	}
}

// TestEndingsByContentType: a URL whose ending decides nothing is fetched, and the
// server's answer decides. A video or an archive is refused by its type or its
// first bytes: read whole, these bodies would be too large.
func TestEndingsByContentType(t *testing.T) {
	for _, tc := range []struct{ path, contentType, reason string }{
		{"/anduril-buys-shield.ai", "text/html", ""},
		{"/the-trouble-with-node.js", "text/html; charset=utf-8", ""},
		{"/logo.ai", "application/postscript", "not HTML: application/postscript"},
		{"/app.js", "text/javascript", "not HTML: text/javascript"},
		{"/app.css", "text/css", "not HTML: text/css"},
		{"/all.zip", "application/zip", "not HTML: application/zip"},
		{"/film.mov", "video/quicktime", "not HTML: video/quicktime"},
		{"/package.json", "application/json", "not HTML: application/json"},
		{"/form.doc", "application/msword", "not HTML: application/msword"},
		{"/ads.txt", "text/plain", "not HTML: text/plain"},
		{"/all.rar", "application/octet-stream", "not HTML: the body is application/x-rar-compressed"},
		{"/firmware.bin", "application/octet-stream", "not HTML: the body is application/octet-stream"},
		{"/firmware.bin", "", "not HTML: the body is application/octet-stream"},
		{"/a.tar", "text/html", "not HTML: the body is application/octet-stream"},
	} {
		t.Run(tc.path+" as "+tc.contentType, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				if tc.contentType != "" {
					w.Header().Set("Content-Type", tc.contentType)
				}
				if strings.HasPrefix(tc.contentType, "text/html") && tc.reason == "" {
					fmt.Fprint(w, page)
					return
				}
				body := bytes.Repeat([]byte("\x00\x01\x02\x03words"), 1000)
				switch {
				case strings.HasSuffix(tc.path, ".rar"):
					body = append([]byte("Rar!\x1a\x07\x01\x00"), body...)
				case tc.contentType == "text/plain":
					body = []byte("google.com, pub-1, DIRECT\n")
				}
				for range 2000 { // 18 MB
					if _, err := w.Write(body); err != nil {
						return
					}
				}
			})
			if s, err := NewScope(base, nil, nil); err != nil {
				t.Fatal(err)
			} else if ok, why := s.Has(base + tc.path); !ok {
				t.Fatalf("not asked for: %s", why)
			}
			answer, err := c.Fetch(t.Context(), Request{URL: base + tc.path})
			if tc.reason == "" {
				if err != nil || answer.Page == nil {
					t.Errorf("%+v, %v", answer, err)
				}
				return
			}
			if e := fetchError(t, err); e.Reason != tc.reason || e.Temporary || !errors.Is(err, ErrNotHTML) || answer.Page != nil {
				t.Errorf("%+v", e)
			}
		})
	}
}
