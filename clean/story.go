package clean

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"winnow/news"
)

// found is what was found on a page.
type found struct {
	blocks   []news.Block
	removals []news.Removal
	outline  *outline
	all      []block // every block of the page with its fate
}

// findStory finds the blocks of the story and tells what went.
func (x *Extractor) findStory(tree *html.Node, page *news.Page, m *meta) *found {
	o := newOutline(tree, x.rules)
	blocks := makeBlocks(o)
	finder := newRegionFinder(o, blocks)
	r := finder.find()
	if other, ok := readabilityRegion(o, blocks, tree, page.URL); ok {
		r = finder.mix(r, other)
	}
	for i := range blocks {
		if b := &blocks[i]; b.cut != 0 {
			rule := &x.rules.rules[b.cut-1]
			b.rule, b.why = rule.ID, rule.Why
		}
	}
	r.mark(blocks)
	judgeBlocks(o, blocks, m)
	f := &found{outline: o, all: blocks}
	for i := range blocks {
		b := &blocks[i]
		if b.rule == "" {
			f.blocks = append(f.blocks, b.Block)
		} else {
			f.removals = append(f.removals, news.Removal{Rule: b.rule, Why: b.why, Text: b.Text})
		}
	}
	kept, gone := judgeLines(f.blocks, lineContext{Title: m.title, Titles: m.titles, Authors: m.authors, SiteName: m.siteName, Language: m.language})
	f.blocks, f.removals = kept, append(f.removals, gone...)
	return f
}

// mark cuts the blocks outside of the region.
func (r *region) mark(blocks []block) {
	at := 0
	for i := range blocks {
		for at < len(r.spans) && int32(i) >= r.spans[at].to {
			at++
		}
		inside := at < len(r.spans) && int32(i) >= r.spans[at].from
		if b := &blocks[i]; !inside && b.rule == "" {
			b.rule, b.why = "outside", "not in the part of the page that holds the story"
		}
	}
}

// isTitle says whether a line is the headline again, letters and digits alone
// being compared.
func isTitle(text string, m *meta) bool {
	if len(text) > 600 {
		return false
	}
	key := letterKey(text)
	if key == "" {
		return false
	}
	if key == letterKey(m.title) {
		return true
	}
	for _, t := range m.titles {
		if key == letterKey(t) {
			return true
		}
	}
	return false
}

// letterKey is a text's letters and digits in lower case.
func letterKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
