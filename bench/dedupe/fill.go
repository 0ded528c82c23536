package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/records"
	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// checkpoint is what the state came to at one size.
type checkpoint struct {
	Stories    int
	PutMS      float64 // of processor time to put a story, its prints and its share of merging them, since the checkpoint before
	AskMS      float64 // of processor time to find what a new story is a copy of: candidates, and the comparing of texts
	AskWallMS  float64
	Compared   float64 // stories that a new one was compared with
	IndexBytes float64 // a story, of the tables named in indexTables
	Tables     map[string]int64
	Peak       int64 // bytes of memory of the process so far
}

// asked is how many new stories are asked about at a checkpoint.
const asked = 500

// indexTables are the tables and indexes of the state, as dbstat names them, that
// are there to find copies.
var indexTables = []string{"prints", "sqlite_autoindex_prints_1", "fresh", "posting", "segment"}

// filling is a state on its way to n stories.
type filling struct {
	store   *store.Store
	path    string
	checker *dedupe.Checker
	run     schedule.Run
	ahead   []records.Record // made, not yet put
	mill    *records.Mill
	put     int
	since   time.Duration // processor time of putting since the last checkpoint
	from    int           // stories at the last checkpoint
}

var started = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// fill puts n stories into a state as winnow does with pages from files, and
// writes a checkpoint, a line of JSON, at each power of ten from 10,000 on, and
// at the end.
func fill(n int, dir string, out io.Writer) error {
	ctx := context.Background()
	f := filling{path: filepath.Join(dir, "state.db"), mill: records.NewMill(seed)}
	var err error
	if f.checker, err = dedupe.New(dedupe.Options{}); err != nil {
		return err
	}
	if f.store, err = store.Open(ctx, f.path, store.Options{}); err != nil {
		return err
	}
	defer f.store.Close()
	if f.run, err = f.store.BeginRun(ctx, store.RunSpec{Source: "made up", Listed: true}, started); err != nil {
		return err
	}
	for next := min(10_000, n); ; next = min(10*next, n) {
		c, err := f.reach(ctx, next)
		if err != nil {
			return err
		}
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s\n", line)
		if next == n {
			return nil
		}
	}
}

// reach goes on until so many stories are in the state.
func (f *filling) reach(ctx context.Context, n int) (c checkpoint, err error) {
	lease, err := f.store.LeaseSettle(ctx, started)
	if err != nil {
		return c, err
	}
	for f.put < n {
		r := f.next()
		before := child.CPU()
		if err := f.take(ctx, r); err != nil {
			return c, err
		}
		if f.put++; f.put%500 == 0 || f.put == n {
			if lease, err = f.store.RenewSettle(ctx, lease, started); err != nil {
				return c, err
			}
			if _, err := f.store.MergePrints(ctx, lease); err != nil {
				return c, err
			}
		}
		f.since += child.CPU() - before
		if f.put%10_000 == 0 {
			fmt.Fprintf(os.Stderr, "%d stories in the state\n", f.put)
		}
	}
	if err := f.store.ReleaseSettle(ctx, lease); err != nil {
		return c, err
	}
	c.Stories, c.PutMS = n, ms(f.since)/float64(n-f.from)
	f.from, f.since = n, 0
	if err := f.ask(ctx, &c); err != nil {
		return c, err
	}
	c.Peak = child.Peak(os.Getpid())
	c.Tables, err = tables(f.path)
	for _, name := range indexTables {
		c.IndexBytes += float64(c.Tables[name]) / float64(n)
	}
	return c, err
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// next is the next record: the first of those ahead, or a new one.
func (f *filling) next() records.Record {
	if len(f.ahead) == 0 {
		return f.mill.Next()
	}
	r := f.ahead[0]
	f.ahead = f.ahead[1:]
	return r
}

// take puts one record into the state.
func (f *filling) take(ctx context.Context, r records.Record) error {
	url := "https://" + r.Hostname + "/" + r.ID
	story := news.Story{URL: url, Title: r.Title, Date: r.Date, Language: "en", Hostname: r.Hostname, Kind: news.KindStory}
	for _, paragraph := range bytes.Split([]byte(r.Text), []byte("\n\n")) {
		story.Blocks = append(story.Blocks, news.Block{Kind: news.Paragraph, Text: string(paragraph)})
	}
	task := schedule.Task{Run: f.run.ID, Link: schedule.Link{URL: url, Host: r.Hostname, Kind: schedule.Article, Listed: true}}
	return f.store.TakeIn(ctx, task, schedule.Outcome{State: schedule.Done, Status: 200, At: started, Story: &schedule.Found{
		Story: story, Prints: f.checker.Prints(r.Title, r.Text, "en"), Aliases: []string{url},
	}})
}

// ask asks about the stories that come next, as settling does with new ones.
func (f *filling) ask(ctx context.Context, c *checkpoint) error {
	for len(f.ahead) < asked {
		f.ahead = append(f.ahead, f.mill.Next())
	}
	counting := counted{Store: f.store}
	for warm := range 2 { // the first time round, pages come from the disk
		counting.docs = 0
		before, start := child.CPU(), time.Now()
		for _, r := range f.ahead[warm*asked/2:][:asked/2] {
			d := dedupe.Doc{ID: "new", Host: r.Hostname, Title: r.Title, Text: r.Text, Date: r.Date}
			if _, err := f.checker.Edges(ctx, d, &counting); err != nil {
				return err
			}
		}
		c.AskMS, c.AskWallMS = ms(child.CPU()-before)*2/asked, ms(time.Since(start))*2/asked
		c.Compared = float64(counting.docs) * 2 / asked
	}
	return nil
}

// counted is an index that counts the texts asked for.
type counted struct {
	*store.Store
	docs int
}

func (c *counted) Docs(ctx context.Context, ids []string) ([]dedupe.Doc, error) {
	c.docs += len(ids)
	return c.Store.Docs(ctx, ids)
}

// tables says how many bytes of the state's file each table and index takes, by
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
