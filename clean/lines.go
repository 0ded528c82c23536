package clean

import (
	"strings"
	"unicode/utf8"

	"winnow/news"
)

// lineContext is what is known of a story when its lines are judged.
type lineContext struct {
	Title    string
	Titles   []string // other spellings of the title
	Authors  []string
	SiteName string
	Language string // ISO 639-1; "" when not known
	Plain    bool   // scraped plain text, without markup that tells anything
}

// judgeLines cuts the blocks that the line rules tell from the story. What is
// kept keeps its order.
func judgeLines(blocks []news.Block, c lineContext) (kept []news.Block, removals []news.Removal) {
	lines := make([]judgedLine, len(blocks))
	for i, b := range blocks {
		lines[i] = judgedLine{Block: b, group: i}
	}
	return judgeGrouped(lines, c)
}

// judgeGrouped is judgeLines for lines that know which of them stood together.
func judgeGrouped(lines []judgedLine, c lineContext) (kept []news.Block, removals []news.Removal) {
	j := newLineJudge(lines, c)
	j.judge()
	kept = make([]news.Block, 0, len(lines))
	for i := range j.lines {
		l := &j.lines[i]
		removals = append(removals, l.inner...)
		switch {
		case l.rule != nil:
			removals = append(removals, news.Removal{Rule: l.rule.ID, Why: l.rule.Why, Text: l.Text})
		case l.doubt != "":
			removals = append(removals, news.Removal{Rule: modelRule, Why: l.doubt, Text: l.Text})
		case strings.TrimSpace(l.Text) != "":
			kept = append(kept, l.Block)
		}
	}
	return kept, removals
}

// judgedLine is one line with its fate.
type judgedLine struct {
	news.Block
	textLine
	group   int            // lines of one number stood together, no blank line between them
	reports answer         // whether it tells what somebody said
	hits    []labelHit     // labels found on it
	rule    *lineRule      // what cut it; nil while it stays
	inner   []news.Removal // what was cut inside it
	doubt   string         // why the model takes it for no story; "" when it does not
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
func (l *judgedLine) solid() bool {
	return l.Kind != news.TableRow && (l.words >= 12 && l.ends || l.words >= 40)
}

// headline says whether a line reads like the headline of another story.
func (l *judgedLine) headline() bool {
	if l.words < 2 || l.words > 25 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(l.clean)
	return !l.ends || strings.ContainsRune("?!", last) || l.words <= 14
}

// hit gives the first label of a section on the line.
func (l *judgedLine) hit(section string) (labelHit, bool) {
	for _, h := range l.hits {
		if h.section == section {
			return h, true
		}
	}
	return labelHit{}, false
}

// lineRule is one reason to cut a line. A rule with a Section looks at lines
// that bear one of its labels; Cut, if set, decides, and may cut more lines.
type lineRule struct {
	ID      string
	Why     string
	Section string
	// MaxWords is the length of line above which the rule does not apply; a
	// sentence of the story may begin with any word.
	MaxWords int
	// Edge keeps the rule to lines before the first paragraph of the story and
	// after the last.
	Edge bool
	// Tail keeps it to lines after the last paragraph.
	Tail bool
	// Cut says whether the line goes; nil means yes.
	Cut func(j *lineJudge, i int, h labelHit) bool
	// Reach cuts what belongs to a line that went.
	Reach func(j *lineJudge, i int, h labelHit)
}

// lineJudge goes over the lines of one story.
type lineJudge struct {
	lines       []judgedLine
	c           lineContext
	labels      *labelTable
	names       []string // letter keys of authors, from metadata and bylines
	script      int      // the writing system of the paragraphs, see mainScript
	first, last int      // the first and last paragraph that stays; len and -1 when none
}

func newLineJudge(lines []judgedLine, c lineContext) *lineJudge {
	j := &lineJudge{lines: lines, c: c, labels: labelWords()}
	for i := range lines {
		l := &lines[i]
		l.textLine = newTextLine(l.Text)
		if l.words <= maxLabelled {
			l.hits = j.labels.find(&l.textLine)
		}
	}
	for _, name := range c.Authors {
		j.addName(name)
	}
	return j
}

// maxLabelled is the length of line, in words, above which no label counts.
const maxLabelled = 90

func (j *lineJudge) addName(name string) {
	if key := foldText(name); strings.Contains(key, " ") {
		j.names = append(j.names, key)
	}
}

// judge runs the rules. Rules on labels go first; then what reaches over many
// lines; then what depends on where the story begins and ends, which the first
// two have laid bare.
func (j *lineJudge) judge() {
	j.cutInside()
	j.findEdges()
	j.findScript()
	for r := range earlyRules {
		j.apply(&earlyRules[r])
	}
	j.cutSponsored()
	j.findEdges()
	j.cutThreads()
	for r := range edgeRules {
		j.findEdges()
		j.apply(&edgeRules[r])
	}
	j.findEdges()
	j.cutTail()
}

// apply runs one rule over the lines that are left.
func (j *lineJudge) apply(r *lineRule) {
	for i := range j.lines {
		l := &j.lines[i]
		if l.rule != nil || r.MaxWords > 0 && l.words > r.MaxWords || l.Kind == news.Code {
			continue
		}
		if r.Edge && i > j.first && i < j.last || r.Tail && i < j.last {
			continue
		}
		var h labelHit
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
func (j *lineJudge) findEdges() {
	j.first, j.last = len(j.lines), -1
	for i := range j.lines {
		l := &j.lines[i]
		if l.rule != nil || !l.solid() || l.furniture() {
			continue
		}
		j.first = min(j.first, i)
		j.last = i
	}
}

// findScript finds the writing system of the paragraphs.
func (j *lineJudge) findScript() {
	var story [5]int
	for i := range j.lines {
		if j.lines[i].solid() && !j.lines[i].furniture() {
			for s, n := range scriptOf(j.lines[i].Text) {
				story[s] += n
			}
		}
	}
	j.script = mainScript(story)
}

// furniture says whether a line, long as it may be, bears a label that marks
// the end of a page, or is one that the model doubts.
func (l *judgedLine) furniture() bool {
	if l.doubt != "" {
		return true
	}
	for _, h := range l.hits {
		switch h.section {
		case "rights", "closing", "comments", "consent", "newsletter", "bio", "share":
			if h.form != '~' || h.section == "rights" || h.section == "consent" {
				return true
			}
		}
	}
	return false
}

// cut gives line i to a rule, unless another has it.
func (j *lineJudge) cut(i int, r *lineRule) {
	if i >= 0 && i < len(j.lines) && j.lines[i].rule == nil {
		j.lines[i].rule = r
	}
}

// next is the first line after i that is left, or len(lines).
func (j *lineJudge) next(i int) int {
	for i++; i < len(j.lines) && j.lines[i].rule != nil; i++ {
	}
	return i
}

// previous is the last line before i that is left, or -1.
func (j *lineJudge) previous(i int) int {
	for i--; i >= 0 && j.lines[i].rule != nil; i-- {
	}
	return i
}

// wordsBetween counts the words that are left in lines from up to to.
func (j *lineJudge) wordsBetween(from, to int) int {
	n := 0
	for i := max(from, 0); i < min(to, len(j.lines)); i++ {
		if j.lines[i].rule == nil {
			n += j.lines[i].words
		}
	}
	return n
}

// reports says whether a line tells what somebody said, as stories do and
// furniture does not.
func (j *lineJudge) reports(i int) bool {
	l := &j.lines[i]
	if l.reports == notAsked {
		l.reports = no
		if j.labels.mentions("reporting", l.fold) {
			l.reports = yes
		}
	}
	return l.reports == yes
}
