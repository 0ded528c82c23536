package meta

import (
	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Where the lines with author and date are.
const (
	linesBefore   = 2   // lines above the title
	linesAfter    = 12  // lines below it, itself counted
	maxTitleLine  = 600 // bytes of the line that is the title
	minTitleStart = 15  // bytes of letters.Key of a line that is the beginning of the title
	longLine      = 30  // words; a longer line is a paragraph, and behind the second one no author is named
	maxTopExtras  = 2   // unrecognized pieces of a line whose names and dates count
	maxTopWords   = 8   // words in these
)

// readTop reads the lines around the title for author and date.
func (r *reader) readTop(title string) {
	at := r.titleLine(title)
	if at < 0 {
		return
	}
	paragraphs := 0
	for i := max(0, at-linesBefore); i < min(len(r.f.lines), at+linesAfter); i++ {
		if i == at {
			continue
		}
		if letters.CountWords(r.f.lines[i]) > longLine {
			if paragraphs++; i > at && paragraphs > 1 {
				return
			}
			continue
		}
		r.readTopLine(i)
	}
}

// titleLine returns the first line that is the title or begins it, -1 when there
// is none.
func (r *reader) titleLine(title string) int {
	key := letters.Key(title)
	for i, line := range r.f.lines {
		if len(line) >= maxTitleLine {
			continue
		}
		if n, ok := letters.PrefixKey(line, key); ok && n > 0 && (n == len(key) || n > minTitleStart) {
			return i
		}
	}
	return -1
}

// readTopLine reads one line near the title.
func (r *reader) readTopLine(i int) {
	lines := r.f.lines
	h := byline.ReadHeader(lines[i], r.lang)
	if h.Recognized > 0 && (len(h.Dates) > 0 || len(h.Names) > 0) && h.Unrecognized <= maxTopExtras && h.ExtraWords <= maxTopWords {
		r.top.Dates = append(r.top.Dates, h.Dates...)
		r.top.Names = append(r.top.Names, h.Names...)
		if r.top.Clock == nil {
			r.top.Clock = h.Clock
		}
	}
	l := letters.NewLine(lines[i])
	alone := l.Fold == "by"
	for _, hit := range labels.All().Find(&l) {
		alone = alone || hit.Section == wordlists.Byline && hit.Alone
	}
	if alone && i+1 < len(lines) {
		r.top.Names = append(r.top.Names, byline.PersonNames(lines[i+1])...)
		return
	}
	if len(h.Dates) == 0 || len(h.Names) > 0 || h.Unrecognized > 1 {
		return
	}
	r.beside = append(r.beside, h.Guesses()...)
	if h.Unrecognized > 0 {
		return
	}
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(lines) && !r.f.menus[k] {
			r.beside = append(r.beside, byline.PersonNames(lines[k])...)
		}
	}
}
