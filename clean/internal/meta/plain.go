package meta

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/dates"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// ReadHead reads author and date from the lines before the first paragraph of
// a scraped text.
func (m *Meta) ReadHead(lines []string, language string) {
	t := labels.All()
	dated, near := -1, []string(nil)
	defer func() {
		if len(m.Authors) == 0 {
			m.Authors = CleanAuthors(near, m.SiteName)
		}
	}()
	for i := range lines[:min(len(lines), byline.MaxHeadLines)] {
		text := lines[i]
		words := letters.CountWords(text)
		f := byline.ReadHeader(text, language)
		if words > 40 || words >= 12 && letters.EndsLikeSentence(text) && (f.Recognized < 2 || f.Unrecognized > 0) {
			l := letters.NewLine(text)
			if words > 60 || !isPictureLine(t, &l) {
				return
			}
			continue
		}
		if len(near) == 0 && dated >= 0 && dated == i-1 {
			near = loneName(t, text)
		}
		if f.Recognized > 0 && len(f.Dates) > 0 {
			if dated = i; len(near) == 0 && len(f.Names) == 0 {
				near = f.Guesses()
				if i > 0 && len(near) == 0 {
					near = loneName(t, lines[i-1])
				}
			}
		}
		if !f.IsHeader() {
			continue
		}
		if len(m.Authors) == 0 {
			m.Authors = CleanAuthors(f.Names, m.SiteName)
		}
		if date, at := f.Published(); m.Date == "" || m.Date == date && m.Published.IsZero() {
			m.Date, m.Published = date, at
		}
	}
}

// loneName is the person that a line beside a date is, if it is nothing else: no
// label, and none of the networks that share buttons name.
func loneName(t *labels.Table, text string) []string {
	l := letters.NewLine(text)
	names := byline.PersonNames(text)
	if len(names) != 1 || l.Words > 3 || len(t.Find(&l)) > 0 {
		return nil
	}
	for _, w := range letters.SplitWords(l.Fold) {
		if t.Words.Has(wordlists.Network, w) {
			return nil
		}
	}
	return names
}

// isPictureLine says whether a line bears the label of a caption, or ends in a
// credit.
func isPictureLine(t *labels.Table, l *letters.Line) bool {
	for _, h := range t.Find(l) {
		if h.Section == wordlists.Caption && !h.Alone {
			return true
		}
	}
	return t.CreditAt(l.Plain) > 0
}

// TakeTitle takes the headline from the lines before the first paragraph of
// what was kept: the first that is no sentence and long enough.
func (m *Meta) TakeTitle(blocks []news.Block, removals []news.Removal) ([]news.Block, []news.Removal) {
	for i, b := range blocks[:min(len(blocks), 4)] {
		words := letters.CountWords(b.Text)
		last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(b.Text, " "))
		if words > 30 || words >= 12 && last == '.' || i == len(blocks)-1 {
			break
		}
		if words < 3 || strings.ContainsRune(".:;,。،", last) {
			continue
		}
		if m.Title == "" {
			m.Title = b.Text
		}
		m.Titles = append(m.Titles, b.Text)
		removals = append(removals, news.Removal{Rule: "line-title", Why: "the headline again", Text: b.Text})
		return append(blocks[:i:i], blocks[i+1:]...), removals
	}
	return blocks, removals
}

// ReadSources finds where the text says that it comes from: the agency of its
// dateline, a labelled source, the site of its picture.
func (m *Meta) ReadSources(blocks []news.Block, removals []news.Removal) {
	t := labels.All()
	for _, b := range blocks[:min(len(blocks), 3)] {
		if m.Origin = dateline(b.Text); m.Origin != "" {
			break
		}
	}
	for _, r := range removals {
		l := letters.NewLine(r.Text)
		if l.Words > 16 {
			continue
		}
		for _, h := range t.Sources.FindStart(&l) {
			switch {
			case h.Section == wordlists.Source && h.Rest != "" && m.Origin == "" && letters.CountWords(h.Rest) <= 5:
				m.Origin = strings.Trim(h.Rest, " .")
			case h.Section == wordlists.Caption && m.ImageSource == "" && isHost(h.Rest):
				m.ImageSource = strings.Trim(h.Rest, " .")
			}
		}
	}
	if m.ImageSource == "" {
		return
	}
	name := m.ImageSource
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	if m.Origin == "" || letters.Key(name) == letters.Key(m.Origin) {
		m.Origin = m.ImageSource
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
	head := letters.FoldSigns(letters.Truncate(text, 200))
	dates := dates.Find(head, "")
	if len(dates) > 0 && dates[0].Start <= 60 {
		before, after := strings.TrimRight(head[:dates[0].Start], " "), strings.TrimLeft(head[dates[0].End:], " ")
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
	if len(words) == 0 || len(words) > 4 || !byline.IsName(name) {
		return false
	}
	if letters.StartsCaseless(name) {
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
