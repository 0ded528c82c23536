package linerules

import (
	"strings"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// isTagLine knows labelled lists of tags, and lines of nothing but hash tags.
func isTagLine(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if h, ok := l.hit(wordlists.Tags); ok {
		return h.Alone || !l.EndsSentence || l.Words <= 6
	}
	fields := strings.Fields(l.Text)
	for _, f := range fields {
		if !strings.HasPrefix(f, "#") {
			return false
		}
	}
	return len(fields) > 0
}

// isBio knows a closing word about the author: under a label; or about a name
// of the byline; or, as the last paragraph, about a name that the story does
// not mention.
func isBio(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if j.first >= i || l.Kind == news.TableRow || i+20 < j.last || i > j.last+50 || j.wordsBetween(i+1, len(j.lines)) > 120 {
		return false
	}
	about := false
	for _, h := range l.hits {
		if h.Section != wordlists.Bio {
			continue
		}
		if h.Form == wordlists.BeforeColon || h.Form == wordlists.LineStart && l.Words <= 40 || h.Form == wordlists.LineEnd {
			return true
		}
		about = true
	}
	for _, name := range j.names {
		if given, _, _ := strings.Cut(name, " "); about && i >= j.last && l.Words <= 70 && strings.HasPrefix(l.Fold, given+" ") {
			return true
		}
		if rest, ok := strings.CutPrefix(l.Fold, name); ok && l.Words <= 70 && !startsReport(rest) {
			return about || l.Words <= 40 && (strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, " - ") && i >= j.last)
		}
	}
	return about && i >= j.last && l.Words <= 50 && j.strangerBio(i)
}

// startsReport says whether the word after a name is one of reporting.
func startsReport(rest string) bool {
	words := letters.SplitWords(rest)
	return len(words) > 0 && wordlists.All().Has(wordlists.Reporting, words[0])
}

// strangerBio says whether line i begins with a name that the story does not
// have elsewhere, followed at once by a phrase of such notes and by a role.
func (j *pass) strangerBio(i int) bool {
	l := &j.lines[i]
	words := strings.Fields(l.Plain)
	n := 0
	for n < len(words) && n < 4 && byline.IsName(words[n]) {
		n++
	}
	if n < 2 {
		return false
	}
	name := letters.FoldCase(strings.Join(words[:n], " "))
	surname := letters.FoldCase(words[n-1])
	rest := l.Fold[min(len(name), len(l.Fold)):]
	role := false
	for _, w := range letters.SplitWords(rest) {
		role = role || j.labels.Words.Has(wordlists.Roles, w) || j.labels.Words.Has(wordlists.BioRole, w)
	}
	if !role {
		return false
	}
	for k := range j.lines {
		if k != i && j.lines[k].rule == nil && strings.Contains(j.lines[k].Fold, surname) {
			return false
		}
	}
	return true
}

// reachBio cuts the lines of the note after its label, and short ones after it.
func reachBio(j *pass, i int, h labels.Hit) {
	for k := i + 1; k < len(j.lines) && k <= i+2; k++ {
		if l := &j.lines[k]; l.rule == nil && l.Words <= 70 && (j.lines[i].Words <= 6 && k == i+1 || l.Group == j.lines[i].Group) {
			j.cut(k, j.lines[i].rule)
		}
	}
}

// isForeign knows lines at the edges in another script than the story's.
func isForeign(j *pass, i int, _ labels.Hit) bool {
	own := letters.CountScripts(j.lines[i].Text).Main()
	return own != letters.NoScript && j.script != letters.NoScript && own != j.script
}

// isBreadcrumb knows paths such as "Home > News > Navy".
func isBreadcrumb(j *pass, i int, _ labels.Hit) bool {
	text := j.lines[i].Text
	if j.lines[i].EndsSentence || i > j.first {
		return false
	}
	for _, sep := range []string{" > ", " » ", " › ", " → ", " / "} {
		if strings.Count(text, sep) < 2 && (sep == " / " || strings.Count(text, sep) < 1) {
			continue
		}
		short := true
		for _, part := range strings.Split(text, sep) {
			short = short && letters.CountWords(part) <= 4
		}
		if short {
			return true
		}
	}
	return false
}

// isRightsLine knows short lines behind the story that name rights, in other
// words than the labels have.
func isRightsLine(j *pass, i int, h labels.Hit) bool {
	l := &j.lines[i]
	if i <= j.last || j.last < 0 {
		return false
	}
	return strings.HasPrefix(l.Fold, "©") || l.Words <= 20 && !l.EndsSentence && j.labels.Words.Mentions(wordlists.RightsWord, l.Fold)
}

// isClosingHeader knows bylines behind the story.
func isClosingHeader(j *pass, i int, h labels.Hit) bool {
	if i <= j.last || j.last < 0 {
		return false
	}
	b, ok := j.lines[i].hit(wordlists.Byline)
	return ok && b.Alone || isHeaderLine(j, i, h)
}

// TailRule cuts what is left behind the furniture at the end.
var TailRule = Rule{ID: "line-tail", Why: "follows the end of the story, and is no paragraph"}

// HeadRule cuts what is left before the headline in scraped text, and between
// other furniture before the first paragraph.
var HeadRule = Rule{ID: "line-head", Why: "stands before the story, and is no paragraph"}

// cutTail cuts the short lines that are left after the last paragraph where
// furniture has been cut before them, and the same before the first.
func (j *pass) cutTail() {
	if j.last < 0 {
		return
	}
	gone := false
	for i := j.last + 1; i < len(j.lines); i++ {
		l := &j.lines[i]
		if l.rule != nil {
			gone = gone || l.rule.ID != "line-caption" && l.rule.ID != "line-related"
			continue
		}
		if gone && !l.EndsSentence && l.Words <= 25 && l.Kind != news.TableRow {
			j.cut(i, &TailRule)
		}
	}
	if !j.c.PlainText {
		return
	}
	gone = false
	for i := j.first - 1; i >= 0; i-- {
		l := &j.lines[i]
		between := i > 0 && j.lines[i-1].rule != nil && j.lines[i+1].rule != nil
		if l.rule == nil && l.Words <= 3 && !l.EndsSentence && (gone || between || letters.Key(l.Text) == "") {
			j.cut(i, &HeadRule)
		}
		gone = gone || l.rule == nil && l.Words > 3
	}
}
