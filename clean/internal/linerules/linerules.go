// Package linerules cuts lines that are not part of a story, by their words and
// their place: labels, captions, credits, share lines, sponsored blocks,
// comment threads, and what is left before the first and after the last
// paragraph. It serves pages and already-scraped text alike.
//
// pass.go has the rule, the line and the pass that applies rules to lines. The
// rules on single lines are in table.go; what they match is in header.go,
// related.go, caption.go, appeal.go and edge.go. sponsored.go and thread.go cut
// what reaches over several lines.
//
// Start with [Apply].
package linerules

import (
	"strings"

	"winnow/news"
)

// Apply cuts lines by the rules. It returns the blocks that are kept, in their
// order, and what was cut.
func Apply(lines []Line, c Context) (kept []news.Block, removals []news.Removal) {
	p := newPass(lines, c)
	p.run()
	kept = make([]news.Block, 0, len(lines))
	for i := range p.lines {
		l := &p.lines[i]
		removals = append(removals, l.inner...)
		switch {
		case l.rule != nil:
			removals = append(removals, news.Removal{Rule: l.rule.ID, Why: l.rule.Why, Text: l.Text})
		case l.modelReason != "":
			removals = append(removals, news.Removal{Rule: news.ModelRule, Why: l.modelReason, Text: l.Text})
		case strings.TrimSpace(l.Text) != "":
			kept = append(kept, l.Block)
		}
	}
	return kept, removals
}

// run applies the rules. Those on labels go first; then what reaches over many
// lines; then what depends on where the story begins and ends, which the first
// two have uncovered.
func (p *pass) run() {
	p.cutInside()
	p.findEdges()
	p.findScript()
	for r := range earlyRules {
		p.apply(&earlyRules[r])
	}
	p.cutSponsored()
	p.findEdges()
	p.cutThreads()
	for r := range edgeRules {
		p.findEdges()
		p.apply(&edgeRules[r])
	}
	p.findEdges()
	p.cutRest()
}
