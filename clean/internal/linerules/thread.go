package linerules

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

var ThreadRule = Rule{ID: "line-thread", Why: "readers' comments, or a list of discussions"}

var InsideRule = Rule{ID: "line-credit-inside", Why: "a picture's credit inside a paragraph"}

// cutThreads cuts comments and lists of discussions: what follows an invitation
// to comment, and runs of lines with the day and hour of each.
func (j *pass) cutThreads() {
	j.cutInvited()
	j.cutStamped()
}

// cutInvited cuts an invitation to comment and what follows it, where enough of
// the story stands before it and what follows looks like no story.
func (j *pass) cutInvited() {
	all, stamps, before := j.wordsBetween(0, len(j.lines)), 0, 0
	for i := range j.lines {
		if j.stamped(i) {
			stamps++
		}
	}
	for i := range j.lines {
		l := &j.lines[i]
		if j.stamped(i) {
			stamps--
		}
		if l.rule == nil {
			before += l.Words
		}
		h, ok := l.hit(wordlists.Comments)
		if !ok || l.rule != nil && l.rule.ID != "line-count" || l.Words > 25 || h.Form != wordlists.WholeLine && j.reports(i) {
			continue
		}
		if before-l.Words < 40 || i <= j.first {
			continue
		}
		stamped := stamps > 0
		ends := j.last < i
		if !ends && !stamped && (h.Form == wordlists.WholeLine || before*10 < all*6) {
			continue
		}
		if h.Form == wordlists.WholeLine && l.Kind == news.Heading && !ends && !stamped {
			continue
		}
		for k := i; k < len(j.lines); k++ {
			j.cut(k, &ThreadRule)
		}
		return
	}
}

// stamped says whether a line is a day and hour, alone or behind a name.
func (j *pass) stamped(i int) bool {
	l := &j.lines[i]
	if l.Words > 12 || l.EndsSentence && l.Words > 6 || l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	dates := dates.Find(l.Plain, j.c.Language)
	if len(dates) == 0 {
		return false
	}
	d := dates[0]
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
	return words <= 4
}

// cutStamped cuts runs of stamped lines, of the numbers beside them and of the
// titles or comments between them. Two stamps make a run, no more than four
// lines apart; one line of a date at the head of a story is none.
func (j *pass) cutStamped() {
	for i := 0; i < len(j.lines); i++ {
		if i <= j.first || j.lines[i].rule == &ThreadRule || !j.stamped(i) {
			continue
		}
		last, stamps := i, 1
		for k := i + 1; k < len(j.lines) && k-last <= 4; k++ {
			if j.stamped(k) {
				last = k
				stamps++
			}
		}
		if stamps < 2 {
			continue
		}
		if j.isTimeline(i, last) {
			i = last
			continue
		}
		from, to := i, last
		for to+1 < len(j.lines) && to-last < 3 && !j.lines[to+1].storyLike() {
			to++
		}
		for p := j.previous(from); p > j.first && j.lines[p].rule == nil && j.threadLabel(p); p = j.previous(from) {
			from = p
		}
		for k := from; k <= to; k++ {
			j.cut(k, &ThreadRule)
		}
		i = to
	}
}

// isTimeline says whether a run of stamped lines is a part of the story: days
// or hours as subheads, with paragraphs of the story under most of them, from
// its first half on or without an hour at all.
func (j *pass) isTimeline(from, to int) bool {
	bare, stamps, paragraphs, timed := 0, 0, 0, 0
	for k := from; k <= to; k++ {
		l := &j.lines[k]
		switch {
		case !j.stamped(k):
			if l.storyLike() {
				paragraphs++
			}
		default:
			stamps++
			d := dates.Find(l.Plain, j.c.Language)[0]
			if d.Timed {
				timed++
			}
			if strings.Trim(l.Plain[:d.Start]+l.Plain[d.End:], " .,:-|•") == "" {
				bare++
			}
		}
	}
	if bare < stamps || paragraphs*2 < stamps-1 {
		return false
	}
	before := j.wordsBetween(0, from)
	return timed == 0 || before < j.wordsBetween(from, len(j.lines))
}

// storyLike says whether a line after a run of stamps may be story again.
func (l *Line) storyLike() bool { return l.solid() && l.Words >= 20 }

// threadLabel says whether a line is the label of a list of discussions.
func (j *pass) threadLabel(i int) bool {
	l := &j.lines[i]
	h, ok := l.hit(wordlists.Comments)
	return ok && h.Form == wordlists.WholeLine || l.Words <= 2 && !l.EndsSentence && l.Kind != news.Heading
}

// cutInside cuts credits in brackets inside longer paragraphs, and a credit
// that is the last sentence of one, which in scraped text has no element of its
// own.
func (j *pass) cutInside() {
	for i := range j.lines {
		l := &j.lines[i]
		if l.Words <= 20 || l.Words > 2000 || l.Kind != news.Paragraph {
			continue
		}
		text := j.withoutBrackets(l)
		if at := j.labels.CreditAt(plainTail(text)); j.c.PlainText && (l.Words > 45 || letters.HasQuotation(l.Plain)) && at > 0 {
			if cut := len(text) - (len(plainTail(text)) - at); cut > 0 && cut < len(text) && utf8.RuneStart(text[cut]) {
				l.inner = append(l.inner, news.Removal{Rule: InsideRule.ID, Why: InsideRule.Why, Text: strings.TrimSpace(text[cut:])})
				text = strings.TrimSpace(text[:cut])
			}
		}
		if text != l.Text {
			l.Text = text
			hits := l.hits
			l.Line = letters.NewLine(text)
			l.hits = hits
		}
	}
}

// plainTail is the end of a text in which a credit is looked for.
func plainTail(text string) string {
	at := max(0, len(text)-160)
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return text[at:]
}

// withoutBrackets cuts the credits in brackets out of a line.
func (j *pass) withoutBrackets(l *Line) string {
	text, from := l.Text, 0
	for {
		open := strings.IndexAny(text[from:], "([")
		if open < 0 {
			return text
		}
		open += from
		end := strings.IndexAny(text[open:], ")]")
		if end < 0 {
			return text
		}
		end += open + 1
		inner := text[open+1 : end-1]
		if len(inner) <= 160 && j.labels.IsCredit(inner) {
			l.inner = append(l.inner, news.Removal{Rule: InsideRule.ID, Why: InsideRule.Why, Text: text[open:end]})
			head := strings.TrimRight(text[:open], " ")
			text, from = head+text[end:], len(head)
			continue
		}
		from = end
	}
}
