// Command sites measures what the other pages of a site are worth: the pages of an
// invented web, cleaned in groups of so many stories of one site.
//
//	go run ./sites -control http://127.0.0.1:8950 -known 0,3,10,30 DIR
//
// The web is that of ../shared/ground2, whose control address has the truth. For each
// number DIR/N gets the records, all.jsonl, for its checker, and a line is printed: how
// many of the stories are refused, and how many of the lists are taken for stories. A
// group has a list for every three stories. 0 means that each page is cleaned alone.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winnow/clean"
	"winnow/clean/siteprofile"
	"winnow/news"
	"winnow/output"
)

func main() {
	log.SetFlags(0)
	control := flag.String("control", "http://127.0.0.1:8950", "the control address of the web")
	known := flag.String("known", "0,1,2,3,5,10,30,64", "numbers of stories of a site that are known")
	every := flag.Int("every", 1, "of the groups, only each so manieth")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: sites [flags] DIR")
	}
	hosts, err := fetch(*control)
	if err != nil {
		log.Fatal(err)
	}
	for field := range strings.SplitSeq(*known, ",") {
		n, err := strconv.Atoi(field)
		if err == nil {
			err = measure(hosts, n, *every, filepath.Join(flag.Arg(0), field))
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

// host is what was fetched of one site.
type host struct{ stories, lists []*news.Page }

// maxLists is how many lists are fetched of a site.
const maxLists = 40

// fetch reads the pages of all sites, in an order by the hash of their URLs.
func fetch(control string) (map[string]*host, error) {
	truth, _, err := get(control + "/__truth")
	if err != nil {
		return nil, err
	}
	hosts, stories := map[string]*host{}, map[string]bool{}
	for line := range bytes.Lines(truth) {
		var t struct{ Kind, URL string }
		if err := json.Unmarshal(line, &t); err != nil {
			return nil, err
		}
		if t.Kind == "story" {
			stories[t.URL] = true
		}
	}
	seen := map[string]bool{}
	for _, u := range byHash(slices.Collect(maps.Keys(stories))) {
		page, err := fetchPage(u)
		if err != nil {
			continue // a story of a later day
		}
		h := hosts[hostOf(u)]
		if h == nil {
			h = &host{}
			hosts[hostOf(u)] = h
		}
		h.stories = append(h.stories, page)
	}
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		h := hosts[name]
		var found []string
		for _, page := range h.stories {
			for _, link := range links(page) {
				if !seen[link] && !stories[link] && hostOf(link) == name {
					seen[link] = true
					found = append(found, link)
				}
			}
		}
		for _, u := range byHash(found) {
			if page, err := fetchPage(u); err == nil && len(h.lists) < maxLists && strings.Contains(page.ContentType(), "html") {
				h.lists = append(h.lists, page)
			}
		}
	}
	return hosts, nil
}

func byHash(urls []string) []string {
	slices.SortFunc(urls, func(a, b string) int {
		pathOf := func(u string) string { _, path, _ := strings.Cut(strings.TrimPrefix(u, "http://"), "/"); return path }
		return cmp.Or(cmp.Compare(xxhash.Sum64String(pathOf(a)), xxhash.Sum64String(pathOf(b))), cmp.Compare(a, b))
	})
	return urls
}

func hostOf(u string) string {
	parsed, err := url.Parse(u)
	if err != nil {
		return ""
	}
	return parsed.Host
}

var href = regexp.MustCompile(`<a[^>]* href="([^"#]+)"`)

func links(page *news.Page) (all []string) {
	base, err := url.Parse(page.URL)
	if err != nil {
		return nil
	}
	for _, m := range href.FindAllSubmatch(page.Body, -1) {
		if u, err := base.Parse(strings.ReplaceAll(string(m[1]), "&amp;", "&")); err == nil {
			all = append(all, u.String())
		}
	}
	return all
}

func fetchPage(u string) (*news.Page, error) {
	body, header, err := get(u)
	if err != nil {
		return nil, err
	}
	return &news.Page{URL: u, Header: header, Body: body, Status: http.StatusOK}, nil
}

func get(u string) ([]byte, http.Header, error) {
	r, err := http.Get(u)
	if err != nil {
		return nil, nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Request.URL.String() != u {
		return nil, nil, fmt.Errorf("%s: %s", u, r.Status)
	}
	body, err := io.ReadAll(r.Body)
	return body, r.Header, err
}

// group is pages that are cleaned with what they show together.
type group struct{ stories, lists []*news.Page }

// groups divides the pages of a site. A rest that is too small joins the last group.
func (h *host) groups(n int) (all []group) {
	size := max(1, n)
	for from := 0; from+size <= len(h.stories) || from == 0; from += size {
		to := min(len(h.stories), from+size)
		if len(h.stories)-to < size {
			to = len(h.stories)
		}
		all = append(all, group{stories: h.stories[from:to]})
		if to == len(h.stories) {
			break
		}
	}
	if n == 0 {
		for _, page := range h.lists {
			all = append(all, group{lists: []*news.Page{page}})
		}
		return all
	}
	for i := range all {
		for k := range (len(all[i].stories) + 2) / 3 {
			if len(h.lists) > 0 {
				all[i].lists = append(all[i].lists, h.lists[(i*7+k)%len(h.lists)])
			}
		}
	}
	return all
}

// result is what came of one page.
type result struct {
	page    *news.Page
	isStory bool
	story   news.Story
}

// measure cleans all groups, writes the records, and prints what became of the pages.
func measure(hosts map[string]*host, n, every int, dir string) error {
	var groups []group
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		for i, g := range hosts[name].groups(n) {
			if i%every == 0 {
				groups = append(groups, g)
			}
		}
	}
	results := make([][]result, len(groups))
	x := clean.New(clean.Options{})
	next := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				results[i] = groups[i].clean(x, n > 0)
			}
		})
	}
	for i := range groups {
		next <- i
	}
	close(next)
	wait.Wait()
	return report(slices.Concat(results...), n, dir)
}

// clean cleans the pages of a group, by what they show together or each alone.
func (g *group) clean(x *clean.Extractor, together bool) (all []result) {
	pages := slices.Concat(g.stories, g.lists)
	var profile *siteprofile.Profile
	if together {
		var sample siteprofile.Sample
		for _, page := range pages {
			if e, err := x.ExtractFrom(context.Background(), page, nil); err == nil && e.Sketch != nil {
				sample.Add(e.Sketch)
			}
		}
		profile = sample.Profile()
	}
	for i, page := range pages {
		if e, err := x.ExtractFrom(context.Background(), page, profile); err == nil {
			all = append(all, result{page, i < len(g.stories), e.Story})
		}
	}
	return all
}

// report writes the records of the stories, and prints what was refused and taken.
func report(results []result, n int, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "all.jsonl"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	stories, refused, lists, taken := 0, 0, 0, 0
	for _, r := range results {
		is := r.story.Kind == news.KindStory
		switch {
		case !r.isStory:
			lists++
			if is {
				taken++
			}
			continue
		case !is:
			refused++
		default:
			record, err := json.Marshal(output.NewRecord(r.story, news.Verdict{ID: r.story.ID}, output.RecordExtra{}))
			if err != nil {
				return err
			}
			w.Write(append(record, '\n'))
		}
		stories++
	}
	fmt.Printf("%d known: %d of %d stories refused, %d of %d lists taken\n", n, refused, stories, taken, lists)
	return w.Flush()
}
