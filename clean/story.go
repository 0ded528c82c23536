package clean

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"winnow/news"
)

// The rules that are in no table: on what the story's region leaves out, and on
// what the page's JSON-LD has more fully.
const (
	outsideRule = "outside"
	outsideWhy  = "not in the part of the page that holds the story"
	jsonLDRule  = "json-ld"
	jsonLDWhy   = "the page says in its JSON-LD, more fully, what its text is"
)

// found is what was found on a page.
type found struct {
	blocks   []news.Block
	removals []news.Removal
	outline  *outline
	all      []block // every block of the page with its fate
	rescued  bool    // the text is from the page's JSON-LD
}

// findStory finds the blocks of the story and tells what went.
func (x *Extractor) findStory(tree *html.Node, page *news.Page, m *meta, site *siteReading) *found {
	table := site.table(x)
	o := table.layFlat(tree)
	blocks := makeBlocks(o)
	for i := range blocks {
		if b := &blocks[i]; b.cut != 0 {
			rule := &table.rules[b.cut-1]
			b.rule, b.why = rule.ID, rule.Why
		}
	}
	var seen opinions
	r, ok := site.region(o, blocks)
	if !ok {
		r, seen = findRegion(o, blocks, tree, page.URL, m)
	}
	r.mark(blocks)
	x.judgeBlocks(o, blocks, m)
	if !ok {
		x.askModel(o, blocks, m, seen, &r)
	}
	f := &found{outline: o, all: blocks}
	var lines []judgedLine
	for i := range blocks {
		switch b := &blocks[i]; b.rule {
		case "":
			lines = append(lines, judgedLine{Block: b.Block, group: len(lines)})
		case modelRule:
			lines = append(lines, judgedLine{Block: b.Block, group: len(lines), doubt: b.why})
		default:
			f.cut(b.rule, b.why, b.Text)
		}
	}
	if !site.foundText() {
		lines = f.rescue(lines, m)
	}
	kept, gone := judgeGrouped(lines, lineContext{Title: m.title, Titles: m.titles, Authors: m.authors, SiteName: m.siteName, Language: m.language})
	f.blocks, f.removals = kept, append(f.removals, gone...)
	return f
}

// farApart is the share of the letters of two regions, of those in either, under
// which the two are different opinions.
const farApart = 0.5

// maxDepths is the measure of a page (see outline.depths) above which
// go-readability is not asked: it puts the text of an element together again
// for each element around it. Real pages have 5 million at most.
const maxDepths = 16 << 20

// findRegion asks all who know for the part of the page that holds the story.
func findRegion(o *outline, blocks []block, tree *html.Node, address string, m *meta) (region, opinions) {
	finder := newRegionFinder(o, blocks)
	r := finder.find()
	other, ok := readabilityRegion(o, blocks)
	seen := opinions{own: r.flags(len(blocks)), other: other.flags(len(blocks)), agreement: r.agreement(other, blocks)}
	if o.depths <= maxDepths && (!ok || seen.agreement < farApart) {
		if third, found := libraryRegion(o, blocks, tree, address); found {
			other, ok = third, true
			seen.third = third.flags(len(blocks))
		}
	}
	if ok {
		r = finder.mix(r, other)
	}
	return finder.lead(finder.split(r), m), seen
}

// agreement is the share of the letters in both of two regions among those in
// either, 0 to 1.
func (r *region) agreement(other region, blocks []block) float64 {
	both, either := int32(0), int32(0)
	in := func(spans []span, at *int, i int32) bool {
		for *at < len(spans) && i >= spans[*at].to {
			*at++
		}
		return *at < len(spans) && i >= spans[*at].from
	}
	var a, b int
	for i := range blocks {
		if blocks[i].cut != 0 {
			continue
		}
		n := letters(blocks[i].Text)
		inA, inB := in(r.spans, &a, int32(i)), in(other.spans, &b, int32(i))
		if inA && inB {
			both += n
		}
		if inA || inB {
			either += n
		}
	}
	if either == 0 {
		return 1
	}
	return float64(both) / float64(either)
}

func (f *found) cut(rule, why, text string) {
	f.removals = append(f.removals, news.Removal{Rule: rule, Why: why, Text: text})
}

// rescue takes the text from the page's JSON-LD where the page itself shows less
// than half of it, as pages do that are put together by scripts. It is never
// preferred otherwise: articleBody is often cut short, and sometimes wrong.
func (f *found) rescue(lines []judgedLine, m *meta) []judgedLine {
	if m.ldBody == "" {
		return lines
	}
	have := int32(0)
	for i := range lines {
		if lines[i].doubt == "" {
			have += letters(lines[i].Text)
		}
	}
	if 2*have >= letters(m.ldBody) {
		return lines
	}
	for _, b := range lines {
		f.cut(jsonLDRule, jsonLDWhy, b.Text)
	}
	lines, f.rescued = nil, true
	for line := range strings.Lines(m.ldBody) {
		if line = strings.Join(strings.Fields(line), " "); letters(line) > 0 {
			lines = append(lines, judgedLine{Block: news.Block{Kind: news.Paragraph, Text: line}, group: len(lines)})
		}
	}
	return lines
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
			b.rule, b.why, b.weak = outsideRule, outsideWhy, true
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
	return sameKey(m.title, key) || slices.ContainsFunc(m.titles, func(t string) bool { return sameKey(t, key) })
}

// sameKey says whether a text has that letterKey.
func sameKey(s, key string) bool {
	n, ok := prefixKey(s, key)
	return ok && n == len(key)
}

// prefixKey says whether the letterKey of a text is one that key begins with,
// and gives its length in bytes.
func prefixKey(s, key string) (n int, ok bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			class := asciiClass[c]
			if class&letterByte == 0 {
				continue
			}
			if class&upperByte != 0 {
				c += 'a' - 'A'
			}
			if n == len(key) || key[n] != c {
				return 0, false
			}
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			next, size := utf8.DecodeRuneInString(key[n:])
			if next != unicode.ToLower(r) {
				return 0, false
			}
			n += size
		}
	}
	return n, true
}

// letterKey is a text's letters and digits in lower case.
func letterKey(s string) string {
	var key strings.Builder
	key.Grow(len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			switch class := asciiClass[c]; {
			case class&upperByte != 0:
				key.WriteByte(c + 'a' - 'A')
			case class&letterByte != 0:
				key.WriteByte(c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			key.WriteRune(unicode.ToLower(r))
		}
		i += size
	}
	return key.String()
}
