package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

func openBench(b *testing.B, db database) (*store.Store, string) {
	b.Helper()
	dsn := db.fresh(b)
	s, err := store.Open(context.Background(), dsn, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s, dsn
}

func benchLinks(n, hosts int) []schedule.Link {
	links := make([]schedule.Link, n)
	for i := range links {
		host := fmt.Sprintf("news%04d.example", i%hosts)
		links[i] = schedule.Link{URL: fmt.Sprintf("https://%s/2026/03/%d-a-story-with-words-in-its-address", host, i*7919%n), Host: host,
			Kind: schedule.Article, Source: "gazette", Follow: true, Via: "https://" + host + "/"}
	}
	return links
}

// BenchmarkAddListed takes a list of 100,000 URLs of 2,000 hosts.
func BenchmarkAddListed(b *testing.B) {
	links := benchLinks(100_000, 2000)
	for _, db := range databases() {
		b.Run(db.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s, _ := openBench(b, db)
				b.StartTimer()
				if fresh, _, _, err := s.AddListed(context.Background(), links); err != nil || fresh != len(links) {
					b.Fatal(fresh, err)
				}
			}
			b.ReportMetric(float64(len(links))*float64(b.N)/b.Elapsed().Seconds(), "urls/s")
		})
	}
}

// BenchmarkClaimFinish claims and finishes pages from a frontier of 200,000
// URLs of 500 hosts, one worker. Each page has 20 links, most of them known.
func BenchmarkClaimFinish(b *testing.B) {
	links := benchLinks(200_000, 500)
	now := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	ctx := context.Background()
	for _, db := range databases() {
		b.Run(db.name, func(b *testing.B) {
			s, dsn := openBench(b, db)
			run, err := s.BeginRun(ctx, store.RunSpec{Source: "gazette", Seeds: links}, now)
			if err != nil {
				b.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 1))
			step := func(robots bool) bool {
				task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
				if err != nil {
					b.Fatal(err)
				}
				o := schedule.Outcome{State: schedule.Done, Status: 200, At: now, HostNext: now, BodySHA: strings.Repeat("ab", 32)}
				if task.Kind == schedule.Robots {
					o.Host = &schedule.HostState{RobotsStatus: 404, RobotsAt: now}
				} else if !robots {
					at := rng.IntN(len(links) - 20)
					o.Links = append(o.Links, links[at:at+19]...)
				}
				if err := s.Finish(ctx, task, o); err != nil {
					b.Fatal(err)
				}
				now = now.Add(time.Millisecond)
				return task.Kind == schedule.Robots
			}
			for step(true) {
			}
			for b.Loop() {
				step(false)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
			if info, err := os.Stat(dsn); err == nil {
				b.ReportMetric(float64(info.Size())/float64(len(links)), "B/url")
			}
		})
	}
}

// BenchmarkCandidates asks an index of 5,000 stories with 64 prints each, all
// merged, and reports its size.
func BenchmarkCandidates(b *testing.B) {
	const stories = 5000
	ctx := context.Background()
	now := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	for _, db := range databases() {
		b.Run(db.name, func(b *testing.B) {
			s, dsn := openBench(b, db)
			if _, _, _, err := s.AddListed(ctx, benchLinks(stories, 5)); err != nil {
				b.Fatal(err)
			}
			run, err := s.BeginRun(ctx, store.RunSpec{Source: "list", Listed: true}, now)
			if err != nil {
				b.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(5, 6))
			prints := func() []uint64 {
				list := make([]uint64, 64)
				for i := range list {
					list[i] = uint64(rng.IntN(stories * 40))
				}
				return list
			}
			for {
				task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
				if errors.Is(err, schedule.ErrNoWork) {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				o := schedule.Outcome{State: schedule.Done, Status: 200, At: now, Host: &schedule.HostState{RobotsAt: now}}
				if task.Kind != schedule.Robots {
					o.Story = &schedule.Found{Story: news.Story{URL: task.URL, Kind: news.KindStory}, Prints: prints(), Aliases: []string{task.URL}}
				}
				if err := s.Finish(ctx, task, o); err != nil {
					b.Fatal(err)
				}
			}
			lease, err := s.Stories.LeaseSettle(ctx, now)
			if err != nil {
				b.Fatal(err)
			}
			before := sizeOf(dsn)
			start := time.Now()
			if n, err := s.Stories.MergePrints(ctx, lease); err != nil || n != stories {
				b.Fatal(n, err)
			}
			b.Logf("merged in %v; the file had %d bytes a story before and has %d", time.Since(start), before/stories, sizeOf(dsn)/stories)
			for b.Loop() {
				if _, err := s.Stories.Candidates(ctx, dedupe.Query{Prints: prints(), Common: 48, Least: 2}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func sizeOf(dsn string) (size int64) {
	for _, file := range []string{dsn, dsn + "-wal"} {
		if info, err := os.Stat(filepath.Clean(file)); err == nil {
			size += info.Size()
		}
	}
	return size
}
