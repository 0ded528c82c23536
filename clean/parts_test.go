package clean

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"winnow/clean/internal/meta"
	"winnow/news"
)

func TestWhatANextPageIs(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		want           bool
	}{
		{"folder", "https://a.example/story/", "https://a.example/story/2/", true},
		{"folder without slash", "https://a.example/story", "https://a.example/story/2", true},
		{"third", "https://a.example/story/2/", "https://a.example/story/3/", true},
		{"page folder", "https://a.example/story/", "https://a.example/story/page/2/", true},
		{"before the ending", "https://a.example/story.html", "https://a.example/story-2.html", true},
		{"glued", "https://a.example/gunnery.htm", "https://a.example/gunnery2.htm", true},
		{"underscore", "https://a.example/t_9.shtml", "https://a.example/t_10.shtml", true},
		{"query", "https://a.example/story", "https://a.example/story?page=2", true},
		{"query grows", "https://a.example/story?page=9", "https://a.example/story?page=10", true},
		{"query beside others", "https://a.example/s?id=7", "https://a.example/s?id=7&p=2", true},
		{"offset", "https://a.example/s?start=10", "https://a.example/s?start=20", true},
		{"back", "https://a.example/story/3/", "https://a.example/story/2/", false},
		{"to the first", "https://a.example/story/2/", "https://a.example/story/", false},
		{"query back", "https://a.example/s?page=3", "https://a.example/s?page=2", false},
		{"itself", "https://a.example/story", "https://a.example/story", false},
		{"another story", "https://a.example/story", "https://a.example/other", false},
		{"another number of a story", "https://a.example/news/1234", "https://a.example/news/1235", false},
		{"another id", "https://a.example/s?id=7", "https://a.example/s?id=8", false},
		{"the next day", "https://a.example/2025/06/03/notes", "https://a.example/2025/06/04/notes", false},
		{"another aircraft", "https://a.example/f16", "https://a.example/f35", false},
		{"two changes", "https://a.example/s?page=2&sort=a", "https://a.example/s?page=3&sort=b", false},
		{"less", "https://a.example/s?a=1", "https://a.example/s?page=2", false},
		{"another host", "https://a.example/story", "https://b.example/story/2", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, errA := url.Parse(c.from)
			to, errB := url.Parse(c.to)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if got := meta.LeadsOn(from, to); got != c.want {
				t.Errorf("%s leads on to %s: %v", c.from, c.to, got)
			}
		})
	}
}

func TestSameArticle(t *testing.T) {
	for _, c := range []struct {
		name        string
		first, part news.Story
		want        bool
	}{
		{"the same headline", news.Story{Title: "The long bridge"}, news.Story{Title: "The long bridge"}, true},
		{"with a number", news.Story{Title: "The long bridge"}, news.Story{Title: "The long bridge – page 2"}, true},
		{"with a chapter", news.Story{Title: "Six days on the ice road"}, news.Story{Title: "Six days on the ice road: the wolves"}, true},
		{"no headline", news.Story{Title: "The long bridge"}, news.Story{}, true},
		{"its canonical address", news.Story{Title: "The long bridge", URL: "https://a.example/x"}, news.Story{Title: "Chapter two", URL: "https://a.example/x"}, true},
		{"the next story", news.Story{Title: "The long bridge"}, news.Story{Title: "Ferry sails again"}, false},
		{"Chinese", news.Story{Title: "长桥通车"}, news.Story{Title: "长桥通车（2）"}, true},
		{"another Chinese", news.Story{Title: "长桥通车"}, news.Story{Title: "渡轮启航"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SameArticle(&c.first, &c.part); got != c.want {
				t.Errorf("the same article: %v", got)
			}
		})
	}
}

// part is a page of an article as Extract gives it.
func part(url string, lines ...string) news.Story {
	return news.Story{URL: "https://quay.example/ice", FetchedURL: url, Title: "Six days on the ice", Kind: news.KindStory, Marks: []string{}, Blocks: paragraphs(lines...)}
}

const (
	standfirst = "Our reporter went along with the last convoy of the winter."
	bio        = "Hanna Vik writes about roads and rivers for Quay Post."
	convoy     = "The convoy left the yard before dawn with eleven lorries, two ploughs and a sauna on a sledge, which the drivers had voted for."
	wolves     = "On the third day the wolves came close to the lorries, looked at the ploughs for a while and went back to the forest they had come from."
	thaw       = "Then the thaw set in, the ploughs went to the head of the convoy, and nobody on the road spoke of the sauna on the sledge any more."
)

func TestPartsAreJoined(t *testing.T) {
	for _, c := range []struct {
		name    string
		parts   []news.Story
		want    []string
		removed []string // part, text
	}{
		{"two", []news.Story{part("a", convoy), part("b", wolves)}, []string{convoy, wolves}, nil},
		{"what stands on each goes once", []news.Story{
			part("a", standfirst, convoy, bio), part("b", "Six days on the ice (2)", standfirst, wolves, bio), part("c", standfirst, thaw, bio)},
			[]string{standfirst, convoy, wolves, thaw, bio},
			[]string{"0 " + bio, "2 Six days on the ice (2)", "2 " + standfirst, "2 " + bio, "3 " + standfirst}},
		{"page counts", []news.Story{part("a", convoy, "Page 1 of 3"), part("b", wolves, "Page 2 of 3"), part("c", thaw, "Page 3 of 3")},
			[]string{convoy, wolves, thaw}, []string{"0 Page 1 of 3", "2 Page 2 of 3", "3 Page 3 of 3"}},
		{"the same page again", []news.Story{part("a", convoy, wolves), part("b", convoy, wolves)}, []string{convoy, wolves},
			[]string{"0 " + wolves, "2 " + convoy}},
		{"short lines may stand twice", []news.Story{part("a", convoy, wolves, "It snowed.", convoy+"x", wolves+"x", thaw+"x", thaw+"y", thaw+"z"), part("b", thaw, convoy+"1", wolves+"1", thaw+"1", wolves+"2", "It snowed.", wolves+"3", wolves+"4", wolves+"5", wolves+"6", thaw+"7")},
			[]string{convoy, wolves, "It snowed.", convoy + "x", wolves + "x", thaw + "x", thaw + "y", thaw + "z", thaw, convoy + "1", wolves + "1", thaw + "1", wolves + "2", "It snowed.", wolves + "3", wolves + "4", wolves + "5", wolves + "6", thaw + "7"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(Options{}).Join(c.parts, "")
			var got, removed []string
			for _, b := range s.Blocks {
				got = append(got, b.Text)
			}
			for _, r := range s.Removals {
				removed = append(removed, string('0'+rune(r.Part))+" "+r.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.removed, removed); diff != "" {
				t.Errorf("removed (-want +got):\n%s", diff)
			}
			if len(s.Parts) != len(c.parts) || s.Parts[1].URL != c.parts[1].FetchedURL {
				t.Errorf("parts %+v", s.Parts)
			}
		})
	}
}

func TestPartsThatAreMissingOrShort(t *testing.T) {
	x := New(Options{MinWords: 40})
	s := x.Join([]news.Story{part("a", convoy, wolves)}, "part 2: the server answered 503")
	if len(s.Figures) == 0 || s.Figures[0] != "truncated: part 2: the server answered 503" || s.Parts != nil {
		t.Errorf("a missing part gives %q, parts %v", s.Figures, s.Parts)
	}
	short := part("a", convoy)
	short.Kind, short.KindWhy = news.KindShort, "24 words"
	if s = x.Join([]news.Story{short, part("b", wolves)}, ""); s.Kind != news.KindStory {
		t.Errorf("two short pages are %s (%s)", s.Kind, s.KindWhy)
	}
	teaser := part("b", wolves)
	teaser.Marks, teaser.Figures = []string{news.MarkTruncated}, []string{"truncated: it costs"}
	if s = x.Join([]news.Story{part("a", convoy), teaser}, ""); len(s.Figures) == 0 || s.Figures[0] != "truncated: part 2: it costs" {
		t.Errorf("a part behind a wall gives %q", s.Figures)
	}
	if s = x.Join(nil, ""); s.Kind != news.KindEmpty {
		t.Errorf("no parts are %s", s.Kind)
	}
}

// FuzzJoin: every block of every part is in the text or told as removed, once,
// in order.
func FuzzJoin(f *testing.F) {
	f.Add("a\nPage 1 of 2", "a\nPage 2 of 2", "")
	f.Add("1\n2\n\xff", "2", "2\n1")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var parts []news.Story
		all := 0
		for i, text := range []string{a, b, c} {
			p := part(string('a'+rune(i)), strings.Split(text, "\n")...)
			all += len(p.Blocks)
			parts = append(parts, p)
		}
		s := New(Options{}).Join(parts, "")
		if got := len(s.Blocks) + len(s.Removals); got != all {
			t.Errorf("%d blocks became %d", all, got)
		}
	})
}

// FuzzNextPage: no page leads on to itself or to one that leads back on to it.
func FuzzNextPage(f *testing.F) {
	f.Add("/story?page=2", "/story?page=3")
	f.Add("/a/2/", "/a/page/3")
	f.Fuzz(func(t *testing.T, a, b string) {
		from, errA := url.Parse("https://quay.example/" + a)
		to, errB := url.Parse("https://quay.example/" + b)
		if errA != nil || errB != nil {
			return
		}
		if meta.LeadsOn(from, from) || meta.LeadsOn(from, to) && meta.LeadsOn(to, from) {
			t.Errorf("%s and %s lead on to each other", from, to)
		}
	})
}

func TestPartsOfAPage(t *testing.T) {
	x := New(Options{})
	page := func(address, next string, lines ...string) *news.Page {
		body := `<html lang="en"><head><title>Six days on the ice | Quay Post</title>` + next + `</head><body><article><h1>Six days on the ice</h1><p>` + strings.Join(lines, "</p><p>") + `</p></article></body></html>`
		return &news.Page{URL: address, Body: []byte(body)}
	}
	first, err := x.Extract(context.Background(), page("https://quay.example/ice", `<link rel="next" href="/ice?page=2">`, convoy, wolves))
	if err != nil || first.NextPage != "https://quay.example/ice?page=2" {
		t.Fatalf("next page %q, %v", first.NextPage, err)
	}
	second, err := x.Extract(context.Background(), page(first.NextPage, `<link rel="prev" href="/ice"><link rel="next" href="/ferry">`, thaw))
	if err != nil || second.NextPage != "" || !SameArticle(&first, &second) {
		t.Fatalf("next page of the second %q, %v", second.NextPage, err)
	}
	if s := x.Join([]news.Story{first, second}, ""); s.Text() != convoy+"\n\n"+wolves+"\n\n"+thaw || s.NextPage != "" {
		t.Errorf("joined:\n%s\nnext %q", s.Text(), s.NextPage)
	}
}

func BenchmarkJoin(b *testing.B) {
	var parts []news.Story
	for k := range MaxParts {
		lines := []string{standfirst}
		for i := range 20 {
			lines = append(lines, fmt.Sprintf("%d.%d %s", k, i, convoy))
		}
		parts = append(parts, part(fmt.Sprint(k), append(lines, bio)...))
	}
	x := New(Options{})
	b.ReportAllocs()
	for b.Loop() {
		x.Join(parts, "")
	}
}
