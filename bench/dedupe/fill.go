package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/records"
	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// checkpoint is the cost of a state of one size.
type checkpoint struct {
	Stories    int
	PutMS      float64 // processor time to put a story, with its prints and its share of merging them, since the last checkpoint
	AskMS      float64 // processor time to find what a new story is a copy of, and to store it: candidates, comparing texts, edges
	FirstMS    float64 // AskMS of the first batch, when nothing of the index is in memory
	AskWallMS  float64
	Small      float64 // AskMS with the last smallState stories alone, measured in turn with it
	Compared   float64 // stories that a new one was compared with
	IndexBytes float64 // a story, of the tables named in indexTables
	Tables     map[string]int64
	Peak       int64 // bytes of memory of the process so far
}

const (
	smallState = 10_000 // stories of the state that the others are compared with
	asked      = 500    // new stories that are asked about at a checkpoint
	turn       = 25     // of them in one batch
)

// indexTables are the tables and indexes of the state, as dbstat names them, of the
// index that finds copies.
var indexTables = []string{"prints", "sqlite_autoindex_prints_1", "fresh", "posting", "segment", "sieve", "brief", "dropped"}

// filling is a state on its way to n stories.
type filling struct {
	store   *store.Store
	path    string
	checker *dedupe.Checker
	lease   stories.Lease
	run     schedule.Run
	put     int
	since   time.Duration // processor time of putting since the last checkpoint
	from    int           // stories at the last checkpoint
}

var started = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// fill puts n stories into a state as winnow does with pages from files, and
// writes a checkpoint, a line of JSON, at each power of ten from 10,000 on, and
// at the end. A second state has the last 10,000 of them, so that it has the
// stories that new ones are copies of.
func fill(n int, dir string, out io.Writer) error {
	ctx := context.Background()
	big, err := newFilling(ctx, filepath.Join(dir, "state.db"))
	if err != nil {
		return err
	}
	defer big.store.Close()
	mill := records.NewMill(seed)
	for next := min(smallState, n); ; next = min(10*next, n) {
		small, err := newFilling(ctx, filepath.Join(dir, fmt.Sprintf("last-of-%d.db", next)))
		if err != nil {
			return err
		}
		c, err := big.fillTo(ctx, next, small, mill)
		if err = errors.Join(err, small.store.Close()); err != nil {
			return err
		}
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
		if next == n {
			return nil
		}
	}
}

// fillTo puts stories into the state until it has n, the last of them into small
// too, and measures what that costs.
func (f *filling) fillTo(ctx context.Context, n int, small *filling, mill *records.Mill) (checkpoint, error) {
	for f.put < n {
		r := mill.Next()
		if f.put >= n-smallState {
			if err := small.take(ctx, r, smallState); err != nil {
				return checkpoint{}, err
			}
		}
		if err := f.take(ctx, r, n); err != nil {
			return checkpoint{}, err
		}
	}
	return f.check(ctx, small, mill)
}

func newFilling(ctx context.Context, path string) (f *filling, err error) {
	f = &filling{path: path}
	if f.checker, err = dedupe.New(dedupe.Options{}); err != nil {
		return nil, err
	}
	if f.store, err = store.Open(ctx, f.path, store.Options{}); err != nil {
		return nil, err
	}
	if f.lease, err = f.store.Stories.LeaseSettle(ctx, started); err != nil {
		return nil, err
	}
	f.run, err = f.store.BeginRun(ctx, store.RunSpec{Source: "made up", Listed: true}, started)
	return f, err
}

// check measures what the state costs by now. The stories that are asked about
// are added to those that were to be put.
func (f *filling) check(ctx context.Context, small *filling, mill *records.Mill) (c checkpoint, err error) {
	c.Stories, c.PutMS = f.put, ms(f.since)/float64(f.put-f.from)
	if c.Tables, err = tables(f.path); err != nil {
		return c, err
	}
	for _, name := range indexTables {
		c.IndexBytes += float64(c.Tables[name]) / float64(f.put)
	}
	for range asked / turn {
		var some []records.Record
		for range turn {
			some = append(some, mill.Next())
		}
		cost, err := f.ask(ctx, some)
		if err != nil {
			return c, err
		}
		beside, err := small.ask(ctx, some)
		if err != nil {
			return c, err
		}
		if c.AskMS += ms(cost.cpu) / asked; c.FirstMS == 0 {
			c.FirstMS = ms(cost.cpu) / turn
		}
		c.AskWallMS += ms(cost.wall) / asked
		c.Compared += float64(cost.compared) / asked
		c.Small += ms(beside.cpu) / asked
	}
	c.Peak = child.Peak(os.Getpid())
	f.since, f.from = 0, f.put
	return c, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// take puts one record into the state, and merges prints now and then as
// settling does; at the end, when there are n, in any case.
func (f *filling) take(ctx context.Context, r records.Record, n int) error {
	before := child.CPU()
	defer func() { f.since += child.CPU() - before }()
	url := address(r)
	story := news.Story{URL: url, Title: r.Title, Date: r.Date, Language: "en", Hostname: r.Hostname, Kind: news.KindStory}
	for paragraph := range strings.SplitSeq(r.Text, "\n\n") {
		story.Blocks = append(story.Blocks, news.Block{Kind: news.Paragraph, Text: paragraph})
	}
	task := schedule.Task{Run: f.run.ID, Link: schedule.Link{URL: url, Host: r.Hostname, Kind: schedule.Article, Listed: true}}
	err := f.store.Import(ctx, task, schedule.Outcome{State: schedule.Done, Status: 200, At: started, Story: &schedule.Found{
		Story: story, Prints: f.checker.Prints(r.Title, r.Text, "en"), Aliases: []string{url},
	}})
	if err != nil {
		return err
	}
	if f.put++; f.put%10_000 == 0 {
		fmt.Fprintf(os.Stderr, "%s: %d stories\n", f.path, f.put)
	}
	if f.put%500 == 0 || f.put == n {
		return f.merge(ctx)
	}
	return nil
}

func address(r records.Record) string { return "https://" + r.Hostname + "/" + r.ID }

func (f *filling) merge(ctx context.Context) (err error) {
	if f.lease, err = f.store.Stories.RenewSettle(ctx, f.lease, started); err != nil {
		return err
	}
	_, err = f.store.Stories.MergePrints(ctx, f.lease)
	return err
}

// cost is that of asking about some stories.
type cost struct {
	cpu, wall time.Duration
	compared  int
}

// ask puts new stories into the state, and finds and remembers what they are
// copies of, as settling does.
func (f *filling) ask(ctx context.Context, some []records.Record) (c cost, err error) {
	for _, r := range some {
		if err := f.take(ctx, r, 0); err != nil {
			return c, err
		}
	}
	if err := f.merge(ctx); err != nil {
		return c, err
	}
	counting := counted{Stories: f.store.Stories}
	before, start := child.CPU(), time.Now()
	var compared []stories.Compared
	for _, r := range some {
		d := dedupe.Doc{ID: stories.NewID(address(r)), Host: r.Hostname, Title: r.Title, Text: r.Text, Date: r.Date}
		edges, err := f.checker.Edges(ctx, d, &counting)
		if err != nil {
			return c, err
		}
		compared = append(compared, stories.Compared{ID: d.ID, Edges: edges})
	}
	if err := f.store.Stories.PutEdges(ctx, f.lease, compared...); err != nil {
		return c, err
	}
	return cost{child.CPU() - before, time.Since(start), counting.docs}, nil
}

// counted is an index that counts the texts asked for.
type counted struct {
	*stories.Stories
	docs int
}

func (c *counted) Docs(ctx context.Context, ids []string) ([]dedupe.Doc, error) {
	c.docs += len(ids)
	return c.Stories.Docs(ctx, ids)
}

// tables returns how many bytes of the state's file each table and index takes, in
// whole pages.
func tables(path string) (map[string]int64, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.Query("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		var name string
		var size int64
		if err := rows.Scan(&name, &size); err != nil {
			return nil, err
		}
		sizes[name] = size
	}
	return sizes, rows.Err()
}
