package clean

import (
	"context"
	"strings"

	"winnow/news"
	"winnow/news/markup"
)

// ExtractText finds the story in text that somebody else scraped.
func (x *Extractor) ExtractText(ctx context.Context, page *news.Page) (news.Story, error) {
	text, _ := markup.Decode(page.Body, page.ContentType())
	var story news.Story
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			story.Blocks = append(story.Blocks, news.Block{Kind: news.Paragraph, Text: line})
		}
	}
	return story, ctx.Err()
}
