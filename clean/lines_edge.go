package clean

import (
	"strings"
	"unicode"

	"winnow/news"
)

// isTagLine knows labelled lists of tags, and lines of nothing but hash tags.
func isTagLine(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if h, ok := l.hit("tags"); ok {
		return h.alone || !l.ends || l.words <= 6
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
func isBio(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if j.first >= i || l.Kind == news.TableRow || i+20 < j.last || i > j.last+50 || j.wordsBetween(i+1, len(j.lines)) > 120 {
		return false
	}
	about := false
	for _, h := range l.hits {
		if h.section != "bio" {
			continue
		}
		if h.form == ':' || h.form == '^' && l.words <= 40 || h.form == '$' {
			return true
		}
		about = true
	}
	for _, name := range j.names {
		if given, _, _ := strings.Cut(name, " "); about && i >= j.last && l.words <= 70 && strings.HasPrefix(l.fold, given+" ") {
			return true
		}
		if rest, ok := strings.CutPrefix(l.fold, name); ok && l.words <= 70 && !startsReport(j.labels, rest) {
			return about || l.words <= 40 && (strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, " - ") && i >= j.last)
		}
	}
	return about && i >= j.last && l.words <= 50 && j.strangerBio(i)
}

// startsReport says whether the word after a name is one of reporting.
func startsReport(t *labelTable, rest string) bool {
	words := foldedWords(rest)
	return len(words) > 0 && t.has("reporting", words[0])
}

// strangerBio says whether line i begins with a name that the story does not
// have elsewhere, followed at once by a phrase of such notes and by a role.
func (j *lineJudge) strangerBio(i int) bool {
	l := &j.lines[i]
	words := strings.Fields(l.clean)
	n := 0
	for n < len(words) && n < 4 && isName(words[n]) {
		n++
	}
	if n < 2 {
		return false
	}
	name := foldCase(strings.Join(words[:n], " "))
	surname := foldCase(words[n-1])
	rest := l.fold[min(len(name), len(l.fold)):]
	role := false
	for _, w := range foldedWords(rest) {
		role = role || j.labels.has("roles", w) || w == "covers" || w == "author" || w == "автор"
	}
	if !role {
		return false
	}
	for k := range j.lines {
		if k != i && j.lines[k].rule == nil && strings.Contains(j.lines[k].fold, surname) {
			return false
		}
	}
	return true
}

// reachBio cuts the lines of the note after its label, and short ones after it.
func reachBio(j *lineJudge, i int, h labelHit) {
	for k := i + 1; k < len(j.lines) && k <= i+2; k++ {
		if l := &j.lines[k]; l.rule == nil && l.words <= 70 && (j.lines[i].words <= 6 && k == i+1 || l.group == j.lines[i].group) {
			j.cut(k, j.lines[i].rule)
		}
	}
}

// scriptOf counts the letters of text by writing system.
func scriptOf(text string) (counts [5]int) {
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
		case r < 0x250:
			counts[0]++
		case unicode.Is(unicode.Cyrillic, r):
			counts[1]++
		case unicode.Is(unicode.Arabic, r):
			counts[2]++
		case unbroken(r):
			counts[3]++
		default:
			counts[4]++
		}
	}
	return counts
}

// mainScript is the writing system of most letters, -1 when there are none or
// none has two thirds.
func mainScript(counts [5]int) int {
	best, all := -1, 0
	for k, n := range counts {
		all += n
		if n > 0 && (best < 0 || n > counts[best]) {
			best = k
		}
	}
	if best < 0 || counts[best]*3 < all*2 {
		return -1
	}
	return best
}

// isForeign knows lines at the edges in another script than the story's.
func isForeign(j *lineJudge, i int, _ labelHit) bool {
	own := mainScript(scriptOf(j.lines[i].Text))
	return own >= 0 && j.script >= 0 && own != j.script
}

// isBreadcrumb knows paths such as "Home > News > Navy".
func isBreadcrumb(j *lineJudge, i int, _ labelHit) bool {
	text := j.lines[i].Text
	if j.lines[i].ends || i > j.first {
		return false
	}
	for _, sep := range []string{" > ", " » ", " › ", " → ", " / "} {
		if strings.Count(text, sep) < 2 && (sep == " / " || strings.Count(text, sep) < 1) {
			continue
		}
		short := true
		for _, part := range strings.Split(text, sep) {
			short = short && wordCount(part) <= 4
		}
		if short {
			return true
		}
	}
	return false
}

// isRightsLine knows short lines behind the story that name rights, in other
// words than the labels have.
func isRightsLine(j *lineJudge, i int, h labelHit) bool {
	l := &j.lines[i]
	if i <= j.last || j.last < 0 {
		return false
	}
	return strings.HasPrefix(l.fold, "©") || l.words <= 20 && !l.ends && j.labels.mentions("rights-word", l.fold)
}

// isClosingHeader knows bylines behind the story.
func isClosingHeader(j *lineJudge, i int, h labelHit) bool {
	if i <= j.last || j.last < 0 {
		return false
	}
	b, ok := j.lines[i].hit("byline")
	return ok && b.alone || isHeaderLine(j, i, h)
}

// tailRule cuts what is left behind the furniture at the end.
var tailRule = lineRule{ID: "line-tail", Why: "follows the end of the story, and is no paragraph"}

// headRule cuts what is left before the headline in scraped text, and between
// other furniture before the first paragraph.
var headRule = lineRule{ID: "line-head", Why: "stands before the story, and is no paragraph"}

// cutTail cuts the short lines that are left after the last paragraph where
// furniture has been cut before them, and the same before the first.
func (j *lineJudge) cutTail() {
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
		if gone && !l.ends && l.words <= 25 && l.Kind != news.TableRow {
			j.cut(i, &tailRule)
		}
	}
	if !j.c.Plain {
		return
	}
	gone = false
	for i := j.first - 1; i >= 0; i-- {
		l := &j.lines[i]
		between := i > 0 && j.lines[i-1].rule != nil && j.lines[i+1].rule != nil
		if l.rule == nil && l.words <= 3 && !l.ends && (gone || between || letterKey(l.Text) == "") {
			j.cut(i, &headRule)
		}
		gone = gone || l.rule == nil && l.words > 3
	}
}
