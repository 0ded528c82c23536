package clean

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/news"
)

// maxHead is how many lines at the start of a scraped text are looked at for
// its title, author and date.
const maxHead = 15

// readHead reads author and date from the lines before the first paragraph of
// a scraped text.
func (m *meta) readHead(lines []judgedLine, language string) {
	t := labelWords()
	dated, near := -1, []string(nil)
	defer func() {
		if len(m.authors) == 0 {
			m.authors = cleanAuthors(near, m.siteName)
		}
	}()
	for i := range lines[:min(len(lines), maxHead)] {
		text := lines[i].Text
		words := wordCount(text)
		f := readHeader(t, text, language)
		if words > 40 || words >= 12 && endsLikeSentence(text) && (f.known < 2 || f.odd > 0) {
			l := newTextLine(text)
			if words > 60 || !isPictureLine(t, &l) {
				return
			}
			continue
		}
		if len(near) == 0 && dated >= 0 && dated == i-1 {
			near = loneName(t, text)
		}
		if f.known > 0 && len(f.dates) > 0 {
			if dated = i; len(near) == 0 && len(f.names) == 0 {
				near = f.guesses(t)
				if i > 0 && len(near) == 0 {
					near = loneName(t, lines[i-1].Text)
				}
			}
		}
		if f.known == 0 || f.odd > 1 || f.words > 3 || f.odd == 1 && len(f.dates) == 0 {
			continue
		}
		if len(m.authors) == 0 {
			m.authors = cleanAuthors(f.names, m.siteName)
		}
		if date, at := f.published(); m.date == "" || m.date == date && m.published.IsZero() {
			m.date, m.published = date, at
		}
	}
}

// loneName is the person that a line beside a date is, if it is nothing else: no
// label, and none of the networks that share buttons name.
func loneName(t *labelTable, text string) []string {
	l := newTextLine(text)
	names := personNames(t, text)
	if len(names) != 1 || l.words > 3 || len(t.find(&l)) > 0 {
		return nil
	}
	for _, w := range foldedWords(l.fold) {
		if strings.Contains(networks, " "+w+" ") {
			return nil
		}
	}
	return names
}

// isPictureLine says whether a line bears the label of a caption, or ends in a
// credit.
func isPictureLine(t *labelTable, l *textLine) bool {
	for _, h := range t.find(l) {
		if h.section == "caption" && !h.alone {
			return true
		}
	}
	return creditAt(t, l.clean) > 0
}

// takeTitle takes the headline from the lines before the first paragraph of
// what was kept: the first that is no sentence and long enough.
func (m *meta) takeTitle(blocks []news.Block, removals []news.Removal) ([]news.Block, []news.Removal) {
	for i, b := range blocks[:min(len(blocks), 4)] {
		words := wordCount(b.Text)
		last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(b.Text, " "))
		if words > 30 || words >= 12 && last == '.' || i == len(blocks)-1 {
			break
		}
		if words < 3 || strings.ContainsRune(".:;,。،", last) {
			continue
		}
		if m.title == "" {
			m.title = b.Text
		}
		m.titles = append(m.titles, b.Text)
		removals = append(removals, news.Removal{Rule: "line-title", Why: "the headline again", Text: b.Text})
		return append(blocks[:i:i], blocks[i+1:]...), removals
	}
	return blocks, removals
}

// readSources finds where the text says that it comes from: the agency of its
// dateline, a labelled source, the site of its picture.
func (m *meta) readSources(blocks []news.Block, removals []news.Removal) {
	t := labelWords()
	for _, b := range blocks[:min(len(blocks), 3)] {
		if m.origin = dateline(b.Text); m.origin != "" {
			break
		}
	}
	for _, r := range removals {
		l := newTextLine(r.Text)
		if l.words > 16 {
			continue
		}
		for _, h := range t.sources.findStart(&l) {
			switch {
			case h.section == "source" && h.rest != "" && m.origin == "" && wordCount(h.rest) <= 5:
				m.origin = strings.Trim(h.rest, " .")
			case h.section == "caption" && m.imageSource == "" && isHost(h.rest):
				m.imageSource = strings.Trim(h.rest, " .")
			}
		}
	}
	if m.imageSource == "" {
		return
	}
	name := m.imageSource
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	if m.origin == "" || letterKey(name) == letterKey(m.origin) {
		m.origin = m.imageSource
	}
}

// isHost says whether text is the name of a host and no more.
func isHost(text string) bool {
	text = strings.Trim(text, " .")
	if strings.ContainsAny(text, " /:") || strings.Count(text, ".") == 0 || len(text) > 80 {
		return false
	}
	u, err := url.Parse("http://" + text)
	last := text[strings.LastIndexByte(text, '.')+1:]
	first, _ := utf8.DecodeRuneInString(last)
	return err == nil && u.Hostname() != "" && utf8.RuneCountInString(last) >= 2 && unicode.IsLetter(first)
}

// dateline gives the agency that a paragraph opens with, as in "NORDWIRE, May
// 3. The …" or "MOSCOW, May 3 (NORDWIRE) - …"; "" when there is none.
func dateline(text string) string {
	head := plainSigns(firstBytes(text, 200))
	dates := findDates(head, "")
	if len(dates) > 0 && dates[0].start <= 60 {
		before, after := strings.TrimRight(head[:dates[0].start], " "), strings.TrimLeft(head[dates[0].end:], " ")
		if name, _, ok := strings.Cut(after, ")"); ok && strings.HasPrefix(name, "(") && isAgency(name[1:]) {
			return name[1:]
		}
		if name, _, ok := strings.Cut(strings.TrimLeft(after, ". "), " - "); ok && strings.HasPrefix(after, ".") && isAgency(name) && strings.ToUpper(name) == name {
			return name
		}
		name := strings.Trim(strings.TrimSuffix(before, ","), " ")
		if i := strings.LastIndexByte(name, ','); i >= 0 {
			name = strings.TrimSpace(name[i+1:])
		}
		if before != "" && strings.HasSuffix(before, ",") && isAgency(name) && after != "" && strings.ContainsAny(after[:1], ".-:/") {
			return name
		}
	}
	if i, k := strings.IndexByte(head, '('), strings.IndexByte(head, ')'); i > 0 && i <= 40 && k > i {
		after := strings.TrimLeft(head[k+1:], " ")
		if strings.HasPrefix(after, "- ") && isAgency(head[i+1:k]) {
			return head[i+1 : k]
		}
	}
	return ""
}

// isAgency says whether a name can be that of an agency in a dateline: up to
// four words, in capitals or with a capital inside.
func isAgency(name string) bool {
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > 4 || !isName(name) {
		return false
	}
	if caselessName(name) {
		return true
	}
	capitals, letters := 0, 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				capitals++
			}
		}
	}
	return letters >= 2 && (capitals == letters || len(words) <= 2 && capitals >= 1)
}

func caselessName(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return caseless(first)
}

// cleanAuthors tidies names: labels, roles, addresses and the name of the site
// go; a name comes once.
func cleanAuthors(names []string, siteName string) []string {
	t := labelWords()
	var out []string
	seen := map[string]bool{letterKey(siteName): true, "": true}
	for _, n := range names {
		for _, part := range splitAuthors(t, n) {
			if key := letterKey(part); !seen[key] {
				seen[key] = true
				out = append(out, part)
			}
		}
	}
	return out
}

// splitAuthors reads one author field, which may name several.
func splitAuthors(t *labelTable, field string) []string {
	field = strings.Join(strings.Fields(field), " ")
	l := newTextLine(field)
	for _, h := range t.find(&l) {
		if h.section == "byline" && h.rest != "" {
			field = h.rest
			break
		}
	}
	if i := strings.IndexAny(field, "|•"); i > 0 {
		field = field[:i]
	}
	if i := strings.IndexByte(field, '@'); i > 0 && !strings.Contains(field[:i], " ") {
		return nil
	}
	var out []string
	for _, part := range nameParts(field) {
		part = strings.Trim(part, " ,:;-\"")
		if _, name, ok := strings.Cut(part, ": "); ok {
			part = name
		}
		words := strings.Fields(part)
		for k := len(words) - 1; k >= 0; k-- {
			if strings.ContainsAny(words[k], "@") || strings.Contains(words[k], "://") {
				words = words[:k]
			}
		}
		part = strings.Trim(strings.Join(words, " "), " ,:;-(\"")
		if part == "" || len(words) > 8 || utf8.RuneCountInString(part) > 80 || isRole(t, part) {
			continue
		}
		out = append(out, part)
	}
	return out
}
