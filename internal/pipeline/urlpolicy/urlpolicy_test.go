package urlpolicy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"winnow/crawler"
	"winnow/schedule"
)

func scopeOf(t *testing.T, site string, exclude ...string) *crawler.Scope {
	t.Helper()
	scope, err := crawler.NewScope(site, nil, exclude)
	if err != nil {
		t.Fatal(err)
	}
	return scope
}

// testPolicy has one source.
func testPolicy(t *testing.T) *Policy {
	t.Helper()
	return New([]Source{{Name: "news", Site: "https://news.example/", Scope: scopeOf(t, "https://news.example/", "^/shop/"), MaxDepth: 2}}, Robots{})
}

func task(url string) schedule.Task {
	return schedule.Task{Link: schedule.Link{URL: url, Host: crawler.HostOf(url), Source: "news", Kind: schedule.Article, Depth: 1, Follow: true}}
}

func TestCanonicalIsTrustedInsideTheSiteOnly(t *testing.T) {
	p := testPolicy(t)
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
			if got := p.Canonical(task(own), c.claimed); got != c.want {
				t.Errorf("canonical(%q) = %q, want %q", c.claimed, got, c.want)
			}
		})
	}
}

func TestCanonicalOfAllStoriesIsNotBelieved(t *testing.T) {
	p := testPolicy(t)
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
			if got := p.Canonical(task(site+c.own), site+c.claimed); got != want {
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
			if got := Rank(canonical, c.fetched); got != c.want {
				t.Errorf("rank of %s is %d, want %d", c.fetched, got, c.want)
			}
		})
	}
}

func TestRedirectsAreNewWorkWithAllChecks(t *testing.T) {
	p := testPolicy(t)
	for _, c := range []struct {
		name, target string
		hops         int
		refused      string
	}{
		{"inside the site", "https://www.news.example/b", 0, ""},
		{"another site", "https://other.example/b", 0, "redirects to https://other.example/b: another site"},
		{"excluded", "https://news.example/shop/b", 0, "redirects to https://news.example/shop/b: "},
		{"one too many", "https://news.example/b", maxHops, "more than 10 redirects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := task("https://news.example/a")
			at.Hops, at.Hint.Title = c.hops, "from the feed"
			link, refused := p.Redirect(at, c.target)
			if c.refused == "" && refused != "" || !strings.HasPrefix(refused, c.refused) {
				t.Fatalf("refused for %q, want %q", refused, c.refused)
			}
			if refused == "" && (link.URL != c.target || link.Hops != c.hops+1 || link.Hint.Title != "from the feed" || link.Depth != at.Depth) {
				t.Errorf("the target is followed as %+v", link)
			}
		})
	}
}

func TestLinksWorthFollowing(t *testing.T) {
	p := testPolicy(t)
	section := task("https://news.example/land/")
	section.Kind = schedule.Section
	links := p.PageLinks(section, []crawler.Link{
		{URL: "https://news.example/story"},
		{URL: "https://other.example/story"},
		{URL: "https://news.example/land/page/2/", Rel: crawler.RelNext},
		{URL: "https://news.example/feed/", Rel: crawler.RelFeed},
		{URL: "https://news.example/story", Rel: crawler.RelCanonical},
		{URL: "https://news.example/story.pdf"},
		{URL: "https://news.example/members/exclusive"}, // a feed may name it, see below
	})
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
	if links := p.PageLinks(story, []crawler.Link{{URL: "https://news.example/b"}, {URL: "https://news.example/feed/", Rel: crawler.RelFeed}}); len(links) != 0 {
		t.Errorf("from a story at max_depth %v are followed", links)
	}
	feed := crawler.Feed{Entries: []crawler.Entry{{URL: "https://news.example/members/exclusive"}}}
	if links := p.FeedLinks(section, feed); len(links) != 1 {
		t.Errorf("of a feed's entry in the members' area %v are followed", links)
	}
}

func TestHostOfAnotherSourceIsLeftToIt(t *testing.T) {
	p := New([]Source{
		{Name: "news", Site: "https://news.example/", Scope: scopeOf(t, "https://news.example/")},
		{Name: "en", Site: "https://en.news.example/", Scope: scopeOf(t, "https://en.news.example/")},
	}, Robots{})
	for _, c := range []struct{ url, owner string }{
		{"https://news.example/a", "news"},
		{"https://www.news.example/a", "news"},
		{"https://en.news.example/a", "en"},
		{"https://elsewhere.example/a", BackfillSource},
	} {
		if got := p.Owner(c.url); got != c.owner {
			t.Errorf("%s belongs to %s, want %s", c.url, got, c.owner)
		}
	}
	if why := p.Outside(task("https://news.example/"), schedule.Article, "https://en.news.example/a"); why == "" {
		t.Error("news takes a page of the source en")
	}
	if why := p.Outside(task("https://news.example/"), schedule.Article, "https://www.news.example/a"); why != "" {
		t.Errorf("news does not take its own page: %s", why)
	}
}

// TestFeedsOfAnOffsiteSource: pages of other sites are taken, those of the own
// site that are excluded are not.
func TestFeedsOfAnOffsiteSource(t *testing.T) {
	for _, offsite := range []bool{false, true} {
		p := New([]Source{
			{Name: "news", Site: "https://news.example/", Scope: scopeOf(t, "https://news.example/", "^/shop/"), Offsite: offsite},
			{Name: "wire", Site: "https://wire.example/", Scope: scopeOf(t, "https://wire.example/")},
		}, Robots{})
		feed := task("https://news.example/feed")
		feed.Kind = schedule.Feed
		var got []string
		for _, l := range p.FeedLinks(feed, crawler.Feed{Entries: []crawler.Entry{{URL: "https://news.example/a"}, {URL: "https://news.example/shop/b"}, {URL: "https://wire.example/c"}, {URL: "https://other.example/d"}}}) {
			got = append(got, l.Source+" "+l.URL)
		}
		want := []string{"news https://news.example/a", "wire https://wire.example/c"}
		if offsite {
			want = append(want, "news https://other.example/d")
		}
		if !slices.Equal(got, want) {
			t.Errorf("offsite %v: %q, want %q", offsite, got, want)
		}
	}
}

func TestReachBeyondAnEarlierOne(t *testing.T) {
	base := Reach{Site: "https://news.example/", Include: []string{"^/a"}, Exclude: []string{"^/shop", "^/video"}, MaxDepth: 2, Others: []string{"en.news.example"}, FileTypes: []string{"ai", "jpg"}}
	everywhere := Beyond{Feeds: true, Pages: true}
	for _, c := range []struct {
		name   string
		change func(*Reach)
		want   Beyond
	}{
		{"the same", func(*Reach) {}, Beyond{}},
		{"an exclude less", func(r *Reach) { r.Exclude = r.Exclude[:1] }, everywhere},
		{"an exclude more", func(r *Reach) { r.Exclude = []string{"^/live", "^/shop", "^/video"} }, Beyond{}},
		{"another exclude", func(r *Reach) { r.Exclude = []string{"^/live", "^/video"} }, everywhere},
		{"an include more", func(r *Reach) { r.Include = []string{"^/a", "^/b"} }, everywhere},
		{"no include", func(r *Reach) { r.Include = nil }, everywhere},
		{"deeper", func(r *Reach) { r.MaxDepth = 3 }, Beyond{Pages: true, FromDepth: 2}},
		{"less deep", func(r *Reach) { r.MaxDepth = 1 }, Beyond{}},
		{"deeper, and paid links", func(r *Reach) { r.MaxDepth, r.PaidLinks = 3, true }, Beyond{Pages: true}},
		{"paid links", func(r *Reach) { r.PaidLinks = true }, Beyond{Pages: true}},
		{"nofollow", func(r *Reach) { r.NoFollow = true }, Beyond{Pages: true}},
		{"other sites", func(r *Reach) { r.Offsite = true }, Beyond{Feeds: true}},
		{"a file type more", func(r *Reach) { r.FileTypes = []string{"ai", "jpg", "pdf"} }, Beyond{}},
		{"a file type less", func(r *Reach) { r.FileTypes = []string{"jpg"} }, everywhere},
		{"a host of another source less", func(r *Reach) { r.Others = nil }, everywhere},
		{"a host of another source more", func(r *Reach) { r.Others = []string{"en.news.example", "fr.news.example"} }, Beyond{}},
		{"another site", func(r *Reach) { r.Site = "https://other.example/" }, everywhere},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := base
			c.change(&now)
			if got := now.Beyond(base.Settings()); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if same := now.id() == base.id(); same != (c.name == "the same") {
				t.Errorf("the same number: %v", same)
			}
		})
	}
	if got := base.Beyond("of a later winnow"); got != everywhere {
		t.Errorf("beyond what cannot be read: %+v", got)
	}
}

func TestReachOfASource(t *testing.T) {
	p := New([]Source{
		{Name: "news", Site: "https://news.example/", Scope: scopeOf(t, "https://news.example/", "^/video", "^/shop"), MaxDepth: 2},
		{Name: "en", Site: "https://en.news.example/", Scope: scopeOf(t, "https://en.news.example/")},
		{Name: "other", Site: "https://other.example/", Scope: scopeOf(t, "https://other.example/")},
	}, Robots{IgnoreNoFollow: true})
	types, err := json.Marshal(crawler.FileTypes())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"site":"https://news.example/","exclude":["^/shop","^/video"],"max_depth":2,"nofollow":true,"others":["en.news.example"],"file_types":` + string(types) + `}`
	if got := p.Reach("news").Settings(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if p.ReachID("news") == 0 || p.ReachID("news") == p.ReachID("other") || p.ReachID(BackfillSource) != 0 {
		t.Errorf("numbers: %d, %d, %d", p.ReachID("news"), p.ReachID("other"), p.ReachID(BackfillSource))
	}
}
