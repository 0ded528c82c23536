package admit

import (
	"strings"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/news"
	"winnow/schedule"
)

func TestFrontPages(t *testing.T) {
	headlines := []crawler.Link{{Text: "Army picks two teams for its new truck"}}
	chinese := []crawler.Link{{Text: strings.Repeat("高原运输机组完成夜间空投训练", 3)}}
	menu := []crawler.Link{{Text: "About us"}, {Text: "Contact"}}
	for _, c := range []struct {
		name, url, kind string
		depth           int
		links           []crawler.Link
		want            bool
	}{
		{"section near the start", "https://news.example/land/", news.KindSection, 1, nil, true},
		{"section far away", "https://news.example/land/tanks/", news.KindSection, 2, nil, false},
		{"older pages of a list", "https://news.example/land/page/7/", news.KindSection, 1, nil, false},
		{"older pages by parameter", "https://news.example/land/?PAGEN_1=3", news.KindSection, 1, nil, false},
		{"short list of headlines", "https://news.example/sea/", news.KindShort, 1, headlines, true},
		{"short list without spaces", "https://news.example/sea/", news.KindShort, 1, chinese, true},
		{"short page with a menu", "https://news.example/contact", news.KindShort, 1, menu, false},
		{"wall", "https://news.example/plus/", news.KindWall, 1, headlines, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := schedule.Task{Link: schedule.Link{URL: c.url, Kind: schedule.Article, Depth: c.depth, Follow: true}}
			if got := frontPage(at, c.kind, c.links); got != c.want {
				t.Errorf("frontPage = %v", got)
			}
		})
	}
}

// TestListsAreRejected: a list of pages far from the start holds no story. It is
// rejected as other such pages, and read again sooner, since it leads to new ones.
func TestListsAreRejected(t *testing.T) {
	at := time.Date(2025, 9, 3, 12, 0, 0, 0, time.UTC)
	for _, kind := range []string{news.KindSection, news.KindForum, news.KindProduct} {
		task := schedule.Task{Link: schedule.Link{URL: "https://news.example/land/tanks/", Kind: schedule.Article, Depth: 3, Follow: true}}
		out := schedule.Outcome{State: schedule.Done, At: at}
		new(Admitter).Classify(task, &out, Page{Story: news.Story{Kind: kind, KindWhy: "more like that"}})
		if out.State != schedule.SetAside || out.Reason != kind+": more like that" || !out.Due.Equal(at.Add(schedule.RevisitSection)) || out.Kind == schedule.Section {
			t.Errorf("%s: %+v", kind, out)
		}
	}
}
