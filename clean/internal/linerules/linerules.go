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

// Verdict is what the rules say of one line.
type Verdict struct {
	Rule, Why string         // what cuts the line; "" when it stays
	Block     news.Block     // the line without what was cut within it
	Inner     []news.Removal // what was cut within it
}

// Judge returns what the rules say of each line.
func Judge(lines []Line, c Context) []Verdict {
	p := newPass(lines, c)
	p.run()
	out := make([]Verdict, len(p.lines))
	for i := range p.lines {
		l, v := &p.lines[i], &out[i]
		v.Block, v.Inner = l.Block, l.inner
		switch {
		case l.rule != nil:
			v.Rule, v.Why = l.rule.ID, l.rule.Why
		case l.modelReason != "":
			v.Rule, v.Why = news.ModelRule, l.modelReason
		}
	}
	return out
}

// Apply cuts lines by the rules. It returns the blocks that are kept, in their
// order, and what was cut.
func Apply(lines []Line, c Context) (kept []news.Block, removals []news.Removal) {
	return Split(Judge(lines, c))
}

// Split returns the blocks that verdicts keep, in their order, and what they cut.
func Split(verdicts []Verdict) (kept []news.Block, removals []news.Removal) {
	kept = make([]news.Block, 0, len(verdicts))
	for i := range verdicts {
		v := &verdicts[i]
		removals = append(removals, v.Inner...)
		switch {
		case v.Rule != "":
			removals = append(removals, news.Removal{Rule: v.Rule, Why: v.Why, Text: v.Block.Text})
		case strings.TrimSpace(v.Block.Text) != "":
			kept = append(kept, v.Block)
		}
	}
	return kept, removals
}

// run applies the rules. Those on labels go first; then what reaches over many
// lines; then what depends on where the story begins and ends, which the first
// two have uncovered.
func (p *pass) run() {
	p.cutInside()
	if p.c.PlainText {
		p.cutTails()
	}
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
