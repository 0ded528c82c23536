package clean

import (
	"winnow/news"
)

// kindOf says what a page is, and why, if it is no story.
func (x *Extractor) kindOf(page *news.Page, m *meta, f *found) (kind, why string) {
	if len(f.blocks) == 0 {
		return news.KindEmpty, "the page has no text"
	}
	return news.KindStory, ""
}

// qualityMarks are the marks of a story.
func qualityMarks(kind string, m *meta, f *found) []string {
	return []string{}
}
