package pipeline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/news"
	"winnow/schedule"
)

var now = time.Date(2025, 6, 10, 12, 0, 0, 0, time.UTC)

func testPipeline(t *testing.T) *Pipeline {
	t.Helper()
	scope, err := crawler.NewScope("https://news.example/", nil, []string{"^/shop/"})
	if err != nil {
		t.Fatal(err)
	}
	return &Pipeline{
		Sources: []Source{{Name: "news", Scope: scope, Delay: 2 * time.Second, MaxDepth: 2}},
		Options: Options{Retry: schedule.Policy{Retries: 2}},
		Now:     func() time.Time { return now },
	}
}

func task(url string) schedule.Task {
	return schedule.Task{Link: schedule.Link{URL: url, Host: crawler.HostOf(url), Source: "news", Kind: schedule.Article, Depth: 1, Follow: true}}
}

func TestCanonicalIsTrustedInsideTheSiteOnly(t *testing.T) {
	p := testPipeline(t)
	const own = "https://news.example/story-1"
	for _, c := range []struct{ name, claimed, want string }{
		{"none", "", own},
		{"another page of the site", "https://news.example/2025/story", "https://news.example/2025/story"},
		{"another host of the site", "https://www.news.example/story-1", "https://www.news.example/story-1"},
		{"relative", "/2025/story", "https://news.example/2025/story"},
		{"a twin's host", "https://m.news.example/2025/story", "https://m.news.example/2025/story"},
		{"tracking goes", "/2025/story?utm_source=x#top", "https://news.example/2025/story"},
		{"front page", "https://news.example/", own},
		{"another site", "https://copycat.example/story-1", own},
		{"excluded by the source", "https://news.example/shop/story", own},
		{"no URL", "http://%zz", own},
		{"a script", "javascript:void(0)", own},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := p.canonical(task(own), c.claimed); got != c.want {
				t.Errorf("canonical(%q) = %q, want %q", c.claimed, got, c.want)
			}
		})
	}
}

func TestCanonicalOfAllStoriesIsNotBelieved(t *testing.T) {
	p := testPipeline(t)
	const site = "https://news.example"
	for _, c := range []struct {
		name, own, claimed string
		believed           bool
	}{
		{"its section", "/defence/new-frigate-sails", "/defence/", false},
		{"its section, of two words", "/land-forces/new-frigate-sails", "/land-forces", false},
		{"its month", "/2025/06/new-frigate-sails", "/2025/06/", false},
		{"another section", "/a/new-frigate-sails", "/news", false},
		{"the start by name", "/story.asp?id=2511", "/index.html", false},
		{"what stories are asked from", "/story.asp?id=2511", "/story.asp", false},
		{"another script's section", "/%D1%84%D0%BB%D0%BE%D1%82/x-1", "/%D1%84%D0%BB%D0%BE%D1%82/", false},
		{"its number", "/news/251108/new-frigate-sails", "/news/251108", true},
		{"its name elsewhere", "/defence/new-frigate-sails", "/new-frigate-sails", true},
		{"its one word", "/frigate?all=1", "/frigate", true},
		{"its name without a number for sharing", "/2025/new-frigate-sails?fbid=77351", "/2025/new-frigate-sails", true},
		{"less of its query", "/story.asp?id=2511&from=list", "/story.asp?id=2511", true},
		{"its date and name", "/?p=2511", "/2025/06/new-frigate-sails/", true},
		{"a long word", "/a/1", "/raketenabwehrschirm", true},
		{"another script", "/a/1", "/%D1%84%D0%BB%D0%BE%D1%82", true},
		{"another spelling of one short word", "/frigate/", "/frigate", true},
		{"a twin's page of one short word", "/amp/frigate", "/frigate", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := site + c.own
			if c.believed {
				want = site + c.claimed
			}
			if got := p.canonical(task(site+c.own), site+c.claimed); got != want {
				t.Errorf("canonical of %s is %s, want %s", c.own, got, want)
			}
		})
	}
}

func TestRankOfAPage(t *testing.T) {
	const canonical = "https://news.example/a/story/"
	for _, c := range []struct {
		name, fetched string
		want          int
	}{
		{"itself", canonical, 0},
		{"another spelling", "http://www.news.example/a/story", 0},
		{"another section", "https://news.example/b/story/", 1},
		{"amp folder", "https://news.example/a/story/amp/", 2},
		{"amp parameter", "https://news.example/a/story/?amp=1", 2},
		{"print twin", "https://news.example/print/a/story/", 2},
		{"for small screens", "https://m.news.example/a/story/", 2},
		{"AMP host", "https://amp.news.example/a/story/", 2},
		{"a host that begins with m", "https://media.news.example/a/story/", 1},
		{"a word that holds amp", "https://news.example/camp/story/", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rank(canonical, c.fetched); got != c.want {
				t.Errorf("rank of %s is %d, want %d", c.fetched, got, c.want)
			}
		})
	}
}

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
			at := task(c.url)
			at.Depth = c.depth
			if got := frontPage(at, c.kind, c.links); got != c.want {
				t.Errorf("frontPage = %v", got)
			}
		})
	}
}

func TestFailuresAreRetriedThenLeft(t *testing.T) {
	p := testPipeline(t)
	for _, c := range []struct {
		name  string
		tries int
		err   error
		state schedule.State
		due   time.Duration
		hold  time.Duration // of the host
	}{
		{"first 503", 0, &crawler.Error{Temporary: true, Status: 503}, schedule.Pending, time.Second, 2 * time.Second},
		{"second", 1, &crawler.Error{Temporary: true, Status: 503}, schedule.Pending, 2 * time.Second, 2 * time.Second},
		{"the last try", 2, &crawler.Error{Temporary: true, Status: 503}, schedule.Failed, schedule.RevisitFailed, 2 * time.Second},
		{"429 holds the host", 0, &crawler.Error{Temporary: true, Status: 429, RetryAfter: time.Minute}, schedule.Pending, time.Minute, time.Minute},
		{"404", 0, &crawler.Error{Status: 404}, schedule.Gone, schedule.RevisitGone, 2 * time.Second},
		{"410", 0, &crawler.Error{Status: 410}, schedule.Gone, schedule.RevisitGone, 2 * time.Second},
		{"too large", 0, &crawler.Error{Err: crawler.ErrTooLarge}, schedule.SetAside, schedule.RevisitSetAside, 2 * time.Second},
		{"unforeseen", 0, errors.New("odd"), schedule.SetAside, schedule.RevisitSetAside, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := task("https://news.example/a")
			at.Tries = c.tries
			out, fresh := p.received(at, nil, c.err)
			if fresh || out.State != c.state || out.Due.Sub(now) != c.due || out.HostNext.Sub(now) != c.hold {
				t.Errorf("got %s due in %v, host held for %v, fresh %v; want %s, %v, %v", out.State, out.Due.Sub(now), out.HostNext.Sub(now), fresh, c.state, c.due, c.hold)
			}
		})
	}
}

func TestSlowHostRests(t *testing.T) {
	p := testPipeline(t)
	p.Options.Pace = schedule.Pace{Factor: 2}
	for _, c := range []struct {
		name  string
		pause time.Duration
		a     *crawler.Answer
		err   error
		keeps time.Duration // the new pause
		rests time.Duration
	}{
		{"quick: the source's own delay", 0, &crawler.Answer{Status: 200, Took: 100 * time.Millisecond}, nil, 50 * time.Millisecond, 2 * time.Second},
		{"slow", 0, &crawler.Answer{Status: 200, Took: 10 * time.Second}, nil, 5 * time.Second, 5 * time.Second},
		{"slow for long", 30 * time.Second, &crawler.Answer{Status: 200, Took: 20 * time.Second}, nil, 30 * time.Second, 30 * time.Second},
		{"a quick 503", 8 * time.Second, &crawler.Answer{Status: 503}, &crawler.Error{Temporary: true, Status: 503}, 8 * time.Second, 8 * time.Second},
		{"no answer", 8 * time.Second, nil, &crawler.Error{Temporary: true}, 8 * time.Second, 8 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := task("https://news.example/a")
			at.HostState.Pause = c.pause
			out, _ := p.received(at, c.a, c.err)
			if out.Pause != c.keeps || out.HostNext.Sub(now) != c.rests {
				t.Errorf("pause %v, want %v; rests for %v, want %v", out.Pause, c.keeps, out.HostNext.Sub(now), c.rests)
			}
		})
	}
}

func TestRedirectsAreNewWorkWithAllChecks(t *testing.T) {
	p := testPipeline(t)
	for _, c := range []struct {
		name, target string
		hops         int
		state        schedule.State
	}{
		{"inside the site", "https://www.news.example/b", 0, schedule.Moved},
		{"another site", "https://other.example/b", 0, schedule.SetAside},
		{"excluded", "https://news.example/shop/b", 0, schedule.SetAside},
		{"to itself", "https://news.example/a", 0, schedule.SetAside},
		{"one too many", "https://news.example/b", maxHops, schedule.SetAside},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := task("https://news.example/a")
			at.Hops, at.Hint.Title = c.hops, "from the feed"
			out, _ := p.received(at, &crawler.Answer{Status: 301, Redirect: c.target}, nil)
			if out.State != c.state || (out.State == schedule.Moved) != (len(out.Links) == 1) {
				t.Fatalf("got %s (%s) with %d links", out.State, out.Reason, len(out.Links))
			}
			if len(out.Links) == 1 {
				if l := out.Links[0]; l.URL != c.target || l.Hops != c.hops+1 || l.Hint.Title != "from the feed" || l.Depth != at.Depth {
					t.Errorf("the target is followed as %+v", l)
				}
			}
		})
	}
}

func TestUnchangedPagesKeepWhatIsKnown(t *testing.T) {
	p := testPipeline(t)
	at := task("https://news.example/a")
	at.Validators, at.BodySHA = news.Validators{ETag: `"1"`, LastModified: "yesterday"}, "abc"
	out, fresh := p.received(at, &crawler.Answer{Status: 304, NotModified: true, Validators: news.Validators{ETag: `"2"`}}, nil)
	if fresh || out.State != schedule.Done || out.BodySHA != "abc" || out.Validators != (news.Validators{ETag: `"2"`, LastModified: "yesterday"}) {
		t.Errorf("304: %+v, fresh %v", out, fresh)
	}
	if out, fresh = p.received(at, &crawler.Answer{Status: 200, BodySHA: "abc"}, nil); fresh || out.State != schedule.Done {
		t.Errorf("200 with the same bytes: %+v, fresh %v", out, fresh)
	}
	if _, fresh = p.received(at, &crawler.Answer{Status: 200, BodySHA: "other"}, nil); !fresh {
		t.Error("200 with other bytes is not taken for fresh")
	}
}

func TestLinksWorthFollowing(t *testing.T) {
	p := testPipeline(t)
	section := task("https://news.example/land/")
	section.Kind = schedule.Section
	links := p.links(section, &crawler.Answer{Links: []crawler.Link{
		{URL: "https://news.example/story"},
		{URL: "https://other.example/story"},
		{URL: "https://news.example/land/page/2/", Rel: crawler.RelNext},
		{URL: "https://news.example/feed/", Rel: crawler.RelFeed},
		{URL: "https://news.example/story", Rel: crawler.RelCanonical},
		{URL: "https://news.example/story.pdf"},
	}})
	var got []string
	for _, l := range links {
		got = append(got, strings.Join([]string{string(l.Kind), l.URL, string('0' + rune(l.Depth))}, " "))
	}
	want := "article https://news.example/story 2\narticle https://news.example/land/page/2/ 1\nfeed https://news.example/feed/ 2"
	if strings.Join(got, "\n") != want {
		t.Errorf("followed:\n%s\nwant:\n%s", strings.Join(got, "\n"), want)
	}
	story := task("https://news.example/story")
	story.Depth = 2
	if links := p.links(story, &crawler.Answer{Links: []crawler.Link{{URL: "https://news.example/b"}, {URL: "https://news.example/feed/", Rel: crawler.RelFeed}}}); len(links) != 0 {
		t.Errorf("from a story at max_depth %v are followed", links)
	}
}

func TestHostOfAnotherSourceIsLeftToIt(t *testing.T) {
	p := testPipeline(t)
	p.Sources[0].Site = "https://news.example/"
	en, err := crawler.NewScope("https://en.news.example/", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Sources = append(p.Sources, Source{Name: "en", Site: "https://en.news.example/", Scope: en})
	for _, c := range []struct{ url, owner string }{
		{"https://news.example/a", "news"},
		{"https://www.news.example/a", "news"},
		{"https://en.news.example/a", "en"},
		{"https://elsewhere.example/a", BackfillSource},
	} {
		if got := p.sourceOf(c.url); got != c.owner {
			t.Errorf("%s belongs to %s, want %s", c.url, got, c.owner)
		}
	}
	if why := p.outside(task("https://news.example/"), schedule.Article, "https://en.news.example/a"); why == "" {
		t.Error("news takes a page of the source en")
	}
	if why := p.outside(task("https://news.example/"), schedule.Article, "https://www.news.example/a"); why != "" {
		t.Errorf("news does not take its own page: %s", why)
	}
}
