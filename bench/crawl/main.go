// Command crawl measures what winnow's crawl costs the client, beside colly as
// its users write it and Scrapy where it is installed, on a site that it serves on
// loopback.
//
//	go run ./crawl -pages 5000
//
// See the README of this module for what the rows and columns mean.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/site"
)

// limit is how long one crawl may take.
const limit = 10 * time.Minute

type settings struct {
	pages, size, rounds int
	asJSON              bool
	profiles            string
	child               string
}

// result is a client's row; times are medians of the rounds.
type result struct {
	Client   string
	Stories  int           // different stories that it asked for
	Requests int           // all that it asked for
	CPU      time.Duration // a story, of the client's processes
	Wall     time.Duration // a story
	Peak     int64         // bytes, the highest of the rounds
}

type report struct {
	Date    string
	Go      string
	Pages   int
	Size    int
	Clients []result
	LeftOut []string `json:",omitempty"`
}

func main() {
	var s settings
	flag.IntVar(&s.pages, "pages", 5000, "stories of the site")
	flag.IntVar(&s.size, "size", 61<<10, "bytes of a story's page")
	flag.IntVar(&s.rounds, "rounds", 3, "how often each client crawls the site; medians count")
	flag.BoolVar(&s.asJSON, "json", false, "print JSON")
	flag.StringVar(&s.profiles, "profiles", "", "folder that gets a CPU profile of each Go client, of the last round")
	flag.StringVar(&s.child, "child", "", "used by the program itself")
	flag.Parse()
	var err error
	if s.child != "" {
		err = profiled(&s, flag.Args())
	} else {
		err = run(&s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crawl:", err)
		os.Exit(1)
	}
}

func run(s *settings) error {
	if s.pages < 1 || s.rounds < 1 {
		return errors.New("-pages and -rounds begin at 1")
	}
	base, stop, err := serve(s)
	if err != nil {
		return err
	}
	r, err := measure(s, base)
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	if s.asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	}
	return r.print(os.Stdout)
}

// serve starts the site as a separate process, so that its work is not
// counted as a client's. It ends when its standard input does.
func serve(s *settings) (base string, stop func() error, err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(exe, s.args("serve")...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error { return errors.Join(in.Close(), cmd.Wait()) }
	if _, err := fmt.Fscanln(out, &base); err != nil {
		return "", nil, errors.Join(fmt.Errorf("the site did not start: %w", err), stop())
	}
	return base, stop, nil
}

// args are those of a child.
func (s *settings) args(kind string) []string {
	return []string{"-child", kind, "-pages", fmt.Sprint(s.pages), "-size", fmt.Sprint(s.size), "-profiles", s.profiles}
}

// client is one way to crawl the site.
type client struct {
	name    string
	crawl   func(s *settings, base string) (child.Usage, error)
	offline bool // reads the pages without the site
}

// self runs this program as a client.
func self(kind string) func(*settings, string) (child.Usage, error) {
	return func(s *settings, base string) (child.Usage, error) {
		dir, err := os.MkdirTemp("", "winnow-bench-")
		if err != nil {
			return child.Usage{}, err
		}
		u, err := child.Self(limit, nil, append(s.args(kind), base, dir)...)
		if err == nil && kind == "clean" && !u.TimedOut {
			var told child.Usage
			err = json.Unmarshal(u.Out, &told)
			u.CPU, u.Wall = told.CPU, told.Wall
		}
		return u, errors.Join(err, os.RemoveAll(dir))
	}
}

func clients() (list []client, missing []string) {
	list = []client{
		{name: "winnow: fetch, parse, links, state", crawl: self("parts")},
		{name: "colly, recursive (its basic example)", crawl: self("colly")},
		{name: "colly, async (its parallel example)", crawl: self("colly-async")},
	}
	if _, err := exec.LookPath("scrapy"); err == nil {
		list = append(list, client{name: "Scrapy, following links", crawl: scrapy})
	} else {
		missing = append(missing, "Scrapy: it is not installed")
	}
	return append(list,
		client{name: "winnow refresh, everything", crawl: self("refresh")},
		client{name: "winnow's clean stage alone", crawl: self("clean"), offline: true}), missing
}

// measure lets the clients take turns.
func measure(s *settings, base string) (*report, error) {
	r := &report{Date: time.Now().UTC().Format(time.DateOnly), Go: runtime.Version(), Pages: s.pages, Size: s.size}
	list, missing := clients()
	r.LeftOut = missing
	results := make([]result, len(list))
	cpu, wall := make([][]time.Duration, len(list)), make([][]time.Duration, len(list))
	for round := range s.rounds {
		for i, c := range list {
			fmt.Fprintf(os.Stderr, "%s, round %d of %d\n", c.name, round+1, s.rounds)
			u, err := c.crawl(s, base)
			if err != nil {
				return nil, err
			}
			if u.TimedOut {
				return nil, fmt.Errorf("%s did not end in %v", c.name, limit)
			}
			counts, err := site.AskCounts(base)
			if err != nil {
				return nil, err
			}
			if c.offline {
				counts.Stories = s.pages
			}
			if counts.Stories < s.pages {
				fmt.Fprintf(os.Stderr, "  it reached %d of %d stories\n", counts.Stories, s.pages)
			}
			n := time.Duration(max(1, counts.Stories))
			cpu[i], wall[i] = append(cpu[i], u.CPU/n), append(wall[i], u.Wall/n)
			results[i] = result{Client: c.name, Stories: counts.Stories, Requests: counts.Requests, Peak: max(results[i].Peak, u.Peak)}
		}
	}
	for i := range results {
		slices.Sort(cpu[i])
		slices.Sort(wall[i])
		results[i].CPU, results[i].Wall = cpu[i][len(cpu[i])/2], wall[i][len(wall[i])/2]
	}
	r.Clients = results
	return r, nil
}

func (r *report) print(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s: a site of %d stories of %d KiB\n\n", r.Date, r.Go, r.Pages, r.Size>>10)
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "client\tstories\trequests\tCPU ms/story\tbeside winnow's\twall ms/story\tpeak MB\t")
	for _, c := range r.Clients {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.0f\t\n", c.Client, c.Stories, c.Requests, ms(c.CPU), ms(c.CPU)/ms(r.Clients[0].CPU), ms(c.Wall), float64(c.Peak)/1e6)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	last := len(r.Clients) - 1
	fmt.Fprintf(w, "\nwinnow refresh takes %.2f times the processor time of its clean stage alone\n", ms(r.Clients[last-1].CPU)/ms(r.Clients[last].CPU))
	for _, name := range r.LeftOut {
		fmt.Fprintln(w, "left out:", name)
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
