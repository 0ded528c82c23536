package clean

import (
	"strings"

	"golang.org/x/net/html"

	"winnow/clean/internal/blockrules"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/region"
	"winnow/clean/pagemodel"
	"winnow/clean/siteprofile"
	"winnow/clean/siterules"
	"winnow/news"
)

// found is the story on a page, and what its kind and marks are judged by.
type found struct {
	blocks   []news.Block
	removals []news.Removal
	doc      *dom.Doc
	all      []dom.Block // every block of the page, with the rule that cut it
	tree     *html.Node
	rescued  bool                // the text is from the page's JSON-LD
	byRule   bool                // rules for the site name the story
	features *pagemodel.Features // what the kind of the page is judged by; nil until it is

	// For the profile of the site; the first four are nil where the text is not that
	// of the page's blocks.
	table      *elemrules.Set
	verdicts   []linerules.Verdict // on the blocks that rules have left
	sketch     *siteprofile.Sketch
	sketched   *siteprofile.Page // what the sketch is of
	byAddress  int32             // see siteprofile.Profile.ByAddress
	addressWhy string
	bySite     *siteprofile.Judgement // nil where the profile knows too little
	facts      []Fact                 // that the profile has given
}

// findStory finds the blocks of the story and records what was cut. The rules on
// elements come first, then the region, the rules on blocks, the block model, and
// the rules on lines.
func (x *Extractor) findStory(tree *html.Node, page *news.Page, m *meta.Meta, site *siterules.Result) *found {
	table := site.Elements(x.rules, x.unpruned)
	doc := table.Flatten(tree)
	blocks := doc.Blocks()
	for i := range blocks {
		if b := &blocks[i]; b.Cut != 0 {
			rule := &table.Rules[b.Cut-1]
			b.Rule, b.Why = rule.ID, rule.Why
		}
	}
	var votes region.Votes
	r, ok := site.Region(doc, blocks)
	if !ok {
		r, votes = region.Find(doc, blocks, tree, page.URL, m)
	}
	r.Mark(blocks)
	blockrules.Apply(x.blockRules, doc, blocks, m)
	if !ok {
		x.askModel(doc, blocks, m, votes, &r)
	}
	f := &found{doc: doc, all: blocks, tree: tree, byRule: site.HasBody()}
	var lines []linerules.Line
	for i := range blocks {
		switch b := &blocks[i]; b.Rule {
		case "":
			lines = append(lines, linerules.Line{Block: b.Block, Group: len(lines)})
		case news.ModelRule:
			lines = append(lines, linerules.Line{Block: b.Block, Group: len(lines), ModelReason: b.Why})
		default:
			f.cut(b.Rule, b.Why, b.Text)
		}
	}
	if !site.HasBody() {
		lines = f.rescue(lines, m)
	}
	verdicts := linerules.Judge(lines, lineContext(m))
	kept, gone := linerules.Split(verdicts)
	f.blocks, f.removals = kept, append(f.removals, gone...)
	if !f.rescued && !site.HasBody() {
		f.table, f.verdicts = table, verdicts
	}
	return f
}

// lineContext returns what lines are judged by beside themselves.
func lineContext(m *meta.Meta) linerules.Context {
	return linerules.Context{Title: m.Title, Titles: m.Titles, Authors: m.Authors, Language: m.Language}
}

// cut records a removal.
func (f *found) cut(rule, why, text string) {
	f.removals = append(f.removals, news.Removal{Rule: rule, Why: why, Text: text})
}

// The rule that cuts what the page shows where its JSON-LD has more.
const (
	jsonLDRule = "json-ld"
	jsonLDWhy  = "the page's JSON-LD has a fuller text"
)

// A page without text has at most this much of it, in letters, in
// sentences of this many words and more.
const (
	maxShown      = 1000
	minShownWords = 10
)

// rescue returns the lines of the page's JSON-LD where the page itself shows no text,
// as pages do that scripts put together, or less than half of them, the others being
// there as well. Otherwise the lines stay: articleBody is often cut short, and
// sometimes that of another story. The posts of a live blog are many stories, and
// never stand in for what the page shows.
func (f *found) rescue(lines []linerules.Line, m *meta.Meta) []linerules.Line {
	if m.LDBody == "" {
		return lines
	}
	body, have, prose, within := letters.Key(m.LDBody), int32(0), int32(0), int32(0)
	for i := range lines {
		if lines[i].ModelReason != "" {
			continue
		}
		text := lines[i].Text
		n := letters.Count(text)
		have += n
		if letters.EndsLikeSentence(text) && letters.CountWords(text) >= minShownWords {
			prose += n
			if strings.Contains(body, letters.Key(text)) {
				within += n
			}
		}
	}
	if 2*have >= letters.Count(m.LDBody) || prose > maxShown && (m.LDLive || 2*within < prose) {
		return lines
	}
	for _, b := range lines {
		f.cut(jsonLDRule, jsonLDWhy, b.Text)
	}
	lines, f.rescued = nil, true
	for line := range strings.Lines(m.LDBody) {
		if line = strings.Join(strings.Fields(line), " "); letters.Count(line) > 0 {
			lines = append(lines, linerules.Line{Block: news.Block{Kind: news.Paragraph, Text: line}, Group: len(lines)})
		}
	}
	return lines
}
