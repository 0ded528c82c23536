package clean

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"winnow/news"
)

// headerFacts are what a header line says: who wrote the story, and when.
type headerFacts struct {
	names []string
	dates []dateMatch
	clock *dateMatch // a time of day apart from its date
	desk  bool       // names those who edited or checked the text
	known int        // pieces of the line that were understood
	odd   int        // pieces that were not
	words int        // in the odd pieces
	other string     // the last odd piece
}

// isHeaderLine knows lines made of nothing but author, date, counts and the
// section of the site, such as "By Ann Lee • 17 April 2023 • 0:32".
func isHeaderLine(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading && i > j.first {
		return false
	}
	f := readHeader(j.labels, l.clean, j.c.Language)
	for _, name := range j.c.Authors {
		if sameKey(l.clean, letterKey(name)) {
			f.known, f.odd, f.names = 1, 0, append(f.names, name)
		}
	}
	if f.known == 0 || bareNumber(strings.ReplaceAll(l.fold, " ", "")) || f.odd > 1 || f.words > 3 || f.odd == 1 && len(f.dates) == 0 {
		return false
	}
	if i > j.last && j.last >= 0 && len(f.dates) == 0 && len(f.names) == 0 && !f.desk {
		return false
	}
	for _, n := range f.names {
		j.addName(n)
	}
	return true
}

// headerBreaks part the pieces of a header line.
func headerBreaks(r rune) bool { return r == '|' || r == '•' || r == '\t' || r == ';' }

// readHeader takes a line apart. It is for short lines; sentences come out with
// odd pieces.
func readHeader(t *labelTable, line, language string) headerFacts {
	var f headerFacts
	for piece := range strings.FieldsFuncSeq(plainSigns(line), headerBreaks) {
		for _, p := range strings.Split(piece, " - ") {
			f.piece(t, p, language)
		}
	}
	return f
}

// piece reads one piece of a header line.
func (f *headerFacts) piece(t *labelTable, p, language string) {
	p = strings.Trim(p, " ,-:/()[]")
	if p == "" {
		return
	}
	if strings.ContainsFunc(p, unbroken) && strings.Contains(p, " ") && !endsLikeSentence(p) {
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
	for _, d := range findDates(p, "") {
		b.WriteString(p[at:d.start])
		b.WriteString(strings.ReplaceAll(p[d.start:d.end], " ", "\x00"))
		at = d.end
	}
	return b.String() + p[at:]
}

// dated reads a piece that may hold dates.
func (f *headerFacts) dated(t *labelTable, p, language string) {
	if dates := findDates(p, language); len(dates) > 0 {
		f.dates = append(f.dates, dates...)
		f.known++
		at := 0
		for _, d := range dates {
			f.rest(t, p[at:d.start])
			at = d.end
		}
		f.rest(t, p[at:])
		return
	}
	f.rest(t, p)
}

// rest reads what is left of a piece when its dates are out.
func (f *headerFacts) rest(t *labelTable, p string) {
	p = strings.Trim(p, " ,-:/()[]")
	for _, at := range []string{" в", " о", " on", " am", " le", " el", " w dniu"} { // before a date
		p = strings.TrimSuffix(p, at)
	}
	fold := foldCase(p)
	if p == "" || f.fill(t, fold) {
		return
	}
	l := newTextLine(p)
	if clock, ok := readClock(l.fold); ok {
		f.clock = &clock
		f.known++
		return
	}
	if bareNumber(l.fold) {
		f.known++
		return
	}
	if f.labelled(t, &l) {
		return
	}
	if role, name, ok := strings.Cut(p, ": "); ok && isRole(t, role) {
		if names := splitNames(t, name); len(names) > 0 {
			f.names = append(f.names, names...)
			f.known++
			return
		}
	}
	if len(f.dates) > 0 || f.known > 0 {
		if names := splitNames(t, p); len(names) > 0 && (len(f.names) == 0 || strings.Contains(p, " ") || strings.ContainsFunc(p, caseless)) {
			f.names = append(f.names, names...)
			f.known++
			return
		}
	}
	if name := beforeCount(t, p); name != "" {
		f.known++
		f.rest(t, name)
		return
	}
	f.odd++
	f.words += l.words
	f.other = p
}

// labelled takes a piece that a label tells what it is; false when none does.
func (f *headerFacts) labelled(t *labelTable, l *textLine) bool {
	for _, h := range t.find(l) {
		switch h.section {
		case "desk":
			f.desk = true
			f.known++
			return true
		case "source":
			if !h.alone && h.rest != "" && wordCount(h.rest) <= 5 && strings.ContainsFunc(h.rest, unbroken) {
				f.known++
				return true
			}
		case "byline":
			if names := splitNames(t, h.rest); len(names) > 0 {
				f.names = append(f.names, names...)
				f.known++
				return true
			}
		case "count":
			if h.form == '=' || h.alone || wordCount(h.rest) <= 3 {
				f.known++
				return true
			}
		case "date":
			if h.alone || h.rest == "" || wordCount(h.rest) <= 2 {
				f.known++
				return true
			}
			f.rest(t, h.rest)
			return true
		}
	}
	return false
}

// beforeCount is the name before a labelled count that ends a piece, as in "Ann
// Wells Views: 1 093"; "" without one.
func beforeCount(t *labelTable, p string) string {
	if p[len(p)-1] < '0' || p[len(p)-1] > '9' || len(p) > 120 {
		return ""
	}
	for i := range len(p) {
		if p[i] != ' ' {
			continue
		}
		l := newTextLine(p[i+1:])
		for _, h := range t.find(&l) {
			if h.section == "count" && h.form == ':' && bareNumber(strings.ReplaceAll(h.rest, " ", "")) && len(splitNames(t, p[:i])) > 0 {
				return p[:i]
			}
		}
	}
	return ""
}

// guesses are the people that a line with a date may name before it, without
// a label that says so.
func (f *headerFacts) guesses(t *labelTable) []string {
	if f.other == "" {
		return nil
	}
	return personNames(t, f.other)
}

// fill says whether a piece is of words that stand around a date and mean
// nothing else: weekdays, "on", "at", "Uhr".
func (f *headerFacts) fill(t *labelTable, fold string) bool {
	for _, w := range foldedWords(fold) {
		if !t.has("weekdays", w) && !strings.Contains(" on at the um uhr в г года о р le à a am vom om el del dnia godz and and, hrs ", " "+w+" ") {
			return false
		}
	}
	return true
}

// readClock reads a time of day that stands alone.
func readClock(fold string) (dateMatch, bool) {
	s := dateScanner{tokens: dateTokens(fold)}
	h, next := s.hour(0)
	if next == 0 {
		return dateMatch{}, false
	}
	zone, next := s.zone(next)
	return dateMatch{hour: h[0], min: h[1], sec: h[2], zone: zone}, s.skip(next) >= len(s.tokens)
}

// isHour says whether a folded text is a time of day, with or without the word
// for "at" before it.
func isHour(fold string) bool {
	for _, at := range []string{"at ", "à ", "um ", "в ", "о ", "об ", "o ", "a las ", "alle ", "às ", "om ", "kl. "} {
		fold = strings.TrimPrefix(fold, at)
	}
	_, ok := readClock(strings.TrimSuffix(fold, " uhr"))
	return ok && fold != ""
}

// particles are the words in lower case that names have inside.
const particles = " de van von der den ter bin bint ibn al el la le du da di dos das del della abu zu zur und y af av "

// splitNames reads a list of people, nil when the text is something else.
func splitNames(t *labelTable, text string) []string {
	text = strings.Trim(text, " ,:.|•-\"")
	var names []string
	for _, part := range nameParts(text) {
		part = strings.Trim(part, " ,:-\"")
		if part == "" || isReportWord(part) || len(names) > 0 && t.has("weekdays", foldText(part)) {
			continue
		}
		if !isName(part) {
			return nil
		}
		if !isRole(t, part) {
			names = append(names, part)
		}
	}
	if len(names) > 8 {
		return nil
	}
	return names
}

// isReportWord says whether a part of a Chinese byline is the place that the
// report is from, as in "/基隆報導".
func isReportWord(part string) bool {
	for _, end := range []string{"报道", "報導", "报导", "報道", "电", "電", "摄", "攝"} {
		if strings.HasSuffix(part, end) {
			return true
		}
	}
	return false
}

// nameParts cuts a list of names at commas and at words for "and".
func nameParts(text string) []string {
	for _, and := range []string{" and ", " And ", " AND ", " и ", " та ", " und ", " et ", " i ", " y ", " & ", "、", "，", "،", " / ", ";"} {
		text = strings.ReplaceAll(text, and, ",")
	}
	if strings.ContainsFunc(text, unbroken) {
		text = strings.ReplaceAll(text, "/", ",")
	}
	return strings.Split(text, ",")
}

// isName says whether text can be the name of a person or an agency: one to
// five words, all in capitals at the start but for particles, no digits.
func isName(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 6 || len(text) > 80 {
		return false
	}
	capitals := 0
	for k, w := range words {
		bare := strings.Trim(w, "().,'\"")
		first, _ := utf8.DecodeRuneInString(bare)
		switch {
		case strings.ContainsAny(w, "0123456789:!?@"):
			return false
		case unbroken(first):
			l := newTextLine(text)
			return len(words) == 1 && utf8.RuneCountInString(text) <= 6 && len(labelWords().find(&l)) == 0
		case caseless(first):
			capitals++
		case strings.HasSuffix(w, ".") && utf8.RuneCountInString(w) > 5 && k < len(words)-1:
			return false
		case unicode.IsUpper(first):
			capitals++
		case strings.Contains(particles, " "+w+" ") && k > 0, bare == "ret" || bare == "jr", strings.HasPrefix(bare, "d'"), strings.HasPrefix(bare, "al-"):
		default:
			return false
		}
	}
	if _, month := labelWords().months[foldText(words[0])]; month || labelWords().has("weekdays", foldText(words[0])) {
		return len(words) > 1 && capitals > 1 && !month
	}
	return capitals > 0
}

// isRole says whether a part of a byline is what somebody is, not who.
func isRole(t *labelTable, part string) bool {
	fold := foldText(part)
	if t.has("roles", fold) {
		return true
	}
	words := strings.Fields(fold)
	last := words[len(words)-1]
	return len(words) > 1 && (t.has("roles", last) || t.has("roles", words[len(words)-2]+" "+last))
}

// published chooses the date of publication among those of a header: the first
// with a year, with the time of day of the same day where another gives it or
// where it stands apart.
func (f *headerFacts) published() (date string, at time.Time) {
	for _, d := range f.dates {
		if d.year == 0 {
			continue
		}
		if date == "" {
			date = d.iso()
		}
		if d.timed && d.iso() == date {
			return date, d.at().UTC()
		}
		if f.clock != nil && d.iso() == date {
			d.hour, d.min, d.sec, d.zone = f.clock.hour, f.clock.min, f.clock.sec, f.clock.zone
			at = d.at().UTC()
		}
	}
	return date, at
}
