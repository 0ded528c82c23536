package meta

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// Lengths of the lines at the head of scraped text, in words.
const (
	minParagraph   = 12 // of a sentence that is the first paragraph of the story
	maxHeaderLine  = 40 // of a line with author and date
	maxPictureLine = 60 // of a caption before the first paragraph
	maxLoneName    = 3  // of a line that is a name
	minTitleWords  = 3
	maxTitleWords  = 30
)

// maxTitleTries is how many blocks at the start of a text may be its title.
const maxTitleTries = 8

// ReadHead sets author and date from the lines before the first paragraph of a
// scraped text in a language (ISO 639-1, or "").
func (m *Meta) ReadHead(lines []string, language string) {
	dated := -1         // the last line with a date
	var beside []string // the name on a line beside it
	defer func() {
		if len(m.Authors) == 0 {
			m.Authors = CleanAuthors(beside, m.SiteName)
		}
	}()
	for i := range lines[:min(len(lines), byline.MaxHeadLines)] {
		text := lines[i]
		words := letters.CountWords(text)
		h := byline.ReadHeader(text, language)
		if words > maxHeaderLine || words >= minParagraph && letters.EndsLikeSentence(text) && (h.Recognized < 2 || h.Unrecognized > 0) {
			if words > maxPictureLine || !isPictureLine(text) {
				return
			}
			continue
		}
		if len(beside) == 0 && dated >= 0 && dated == i-1 {
			beside = loneName(text)
		}
		if h.Recognized > 0 && len(h.Dates) > 0 {
			if dated = i; len(beside) == 0 && len(h.Names) == 0 {
				beside = h.Guesses()
				if i > 0 && len(beside) == 0 {
					beside = loneName(lines[i-1])
				}
			}
		}
		if !h.IsHeader() {
			continue
		}
		if len(m.Authors) == 0 {
			m.Authors = CleanAuthors(h.Names, m.SiteName)
		}
		if date, at := h.Published(); m.Date == "" || m.Date == date && m.Published.IsZero() {
			m.Date, m.Published = date, at
		}
	}
}

// loneName returns the person that a line beside a date names, if it has nothing
// else: no label, and no network that share buttons name.
func loneName(text string) []string {
	t := labels.All()
	l := letters.NewLine(text)
	names := byline.PersonNames(text, "")
	if len(names) != 1 || l.Words > maxLoneName || len(t.Find(&l)) > 0 {
		return nil
	}
	for _, w := range letters.SplitWords(l.Fold) {
		if t.Words.Has(wordlists.Network, w) {
			return nil
		}
	}
	return names
}

// isPictureLine reports whether a line begins with the label of a caption or
// ends in a credit.
func isPictureLine(text string) bool {
	t := labels.All()
	l := letters.NewLine(text)
	for _, h := range t.Find(&l) {
		if h.Section == wordlists.Caption && !h.Alone {
			return true
		}
	}
	return t.CreditAt(l.Plain) > 0
}

// TakeTitle sets the title from the first blocks of a text that was cleaned: the
// first that is long enough and no sentence, unless another has more words in common
// with the text below, as the buttons and tickers above a headline have not. It
// returns the index of that block, -1 when there is none.
func (m *Meta) TakeTitle(blocks []news.Block) int {
	var able []int
	below := 0
	for i, b := range blocks[:min(len(blocks), maxTitleTries)] {
		below = i
		words := letters.CountWords(b.Text)
		last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(b.Text, " "))
		if words > maxTitleWords || words >= minParagraph && last == '.' || i == len(blocks)-1 {
			break
		}
		if words >= minTitleWords && !strings.ContainsRune(".:;,。،", last) {
			able = append(able, i)
		}
	}
	if len(able) == 0 {
		return -1
	}
	at := able[0]
	if m.Title == "" {
		if at = titleAmong(blocks, able, below); at < 0 {
			at = able[0]
		}
		m.Title = blocks[at].Text
	}
	m.Titles = append(m.Titles, blocks[at].Text)
	return at
}

// Agreement of a title with the text.
const (
	minTold       = 2    // words that it has in common with it
	minToldShare  = 0.25 // of its words, from which the first such line is the title
	maxToldBlocks = 40   // blocks of the text that are read
)

// titleAmong returns which of some blocks is the title of the text that begins at
// block below: the first that shares enough words with it, or else that with the
// largest share; -1 where none shares any.
func titleAmong(blocks []news.Block, able []int, below int) int {
	stems := map[string]bool{}
	for _, b := range blocks[below:min(len(blocks), below+maxToldBlocks)] {
		letters.AddStems(stems, b.Text)
	}
	best, most := -1, 0.0
	for _, i := range able {
		share, shared := letters.SharedStems(stems, blocks[i].Text)
		if shared < minTold {
			continue
		}
		if share >= minToldShare {
			return i
		}
		if share > most {
			best, most = i, share
		}
	}
	return best
}

// ReadSources sets the origin of a text and the source of its picture from its
// first blocks and from what was cut of it.
func (m *Meta) ReadSources(blocks []news.Block, removals []news.Removal) {
	paragraphs := make([]string, 0, maxDatelines)
	for _, b := range blocks[:min(len(blocks), maxDatelines)] {
		paragraphs = append(paragraphs, b.Text)
	}
	lines := make([]string, len(removals))
	for i, r := range removals {
		lines[i] = r.Text
	}
	m.Origin, m.ImageSource = findSources(paragraphs, lines)
}
