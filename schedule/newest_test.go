package schedule

import (
	"strings"
	"testing"
	"time"

	"winnow/news"
)

func TestPathDay(t *testing.T) {
	for _, test := range []struct{ name, url, want string }{
		{"folders", "https://gazette.example/2026/11/20/ship", "2026-11-20"},
		{"folders of one digit", "https://gazette.example/2026/3/7/ship", "2026-03-07"},
		{"the name of a month", "https://gazette.example/world/2026/nov/20/ship", "2026-11-20"},
		{"the whole name", "https://gazette.example/2026/November/20/ship", "2026-11-20"},
		{"hyphens", "https://gazette.example/news/2026-11-20-ship", "2026-11-20"},
		{"hyphens at the end", "https://gazette.example/ship-2026-11-20.html", "2026-11-20"},
		{"other marks", "https://gazette.example/ship_2026_11_20.html", "2026-11-20"},
		{"two marks", "https://gazette.example/2026-11.20", ""},
		{"eight digits", "https://gazette.example/20261120-ship", "2026-11-20"},
		{"eight digits at the end", "https://gazette.example/a/20261120", "2026-11-20"},
		{"a day that begins the slug", "https://gazette.example/2026/11/20-ship", "2026-11-20"},
		{"a month alone", "https://gazette.example/2026/11/ship", "2026-11"},
		{"a month, and a number that is no day", "https://gazette.example/2026/11/4711", "2026-11"},
		{"a month, then a day", "https://gazette.example/2026/11/ship-20261103.html", "2026-11-03"},
		{"the first of two days", "https://gazette.example/2026/11/20/since-2026-01-02", "2026-11-20"},
		{"no day", "https://gazette.example/ship", ""},
		{"a number", "https://gazette.example/news/1234567", ""},
		{"more digits", "https://gazette.example/202611201", ""},
		{"no such month", "https://gazette.example/20261320", ""},
		{"no such day", "https://gazette.example/2026-06-31-ship", ""},
		{"a year alone", "https://gazette.example/2026/ship", ""},
		{"a year and a number", "https://gazette.example/ship-2026-11.html", ""},
		{"no year", "https://gazette.example/1066/10/14/", ""},
		{"in the query", "https://gazette.example/a?day=2026/11/20", ""},
		{"in the host", "https://20261120.gazette.example/a", ""},
		{"no path", "https://gazette.example", ""},
		{"no URL", "20261120", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if day, whole := pathDay(test.url); !day.IsZero() {
				got = day.Format(map[bool]string{true: "2006-01-02", false: "2006-01"}[whole])
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNewest(t *testing.T) {
	told, changed := time.Date(2026, 11, 21, 8, 30, 0, 0, time.UTC), time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	const dated, monthly, plain = "https://gazette.example/2026/11/20/ship", "https://gazette.example/2026/11/ship", "https://gazette.example/ship"
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, url string
		hint      news.Hint
		want      time.Time
	}{
		{"a date goes first", dated, news.Hint{Date: told, Modified: changed}, told},
		{"the path alone", dated, news.Hint{}, day},
		{"a change on that day", dated, news.Hint{Modified: changed}, changed},
		{"a change before", dated, news.Hint{Modified: day.AddDate(-1, 0, 0)}, day},
		{"a change long after", dated, news.Hint{Modified: day.AddDate(1, 0, 0)}, day.AddDate(0, 0, 1).Add(-time.Millisecond)},
		{"a month alone", monthly, news.Hint{}, day.AddDate(0, 0, -19)},
		{"a change in that month", monthly, news.Hint{Modified: changed}, changed},
		{"a change after that month", monthly, news.Hint{Modified: day.AddDate(0, 0, 11)}, day.AddDate(0, 0, 11).Add(-time.Millisecond)},
		{"a change alone", plain, news.Hint{Modified: changed}, changed},
		{"nothing is known", plain, news.Hint{Title: "Ship"}, time.Time{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := Link{URL: test.url, Hint: test.hint}
			if got := l.Newest(); !got.Equal(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// FuzzPathDay holds that a day is within the years that count, is midnight, and
// that its year is in the path, whatever query follows.
func FuzzPathDay(f *testing.F) {
	for _, seed := range []string{"/2026/11/20/a", "/20261120-a", "/2026-11-20", "/2026/nov/3", "/2026/11/a", "/a-2026-2-29", "//2000//1", "/2026/11/é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if strings.ContainsAny(path, "?#") {
			return
		}
		day, whole := pathDay("https://gazette.example/" + path)
		if again, _ := pathDay("https://gazette.example/" + path + "?2026/11/20"); !again.Equal(day) {
			t.Error("the query changes the day")
		}
		if day.IsZero() {
			if whole {
				t.Error("no day is a whole one")
			}
			return
		}
		if !whole && day.Day() != 1 {
			t.Errorf("a month begins with %v", day)
		}
		for _, changed := range []time.Time{{}, day.AddDate(-1, 0, 0), day.AddDate(0, 0, 20), day.AddDate(9, 0, 0)} {
			l := Link{URL: "https://gazette.example/" + path, Hint: news.Hint{Modified: changed}}
			if got := l.Newest(); got.Year() != day.Year() || got.Month() != day.Month() || whole && got.Day() != day.Day() {
				t.Errorf("changed at %v gives %v, which is not in %v", changed, got, day)
			}
		}
		if day.Year() < firstYear || day.Year() > lastYear || !day.Equal(day.Truncate(24*time.Hour)) {
			t.Errorf("got %v", day)
		}
		if !strings.Contains(path, day.Format("2006")) {
			t.Errorf("got %v, whose year is not in the path", day)
		}
	})
}

func BenchmarkPathDay(b *testing.B) {
	for b.Loop() {
		pathDay("https://gazette.example/world/europe/17-a-story-with-words-in-its-address-20261120.html")
	}
}
