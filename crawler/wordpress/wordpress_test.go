package wordpress

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestLists(t *testing.T) {
	for _, c := range []struct{ root, want string }{
		{"https://press.example/wp-json/", "https://press.example/wp-json/wp/v2/posts?"},
		{"https://press.example/sub/wp-json", "https://press.example/sub/wp-json/wp/v2/posts?"},
		{"https://press.example/?rest_route=/", "https://press.example/?"},
	} {
		newest, err := Newest(c.root)
		if err != nil || !strings.HasPrefix(newest, c.want) || !IsPosts(newest) || IsComplete(newest) || !strings.Contains(newest, "order=desc") {
			t.Errorf("%s: %s, %v", c.root, newest, err)
		}
		lists := Complete(newest, http.Header{"X-Wp-Total": {"149"}})
		if len(lists) != 2 || lists[0] == lists[1] {
			t.Errorf("%s: older posts in %q", c.root, lists)
		}
		for _, l := range lists {
			if !IsPosts(l) || !IsComplete(l) || Complete(l, http.Header{"X-Wp-Total": {"149"}}) != nil {
				t.Errorf("%s is not one of older posts", l)
			}
		}
		for _, total := range []string{"", "49", "-3", "many", "99999999999999999999"} {
			if lists := Complete(newest, http.Header{"X-Wp-Total": {total}}); len(lists) != 0 {
				t.Errorf("total %q: %d lists", total, len(lists))
			}
		}
		if lists := Complete(newest, http.Header{"X-Wp-Total": {"2000000000"}}); len(lists) != maxPosts/perPage {
			t.Errorf("%d lists", len(lists))
		}
	}
	for _, other := range []string{"https://press.example/wp-json/wp/v2/pages", "https://press.example/posts", "::"} {
		if IsPosts(other) {
			t.Errorf("%s is taken for posts", other)
		}
	}
}

func TestParse(t *testing.T) {
	const base = "https://press.example/wp-json/wp/v2/posts"
	one := `{"id":7,"link":"https://press.example/2025/06/keel/","date_gmt":"2025-06-02T10:00:00","modified_gmt":"2025-06-03T11:00:00","title":{"rendered":"Keel &amp; hull &#8211; laid"},
"content":{"rendered":"<p>The keel was laid.</p>","protected":false},"excerpt":{"rendered":"<p>The keel.</p>\n"},
"_embedded":{"author":[{"name":"Ann Ore"},{"code":"rest_user_invalid_id","message":"Invalid user ID."}],"wp:term":[[{"name":"Ships"}],[{"name":"Yards &amp; docks"}]]}}`
	plainOne := `{"link":"/plain","title":"Plain","content":"<p>Text.</p>"}`
	locked := `{"link":"https://press.example/locked","title":{"rendered":"Protected: x"},"content":{"rendered":"<p>No.</p>","protected":true}}`
	empty := `{"link":"https://press.example/built","title":{"rendered":"Built"},"content":{"rendered":" \n"}}`
	for _, c := range []struct{ name, body, want, fault string }{
		{"posts", "\ufeff[" + strings.Join([]string{one, plainOne, locked, empty, "null", "5", `{"link":7}`, `{"link":"mailto:a@b.example"}`, one}, ",") + "]",
			"https://press.example/2025/06/keel/|Keel & hull – laid|The keel.|[Ann Ore]|2025-06-02 10:00|2025-06-03 11:00|<p>The keel was laid.</p>|[Ships Yards & docks]\n" +
				"https://press.example/plain|Plain||[]|||<p>Text.</p>|[]\nhttps://press.example/locked|Protected: x||[]|||none\nhttps://press.example/built|Built||[]|||none\nskipped=4", ""},
		{"none", "[]", "skipped=0", ""},
		{"torn", "[" + plainOne + "," + one[:90], "https://press.example/plain|Plain||[]|||<p>Text.</p>|[]\nskipped=0", "broken list of posts, 1 could be read"},
		{"torn between", "[" + plainOne, "https://press.example/plain|Plain||[]|||<p>Text.</p>|[]\nskipped=0", "broken list of posts, 1 could be read"},
		{"refused", `{"code":"rest_forbidden","message":"Sorry, you are not <b>allowed</b>.","data":{"status":401}}`, "skipped=0", "the API refuses: rest_forbidden: Sorry, you are not allowed."},
		{"another object", `{"posts":[]}`, "skipped=0", ErrNotPosts.Error()},
		{"HTML", "<!DOCTYPE html><html>", "skipped=0", ErrNotPosts.Error()},
		{"nothing", "", "skipped=0", ErrNotPosts.Error()},
		{"nested deeply", strings.Repeat("[", 200000), "skipped=0", "broken list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			feed, err := Parse([]byte(c.body), base)
			var b strings.Builder
			for _, e := range feed.Entries {
				day := func(year int, s string) string {
					if year < 1990 {
						return ""
					}
					return s
				}
				fmt.Fprintf(&b, "%s|%s|%s|%v|%s|%s|", e.URL, e.Hint.Title, e.Hint.Summary, e.Hint.Authors,
					day(e.Hint.Date.Year(), e.Hint.Date.Format("2006-01-02 15:04")), day(e.Hint.Modified.Year(), e.Hint.Modified.Format("2006-01-02 15:04")))
				if e.Text == nil {
					b.WriteString("none\n")
					continue
				}
				fmt.Fprintf(&b, "%s|%v\n", e.Text.HTML, e.Text.Tags)
			}
			fmt.Fprintf(&b, "skipped=%d", feed.Skipped)
			if b.String() != c.want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), c.want)
			}
			if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("error %v, want %q", err, c.fault)
			}
			if c.fault == ErrNotPosts.Error() && !errors.Is(err, ErrNotPosts) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"link":"/a","title":{"rendered":"A"},"content":{"rendered":"<p>B"},"_embedded":{"author":[{"name":"C"}]}}]`))
	f.Add([]byte(`{"code":"x","message":"y"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		feed, err := Parse(body, "https://press.example/wp-json/wp/v2/posts")
		if err != nil && errors.Is(err, ErrNotPosts) && len(feed.Entries) > 0 {
			t.Errorf("%d entries and %v", len(feed.Entries), err)
		}
		for _, e := range feed.Entries {
			if e.URL == "" || e.Text != nil && e.Text.URL != e.URL {
				t.Errorf("%+v", e)
			}
		}
	})
}
