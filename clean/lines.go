package clean

import "winnow/news"

// lineContext is what is known of a story when its lines are judged.
type lineContext struct {
	Title    string
	Titles   []string // other spellings of the title
	Authors  []string
	SiteName string
	Language string // ISO 639-1; "" when not known
	Plain    bool   // scraped plain text, without markup that tells anything
}

// judgeLines cuts the blocks that the line rules tell from the story. What is
// kept keeps its order.
func judgeLines(blocks []news.Block, c lineContext) (kept []news.Block, removals []news.Removal) {
	return blocks, nil
}
