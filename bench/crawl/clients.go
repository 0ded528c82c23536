package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/gocolly/colly/v2"

	"winnow/bench/internal/child"
	"winnow/bench/internal/site"
	"winnow/clean"
	"winnow/crawler"
	"winnow/crawler/robotstxt"
	"winnow/internal/cli"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

const userAgent = "winnow-bench/1.0 (+https://example.org/winnow)"

// profiled is runChild, with a profile where one is asked for.
func profiled(s *settings, args []string) (err error) {
	if s.profiles == "" || s.child == "serve" {
		return runChild(s, args)
	}
	f, err := os.Create(filepath.Join(s.profiles, s.child+".prof"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return runChild(s, args)
}

// runChild is the program as the site or as one client; args are the site's
// address and an empty folder.
func runChild(s *settings, args []string) error {
	news := &site.Site{Stories: s.pages, Size: s.size}
	if s.child == "serve" {
		return listen(news)
	}
	if len(args) != 2 {
		return errors.New("a client needs the site's address and a folder")
	}
	base, dir := args[0], args[1]
	switch s.child {
	case "parts":
		return crawlParts(base, dir)
	case "colly":
		return crawlColly(base, false)
	case "colly-async":
		return crawlColly(base, true)
	case "refresh":
		return refresh(base, dir)
	case "clean":
		return cleanAlone(news)
	}
	return fmt.Errorf("-child %s is unknown", s.child)
}

func listen(s *site.Site) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	fmt.Printf("http://%s\n", l.Addr())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	if err := server.Close(); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// crawlColly follows every link of the site, in the way of colly's examples.
// What was seen is in memory only.
func crawlColly(base string, async bool) error {
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	c := colly.NewCollector(colly.AllowedDomains(u.Host, u.Hostname()), colly.Async(async))
	if async {
		if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: 2}); err != nil {
			return err
		}
	}
	c.OnHTML("a[href]", func(e *colly.HTMLElement) {
		_ = e.Request.Visit(e.Attr("href")) // known pages are errors; the examples look at none
	})
	if err := c.Visit(base + "/"); err != nil {
		return err
	}
	c.Wait()
	return nil
}

// crawlParts is winnow's crawl without what comes after it: the crawler finds
// the links of each page, the store keeps the frontier in SQLite, one
// transaction a page on disk before the next is asked for.
func crawlParts(base, dir string) (err error) {
	defer runtime.KeepAlive(make([]byte, 16<<20)) // what the winnow command lets garbage come together by
	ctx := context.Background()
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	c, err := crawler.New(crawler.Options{UserAgent: userAgent, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Ports: []string{u.Host}})
	if err != nil {
		return err
	}
	defer c.Close()
	st, err := store.Open(ctx, filepath.Join(dir, "state.db"), store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	start := base + "/"
	run, err := st.BeginRun(ctx, store.RunSpec{Source: "site", Seeds: []schedule.Link{
		{URL: start, Host: crawler.HostOf(start), Source: "site", Kind: schedule.Section, Follow: true},
	}}, time.Now().UTC())
	if err != nil {
		return err
	}
	loop := schedule.Loop{Frontier: st, Workers: 1}
	return loop.Run(ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Minute}, func(ctx context.Context, t schedule.Task) (schedule.Outcome, error) {
		return fetched(ctx, c, t), nil
	})
}

// fetched asks for a URL and returns its links on the same host.
func fetched(ctx context.Context, c *crawler.Crawler, t schedule.Task) schedule.Outcome {
	if t.Kind == schedule.Robots {
		answer, err := c.FetchRobots(ctx, crawler.Request{URL: t.URL})
		at := time.Now().UTC()
		out := schedule.Outcome{State: schedule.Done, At: at, HostNext: at, Status: answer.Status, Host: &schedule.HostState{RobotsStatus: answer.Status, RobotsBody: answer.Body, RobotsAt: at}}
		if err != nil {
			out.State, out.Reason = schedule.Failed, err.Error()
		}
		return out
	}
	out := schedule.Outcome{State: schedule.Done}
	if robots := robotstxt.Parse(t.HostState.RobotsBody); !robots.Allowed(robotstxt.ProductToken(userAgent), t.URL) {
		out.State, out.Reason = schedule.SetAside, "robots.txt does not allow it"
		return out
	}
	answer, err := c.Fetch(ctx, crawler.Request{URL: t.URL, Source: t.Source})
	out.At = time.Now().UTC()
	out.HostNext = out.At
	if err != nil {
		out.State, out.Reason = schedule.Failed, err.Error()
		return out
	}
	out.Status, out.Validators, out.BodySHA = answer.Status, answer.Validators, answer.BodySHA
	for _, l := range answer.Links {
		if host := crawler.HostOf(l.URL); l.Rel == "" && host == t.Host {
			out.Links = append(out.Links, schedule.Link{URL: l.URL, Host: host, Source: t.Source, Kind: schedule.Article, Depth: t.Depth + 1, Follow: true, Via: t.URL})
		}
	}
	return out
}

// refresh is the command line, with a configuration for the site.
func refresh(base, dir string) error {
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf(`user_agent: %s
corpus: %s
state: %s
sources:
  - {name: site, site: %s/, delay: 0s, max_pages: 1000000, max_depth: 10}
fetch: {allow_private: [127.0.0.0/8], delay_factor: 0}
`, userAgent, filepath.Join(dir, "corpus"), filepath.Join(dir, "state.db"), base)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	if code := cli.Main([]string{"-c", config, "-q", "refresh"}, os.Stdin, io.Discard, os.Stderr); code != 0 {
		return fmt.Errorf("winnow refresh ended with status %d", code)
	}
	return nil
}

// cleanAlone cleans every story of the site and tells what that took, the making
// of the pages apart.
func cleanAlone(s *site.Site) error {
	x := clean.New(clean.Options{})
	var used child.Usage
	for i := range s.Stories {
		body := []byte(s.Story(i))
		cpu, wall := child.CPU(), time.Now()
		story, err := x.Extract(context.Background(), &news.Page{URL: fmt.Sprintf("https://news.example/story/%d", i), Body: body})
		used.CPU, used.Wall = used.CPU+child.CPU()-cpu, used.Wall+time.Since(wall)
		if err != nil {
			return err
		}
		if story.Kind != news.KindStory {
			return fmt.Errorf("story %d is taken for %s: %s", i, story.Kind, story.KindWhy)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(used)
}

//go:embed spider.py
var spider []byte

// scrapy runs a spider that follows every link of the site.
func scrapy(_ *settings, base string) (u child.Usage, err error) {
	dir, err := os.MkdirTemp("", "winnow-bench-")
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "spider.py")
	if err := os.WriteFile(file, spider, 0o600); err != nil {
		return u, err
	}
	return child.Run(limit, dir, nil, "scrapy", "runspider", "--nolog", "-a", "start="+base+"/", file)
}
