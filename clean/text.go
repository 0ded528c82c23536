package clean

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/langid"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/meta"
	"winnow/clean/textprofile"
	"winnow/news"
	"winnow/news/markup"
)

// ExtractText finds the story in text that another tool scraped from a page:
// page.Body is plain text, one paragraph or line of the page per line. What its
// first lines say of title, author and date becomes the story's metadata, and
// page.Hint fills in what they leave out. Like [Extractor.Extract] it returns what
// it can and says in Kind what the text is. An error, always a *news.StageError,
// means that page is nil or that ctx has ended.
func (x *Extractor) ExtractText(ctx context.Context, page *news.Page) (news.Story, error) {
	return x.ExtractTextFrom(ctx, page, nil)
}

// ExtractTextFrom is ExtractText for a text of a source whose other texts are known by
// their profile; nil means that none is known.
func (x *Extractor) ExtractTextFrom(ctx context.Context, page *news.Page, profile *textprofile.Profile) (news.Story, error) {
	if page == nil {
		return news.Story{}, &news.StageError{Stage: "clean", Err: ErrNoPage}
	}
	if err := ctx.Err(); err != nil {
		return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	lines := linesOf(page)
	m := meta.Meta{Title: strings.TrimSpace(page.Hint.Title), Authors: page.Hint.Authors}
	c := linerules.Context{Title: m.Title, Authors: m.Authors, PlainText: true}
	c.Language, _ = langid.Detect(longLines(lines), "")
	blocks, removals, known := judgeBySource(lines, c, &m, profile)
	if known == bySelf {
		m.ReadHead(headOf(lines), c.Language)
		c.Authors = m.Authors
		blocks, removals = linerules.Apply(lines, c)
	}
	if known != byTitle {
		hinted := m.Title != ""
		if i := m.TakeTitle(blocks); i >= 0 {
			removals = append(removals, linerules.TitleRemoval(blocks[i].Text))
			blocks = slices.Delete(blocks, i, i+1)
			for ; i > 0 && !hinted; i-- {
				removals = append(removals, linerules.HeadRemoval(blocks[0].Text))
				blocks = blocks[1:]
			}
		}
	}
	m.ReadSources(blocks, removals)
	m.Language, m.LanguageScore = langid.Detect(news.LayOut(blocks), "")
	if m.Date == "" && !page.Hint.Date.IsZero() {
		m.Date = page.Hint.Date.UTC().Format("2006-01-02")
	}
	if err := ctx.Err(); err != nil {
		return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	story := x.newStory(page, &m)
	story.ImageSource = m.ImageSource
	story.Blocks, story.Removals = blocks, removals
	story.Kind, story.KindWhy = x.textKind(blocks)
	story.Marks, story.Figures = marksOf(&story, textTeaser(blocks))
	return story, nil
}

// linesOf returns the lines of a scraped text.
func linesOf(page *news.Page) []linerules.Line {
	body, _ := markup.Decode(page.Body, page.ContentType())
	return textLines(string(body))
}

// headOf returns the texts of the first lines.
func headOf(lines []linerules.Line) []string {
	head := make([]string, min(len(lines), byline.MaxHeadLines))
	for i := range head {
		head[i] = lines[i].Text
	}
	return head
}

// textKind returns what a scraped text is and, if it is no story, why.
func (x *Extractor) textKind(blocks []news.Block) (kind, why string) {
	switch n := letters.CountWords(news.LayOut(blocks)); {
	case n == 0:
		return news.KindEmpty, "no article text found"
	case n < x.minWords:
		return news.KindShort, fmt.Sprintf("%d words, fewer than %d", n, x.minWords)
	}
	return news.KindStory, ""
}

// textLines splits scraped text into lines. Lines of one group had no blank line
// between them. Lines that were broken inside a sentence, as in a narrow column,
// are put together again.
func textLines(text string) []linerules.Line {
	var lines []linerules.Line
	var line strings.Builder
	group, last := 0, ""
	flush := func() {
		if line.Len() > 0 {
			lines = append(lines, linerules.Line{Block: news.Block{Kind: news.Paragraph, Text: line.String()}, Group: group})
			line.Reset()
		}
	}
	for len(text) > 0 {
		raw := text
		if i := strings.IndexFunc(text, letters.IsLineBreak); i >= 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			if strings.HasPrefix(text[i:], "\r\n") {
				size = 2
			}
			raw, text = text[:i], text[i+size:]
		} else {
			text = ""
		}
		switch raw = letters.NormalizeSpace(raw); {
		case raw == "":
			flush()
			group++
		case line.Len() > 0 && isBroken(last, raw) && (line.Len() > len(last) || mayGoOn(raw)):
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

// isBroken reports whether a line goes on in the next: it is as long as the lines
// of a narrow column, ends inside a sentence, and the next begins in lower case.
func isBroken(line, next string) bool {
	n := utf8.RuneCountInString(line)
	first, _ := utf8.DecodeRuneInString(next)
	return n >= minColumn && n <= 120 && unicode.IsLower(first) && !letters.IsCaseless(first) && !letters.EndsLikeSentence(line)
}

// minColumn is the length of lines of a narrow column, in characters.
const minColumn = 45

// mayGoOn reports whether a line can be the second one of a paragraph: it is as long as
// the first, or the paragraph ends with it. Below a headline there may be a byline.
func mayGoOn(line string) bool {
	return utf8.RuneCountInString(line) >= minColumn || letters.EndsLikeSentence(line)
}

// longLines joins the lines that are long enough to identify the language by.
func longLines(lines []linerules.Line) string {
	var b strings.Builder
	for i := range lines {
		if len(lines[i].Text) >= 120 {
			b.WriteString(lines[i].Text)
			b.WriteByte('\n')
		}
		if b.Len() > langid.MaxText {
			break
		}
	}
	return b.String()
}
