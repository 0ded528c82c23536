package schedule

import (
	"testing"
	"time"
)

func TestListMonth(t *testing.T) {
	for url, want := range map[string]string{
		"https://a.example/sitemap-2024-03.xml":                "2024-03",
		"https://a.example/sitemaps/2024/3/all.xml.gz":         "2024-03",
		"https://a.example/sitemap_202403.xml":                 "2024-03",
		"https://a.example/sitemap.xml?yyyy=2024&mm=03&dd=17":  "2024-03",
		"https://a.example/post-sitemap12.xml":                 "",
		"https://a.example/sitemap-2024.xml":                   "",
		"https://127.0.0.1:2024/sitemap-13.xml":                "",
		"https://a.example/sitemap-pt-post-p1-2019-11.xml":     "2019-11",
		"https://a.example/sitemap/20240317/index.xml?page=20": "2024-03",
	} {
		got := ""
		if month := listMonth(url); !month.IsZero() {
			got = month.Format("2006-01")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

func TestListVisits(t *testing.T) {
	at := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	list := func(url string, depth int, modified time.Time) Link {
		l := Link{URL: "https://a.example/" + url, Kind: Sitemap, Depth: depth}
		l.Hint.Modified = modified
		return l
	}
	for name, c := range map[string]struct {
		visit ListVisit
		due   time.Duration // 0: in every pass
	}{
		"named by robots.txt":           {ListVisit{Link: list("sitemap.xml", 0, time.Time{})}, 0},
		"of the latest news":            {ListVisit{Link: list("news-sitemap.xml", 1, at.AddDate(-1, 0, 0))}, 0},
		"of a month of news":            {ListVisit{Link: list("news-2024-02.xml", 1, at.AddDate(-1, 0, 0))}, RevisitList},
		"of this month":                 {ListVisit{Link: list("sitemap-2026-03.xml", 1, at.AddDate(0, -1, 0))}, 0},
		"changed yesterday":             {ListVisit{Link: list("sitemap4.xml", 1, at.Add(-day)), Changed: true}, 0},
		"changed long ago":              {ListVisit{Link: list("sitemap4.xml", 1, at.AddDate(0, -1, 0)), Changed: true}, RevisitList},
		"old stories only":              {ListVisit{Link: list("sitemap4.xml", 1, time.Time{}), Changed: true, Newest: at.AddDate(0, -1, 0)}, day},
		"fresh stories":                 {ListVisit{Link: list("sitemap4.xml", 1, time.Time{}), Changed: true, Newest: at.Add(-day)}, 0},
		"unchanged":                     {ListVisit{Link: list("sitemap4.xml", 1, time.Time{})}, day},
		"unchanged again":               {ListVisit{Link: list("sitemap4.xml", 1, time.Time{}), Wait: 4 * day}, 8 * day},
		"unchanged for months":          {ListVisit{Link: list("sitemap4.xml", 1, time.Time{}), Wait: 30 * day}, RevisitList},
		"no sitemap, but a feed of one": {ListVisit{Link: Link{URL: "https://a.example/feed", Kind: Feed, Depth: 1}}, 0},
	} {
		c.visit.At = at
		want := time.Time{}
		if c.due > 0 {
			want = at.Add(c.due)
		}
		if got := c.visit.Due(); !got.Equal(want) {
			t.Errorf("%s: due %v, want %v", name, got, want)
		}
	}
	never := list("sitemap4.xml", 1, time.Time{})
	old := ListVisit{Link: never, At: at.Add(-day)}
	older := ListVisit{Link: never, At: at.Add(-2 * day)}
	fresh := ListVisit{Link: never, At: at, Changed: true, Newest: at.Add(-day)}
	order := []time.Time{newsFirst, fresh.Order(), never.Newest().UTC(), older.Order(), old.Order()}
	order[2] = time.UnixMilli(0) // as the state has a zero time
	for i := 1; i < len(order); i++ {
		if !order[i].Before(order[i-1]) {
			t.Errorf("%d does not come after %d: %v", i, i-1, order)
		}
	}
}
