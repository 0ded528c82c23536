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
}

// Reasons that are no rule on an element.
const (
	ruleOutside = "outside" // not in the region that holds the story
	ruleTitle   = "title"
)

// findStory finds the blocks of the story and tells what went.
func (x *Extractor) findStory(tree *html.Node, page *news.Page, m *meta) *found {
	o := newOutline(tree, x.rules)
	blocks := makeBlocks(o)
	f := newRegionFinder(o, blocks)
	r := f.find()
	out := &found{}
	at := 0
	for i := range blocks {
		b := &blocks[i]
		for at < len(r.spans) && int32(i) >= r.spans[at].to {
			at++
		}
		inside := at < len(r.spans) && int32(i) >= r.spans[at].from
		switch {
		case b.cut != 0:
			rule := &x.rules.rules[b.cut-1]
			out.removals = append(out.removals, news.Removal{Rule: rule.ID, Why: rule.Why, Text: b.Text})
		case !inside:
			out.removals = append(out.removals, news.Removal{Rule: ruleOutside, Why: "not in the part of the page that holds the story", Text: b.Text})
		case isTitle(b.Text, m):
			out.removals = append(out.removals, news.Removal{Rule: ruleTitle, Why: "the headline again", Text: b.Text})
		default:
			out.blocks = append(out.blocks, b.Block)
		}
	}
	kept, gone := judgeLines(out.blocks, lineContext{Title: m.title, Titles: m.titles, Authors: m.authors, SiteName: m.siteName, Language: m.language})
	out.blocks = kept
	out.removals = append(out.removals, gone...)
	return out
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
