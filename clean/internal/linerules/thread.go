package linerules

import (
	"strings"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

var threadRule = Rule{ID: "line-thread", Why: "readers' comments, or a list of discussions"}

// cutThreads cuts comments and lists of discussions: what follows an invitation
// to comment, and runs of lines with the dates of comments.
func (p *pass) cutThreads() {
	p.cutInvited()
	p.cutStamped()
}

// Bounds of an invitation to comment, and of what is before it.
const (
	maxInvitation  = 25 // words of its line
	minWordsBefore = 40 // words of the story before it
	minTenths      = 6  // tenths of all words before it, where nothing behind it shows a thread
)

// cutInvited cuts an invitation to comment and all that follows it, where enough
// of the story is before it and what follows does not look like one.
func (p *pass) cutInvited() {
	all, stamps, before := p.wordsBetween(0, len(p.lines)), 0, 0
	for i := range p.lines {
		if p.isStamp(i) {
			stamps++
		}
	}
	for i := range p.lines {
		l := &p.lines[i]
		if p.isStamp(i) {
			stamps--
		}
		if l.rule == nil {
			before += l.Words
		}
		h, ok := l.hit(wordlists.Comments)
		whole := h.Form == wordlists.WholeLine
		if !ok || l.rule != nil && l.rule.ID != "line-count" || l.Words > maxInvitation || !whole && p.reports(i) {
			continue
		}
		if before-l.Words < minWordsBefore || i <= p.first {
			continue
		}
		stampsFollow, storyEnded := stamps > 0, p.last < i
		if !storyEnded && !stampsFollow && (whole || before*10 < all*minTenths) {
			continue
		}
		if whole && l.Kind == news.Heading && !storyEnded && !stampsFollow {
			continue
		}
		for k := i; k < len(p.lines); k++ {
			p.cut(k, &threadRule)
		}
		return
	}
}

// Lengths of the line of a comment with its date, in words.
const (
	maxStamp         = 12
	maxStampSentence = 6 // that ends like a sentence
	maxStampName     = 4 // beside the date
)

// isStamp reports whether line i is a date of a comment, alone or behind a name.
func (p *pass) isStamp(i int) bool {
	l := &p.lines[i]
	if l.Words > maxStamp || l.EndsSentence && l.Words > maxStampSentence || l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	found := dates.Find(l.Plain, p.c.Language)
	if len(found) == 0 {
		return false
	}
	d := found[0]
	rest := l.Plain[:d.Start] + " " + l.Plain[d.End:]
	if !d.Timed && d.Year == 0 {
		return false
	}
	words := 0
	for _, w := range strings.Fields(rest) {
		if !letters.IsNumber(strings.Trim(w, "#()+-,:|•")) && strings.Trim(w, "#()+-,:|•/") != "" {
			words++
		}
	}
	return words <= maxStampName
}

// Bounds of a run of stamps.
const (
	maxStampGap   = 4  // lines from one stamp to the next
	maxAfterStamp = 3  // lines of the last comment
	minStoryLine  = 20 // words of a paragraph that may be of the story again
)

// cutStamped cuts runs of stamps with the numbers beside them and the titles or
// comments between them. Two stamps make a run; a single date is no thread.
func (p *pass) cutStamped() {
	for i := 0; i < len(p.lines); i++ {
		if i <= p.first || p.lines[i].rule == &threadRule || !p.isStamp(i) {
			continue
		}
		last, stamps := i, 1
		for k := i + 1; k < len(p.lines) && k-last <= maxStampGap; k++ {
			if p.isStamp(k) {
				last = k
				stamps++
			}
		}
		if stamps < 2 {
			continue
		}
		if p.isTimeline(i, last) {
			i = last
			continue
		}
		from, to := i, last
		for to+1 < len(p.lines) && to-last < maxAfterStamp && !p.lines[to+1].isStoryAgain() {
			to++
		}
		for k := p.previous(from); k > p.first && p.lines[k].rule == nil && p.isThreadLabel(k); k = p.previous(from) {
			from = k
		}
		for k := from; k <= to; k++ {
			p.cut(k, &threadRule)
		}
		i = to
	}
}

// isTimeline reports whether a run of stamps is part of the story: days or hours
// as subheads, with paragraphs of the story under most of them, from its first
// half on or without any hour.
func (p *pass) isTimeline(from, to int) bool {
	bare, stamps, paragraphs, timed := 0, 0, 0, 0
	for k := from; k <= to; k++ {
		l := &p.lines[k]
		if !p.isStamp(k) {
			if l.isStoryAgain() {
				paragraphs++
			}
			continue
		}
		stamps++
		d := dates.Find(l.Plain, p.c.Language)[0]
		if d.Timed {
			timed++
		}
		if strings.Trim(l.Plain[:d.Start]+l.Plain[d.End:], " .,:-|•") == "" {
			bare++
		}
	}
	if bare < stamps || paragraphs*2 < stamps-1 {
		return false
	}
	before := p.wordsBetween(0, from)
	return timed == 0 || before < p.wordsBetween(from, len(p.lines))
}

// isStoryAgain reports whether a line among stamps may be part of the story.
func (l *line) isStoryAgain() bool { return l.isParagraph() && l.Words >= minStoryLine }

// maxThreadLabel is the length, in words, of a label in other words than the
// word lists have.
const maxThreadLabel = 2

// isThreadLabel reports whether a line is the label of a list of discussions.
func (p *pass) isThreadLabel(i int) bool {
	l := &p.lines[i]
	h, ok := l.hit(wordlists.Comments)
	return ok && h.Form == wordlists.WholeLine || l.Words <= maxThreadLabel && !l.EndsSentence && l.Kind != news.Heading
}
