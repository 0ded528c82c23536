package clean

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/news"
	"winnow/news/markup"
)

// ExtractText finds the story in text that somebody else scraped from a page:
// page.Body is plain text, one paragraph or line of the page a line. What the
// lines at its head say of title, author and date becomes the story's metadata;
// page.Hint helps where they say nothing. Like Extract it gives what it can,
// and says in Kind what the text is. An error, always a *news.StageError, means
// that there is no page or that ctx has ended.
func (x *Extractor) ExtractText(ctx context.Context, page *news.Page) (news.Story, error) {
	if page == nil {
		return news.Story{}, &news.StageError{Stage: "clean", Err: ErrNoPage}
	}
	if err := ctx.Err(); err != nil {
		return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	body, _ := markup.Decode(page.Body, page.ContentType())
	lines := textLines(string(body))
	m := meta{title: strings.TrimSpace(page.Hint.Title), authors: page.Hint.Authors}
	c := lineContext{Title: m.title, Authors: m.authors, Plain: true}
	c.Language, _ = detectLanguage(longLines(lines), "")
	m.readHead(lines, c.Language)
	c.Authors = m.authors
	blocks, removals := judgeGrouped(lines, c)
	blocks, removals = m.takeTitle(blocks, removals)
	m.readSources(blocks, removals)
	m.language, m.languageScore = detectLanguage(news.LayOut(blocks), "")
	if m.date == "" && !page.Hint.Date.IsZero() {
		m.date = page.Hint.Date.UTC().Format("2006-01-02")
	}
	if err := ctx.Err(); err != nil {
		return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	story := newStory(page, &m)
	story.ImageSource = m.imageSource
	story.Blocks, story.Removals = blocks, removals
	story.Kind, story.KindWhy = x.textKind(blocks)
	story.Marks, story.Figures = marksOf(&story, textTeaser(blocks))
	return story, nil
}

// textKind says what a scraped text is.
func (x *Extractor) textKind(blocks []news.Block) (kind, why string) {
	switch n := wordCount(news.LayOut(blocks)); {
	case n == 0:
		return news.KindEmpty, "the text has no story"
	case n < x.minWords:
		return news.KindShort, fmt.Sprintf("%d words, fewer than %d", n, x.minWords)
	}
	return news.KindStory, ""
}

// textLines splits scraped text into lines, and marks which of them had no
// blank line between them. Lines that a narrow page broke inside a sentence are
// put together again.
func textLines(text string) []judgedLine {
	var lines []judgedLine
	var line strings.Builder
	group, last := 0, ""
	flush := func() {
		if line.Len() > 0 {
			lines = append(lines, judgedLine{Block: news.Block{Kind: news.Paragraph, Text: line.String()}, group: group})
			line.Reset()
		}
	}
	for len(text) > 0 {
		raw := text
		if i := strings.IndexFunc(text, lineBreak); i >= 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			if strings.HasPrefix(text[i:], "\r\n") {
				size = 2
			}
			raw, text = text[:i], text[i+size:]
		} else {
			text = ""
		}
		switch raw = tidyLine(raw); {
		case raw == "":
			flush()
			group++
		case line.Len() > 0 && isBroken(last, raw):
			line.WriteByte(' ')
			line.WriteString(raw)
		default:
			flush()
			line.WriteString(raw)
		}
		last = raw
	}
	flush()
	return lines
}

// lineBreak says whether r ends a line.
func lineBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// isBroken says whether a line goes on in the next: it is as long as lines of a
// narrow page are, ends inside a sentence, and the next begins in lower case.
func isBroken(line, next string) bool {
	n := utf8.RuneCountInString(line)
	first, _ := utf8.DecodeRuneInString(next)
	return n >= 45 && n <= 120 && unicode.IsLower(first) && !endsLikeSentence(line)
}

// tidyLine puts one space for each run of spaces, and takes out what has no
// width and the control characters.
func tidyLine(s string) string {
	if isTidy(s) {
		return s
	}
	var room [512]byte
	t := tidyText{text: room[:0]}
	t.add(s)
	return string(t.text)
}

// tidyText is text that is made tidy while it is put together.
type tidyText struct {
	text  []byte
	space bool // one is due before the next rune
}

func (t *tidyText) add(s string) {
	for i := 0; i < len(s); {
		if c := s[i]; c > ' ' && c < 0x7f {
			from := i
			for i++; i < len(s) && s[i] > ' ' && s[i] < 0x7f; i++ {
			}
			t.write(s[from:i])
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case ordinary(r):
			t.write(s[i : i+size])
		case unicode.IsSpace(r):
			t.space = true
		case noWidth(r) || unicode.IsControl(r):
		case r == utf8.RuneError:
			t.write("\uFFFD")
		default:
			t.write(s[i : i+size])
		}
		i += size
	}
}

// write appends text that has no space in it.
func (t *tidyText) write(s string) {
	if t.space && len(t.text) > 0 {
		t.text = append(t.text, ' ')
	}
	t.space = false
	t.text = append(t.text, s...)
}

// isTidy says whether tidyLine would leave s as it is.
func isTidy(s string) bool {
	space := true
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ':
			if space {
				return false
			}
			space = true
			i++
		case c < ' ' || c == 0x7f:
			return false
		case c < utf8.RuneSelf:
			space = false
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !ordinary(r) && (r == utf8.RuneError || unicode.IsSpace(r) || noWidth(r) || unicode.IsControl(r)) {
				return false
			}
			space = false
			i += size
		}
	}
	return !space || s == ""
}

// longLines joins the lines that are long enough to tell the language from.
func longLines(lines []judgedLine) string {
	var b strings.Builder
	for i := range lines {
		if len(lines[i].Text) >= 120 {
			b.WriteString(lines[i].Text)
			b.WriteByte('\n')
		}
		if b.Len() > maxLanguageText {
			break
		}
	}
	return b.String()
}
