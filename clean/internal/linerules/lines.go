// Package linerules cuts lines that are not story, by what they say and where
// they stand: labels, captions, credits, share lines, sponsored blocks, comment
// threads, and everything before the first and after the last paragraph. It
// serves pages and already-scraped text alike.
//
// table.go holds the rules, lines.go applies them; sponsored.go, thread.go,
// edge.go, header.go and pointer.go hold what reaches over several lines.
//
// Start with [Judge].
package linerules

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// Context is what is known of a story when its lines are judged.
type Context struct {
	Title     string
	Titles    []string // other spellings of the title
	Authors   []string
	SiteName  string
	Language  string // ISO 639-1; "" when not known
	PlainText bool   // scraped plain text, without markup that tells anything
}

// Judge cuts the blocks that the line rules tell from the story. What is
// kept keeps its order.
func Judge(blocks []news.Block, c Context) (kept []news.Block, removals []news.Removal) {
	lines := make([]Line, len(blocks))
	for i, b := range blocks {
		lines[i] = Line{Block: b, Group: i}
	}
	return JudgeGrouped(lines, c)
}

// JudgeGrouped is Judge for lines that know which of them stood together.
func JudgeGrouped(lines []Line, c Context) (kept []news.Block, removals []news.Removal) {
	j := newPass(lines, c)
	j.judge()
	kept = make([]news.Block, 0, len(lines))
	for i := range j.lines {
		l := &j.lines[i]
		removals = append(removals, l.inner...)
		switch {
		case l.rule != nil:
			removals = append(removals, news.Removal{Rule: l.rule.ID, Why: l.rule.Why, Text: l.Text})
		case l.ModelReason != "":
			removals = append(removals, news.Removal{Rule: news.ModelRule, Why: l.ModelReason, Text: l.Text})
		case strings.TrimSpace(l.Text) != "":
			kept = append(kept, l.Block)
		}
	}
	return kept, removals
}

// Line is one line with its fate.
type Line struct {
	news.Block
	letters.Line
	Group       int            // lines of one number stood together, no blank line between them
	reports     answer         // whether it tells what somebody said
	hits        []labels.Hit   // labels found on it
	rule        *Rule          // what cut it; nil while it stays
	inner       []news.Removal // what was cut inside it
	ModelReason string         // why the model takes it for no story; "" when it does not
}

// answer is that of a question which costs time, and is asked of a line once.
type answer uint8

const (
	notAsked answer = iota
	no
	yes
)

// solid says whether a line reads like a paragraph of a story: long enough, and
// ending as sentences do.
func (l *Line) solid() bool {
	return l.Kind != news.TableRow && (l.Words >= 12 && l.EndsSentence || l.Words >= 40)
}

// headline says whether a line reads like the headline of another story.
func (l *Line) headline() bool {
	if l.Words < 2 || l.Words > 25 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(l.Plain)
	return !l.EndsSentence || strings.ContainsRune("?!", last) || l.Words <= 14
}

// hit gives the first label of a section on the line.
func (l *Line) hit(section wordlists.Section) (labels.Hit, bool) {
	for _, h := range l.hits {
		if h.Section == section {
			return h, true
		}
	}
	return labels.Hit{}, false
}

// Rule is one reason to cut a line. A rule with a Section looks at lines
// that bear one of its labels; Cut, if set, decides, and may cut more lines.
type Rule struct {
	ID      string
	Why     string
	Section wordlists.Section
	// MaxWords is the length of line above which the rule does not apply; a
	// sentence of the story may begin with any word.
	MaxWords int
	// Edge keeps the rule to lines before the first paragraph of the story and
	// after the last.
	Edge bool
	// Tail keeps it to lines after the last paragraph.
	Tail bool
	// Cut says whether the line goes; nil means yes.
	Cut func(j *pass, i int, h labels.Hit) bool
	// Reach cuts what belongs to a line that went.
	Reach func(j *pass, i int, h labels.Hit)
}

// pass goes over the lines of one story.
type pass struct {
	lines       []Line
	c           Context
	labels      *labels.Table
	names       []string       // letter keys of authors, from metadata and bylines
	script      letters.Script // of the paragraphs
	first, last int            // the first and last paragraph that stays; len and -1 when none
}

func newPass(lines []Line, c Context) *pass {
	j := &pass{lines: lines, c: c, labels: labels.All()}
	for i := range lines {
		l := &lines[i]
		l.Line = letters.NewLine(l.Text)
		if l.Words <= maxLabelled {
			l.hits = j.labels.Find(&l.Line)
		}
	}
	for _, name := range c.Authors {
		j.addName(name)
	}
	return j
}

// maxLabelled is the length of line, in words, above which no label counts.
const maxLabelled = 90

func (j *pass) addName(name string) {
	if key := letters.Fold(name); strings.Contains(key, " ") {
		j.names = append(j.names, key)
	}
}

// judge runs the rules. Rules on labels go first; then what reaches over many
// lines; then what depends on where the story begins and ends, which the first
// two have laid bare.
func (j *pass) judge() {
	j.cutInside()
	j.findEdges()
	j.findScript()
	for r := range EarlyRules {
		j.apply(&EarlyRules[r])
	}
	j.cutSponsored()
	j.findEdges()
	j.cutThreads()
	for r := range EdgeRules {
		j.findEdges()
		j.apply(&EdgeRules[r])
	}
	j.findEdges()
	j.cutTail()
}

// apply runs one rule over the lines that are left.
func (j *pass) apply(r *Rule) {
	for i := range j.lines {
		l := &j.lines[i]
		if l.rule != nil || r.MaxWords > 0 && l.Words > r.MaxWords || l.Kind == news.Code {
			continue
		}
		if r.Edge && i > j.first && i < j.last || r.Tail && i < j.last {
			continue
		}
		var h labels.Hit
		if r.Section != "" {
			var ok bool
			if h, ok = l.hit(r.Section); !ok {
				continue
			}
		}
		if r.Cut != nil && !r.Cut(j, i, h) {
			continue
		}
		l.rule = r
		if r.Reach != nil {
			r.Reach(j, i, h)
		}
	}
}

// findEdges finds the first and the last paragraph of what is left. Lines that
// bear a label of what stands at the end of pages are none.
func (j *pass) findEdges() {
	j.first, j.last = len(j.lines), -1
	for i := range j.lines {
		l := &j.lines[i]
		if l.rule != nil || !l.solid() || l.chrome() {
			continue
		}
		j.first = min(j.first, i)
		j.last = i
	}
}

// findScript finds the writing system of the paragraphs.
func (j *pass) findScript() {
	var story letters.ScriptCounts
	for i := range j.lines {
		if j.lines[i].solid() && !j.lines[i].chrome() {
			for s, n := range letters.CountScripts(j.lines[i].Text) {
				story[s] += n
			}
		}
	}
	j.script = story.Main()
}

// chrome says whether a line, long as it may be, bears a label that marks
// the end of a page, or is one that the model doubts.
func (l *Line) chrome() bool {
	if l.ModelReason != "" {
		return true
	}
	for _, h := range l.hits {
		switch h.Section {
		case wordlists.Rights, wordlists.Closing, wordlists.Comments, wordlists.Consent, wordlists.Newsletter, wordlists.Bio, wordlists.Share:
			if h.Form != wordlists.Anywhere || h.Section == wordlists.Rights || h.Section == wordlists.Consent {
				return true
			}
		}
	}
	return false
}

// cut gives line i to a rule, unless another has it.
func (j *pass) cut(i int, r *Rule) {
	if i >= 0 && i < len(j.lines) && j.lines[i].rule == nil {
		j.lines[i].rule = r
	}
}

// next is the first line after i that is left, or len(lines).
func (j *pass) next(i int) int {
	for i++; i < len(j.lines) && j.lines[i].rule != nil; i++ {
	}
	return i
}

// previous is the last line before i that is left, or -1.
func (j *pass) previous(i int) int {
	for i--; i >= 0 && j.lines[i].rule != nil; i-- {
	}
	return i
}

// wordsBetween counts the words that are left in lines from up to to.
func (j *pass) wordsBetween(from, to int) int {
	n := 0
	for i := max(from, 0); i < min(to, len(j.lines)); i++ {
		if j.lines[i].rule == nil {
			n += j.lines[i].Words
		}
	}
	return n
}

// reports says whether a line tells what somebody said, as stories do and
// furniture does not.
func (j *pass) reports(i int) bool {
	l := &j.lines[i]
	if l.reports == notAsked {
		l.reports = no
		if j.labels.Words.Mentions(wordlists.Reporting, l.Fold) {
			l.reports = yes
		}
	}
	return l.reports == yes
}
