// Package byline reads lines that name the author and the date of a story: "By
// Ann Lee • 17 April 2023 • 0:32".
//
// header.go splits such a line into names, dates and counts, and counts the words
// that are left over; names.go distinguishes names of people from roles, desks and
// other words.
//
// Start with [ReadHeader] and [ParseNames].
package byline

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// MaxHeadLines is how many lines at the start of a scraped text may be its head:
// title, author, date and picture.
const MaxHeadLines = 15

// Header holds the facts in a header line: who wrote the story, and when. A line
// is read in pieces, which bars, bullets and dashes separate.
type Header struct {
	Names        []string
	Dates        []Date
	Clock        *dates.Clock // a time of day that is separate from the date; nil without one
	Desk         bool         // the line names those who edited or checked the text
	Recognized   int          // pieces that were recognized
	Unrecognized int          // pieces that were not
	ExtraWords   int          // words in the unrecognized pieces
	extras       []string     // the unrecognized pieces
	language     string       // ISO 639-1; "" when not known
}

// Date is a date in a header line, with what its label says of it.
type Date struct {
	dates.Match
	Label Label
}

// Label is what the label before a date says of it.
type Label uint8

// The labels of dates.
const (
	Unlabelled Label = iota
	Published        // the label is one for dates: "Published on"
	Updated          // the date is that of a change
)

// Bounds of what [Header.IsHeader] accepts beside recognized pieces.
const (
	maxUnrecognized = 1 // pieces, and only beside a date: a place, a section of the site
	maxExtraWords   = 3 // words in it
	// maxNoticeWords are the words beside the dates of publication and of a change,
	// both labelled: a note that the story is old.
	maxNoticeWords = 12
)

// IsHeader reports whether the line is nothing but a header.
func (h *Header) IsHeader() bool {
	extra := maxExtraWords
	if h.hasLabel(Published) && h.hasLabel(Updated) {
		extra = maxNoticeWords
	}
	return h.Recognized > 0 && h.Unrecognized <= maxUnrecognized && h.ExtraWords <= extra && (h.Unrecognized == 0 || len(h.Dates) > 0)
}

// hasLabel reports whether a date of the header has a label.
func (h *Header) hasLabel(l Label) bool {
	return slices.ContainsFunc(h.Dates, func(d Date) bool { return d.Label == l })
}

// Published returns the date of publication among those of the header, as
// YYYY-MM-DD: the first that is labelled as such, or else the earliest, and that of
// a change only where there is no other. Dates without a year do not count. at is
// its moment in UTC; it is zero when no date of that day has a time of day and the
// line has no separate one.
func (h *Header) Published() (date string, at time.Time) {
	best, _ := h.publication()
	if best.Year == 0 {
		return "", time.Time{}
	}
	date = best.ISO()
	for _, d := range h.Dates {
		if d.Timed && d.ISO() == date && (d.Label == best.Label || d.Label != Updated) {
			return date, d.Time().UTC()
		}
	}
	if h.Clock != nil {
		best.Clock = *h.Clock
		return date, best.Time().UTC()
	}
	return date, time.Time{}
}

// Label returns the label of the date that Published returns.
func (h *Header) Label() Label {
	best, _ := h.publication()
	return best.Label
}

// publication returns the date of publication. ok is false when no date has a year.
func (h *Header) publication() (best Date, ok bool) {
	rank := func(d Date) int { return map[Label]int{Published: 2, Unlabelled: 1}[d.Label] }
	for _, d := range h.Dates {
		switch {
		case d.Year == 0:
		case !ok || rank(d) > rank(best) || rank(d) == rank(best) && d.Label != Published && d.Time().Before(best.Time()):
			best, ok = d, true
		}
	}
	return best, ok
}

// Guesses returns the people that a line with a date may name, without a label
// for them.
func (h *Header) Guesses() []string {
	for _, extra := range h.extras {
		if names := PersonNames(extra, h.language); len(names) > 0 {
			return names
		}
	}
	return nil
}

// Extras returns what a line has beside its facts.
func (h *Header) Extras() []string { return h.extras }

// ReadHeader splits a line into its facts. language (ISO 639-1, or "") decides how dates
// such as 1/2/2006 are read. It is for short lines; sentences come out with
// unrecognized pieces.
func ReadHeader(line, language string) Header {
	r := reader{Header: Header{language: language}, table: labels.All()}
	for piece := range strings.FieldsFuncSeq(letters.FoldSigns(line), isPieceBreak) {
		for _, p := range strings.Split(piece, " - ") {
			r.piece(p)
		}
	}
	if len(r.Dates) > 0 {
		r.Recognized += r.updates
	} else {
		r.Unrecognized += r.updates
		r.ExtraWords += r.updates
	}
	return r.Header
}

// isUpdate reports whether a piece begins with a word for a change, as labels of
// its date do.
func (r *reader) isUpdate(l *letters.Line) bool {
	for _, update := range r.table.Words.Entries(wordlists.Updated) {
		if rest, ok := strings.CutPrefix(l.Fold, update); ok {
			next, _ := utf8.DecodeRuneInString(rest)
			if last, _ := utf8.DecodeLastRuneInString(update); rest == "" || !letters.IsWordRune(next) || letters.IsUnspaced(last) {
				return true
			}
		}
	}
	return false
}

func isPieceBreak(r rune) bool { return r == '|' || r == '•' || r == '\t' || r == ';' }

// reader reads the pieces of one line.
type reader struct {
	Header
	pending Label // of a piece that was nothing but a label
	updates int   // pieces that begin with a word for a change
	table   *labels.Table
}

// pieceEdges are cut off both ends of a piece.
const pieceEdges = " ,-:/()[]"

// piece reads one piece of the line.
func (r *reader) piece(p string) {
	p = strings.Trim(withoutAddress(p), pieceEdges)
	if p == "" {
		return
	}
	if l := letters.NewLine(p); r.language == "ja" && len(dates.Find(p, r.language)) == 0 && r.labelled(&l) {
		return // the blank may be within a name
	}
	if strings.ContainsFunc(p, letters.IsUnspaced) && strings.Contains(p, " ") && !letters.EndsLikeSentence(p) {
		for _, part := range strings.Split(joinDates(p), " ") {
			r.dated(strings.ReplaceAll(part, dateBlank, " "))
		}
		return
	}
	r.dated(p)
}

// withoutAddress returns a piece without the e-mail address behind a name.
func withoutAddress(p string) string {
	at := strings.IndexByte(p, '@')
	if at < 0 {
		return p
	}
	if from := strings.LastIndexByte(p[:at], ' '); from > 0 && strings.Contains(p[at:], ".") {
		return p[:from]
	}
	return p
}

// dateBlank stands for a blank within a date while a piece is split at blanks.
const dateBlank = "\x00"

// joinDates returns p with dateBlank for the blanks within dates.
func joinDates(p string) string {
	b, at := strings.Builder{}, 0
	for _, d := range dates.Find(p, "") {
		b.WriteString(p[at:d.Start])
		b.WriteString(strings.ReplaceAll(p[d.Start:d.End], " ", dateBlank))
		at = d.End
	}
	return b.String() + p[at:]
}

// dated reads a piece that may have dates in it.
func (r *reader) dated(p string) {
	found := dates.Find(p, r.language)
	if len(found) == 0 {
		r.rest(p)
		return
	}
	r.Recognized++
	at := 0
	for i, d := range found {
		label := r.dateLabel(p[at:d.Start])
		if i == 0 && label == Unlabelled && strings.Trim(p[:d.Start], pieceEdges) == "" {
			label = r.pending
		}
		r.pending = Unlabelled
		r.Dates = append(r.Dates, Date{d, label})
		r.rest(p[at:d.Start])
		at = d.End
	}
	r.rest(p[at:])
}

// dateLabel returns what the text before a date says of it.
func (r *reader) dateLabel(before string) Label {
	l := letters.NewLine(before)
	if r.table.Words.Mentions(wordlists.Updated, l.Fold) {
		return Updated
	}
	for _, h := range r.table.Find(&l) {
		if h.Section == wordlists.Date {
			return Published
		}
	}
	return Unlabelled
}

// rest reads what is left of a piece without its dates.
func (r *reader) rest(p string) {
	p = strings.Trim(p, pieceEdges)
	for _, on := range r.table.Words.Entries(wordlists.BeforeDate) {
		p = strings.TrimSuffix(p, " "+on)
	}
	if p == "" || r.isFiller(letters.FoldCase(p)) {
		return
	}
	l := letters.NewLine(p)
	if r.isUpdate(&l) {
		r.pending = Updated
		r.updates++
		return
	}
	if clock, ok := dates.ParseClock(l.Fold); ok {
		r.Clock = &clock
		r.Recognized++
		return
	}
	if letters.IsNumber(l.Fold) {
		r.Recognized++
		return
	}
	if r.labelled(&l) || hasRole(p) && r.addNames(ParseNames(p, r.language)) || r.named(p) {
		return
	}
	if name := r.beforeCount(p); name != "" {
		r.Recognized++
		r.rest(name)
		return
	}
	r.Unrecognized++
	r.ExtraWords += l.Words
	r.extras = append(r.extras, p)
}

// isFiller reports whether a piece has nothing but words that are found around a
// date and mean nothing else: weekdays, "on", "at", "Uhr".
func (r *reader) isFiller(fold string) bool {
	words := r.table.Words
	if words.Has(wordlists.Weekdays, fold) {
		return true // of two words
	}
	for _, w := range letters.SplitWords(fold) {
		if !words.Has(wordlists.Weekdays, w) && !words.Has(wordlists.DateFiller, w) {
			return false
		}
	}
	return true
}

// named reads a piece of names: behind a role, or beside pieces that were
// recognized. It reports whether the piece is one.
func (r *reader) named(p string) bool {
	if role, name, ok := strings.Cut(p, ": "); ok && IsRole(role) && r.addNames(ParseNames(name, r.language)) {
		return true
	}
	if len(r.Dates) == 0 && r.Recognized == 0 {
		return false
	}
	names := ParseNames(p, r.language)
	if !strings.Contains(p, " ") && !strings.ContainsFunc(p, letters.IsCaseless) {
		return false // a single word is a section or a place
	}
	return r.addNames(names)
}

// addNames adds the names of a piece, and reports whether there are any.
func (r *reader) addNames(names []string) bool {
	if len(names) == 0 {
		return false
	}
	r.Names = append(r.Names, names...)
	r.Recognized++
	return true
}

// Lengths, in words, of what follows a label in a header.
const (
	maxSourceRest = 5 // the name of an outlet
	maxCountRest  = 3 // "Views: 1 204 today"
	maxDateRest   = 2 // what is left beside the date: "Posted: yesterday"
)

// labelled reads a piece with a label for what it is. It reports whether there
// is one.
func (r *reader) labelled(l *letters.Line) bool {
	for _, h := range r.table.Find(l) {
		switch h.Section {
		case wordlists.Desk:
			r.Desk = true
			r.Recognized++
			return true
		case wordlists.Source:
			if !h.Alone && h.Rest != "" && letters.CountWords(h.Rest) <= maxSourceRest && strings.ContainsFunc(h.Rest, letters.IsUnspaced) {
				r.Recognized++
				return true
			}
		case wordlists.Byline:
			if r.addNames(ParseNames(h.Rest, r.language)) {
				return true
			}
		case wordlists.Count:
			if h.Form == wordlists.WholeLine || h.Alone || letters.CountWords(h.Rest) <= maxCountRest {
				r.Recognized++
				return true
			}
		case wordlists.Date:
			if h.Alone || h.Rest == "" || letters.CountWords(h.Rest) <= maxDateRest {
				r.pending = Published
				r.Recognized++
				return true
			}
			r.rest(h.Rest)
			return true
		}
	}
	return false
}

// maxCountedPiece bounds the piece in which beforeCount looks for a count, in
// bytes.
const maxCountedPiece = 120

// beforeCount returns the name before a labelled count that ends a piece, as in
// "Ann Wells Views: 1 093"; "" without one.
func (r *reader) beforeCount(p string) string {
	if !letters.IsDigit(p[len(p)-1]) || len(p) > maxCountedPiece {
		return ""
	}
	for i := range len(p) {
		if p[i] != ' ' {
			continue
		}
		l := letters.NewLine(p[i+1:])
		for _, h := range r.table.Find(&l) {
			if h.Section == wordlists.Count && h.Form == wordlists.BeforeColon && letters.IsNumber(strings.ReplaceAll(h.Rest, " ", "")) && len(ParseNames(p[:i], r.language)) > 0 {
				return p[:i]
			}
		}
	}
	return ""
}
