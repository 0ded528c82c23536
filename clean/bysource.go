package clean

import (
	"strings"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/langid"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/meta"
	"winnow/clean/textprofile"
	"winnow/news"
)

// SketchText returns the sketch of a scraped text, of which profiles of its source
// are made.
func SketchText(page *news.Page) *textprofile.Sketch {
	lines := linesOf(page)
	language, _ := langid.Detect(longLines(lines), "")
	return textprofile.NewSketch(profileText(lines, language))
}

func profileText(lines []linerules.Line, language string) *textprofile.Text {
	t := &textprofile.Text{Lines: make([]string, len(lines)), Rules: make([]string, len(lines)), Language: language}
	for i := range lines {
		t.Lines[i] = lines[i].Text
	}
	return t
}

// sourced is what the profile of its source says of a text.
type sourced uint8

const (
	bySelf   sourced = iota // too little is known: the text is judged by itself
	bySource                // the lines are judged
	byTitle                 // the title is known too
)

// judgeBySource judges the lines of a text by the profile of its source and by the
// rules on lines, and sets title, date and authors.
func judgeBySource(lines []linerules.Line, c linerules.Context, m *meta.Meta, profile *textprofile.Profile) (blocks []news.Block, removals []news.Removal, known sourced) {
	t := profileText(lines, c.Language)
	own := linerules.Judge(lines, c)
	for i := range own {
		t.Rules[i] = own[i].Rule
	}
	j := profile.Judge(t, textprofile.NewSketch(t))
	if j == nil {
		return nil, nil, bySelf
	}
	readHead(m, lines, j, c.Language)
	for i := range own {
		v, d := &own[i], &j.Lines[i]
		cut := func(text, why string) {
			removals = append(removals, news.Removal{Rule: textprofile.Rule, Why: why, Text: text})
		}
		switch {
		case i == j.Title:
			m.Title = v.Block.Text
			removals = append(removals, linerules.TitleRemoval(v.Block.Text))
		case !d.Keep && v.Rule != "":
			removals = append(removals, news.Removal{Rule: v.Rule, Why: v.Why, Text: v.Block.Text})
		case !d.Keep:
			cut(v.Block.Text, d.Why)
		default:
			removals = append(removals, v.Inner...)
			b := v.Block
			if len(d.Inner) > 0 && b.Text == lines[i].Text {
				b.Text = without(b.Text, d.Inner, cut)
			}
			if b.Text != "" {
				blocks = append(blocks, b)
			}
		}
	}
	if j.Title >= 0 {
		return blocks, removals, byTitle
	}
	return blocks, removals, bySource
}

// without returns a text without ranges, each of which is passed to cut.
func without(text string, ranges []textprofile.Range, cut func(text, why string)) string {
	at, kept := 0, []string(nil)
	for _, r := range ranges {
		cut(text[r.From:r.To], r.Why)
		kept = append(kept, strings.TrimSpace(text[at:r.From]))
		at = r.To
	}
	kept = append(kept, strings.TrimSpace(text[at:]))
	return strings.TrimSpace(strings.Join(kept, " "))
}

// readHead sets date and authors from the lines that a profile names; what it does not
// know, from the head of the text as if it were alone.
func readHead(m *meta.Meta, lines []linerules.Line, j *textprofile.Judgement, language string) {
	if len(j.Authors) > 0 {
		m.Authors = meta.CleanAuthors(j.Authors, m.SiteName)
	}
	if j.Date >= 0 {
		h := byline.ReadHeader(lines[j.Date].Text, language)
		m.Date, m.Published = h.Published()
	}
	m.ReadHead(headOf(lines[max(0, j.Title):]), language)
}
