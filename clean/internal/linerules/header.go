package linerules

import (
	"strings"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// isHeaderLine knows lines made of nothing but author, date, counts and the
// section of the site, such as "By Ann Lee • 17 April 2023 • 0:32".
func isHeaderLine(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading && i > j.first {
		return false
	}
	f := byline.ReadHeader(l.Plain, j.c.Language)
	for _, name := range j.c.Authors {
		if letters.SameKey(l.Plain, letters.Key(name)) {
			f.Recognized, f.Unrecognized, f.Names = 1, 0, append(f.Names, name)
		}
	}
	if !f.IsHeader() || letters.IsNumber(strings.ReplaceAll(l.Fold, " ", "")) {
		return false
	}
	if i > j.last && j.last >= 0 && len(f.Dates) == 0 && len(f.Names) == 0 && !f.Desk {
		return false
	}
	for _, n := range f.Names {
		j.addName(n)
	}
	return true
}
