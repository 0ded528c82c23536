package meta

import (
	"slices"
	"strings"
	"time"

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
	maxDateExtras = 4   // words beside the date on a line next to that of the authors
	maxTopWords   = 8   // words in these
)

// top is what the lines around the title say.
type top struct {
	line   int // the line that is the title, -1 when there is none
	lines  []topLine
	names  []string // people in bylines
	beside []string // people on lines beside a date, without a label
	office string   // on the line with the date, such as "The editors"; "" for none
}

// topLine is a line with dates.
type topLine struct {
	byline.Header
	below bool // the title
}

// readTop reads the lines around the title for author and date.
func (r *reader) readTop(title string) {
	at := r.titleLine(title)
	r.top.line = at
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
	if names := r.linkedNames(i); len(names) > 0 && len(r.top.names) == 0 {
		r.top.names = names
	}
	h := byline.ReadHeader(r.f.divided(i), r.lang)
	if h.Recognized > 0 && (len(h.Dates) > 0 || len(h.Names) > 0) && (h.Unrecognized <= maxTopExtras || len(r.f.divides[i]) > 0) && h.ExtraWords <= maxTopWords {
		if i > 0 && len(h.Dates) == 1 && h.Dates[0].Label == byline.Unlabelled && isUpdateLabel(lines[i-1]) {
			h.Dates[0].Label = byline.Updated
		}
		r.top.lines = append(r.top.lines, topLine{h, i > r.top.line})
		if len(r.top.names) == 0 {
			r.top.names = slices.DeleteFunc(slices.Clone(h.Names), isLoneWord)
		}
	}
	l := letters.NewLine(lines[i])
	alone, labelled := l.Fold == "by", ""
	for _, hit := range labels.All().Find(&l) {
		if hit.Section == wordlists.Byline {
			alone = alone || hit.Alone
			labelled = hit.Rest
		}
	}
	if len(r.top.names) == 0 && labelled != "" {
		labelled, _, _ = strings.Cut(labelled, " - ")
		labelled, _, _ = strings.Cut(labelled, " | ")
		r.top.names = byline.LeadingNames(labelled, r.lang)
	}
	if alone && i+1 < len(lines) && len(r.top.names) == 0 {
		r.top.names = byline.PersonNames(lines[i+1], r.lang)
		return
	}
	if len(h.Dates) == 0 || len(h.Names) > 0 || h.Unrecognized > 1 && len(r.f.divides[i]) == 0 {
		return
	}
	r.top.beside = append(r.top.beside, h.Guesses()...)
	for _, extra := range h.Extras() {
		if n := letters.CountWords(extra); strings.HasPrefix(extra, institutionArticle) && n >= minDesk && n <= maxDesk {
			r.top.office = strings.TrimSpace(extra)
		}
	}
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(lines) && k != r.top.line && !r.f.menus[k] && h.ExtraWords <= maxDateExtras && len(r.top.beside) == 0 {
			r.top.beside = r.describedNames(lines[k])
		}
	}
	if h.Unrecognized > 0 {
		return
	}
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(lines) && k != r.top.line && !r.f.menus[k] {
			r.top.beside = append(r.top.beside, byline.PersonNames(lines[k], r.lang)...)
		}
	}
}

// isLoneWord reports whether a name is one word without capitals, in a script in which family
// and given names are apart: a label that no list has.
func isLoneWord(name string) bool {
	return letters.StartsCaseless(name) && !strings.Contains(name, " ") && !hasJoinedNames(name)
}

// isUpdateLabel reports whether a line is a label for the date of a change and
// nothing else.
func isUpdateLabel(line string) bool {
	l := letters.NewLine(line)
	return l.Words <= maxLabelWords && labels.All().Words.Mentions(wordlists.Updated, l.Fold)
}

// maxLabelWords is the length of the longest line that is a label.
const maxLabelWords = 3

// linkedNames returns the people that line i links to: its links lead to pages of
// authors, or a label for authors is before them.
func (r *reader) linkedNames(i int) []string {
	line, links := r.f.lines[i], r.f.lineLinks[i]
	if len(links) == 0 || len(links) > maxLineLinks {
		return nil
	}
	labelled := withoutLabel(labels.All(), line) != line
	var names []string
	for _, link := range links {
		text := line[link.start:link.end]
		if !labelled && !link.author {
			continue
		}
		names = append(names, byline.ParseNames(text, r.lang)...)
	}
	return names
}

// maxLineLinks is the number of links on a line above which they are a menu.
const maxLineLinks = 8

// published returns the date of publication that the lines around the title
// print, and its moment where they have the time of day. Lines below the title
// go before those above it, where the date of today is; a date of a change counts
// where there is no other.
func (t *top) published(plausible func(date string) bool) (date string, at time.Time) {
	best := -1
	for i := range t.lines {
		l := &t.lines[i]
		d, moment := l.Published()
		if d == "" || !plausible(d) {
			continue
		}
		rank := 0
		if l.IsHeader() {
			rank++
		}
		if l.Label() != byline.Updated {
			rank += 2
		}
		if l.Label() == byline.Published {
			rank += 4
		}
		if l.below {
			rank += 8
		}
		if rank > best {
			best, date, at = rank, d, moment
			continue
		}
		if d == date && at.IsZero() {
			at = moment
		}
	}
	return date, at
}
