// Package site is a news site made up for crawl measurements: pages of the size
// and the make-up that real ones have, each different, the same at every run.
package site

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

const perSection = 100 // stories on a section page

// Site is a site of so many stories of about so many bytes.
type Site struct {
	Stories int
	Size    int // bytes of a story's page

	mu       sync.Mutex
	requests int
	stories  map[int]bool // asked for
}

// Counts is what was asked of a site.
type Counts struct {
	Requests int // everything, what was not found included
	Stories  int // different ones
}

// countsPath tells the counts and sets them to zero.
const countsPath = "/-/counts"

// ServeHTTP serves the start page, the sections and the stories.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == countsPath {
		s.mu.Lock()
		c := Counts{s.requests, len(s.stories)}
		s.requests, s.stories = 0, nil
		s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(c) // a client that has gone needs no answer
		return
	}
	page, story := s.page(r.URL.Path)
	s.mu.Lock()
	s.requests++
	if story >= 0 {
		if s.stories == nil {
			s.stories = map[int]bool{}
		}
		s.stories[story] = true
	}
	s.mu.Unlock()
	if page == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(page)) // likewise
}

// AskCounts asks a served site for its counts and sets them to zero.
func AskCounts(base string) (c Counts, err error) {
	r, err := http.Get(base + countsPath)
	if err != nil {
		return c, err
	}
	defer r.Body.Close()
	return c, json.NewDecoder(r.Body).Decode(&c)
}

// page is the page at a path, "" when there is none, and the number of its
// story, -1 when it is none.
func (s *Site) page(path string) (page string, story int) {
	if path == "/" {
		return s.list("The Harbour Courier", "/section/", (s.Stories+perSection-1)/perSection, 0), -1
	}
	if n, ok := number(path, "/section/"); ok && n*perSection < s.Stories {
		return s.list("Section "+strconv.Itoa(n), "/story/", min(perSection, s.Stories-n*perSection), n*perSection), -1
	}
	if n, ok := number(path, "/story/"); ok && n < s.Stories {
		return s.Story(n), n
	}
	return "", -1
}

func number(path, prefix string) (int, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	n, err := strconv.Atoi(rest)
	return n, ok && err == nil && n >= 0
}

func (s *Site) list(title, prefix string, n, from int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><html lang=en><head><title>%s</title></head><body><h1>%s</h1><ul>", title, title)
	for i := range n {
		fmt.Fprintf(&b, "<li><a href=\"%s%d\">%s</a>", prefix, from+i, headline(rand.New(rand.NewPCG(uint64(from+i), 1))))
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}

// Story is the page of a story. The text is about a tenth of it; the rest is
// navigation, lists of other stories, styles and scripts.
func (s *Site) Story(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	title := headline(r)
	var b strings.Builder
	b.Grow(s.Size + 1024)
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s | The Harbour Courier</title>
<meta property="og:title" content="%s"><meta property="og:type" content="article"><meta name="author" content="Ada Mole">
<meta property="article:published_time" content="2025-%02d-%02dT08:%02d:00Z">
`, title, title, 1+n%12, 1+n%28, n%60)
	b.WriteString("<style>")
	for i := range 120 {
		fmt.Fprintf(&b, ".block-%d .teaser__%s{margin:%dpx;padding:%dpx;color:#%06x}\n", i, word(r), r.IntN(40), r.IntN(40), r.IntN(1<<24))
	}
	b.WriteString("</style></head><body><header class=\"site-header\"><nav><ul>")
	for i := range 40 {
		fmt.Fprintf(&b, "<li class=\"menu-item\"><a href=\"/section/%d\">%s</a></li>", i%max(1, s.Stories/perSection), word(r))
	}
	b.WriteString("</ul></nav></header>\n<main><article class=\"story\"><h1>" + title + "</h1><p class=\"byline\">By Ada Mole</p>\n<div class=\"article-body\">")
	for range 14 {
		b.WriteString("<p>" + paragraph(r) + "</p>\n")
	}
	b.WriteString("</div></article>\n<aside class=\"related\"><h2>More stories</h2><ul>")
	for range 30 {
		to := r.IntN(s.Stories)
		fmt.Fprintf(&b, "<li><div class=\"teaser\"><a href=\"/story/%d\"><span>%s</span></a></div></li>\n", to, headline(rand.New(rand.NewPCG(uint64(to), 1))))
	}
	b.WriteString("</ul></aside></main><footer><p>The Harbour Courier, Mole Street 1</p></footer>\n<script>window.pageData={")
	for i := 0; b.Len() < s.Size-200; i++ {
		fmt.Fprintf(&b, "\"k%d\":{\"id\":%d,\"slot\":\"%s-%s\",\"width\":%d},\n", i, r.IntN(1e9), word(r), word(r), r.IntN(1200))
	}
	b.WriteString("\"end\":{}};</script></body></html>")
	return b.String()
}

func headline(r *rand.Rand) string {
	var words []string
	for range 6 + r.IntN(4) {
		words = append(words, word(r))
	}
	return strings.ToUpper(words[0][:1]) + words[0][1:] + " " + strings.Join(words[1:], " ")
}

// paragraph is a few sentences of made-up words and real ones in between.
func paragraph(r *rand.Rand) string {
	var b strings.Builder
	for range 3 + r.IntN(3) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("The " + word(r))
		for range 8 + r.IntN(10) {
			if r.IntN(3) == 0 {
				b.WriteString(" " + small[r.IntN(len(small))])
			}
			b.WriteString(" " + word(r))
		}
		b.WriteByte('.')
	}
	return b.String()
}

var small = strings.Fields("the of and to in a is that for it was on with as by at from this had not are but which have")

var (
	onsets = strings.Fields("b br c ch cl d dr f fl g gr h j k l m n p pl pr r s sh sl st t th tr v w")
	vowels = strings.Fields("a e i o u ai ea ou")
	codas  = strings.Fields("b ck d g l ll m n nd nt p r rd rt s sh st t x")
)

// word is a made-up word of two or three syllables.
func word(r *rand.Rand) string {
	var b strings.Builder
	for range 2 + r.IntN(2) {
		b.WriteString(onsets[r.IntN(len(onsets))] + vowels[r.IntN(len(vowels))])
	}
	b.WriteString(codas[r.IntN(len(codas))])
	return b.String()
}
