package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"winnow/bench/internal/pages"
)

// limit is how long a tool may take for one hard page.
const limit = 20 * time.Second

// hardCase is a page that is built to make extractors slow, and what each tool
// came to on it.
type hardCase struct {
	Name  string
	Bytes int
	Tools []hardResult
}

type hardResult struct {
	Tool     string
	CPU      time.Duration
	Peak     int64
	Letters  int    // bytes of text
	Error    string // what the tool said
	TimedOut bool   // it was ended at the limit
}

// hardSizes are the cases of hardPage with their sizes.
var hardSizes = []struct {
	name string
	size int
}{
	{"article", 10 << 20},
	{"nested", 100_000},
	{"tags", 1_000_000},
	{"attributes", 10_000},
}

// hardPage makes a page of a kind; size is in bytes for "article" and "flat",
// elements deep for "nested", tags for "tags", attributes for "attributes".
func hardPage(kind string, size int) pages.Page {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html lang=en><head><title>The harbour opens its new mole</title></head><body><article>")
	switch kind {
	case "article":
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, "<div class=part><h3>Part %d</h3><p>%s <a href=/ship/%d>ship %d</a> left.</p><ul><li>%s</li></ul></div>\n", i, sentences(i), i, i, sentences(i+1))
		}
	case "nested":
		b.WriteString(strings.Repeat("<div>", size))
		b.WriteString("<p>" + sentences(1) + "</p>")
	case "tags":
		for i := 0; i < size; i += 20 { // a paragraph with 19 words, each in an element
			b.WriteString("<p>")
			for k, word := range strings.Fields("The crew of ship % said at dawn that all of the hands on deck are well at berth now.") {
				if word == "%" {
					word = strconv.Itoa(i)
				}
				fmt.Fprintf(&b, "<%[1]c>%[2]s</%[1]c> ", "bi"[k%2], word)
			}
		}
	case "attributes":
		b.WriteString("<div")
		for i := range size {
			fmt.Fprintf(&b, " data-a%d=%d", i, i)
		}
		b.WriteString(">")
		for i := range 8 {
			b.WriteString("<p>" + sentences(i) + "</p>")
		}
	}
	b.WriteString("</article></body></html>")
	return pages.Page{ID: kind, URL: "https://news.example/" + kind, HTML: []byte(b.String())}
}

// sentences is a paragraph that differs by its number.
func sentences(i int) string {
	return fmt.Sprintf("On day %d the crew of vessel %d, with %d hands on board, reported that the repairs of the mole would take another %d weeks. The port's master said that nobody had been hurt, and that the %d berths in the north would stay closed.", i%365, i*7919%10007, 20+i%80, 2+i%11, 1+i%9)
}

// stress lets every tool read every hard page, each in a separate process.
func stress() ([]hardCase, error) {
	var cases []hardCase
	for _, c := range hardSizes {
		notice("  hard page: %s", c.name)
		hc := hardCase{Name: c.name, Bytes: len(hardPage(c.name, c.size).HTML)}
		for _, t := range tools() {
			a, timedOut, err := ask(limit, "hard", t.name, c.name, strconv.Itoa(c.size))
			if err != nil {
				a.Error = "crashed: " + firstLine(err.Error())
			}
			hc.Tools = append(hc.Tools, hardResult{Tool: t.name, CPU: a.CPU, Peak: a.Peak, Letters: a.Letters, Error: a.Error, TimedOut: timedOut})
		}
		cases = append(cases, hc)
	}
	return cases, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s[:min(len(s), 120)]
}

// growth is winnow's processor time on one kind of page of growing size.
type growth struct {
	Bytes    []int
	CPU      []time.Duration
	Exponent float64 // of the size, between the first and the last: 1 is linear, 2 quadratic
}

func grow() (*growth, error) {
	g := &growth{}
	for size := 256 << 10; size <= 8<<20; size *= 2 {
		var runs []time.Duration
		for range 3 {
			a, timedOut, err := ask(limit, "hard", tools()[0].name, "article", strconv.Itoa(size))
			if err != nil || timedOut {
				return g, fmt.Errorf("a page of %d bytes: timed out %v: %w", size, timedOut, err)
			}
			runs = append(runs, a.CPU)
		}
		slices.Sort(runs)
		g.Bytes, g.CPU = append(g.Bytes, size), append(g.CPU, runs[1])
	}
	first, last := 0, len(g.Bytes)-1
	g.Exponent = math.Log(float64(g.CPU[last])/float64(g.CPU[first])) / math.Log(float64(g.Bytes[last])/float64(g.Bytes[first]))
	return g, nil
}

// scaling is winnow on two processors beside one, in wall-clock time.
type scaling struct {
	One, Two float64 // pages a second, medians
	Ratio    float64 // the median of the pairs
}

// scale cleans the same pages with one worker and with two, in turns.
func scale(list []pages.Page) (*scaling, error) {
	const most = 400 // pages
	var files []string
	step := max(1, len(list)/most)
	for i := 0; i < len(list); i += step {
		files = append(files, list[i].File)
	}
	var one, two, ratios []float64
	for range 3 {
		var rates [2]float64
		for i := range rates {
			a, timedOut, err := ask(5*time.Minute, slices.Concat([]string{"side", strconv.Itoa(i + 1)}, files)...)
			if err != nil || timedOut {
				return nil, fmt.Errorf("%d workers: timed out %v: %w", i+1, timedOut, err)
			}
			rates[i] = float64(len(files)) / a.Wall.Seconds()
		}
		one, two, ratios = append(one, rates[0]), append(two, rates[1]), append(ratios, rates[1]/rates[0])
	}
	return &scaling{One: median(one), Two: median(two), Ratio: median(ratios)}, nil
}
