// Package byline reads lines that say who wrote a story and when: "By Ann Lee •
// 17 April 2023 • 0:32".
//
// header.go takes such a line apart into names, dates, counts and what is left
// over; names.go tells names of people from roles, desks and other words.
//
// Start with [ReadHeader] and [SplitNames].
package byline

import (
	"strings"
	"time"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// Header are what a header line says: who wrote the story, and when.
type Header struct {
	Names []string
	Dates []dates.Match
	Clock *dates.Match // a time of day apart from its date
	Desk  bool         // names those who edited or checked the text
	Known int          // pieces of the line that were understood
	Odd   int          // pieces that were not
	Words int          // in the odd pieces
	other string       // the last odd piece
}

// headerBreaks part the pieces of a header line.
func headerBreaks(r rune) bool { return r == '|' || r == '•' || r == '\t' || r == ';' }

// ReadHeader takes a line apart. It is for short lines; sentences come out with
// odd pieces.
func ReadHeader(t *labels.Table, line, language string) Header {
	var f Header
	for piece := range strings.FieldsFuncSeq(letters.FoldSigns(line), headerBreaks) {
		for _, p := range strings.Split(piece, " - ") {
			f.piece(t, p, language)
		}
	}
	return f
}

// piece reads one piece of a header line.
func (f *Header) piece(t *labels.Table, p, language string) {
	p = strings.Trim(p, " ,-:/()[]")
	if p == "" {
		return
	}
	if strings.ContainsFunc(p, letters.IsUnspaced) && strings.Contains(p, " ") && !letters.EndsLikeSentence(p) {
		for _, part := range strings.Split(datesTogether(p), " ") {
			f.dated(t, strings.ReplaceAll(part, "\x00", " "), language)
		}
		return
	}
	f.dated(t, p, language)
}

// datesTogether keeps the blanks inside dates from parting them.
func datesTogether(p string) string {
	b, at := strings.Builder{}, 0
	for _, d := range dates.Find(p, "") {
		b.WriteString(p[at:d.Start])
		b.WriteString(strings.ReplaceAll(p[d.Start:d.End], " ", "\x00"))
		at = d.End
	}
	return b.String() + p[at:]
}

// dated reads a piece that may hold dates.
func (f *Header) dated(t *labels.Table, p, language string) {
	if dates := dates.Find(p, language); len(dates) > 0 {
		f.Dates = append(f.Dates, dates...)
		f.Known++
		at := 0
		for _, d := range dates {
			f.rest(t, p[at:d.Start])
			at = d.End
		}
		f.rest(t, p[at:])
		return
	}
	f.rest(t, p)
}

// rest reads what is left of a piece when its dates are out.
func (f *Header) rest(t *labels.Table, p string) {
	p = strings.Trim(p, " ,-:/()[]")
	for _, at := range []string{" в", " о", " on", " am", " le", " el", " w dniu"} { // before a date
		p = strings.TrimSuffix(p, at)
	}
	fold := letters.FoldCase(p)
	if p == "" || f.fill(t, fold) {
		return
	}
	l := letters.NewLine(p)
	if clock, ok := dates.ReadClock(l.Fold); ok {
		f.Clock = &clock
		f.Known++
		return
	}
	if letters.IsNumber(l.Fold) {
		f.Known++
		return
	}
	if f.labelled(t, &l) {
		return
	}
	if role, name, ok := strings.Cut(p, ": "); ok && IsRole(t, role) {
		if names := SplitNames(t, name); len(names) > 0 {
			f.Names = append(f.Names, names...)
			f.Known++
			return
		}
	}
	if len(f.Dates) > 0 || f.Known > 0 {
		if names := SplitNames(t, p); len(names) > 0 && (len(f.Names) == 0 || strings.Contains(p, " ") || strings.ContainsFunc(p, letters.IsCaseless)) {
			f.Names = append(f.Names, names...)
			f.Known++
			return
		}
	}
	if name := beforeCount(t, p); name != "" {
		f.Known++
		f.rest(t, name)
		return
	}
	f.Odd++
	f.Words += l.Words
	f.other = p
}

// labelled takes a piece that a label tells what it is; false when none does.
func (f *Header) labelled(t *labels.Table, l *letters.Line) bool {
	for _, h := range t.Find(l) {
		switch h.Section {
		case "desk":
			f.Desk = true
			f.Known++
			return true
		case "source":
			if !h.Alone && h.Rest != "" && letters.CountWords(h.Rest) <= 5 && strings.ContainsFunc(h.Rest, letters.IsUnspaced) {
				f.Known++
				return true
			}
		case "byline":
			if names := SplitNames(t, h.Rest); len(names) > 0 {
				f.Names = append(f.Names, names...)
				f.Known++
				return true
			}
		case "count":
			if h.Form == '=' || h.Alone || letters.CountWords(h.Rest) <= 3 {
				f.Known++
				return true
			}
		case "date":
			if h.Alone || h.Rest == "" || letters.CountWords(h.Rest) <= 2 {
				f.Known++
				return true
			}
			f.rest(t, h.Rest)
			return true
		}
	}
	return false
}

// beforeCount is the name before a labelled count that ends a piece, as in "Ann
// Wells Views: 1 093"; "" without one.
func beforeCount(t *labels.Table, p string) string {
	if p[len(p)-1] < '0' || p[len(p)-1] > '9' || len(p) > 120 {
		return ""
	}
	for i := range len(p) {
		if p[i] != ' ' {
			continue
		}
		l := letters.NewLine(p[i+1:])
		for _, h := range t.Find(&l) {
			if h.Section == "count" && h.Form == ':' && letters.IsNumber(strings.ReplaceAll(h.Rest, " ", "")) && len(SplitNames(t, p[:i])) > 0 {
				return p[:i]
			}
		}
	}
	return ""
}

// Guesses are the people that a line with a date may name before it, without
// a label that says so.
func (f *Header) Guesses(t *labels.Table) []string {
	if f.other == "" {
		return nil
	}
	return PersonNames(t, f.other)
}

// fill says whether a piece is of words that stand around a date and mean
// nothing else: weekdays, "on", "at", "Uhr".
func (f *Header) fill(t *labels.Table, fold string) bool {
	for _, w := range letters.SplitWords(fold) {
		if !t.Has("weekdays", w) && !strings.Contains(" on at the um uhr в г года о р le à a am vom om el del dnia godz and and, hrs ", " "+w+" ") {
			return false
		}
	}
	return true
}

// Published chooses the date of publication among those of a header: the first
// with a year, with the time of day of the same day where another gives it or
// where it stands apart.
func (f *Header) Published() (date string, at time.Time) {
	for _, d := range f.Dates {
		if d.Year == 0 {
			continue
		}
		if date == "" {
			date = d.Iso()
		}
		if d.Timed && d.Iso() == date {
			return date, d.At().UTC()
		}
		if f.Clock != nil && d.Iso() == date {
			d.Hour, d.Min, d.Sec, d.Zone = f.Clock.Hour, f.Clock.Min, f.Clock.Sec, f.Clock.Zone
			at = d.At().UTC()
		}
	}
	return date, at
}

// Networks are names that a line of share buttons is made of.
const Networks = " facebook twitter x whatsapp telegram linkedin email e-mail vk ok reddit pinterest viber messenger instagram " +
	"youtube threads bluesky mastodon sms weibo wechat вконтакте одноклассники телеграм tiktok flipboard pocket tumblr line skype rss dzen дзен 微信 微博 朋友圈 qq qq空间 "

// MaxHead is how many lines at the start of a scraped text are looked at for
// its title, author and date.
const MaxHead = 15
