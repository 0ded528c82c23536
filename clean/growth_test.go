package clean

import (
	"context"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"winnow/clean/internal/region"
	"winnow/news"
)

// pattern makes a page of some size out of one thing, said over and over.
type pattern struct {
	name         string
	before, unit string // "%" in unit stands for a number that counts up
}

const patternHead = "<title>The harbour opens</title><article><h1>The harbour opens</h1>"

// patterns are pages on which a walk that looks at everything again for each
// thing would show.
var patterns = []pattern{
	{"paragraphs", patternHead, "<p>" + longSentence + " %</p>"},
	{"boxes in boxes", "", "<div class=box>The crew of ship % is ashore and well"},
	{"boxes with names", "", "<div class='comments share-%'>words"},
	{"tables in tables", "", "<table><tr><td>words of cell %"},
	{"rows", "<table>", "<tr><td>cell %<td>ship"},
	{"lists in lists", "", "<ul><li><a href=/s/%>ship %</a>"},
	{"links", patternHead, "<a href=/s/%>ship %</a> "},
	{"lines of links", patternHead, "<p><a href=/s/%>Headline number % of the day is here</a></p>"},
	{"cards", patternHead, "<div class=card><h3><a href=/s/%>Headline number % of the day</a></h3><p>" + longSentence + "</p></div>"},
	{"headlines", "<title>" + longSentence + "</title>", "<h1>The harbour opens %</h1>"},
	{"headlines with text", patternHead, "<div class=post><h1>The harbour opens</h1><p>" + longSentence + "</p></div>"},
	{"headings", patternHead, "<h2>Part % of the day</h2><p>Ship.</p>"},
	{"labels of paid boxes", patternHead, "<p>Sponsored</p><p>Buy now our best offer % today!</p><p>" + longSentence + "</p>"},
	{"box labels", "", "<div>Advertisement<div>"},
	{"bylines", patternHead, "<p>By Ann Lee, 17 April 2023</p>"},
	{"captions", patternHead, "<p>A ship at sea %. Photo: Ann Lee / Agency</p>"},
	{"posts", patternHead, "<div class=c>Ann Lee, 17 April 2023 15:04<p>I think % so too and more</p></div>"},
	{"breaks", patternHead, "words % and<br>"},
	{"pictures", patternHead, "<img src=x> words % "},
	{"formatting", patternHead, "<b>x</b> <i>y</i> "},
	{"open formatting", "", "<p><b>word %"},
	{"one line", "<p>", "Word % is in the story, said Ann Lee. "},
	{"one word", "<p>", "a"},
	{"dots in boxes", strings.Repeat("<div>", 400), ". . . . "},
	{"numbers", "<p>", "1,000 2 3.5 "},
	{"a script without spaces", "<p>", "船在港口"},
	{"entities", "<p>", "&amp;&#x41;"},
	{"style sheet", "<style>", ".a%{display:none} /* none */ "},
	{"style sheets", "", "<style>.a%{display:none}</style>"},
	{"JSON-LD", "", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"a %","author":{"name":"Ann Lee"}}</script>`},
	{"JSON-LD in JSON-LD", `<script type="application/ld+json">`, `{"a":[`},
	{"meta elements", "", `<meta name="n%" content="Ann Lee %">`},
	{"authors", patternHead, "<span class=author>Ann Lee %</span>"},
	{"authors in authors", "", "<div class=author>Ann "},
	{"times", patternHead, `<time datetime="2023-04-17">17 April %</time>`},
	{"attributes", "<div ", "a%=% "},
	{"class names", "<div class='", "name-% shareBar "},
	{"html elements", "", "<html a%=1>"},
	{"options", "<select>", "<option>ship %"},
	{"code", patternHead, "<pre>line %\n</pre>"},
	{"contents", "<ul>", "<li><a href=#a%>Part %</a>"},
	{"comments", "", "<!-- x -->"},
}

// page is the pattern in so many bytes, or a unit more.
func (s *pattern) page(size int) []byte {
	b := []byte(s.before)
	for i := 0; len(b) < size; i++ {
		b = append(b, strings.ReplaceAll(s.unit, "%", strconv.Itoa(i))...)
	}
	return b
}

// TestMemoryGrowsWithThePage counts what is allocated for pages of one pattern,
// one four times as large as the other: what is looked at again for each thing
// would take sixteen times as much. The pages have more elements than
// go-readability is asked of.
func TestMemoryGrowsWithThePage(t *testing.T) {
	many := []byte(strings.Repeat("<i></i>", region.MaxLibraryElements+1))
	taken := func(body []byte) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		extract(t, news.Page{URL: "https://harbour.example/a", Body: append(append(many[:len(many):len(many)], "<p>a line"...), body...)})
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	taken([]byte("<p>what is loaded at the first use"))
	alone := taken([]byte("<p>one line"))
	const size, times = 32 << 10, 4
	for _, s := range patterns {
		t.Run(s.name, func(t *testing.T) {
			small, large := taken(s.page(size))-alone, taken(s.page(times*size))-alone
			t.Logf("%.0f and %.0f KB, %.1f times", small/1024, large/1024, large/small)
			if large > 2*times*max(small, size) {
				t.Errorf("a page of %d KB takes %.0f KB, one of %d KB %.0f KB", size>>10, small/1024, times*size>>10, large/1024)
			}
		})
	}
}

// TestDeepTextIsNotPutTogetherAgain wants the memory for a text to be no
// multiple of how deep it stands.
func TestDeepTextIsNotPutTogetherAgain(t *testing.T) {
	text := strings.Repeat(". . . . ", 64<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	extract(t, news.Page{Body: []byte(strings.Repeat("<div>", 400) + text)})
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 100*uint64(len(text)) {
		t.Errorf("%d KB of text take %d KB", len(text)>>10, taken>>10)
	}
}

// BenchmarkPatterns shows, as "exponent", the power of the page's size that the
// time grows with: 1 is linear, 2 quadratic.
func BenchmarkPatterns(b *testing.B) {
	x := New(Options{})
	const size, times = 128 << 10, 4
	for _, s := range patterns {
		b.Run(strings.ReplaceAll(s.name, " ", "-"), func(b *testing.B) {
			small, large := s.page(size), s.page(times*size)
			run := func(body []byte) float64 {
				start := b.Elapsed()
				if _, err := x.Extract(context.Background(), &news.Page{Body: body}); err != nil {
					b.Fatal(err)
				}
				return (b.Elapsed() - start).Seconds()
			}
			b.SetBytes(int64(len(small) + len(large)))
			var sums [2]float64
			for b.Loop() {
				sums[0] += run(small)
				sums[1] += run(large)
			}
			b.ReportMetric(math.Log(sums[1]/sums[0])/math.Log(times), "exponent")
		})
	}
}
