package clean

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/news"
)

// marksOf returns the marks of a story's quality, and the figure that each rests
// on. teaser is the reason why the text is taken for the open part of a longer
// one; "" means that it is not.
func marksOf(s *news.Story, teaser string) (marks, figures []string) {
	marks = []string{}
	add := func(mark, figure string) {
		marks, figures = append(marks, mark), append(figures, mark+": "+figure)
	}
	if s.Kind != news.KindStory && s.Kind != news.KindShort {
		return marks, nil
	}
	words := 0
	var q quoted
	var t traces
	for _, b := range s.Blocks {
		words += letters.CountWords(b.Text)
		t.add(b.Text, q.add(b))
	}
	if s.Missing != "" {
		add(news.MarkTruncated, s.Missing)
	} else if teaser != "" {
		add(news.MarkTruncated, teaser)
	}
	if t.respun(words) {
		add(news.MarkRespun, t.figure(words))
	}
	if q.mostly() {
		add(news.MarkMostlyQuotes, fmt.Sprintf("%d %% of its letters are in quotes", q.percent()))
	}
	if words < shortWords {
		add(news.MarkShort, fmt.Sprintf("%d of %d words", words, shortWords))
	}
	return marks, figures
}

// teaser returns why a page's text is taken for the open part of a longer one,
// and "" if it is not.
func (f *found) teaser(m *meta.Meta) string {
	words, walled := 0, m.Paywalled
	for _, b := range f.blocks {
		words += letters.CountWords(b.Text)
	}
	asks := ""
	for _, r := range f.removals {
		if (r.Rule == "login" || r.Rule == "line-login") && isWall(r.Text) {
			asks = clipText(r.Text, shownRunes)
			break
		}
	}
	switch {
	case f.rescued || words >= teaserWords:
	case asks != "":
		return fmt.Sprintf("%d words, and the page asks the reader to log in or to pay: %q", words, asks)
	case walled:
		return fmt.Sprintf("%d words, and the page declares that the rest is paid", words)
	case words < shortWords:
		return brokenOff(f.blocks)
	}
	return ""
}

// textTeaser returns why a scraped text is taken for the open part of a longer
// one, and "" if it is not.
func textTeaser(blocks []news.Block) string { return brokenOff(blocks) }

// brokenOff returns how a text breaks off as teasers do, with an ellipsis or with
// an ellipsis in brackets, and "" if it does not.
func brokenOff(blocks []news.Block) string {
	if len(blocks) == 0 {
		return ""
	}
	text := blocks[len(blocks)-1].Text
	bare := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`])"»”`, r) })
	if !strings.HasSuffix(bare, "...") && !strings.HasSuffix(bare, "…") {
		return ""
	}
	at := max(0, len(text)-shownBytes)
	for at > 0 && !utf8.RuneStart(text[at]) {
		at++
	}
	return fmt.Sprintf("its last line breaks off: %q", text[at:])
}

// clipText returns the first runes of a text, with an ellipsis where it was
// longer.
func clipText(text string, runes int) string {
	n := 0
	for i := range text {
		if n == runes {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// shownRunes and shownBytes bound what a figure quotes of the text.
const (
	shownRunes = 80
	shownBytes = 60
)

// mostQuotes is the share of a story's letters, in percent, above which it is
// mostly quotes. Reports that let people speak stay under a half; addresses and
// interviews printed whole are above.
const mostQuotes = 60

// quoted counts the letters of a text, and those inside quotes.
type quoted struct{ inside, all int }

func (q *quoted) percent() int {
	if q.all == 0 {
		return 0
	}
	return 100 * q.inside / q.all
}

func (q *quoted) mostly() bool { return q.percent() > mostQuotes }

// closers maps the mark that begins a quote to those that may end it: languages
// use the same marks in opposite directions.
var closers = map[rune]string{
	'"': `"`, '＂': `＂`, '“': "”“", '”': "”", '„': "“”\"", '«': "»", '»': "«»", '‹': "›", '›': "‹",
	'「': "」", '『': "』", '〝': "〞〟", '‘': "’",
}

// add counts one block. A quote that does not end in its paragraph counts if it
// begins the paragraph, as in speeches: each paragraph begins with a mark, and the
// last ends with one. It reports whether a quote began with one kind of mark and
// ended with another.
func (q *quoted) add(b news.Block) (mixed bool) {
	if b.Kind == news.Quote {
		n := int(letters.Count(b.Text))
		q.inside, q.all = q.inside+n, q.all+n
		return false
	}
	var open, before rune
	var ends string
	inside, opened, straight := 0, 0, 0
	for i := 0; i < len(b.Text); {
		r, size := rune(b.Text[i]), 1
		switch {
		case r < utf8.RuneSelf && r != '"':
			if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
				inside++
				q.all++
			}
			before = r
			i++
			continue
		case r == '"':
			straight++
		default:
			r, size = utf8.DecodeRuneInString(b.Text[i:])
		}
		i += size
		switch {
		case r != '"' && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			inside++
			q.all++
		case open == 0 && closers[r] != "" && beginsQuote(r, before, b.Text[i:]):
			open, ends, inside, opened = r, closers[r], 0, i-size
		case open != 0 && r != utf8.RuneError && strings.ContainsRune(ends, r) && (r != '’' || !followedByLetter(b.Text[i:])):
			q.inside += inside
			open = 0
		}
		before = r
	}
	if open != 0 && opened <= 3 {
		q.inside += inside
	}
	return open != 0 && opened > 3 && open != '"' && open != '‘' && straight%2 == 1 || open == '"' && straight%2 == 1 && strings.ContainsAny(b.Text[opened:], "”»")
}

// beginsQuote reports whether a mark begins a quote: a straight one after a digit
// is an inch, a single one inside a word is an apostrophe.
func beginsQuote(r, before rune, after string) bool {
	switch r {
	case '"':
		return !unicode.IsDigit(before) && (!unicode.IsLetter(before) || unicode.Is(unicode.Han, before))
	case '‘', '”':
		return !unicode.IsLetter(before) && followedByLetter(after)
	}
	return after != ""
}

// followedByLetter reports whether a text begins with a letter.
func followedByLetter(after string) bool {
	r, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLetter(r)
}

// traces counts what machines leave behind when they rewrite a text or translate
// it back and forth.
type traces struct{ points, spaced, lower, mixed int }

func (t *traces) all() int { return t.points + t.spaced + t.lower + t.mixed }

// minTraces is how many traces a text must have, and how many in a thousand words,
// to be more than typing errors.
const minTraces = 3

// respun reports whether a text of so many words was rewritten by a machine.
func (t *traces) respun(words int) bool {
	return t.all() >= minTraces && t.all()*1000 >= minTraces*words
}

func (t *traces) figure(words int) string {
	var kinds []string
	for _, k := range []struct {
		name string
		n    int
	}{{`". ."`, t.points}, {`" ," and " ."`, t.spaced}, {"lower case after a full stop", t.lower}, {"mixed quote marks", t.mixed}} {
		if k.n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %d", k.name, k.n))
		}
	}
	return fmt.Sprintf("%d traces in %d words: %s", t.all(), words, strings.Join(kinds, ", "))
}

// add counts the traces in one block. Three or more points in a row, with or
// without spaces between them, are an ellipsis.
func (t *traces) add(text string, mixed bool) {
	if mixed {
		t.mixed++
	}
	t.spaced += strings.Count(text, " , ")
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '.')
		if i < 0 {
			return
		}
		start := at + i
		at = start + 1
		points := 1
		for end := at; end < len(text) && (text[end] == '.' || text[end] == ' '); end++ {
			if text[end] == '.' {
				points, at = points+1, end+1
			}
		}
		switch {
		case points >= 3:
		case points == 2 && text[start+1] == ' ':
			t.points++
		case points == 1 && start > 0 && text[start-1] == ' ' && (at == len(text) || text[at] == ' '):
			t.spaced++
		case points == 1 && beginsLow(text, start):
			t.lower++
		}
	}
}

// longAbbreviation is the length of the longest abbreviation, in runes.
const longAbbreviation = 4

// beginsLow reports whether the sentence after a full stop begins in lower case.
// The word before it must be longer than abbreviations are.
func beginsLow(text string, stop int) bool {
	if stop+2 >= len(text) || text[stop+1] != ' ' {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text[stop+2:])
	if !unicode.IsLower(first) || letters.IsCaseless(first) {
		return false
	}
	before := text[max(0, stop-80):stop]
	word := before[strings.LastIndexAny(before, " \n\"“(")+1:]
	return utf8.RuneCountInString(word) > longAbbreviation && !strings.Contains(word, ".")
}
