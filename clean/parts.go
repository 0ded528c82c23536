package clean

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// PartRule is the ID of the rule that cuts what the parts of an article have in
// common, when they are joined.
const (
	PartRule = "part"
	partWhy  = "repeated on several pages of one article, or a page count"
)

// MaxParts is the largest number of pages that are joined to one article. The
// longest real ones have some fifteen; more is a trap, or a list.
const MaxParts = 20

// Join makes one story of the pages of an article, in their order, as
// [Extractor.Extract] returned each. What is on several of them (standfirst,
// headline, a note on the author, page counts) stays once; its repetitions are
// removals, which have the number of their part. The metadata are those of the
// first part, NextPage that of the last, Kind and Marks those of the whole. If the
// article goes on after the last part, missing is the reason why that is not here,
// and the story is marked truncated; otherwise it is "". Without parts the story is
// empty.
func (x *Extractor) Join(parts []news.Story, missing string) news.Story {
	if len(parts) == 0 {
		return news.Story{Kind: news.KindEmpty, KindWhy: "there are no parts", Missing: missing, Marks: []string{}}
	}
	s := parts[0]
	s.Missing, s.Blocks, s.Removals, s.Parts = missing, nil, nil, nil
	j := newJoin(parts)
	for k := range parts {
		s.Parts = append(s.Parts, news.Part{URL: addressOf(&parts[k])})
		for i, b := range parts[k].Blocks {
			if why := j.cut(k, i); why != "" {
				s.Removals = append(s.Removals, news.Removal{Rule: PartRule, Why: why, Text: b.Text, Part: partNumber(k)})
				continue
			}
			s.Blocks = append(s.Blocks, b)
		}
		for _, r := range parts[k].Removals {
			r.Part = partNumber(k)
			s.Removals = append(s.Removals, r)
		}
	}
	if len(parts) == 1 {
		s.Parts = nil
	}
	s.NextPage = parts[len(parts)-1].NextPage
	if s.Kind == news.KindShort || s.Kind == news.KindStory {
		s.Kind, s.KindWhy = x.textKind(s.Blocks)
	}
	s.Marks, s.Figures = marksOf(&s, teaserOfParts(parts))
	return s
}

// addressOf returns the URL that a part was fetched from.
func addressOf(s *news.Story) string {
	if s.FetchedURL != "" {
		return s.FetchedURL
	}
	return s.URL
}

// partNumber returns the Part of a Removal on page k, which counts from 0.
func partNumber(k int) int {
	if k == 0 {
		return 0
	}
	return k + 1
}

// teaserOfParts returns why one of the parts is a teaser, and "" if none is.
func teaserOfParts(parts []news.Story) string {
	for k := range parts {
		for i, mark := range parts[k].Marks {
			if mark != news.MarkTruncated || parts[k].Missing != "" || i >= len(parts[k].Figures) {
				continue
			}
			why := strings.TrimPrefix(parts[k].Figures[i], news.MarkTruncated+": ")
			if len(parts) > 1 {
				why = fmt.Sprintf("part %d: %s", k+1, why)
			}
			return why
		}
	}
	return ""
}

// Bounds on what is looked at where parts meet.
const (
	partEdge     = 5  // blocks at the head and at the foot of a part
	longRepeated = 80 // letters from which a block is not written twice by chance
	longPager    = 40 // letters of a line that counts the pages, at most
)

// join compares the parts of one article.
type join struct {
	parts []news.Story
	keys  [][]string       // of the blocks, by part
	head  map[string]bool  // what the first part begins with, its titles among it
	first map[string]int   // the first part with a long block
	foot  map[string]int   // the last part that ends with a block
	pager map[string]pager // lines at the edges, without their numbers
	title string
}

// pager is a line at the edges of parts that differs in its numbers only.
type pager struct {
	text  string
	count bool
}

func newJoin(parts []news.Story) *join {
	j := &join{parts: parts, head: map[string]bool{}, first: map[string]int{}, foot: map[string]int{}, pager: map[string]pager{}, title: letters.Key(parts[0].Title)}
	for k := range parts {
		keys := make([]string, len(parts[k].Blocks))
		for i, b := range parts[k].Blocks {
			keys[i] = letters.Key(b.Text)
			if k == 0 && j.atHead(k, i) {
				j.head[keys[i]] = true
			}
			if _, seen := j.first[keys[i]]; !seen && letters.Count(b.Text) >= longRepeated {
				j.first[keys[i]] = k
			}
			if j.atFoot(k, i) {
				j.foot[keys[i]] = k
			}
			if at, ok := j.pageCount(k, i); ok {
				p, seen := j.pager[at]
				p.count = p.count || seen && p.text != keys[i]
				p.text = keys[i]
				j.pager[at] = p
			}
		}
		j.keys = append(j.keys, keys)
	}
	for _, t := range []string{parts[0].Title, parts[0].Description} {
		j.head[letters.Key(t)] = true
	}
	delete(j.head, "")
	delete(j.foot, "")
	return j
}

// atHead and atFoot report whether a block is one of the first or the last of its
// part. No block is both.
func (j *join) atHead(k, i int) bool { return i < min(partEdge, (len(j.parts[k].Blocks)+1)/2) }

func (j *join) atFoot(k, i int) bool {
	n := len(j.parts[k].Blocks)
	return i >= max(n-partEdge, (n+1)/2)
}

// pageCount returns a short line with a number, at the edge of a part, without its
// numbers; ok is false for other blocks.
func (j *join) pageCount(k, i int) (line string, ok bool) {
	text := j.parts[k].Blocks[i].Text
	if !j.atHead(k, i) && !j.atFoot(k, i) || letters.Count(text) > longPager || !strings.ContainsFunc(text, unicode.IsDigit) {
		return "", false
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, letters.Key(text)), true
}

// cut returns why a block of a part goes, and "" if it stays.
func (j *join) cut(k, i int) string {
	key := j.keys[k][i]
	if at, ok := j.pageCount(k, i); ok && j.pager[at].count && (at != "" || j.parts[k].Blocks[i].Kind == news.Paragraph) {
		return "counts the pages of the article"
	}
	if k > 0 && j.atHead(k, i) && (j.head[key] || j.isTitle(key)) {
		return "the article begins with it on its first page"
	}
	if last, ok := j.foot[key]; ok && last > k && j.atFoot(k, i) {
		return fmt.Sprintf("also at the end of part %d", last+1)
	}
	if at, ok := j.first[key]; ok && at < k && j.foot[key] != k {
		return fmt.Sprintf("already in part %d", at+1)
	}
	return ""
}

// isTitle reports whether a block is the headline with the number of the page.
func (j *join) isTitle(key string) bool {
	rest, ok := strings.CutPrefix(key, j.title)
	return ok && j.title != "" && len(rest) <= 12 && strings.ContainsFunc(rest, unicode.IsDigit)
}

// SameArticle reports whether a page that another leads on to is a part of the same
// article, and not the next article: it names the first page as its canonical
// address, or its headline has at least half of its words in common with the first
// one's, or it has no headline.
func SameArticle(first, part *news.Story) bool {
	if part.Title == "" || first.Title == "" || part.URL != "" && (part.URL == first.URL || part.URL == first.FetchedURL) {
		return true
	}
	a, b := titleWords(first.Title), titleWords(part.Title)
	common := 0
	for w := range a {
		if b[w] {
			common++
		}
	}
	return common > 0 && 2*common >= min(len(a), len(b)) || len(a) == 0 || len(b) == 0
}

// titleWords returns the words of a headline; each character of a script without
// spaces is one.
func titleWords(title string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		dense := false
		for _, r := range w {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
				words[string(r)], dense = true, true
			}
		}
		if _, err := strconv.Atoi(w); !dense && err != nil {
			words[w] = true
		}
	}
	return words
}
