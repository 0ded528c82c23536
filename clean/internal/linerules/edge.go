package linerules

import (
	"slices"
	"strings"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// maxTagSentence is the length, in words, of a sentence with a label of tags
// that is cut.
const maxTagSentence = 6

// isTagLine matches labelled lists of tags, and lines of nothing but hash tags.
func isTagLine(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if h, ok := l.hit(wordlists.Tags); ok {
		return h.Alone || !l.EndsSentence || l.Words <= maxTagSentence
	}
	fields := strings.Fields(l.Text)
	for _, f := range fields {
		if !strings.HasPrefix(f, "#") {
			return false
		}
	}
	return len(fields) > 0
}

// Where a note on the author may be.
const (
	maxBioBefore     = 20  // lines before the last paragraph
	maxBioAfter      = 50  // lines behind it
	maxWordsAfterBio = 120 // words left behind the note
)

// Lengths of notes on the author, in words.
const (
	maxBio          = 70 // that begins with a name from the byline, or goes on after the label
	maxLabelledBio  = 40 // that begins with a label without a colon
	maxPlainBio     = 40 // without any label, about a name from the byline
	maxStrangerBio  = 50 // about a name that is nowhere else
	maxBioLabel     = 6  // of a label whose note is on the next line
	minStrangerName = 2
	maxStrangerName = 4
)

// maxBioLines is how many lines below the label of a note belong to it.
const maxBioLines = 2

// isBio matches a closing note on the author: with a label; or about a name of
// the byline; or, as the last paragraph, about a name that the story does not
// mention.
func isBio(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if p.first >= i || l.Kind == news.TableRow || i+maxBioBefore < p.last || i > p.last+maxBioAfter || p.wordsBetween(i+1, len(p.lines)) > maxWordsAfterBio {
		return false
	}
	phrased := false // a phrase of such notes is on the line
	for _, h := range l.hits {
		if h.Section != wordlists.Bio {
			continue
		}
		if h.Form == wordlists.BeforeColon || h.Form == wordlists.LineStart && l.Words <= maxLabelledBio || h.Form == wordlists.LineEnd {
			return true
		}
		phrased = true
	}
	for _, name := range p.names {
		if given, _, _ := strings.Cut(name, " "); phrased && i >= p.last && l.Words <= maxBio && strings.HasPrefix(l.Fold, given+" ") {
			return true
		}
		if rest, ok := strings.CutPrefix(l.Fold, name); ok && l.Words <= maxBio && !p.startsReport(rest) {
			return phrased || l.Words <= maxPlainBio && (strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, " - ") && i >= p.last) || i >= p.last && l.Words <= maxPlainBio && p.isNamedInHead(i)
		}
	}
	return phrased && i >= p.last && l.Words <= maxStrangerBio && p.isStrangerBio(i) || i >= p.last && l.Words <= maxPlainBio && p.isNamedInHead(i)
}

// isNamedInHead reports whether line i of scraped text is a sentence that begins with
// two words, such as a name, that are on a line with a date or a label of authors
// before the first paragraph, and quotes nobody.
func (p *pass) isNamedInHead(i int) bool {
	l := &p.lines[i]
	fields := strings.Fields(l.Fold)
	if !p.c.PlainText || !l.EndsSentence || len(fields) <= minStrangerName || quotes(l.Plain) {
		return false
	}
	name := strings.Join(fields[:minStrangerName], " ")
	for k := range p.first {
		head := &p.lines[k]
		_, labelled := head.hit(wordlists.Byline)
		if at := strings.Index(head.Fold, name); at >= 0 && (labelled || strings.ContainsAny(head.Plain, "0123456789")) && head.Words <= maxPlainBio {
			return true
		}
	}
	return false
}

// startsReport reports whether the word behind a name is one of reporting.
func (p *pass) startsReport(rest string) bool {
	words := letters.SplitWords(rest)
	return len(words) > 0 && p.words.Has(wordlists.Reporting, words[0])
}

// isStrangerBio reports whether line i begins with a name that is not elsewhere
// in the story, and has a role behind it.
func (p *pass) isStrangerBio(i int) bool {
	l := &p.lines[i]
	words := strings.Fields(l.Plain)
	n := 0
	for n < len(words) && n < maxStrangerName && byline.IsName(words[n]) {
		n++
	}
	if n < minStrangerName {
		return false
	}
	name := letters.FoldCase(strings.Join(words[:n], " "))
	surname := letters.FoldCase(words[n-1])
	rest := l.Fold[min(len(name), len(l.Fold)):]
	isRole := func(w string) bool { return p.words.Has(wordlists.Roles, w) || p.words.Has(wordlists.BioRole, w) }
	if !slices.ContainsFunc(letters.SplitWords(rest), isRole) {
		return false
	}
	for k := range p.lines {
		if k != i && p.lines[k].rule == nil && strings.Contains(p.lines[k].Fold, surname) {
			return false
		}
	}
	return true
}

// extendBio cuts the note below its label, and more lines of its group.
func extendBio(p *pass, i int, h labels.Hit) {
	for k := i + 1; k < len(p.lines) && k <= i+maxBioLines; k++ {
		if l := &p.lines[k]; l.rule == nil && l.Words <= maxBio && (p.lines[i].Words <= maxBioLabel && k == i+1 || l.group == p.lines[i].group) {
			p.cut(k, p.lines[i].rule)
		}
	}
}

// isForeign matches lines in another script than the story's.
func isForeign(p *pass, i int, _ labels.Hit) bool {
	own := letters.CountScripts(p.lines[i].Text).Main()
	return own != letters.NoScript && p.script != letters.NoScript && own != p.script
}

// maxCrumb is the length of one part of a breadcrumb, in words.
const maxCrumb = 4

// crumbBreaks separate the parts of breadcrumbs. One is enough, or two slashes,
// since sentences have slashes too.
var crumbBreaks = []struct {
	sep   string
	times int
}{{" > ", 1}, {" » ", 1}, {" › ", 1}, {" → ", 1}, {" / ", 2}}

// isBreadcrumb matches paths such as "Home > News > Navy".
func isBreadcrumb(p *pass, i int, _ labels.Hit) bool {
	text := p.lines[i].Text
	if p.lines[i].EndsSentence || i > p.first {
		return false
	}
	for _, b := range crumbBreaks {
		if strings.Count(text, b.sep) < b.times {
			continue
		}
		long := func(part string) bool { return letters.CountWords(part) > maxCrumb }
		if !slices.ContainsFunc(strings.Split(text, b.sep), long) {
			return true
		}
	}
	return false
}

// maxRightsLine is the length, in words, of a line that is cut for one word of
// copyright.
const maxRightsLine = 20

// isRightsLine matches short lines behind the story that name rights in other
// words than the labels have.
func isRightsLine(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if i <= p.last || p.last < 0 {
		return false
	}
	return strings.HasPrefix(l.Fold, "©") || l.Words <= maxRightsLine && !l.EndsSentence && p.words.Mentions(wordlists.RightsWord, l.Fold)
}

// Rules on what other rules have left at the ends of the story.
var (
	tailRule = Rule{ID: "line-tail", Why: "left over after the end of the story"}
	headRule = Rule{ID: "line-head", Why: "left over before the start of the story"}
)

// Lengths of lines that are left over, in words.
const (
	maxTailLine = 25
	maxHeadLine = 3
)

// cutRest cuts the short lines behind the last paragraph where chrome has been
// cut before them and, in scraped text, those before the first where some has
// been cut around them.
func (p *pass) cutRest() {
	if p.last < 0 {
		return
	}
	chrome := false // has been cut behind the story
	for i := p.last + 1; i < len(p.lines); i++ {
		l := &p.lines[i]
		if l.rule != nil {
			chrome = chrome || l.rule.ID != "line-caption" && l.rule.ID != "line-related"
			continue
		}
		if chrome && !l.EndsSentence && l.Words <= maxTailLine && l.Kind != news.TableRow {
			p.cut(i, &tailRule)
		}
	}
	if !p.c.PlainText {
		return
	}
	headline := false // a line that may be it is left
	for i := p.first - 1; i >= 0; i-- {
		l := &p.lines[i]
		between := i > 0 && p.lines[i-1].rule != nil && p.lines[i+1].rule != nil
		if l.rule == nil && l.Words <= maxHeadLine && !l.EndsSentence && (headline || between || letters.Key(l.Text) == "") {
			p.cut(i, &headRule)
		}
		headline = headline || l.rule == nil && l.Words > maxHeadLine
	}
}
