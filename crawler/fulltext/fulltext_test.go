package fulltext

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"winnow/news"
)

func TestWhole(t *testing.T) {
	const page = "https://press.example/2025/06/keel/"
	long := "<p>" + strings.Repeat("The keel of the second ship was laid on Monday, a week early. ", 8) + "</p>"
	for _, c := range []struct {
		name, content string
		want          bool
	}{
		{"a story", long + "<p>The yard has two more to build.</p>", true},
		{"too short", "<p>The keel was laid on Monday.</p>", false},
		{"nothing", "", false},
		{"an ellipsis at the end", long + "<p>The yard has …</p>", false},
		{"dots in brackets at the end", long + "The yard has [...]", false},
		{"an escaped ellipsis at the end", long + "The yard has [&hellip;]", false},
		{"an ellipsis within", long + "<p>“We … will see,” he said.</p>", true},
		{"a link to the rest", long + `<p><a href="` + page + `">Lue lisää</a></p>`, false},
		{"a link to the rest, by path, with parameters", long + `<p><a href="/2025/06/keel?utm_source=rss#more">続きを読む</a></p>`, false},
		{"a link to the rest at the end of a line", "<p>" + long + `<br>Celý článek: <a href="` + page + `">Druhá loď na vodě o týden dříve</a></p>`, false},
		{"a last sentence with a link to itself", long + `<p>The yard told what it had told <a href="` + page + `">before</a> of the second ship and of those that follow it.</p>`, true},
		{"a last paragraph with a link elsewhere", long + `<p><a href="/2025/06/rudder/">Its rudder is late.</a></p>`, true},
		{"Chinese", "<p>" + strings.Repeat("第二艘护卫舰的龙骨于星期一提前一周铺设完成，", 25) + "</p>", true},
		{"Chinese, too short", "<p>第二艘护卫舰的龙骨于星期一提前一周铺设完成。</p>", false},
		{"a script", "<script>" + strings.Repeat("load the rest of it ", 60) + "</script><p>Loading.</p>", false},
		{"too long", "<p>" + strings.Repeat("on and on ", MaxText/10+1) + "</p>", false},
		{"nested too deeply", strings.Repeat("<div>", 100000) + long, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Whole(c.content, page); got != c.want {
				t.Errorf("whole: %v", got)
			}
		})
	}
}

func TestPackedTextsBecomePages(t *testing.T) {
	text := Text{URL: "https://press.example/a?x=1&y=2", Title: `Keel & "hull" <laid>`, HTML: "<p>The keel was laid.</p></article></body>", Authors: []string{"Ann Ore"},
		Tags: []string{"ships & yards"}, Published: time.Date(2025, 6, 2, 10, 0, 0, 0, time.UTC)}
	packed := text.Pack()
	if !json.Valid(packed) || !bytes.Equal(packed, text.Pack()) {
		t.Fatalf("packed as %s", packed)
	}
	page := &news.Page{URL: text.URL, Body: packed, Header: http.Header{"Content-Type": {MediaType}}}
	got, err := Page(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>Keel &amp; &#34;hull&#34; &lt;laid&gt;</title>", `href="https://press.example/a?x=1&amp;y=2"`, `content="2025-06-02T10:00:00Z"`, `content="Ann Ore"`, `content="ships &amp; yards"`, "<p>The keel was laid.</p>"} {
		if !strings.Contains(string(got.Body), want) {
			t.Errorf("the page lacks %s: %s", want, got.Body)
		}
	}
	if !bytes.Equal(page.Body, packed) || IsPacked(got.ContentType()) || !IsPacked(page.ContentType()+"; charset=utf-8") {
		t.Error("the packed page has changed, or is taken for another")
	}
	for _, bad := range []string{"", "{}", "[]", "null", `{"version":"https://jsonfeed.org/version/1.1","items":[]}`, strings.Replace(string(packed), "press.example/a?", "other.example/a?", 2), string(packed[:len(packed)/2])} {
		if _, err := Page(&news.Page{URL: text.URL, Body: []byte(bad)}); !errors.Is(err, ErrNotPacked) {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
}
