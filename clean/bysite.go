package clean

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/meta"
	"winnow/clean/siteprofile"
	"winnow/news"
)

// judgeBySite sketches the page, which is so alone, and, where the profile of its site knows enough,
// judges its blocks again.
func (f *found) judgeBySite(page *news.Page, m *meta.Meta, alone *news.Story, profile *siteprofile.Profile, fixed facts) {
	if f.table == nil {
		return
	}
	blocks := f.doc.AllBlocks()
	own, ok := f.ownVerdicts(blocks)
	if !ok {
		return
	}
	p := &siteprofile.Page{
		URL:    cmp.Or(page.URL, m.Canonical, "text:"+news.LayOut(f.blocks)),
		Titles: append([]string{m.Title}, m.Titles...),
		Doc:    f.doc,
		Blocks: blocks,
		Rules:  make([]string, len(blocks)),
		Story:  alone.Kind == news.KindStory,
		Named:  isNamed(page),
	}
	if day, err := time.Parse(time.DateOnly, alone.Date); err == nil {
		p.Day = int32(day.Unix() / (24 * 60 * 60))
	}
	readFields(p, page, own, m)
	for i := range own {
		p.Rules[i] = own[i].Rule
		blocks[i].Text = own[i].Block.Text // a rule may have cut within it
	}
	f.sketch, f.sketched = siteprofile.NewSketch(p), p
	f.byAddress, f.addressWhy = profile.ByAddress(f.sketch)
	if f.bySite = profile.Judge(p, f.sketch); f.bySite != nil {
		f.readBySite(page, m, profile.Metadata(p, f.sketch), fixed)
		f.decide(blocks, own, m)
	}
}

// Illustrate adds to the description of a site's profile what a page of the site shows:
// names of elements, and examples of texts. It parses the page, as [Extractor.Extract]
// does.
func (x *Extractor) Illustrate(ctx context.Context, page *news.Page, d *siteprofile.Description) error {
	_, f, err := x.find(ctx, page, nil, true)
	if err == nil && f.sketched != nil {
		d.Illustrate(f.sketched)
	}
	return err
}

// decide sets the blocks and the removals by what the profile says of each block. What
// it brings back is judged by what it says.
func (f *found) decide(blocks []dom.Block, own []linerules.Verdict, m *meta.Meta) {
	f.blocks, f.removals = nil, nil
	var lines []linerules.Line
	back := map[int]bool{} // the profile brings the line back
	before := int32(-1)    // the cut element that the last removal is of
	for i := range own {
		d, v := &f.bySite.Blocks[i], &own[i]
		if !d.Keep {
			rule, why := v.Rule, v.Why
			if rule == "" {
				rule, why = siteprofile.Rule, d.Why
			}
			root := f.cutRoot(blocks[i].Elem)
			if last := len(f.removals) - 1; root >= 0 && root == before && f.removals[last].Rule == rule {
				f.removals[last].Text += " " + v.Block.Text
			} else {
				f.cut(rule, why, v.Block.Text)
			}
			before = root
			continue
		}
		before = -1
		f.removals = append(f.removals, v.Inner...)
		if b, rest := v.Block, f.without(v.Block.Text, d.Inner); rest != "" {
			b.Text = rest
			if v.Rule != "" {
				back[len(lines)] = true
			}
			lines = append(lines, linerules.Line{Block: b, Group: len(lines)})
		}
	}
	f.keepLines(lines, back, m)
}

// keepLines makes lines the blocks of the story. Those that the profile has brought
// back are judged by what they say.
func (f *found) keepLines(lines []linerules.Line, back map[int]bool, m *meta.Meta) {
	var verdicts []linerules.Verdict
	if len(back) > 0 {
		verdicts = linerules.Judge(lines, lineContext(m))
	}
	for i := range lines {
		figures := !strings.ContainsFunc(lines[i].Text, unicode.IsLetter) && (back[i-1] || back[i+1]) // of a table made of other elements
		if back[i] && !figures && verdicts[i].Rule != "" && !siteprofile.IsAboutPlace(verdicts[i].Rule) {
			f.cut(verdicts[i].Rule, verdicts[i].Why, lines[i].Text)
			continue
		}
		f.blocks = append(f.blocks, lines[i].Block)
	}
}

// cutRoot returns the element around another that a rule has cut, -1 for none.
func (f *found) cutRoot(elem int32) int32 {
	for elem >= 0 && f.doc.Elements[elem].Cut <= 0 {
		elem = f.doc.Elements[elem].Parent
	}
	return elem
}

// without cuts ranges of a text.
func (f *found) without(text string, ranges []siteprofile.Range) string {
	at, kept := 0, []string(nil)
	for _, r := range ranges {
		f.cut(siteprofile.Rule, r.Why, text[r.From:r.To])
		kept = append(kept, strings.TrimSpace(text[at:r.From]))
		at = r.To
	}
	kept = append(kept, strings.TrimSpace(text[at:]))
	return strings.TrimSpace(strings.Join(kept, " "))
}

// ownVerdicts returns what the page's own rules say of all its blocks. ok is false
// when the blocks cannot be matched.
func (f *found) ownVerdicts(blocks []dom.Block) (own []linerules.Verdict, ok bool) {
	own = make([]linerules.Verdict, len(blocks))
	at, line := 0, 0 // in f.all, and in f.verdicts
	for i := range blocks {
		b, v := &blocks[i], &own[i]
		v.Block = b.Block
		if b.Cut != 0 {
			r := &f.table.Rules[b.Cut-1]
			v.Rule, v.Why = r.ID, r.Why
			continue
		}
		for at < len(f.all) && f.all[at].Cut != 0 {
			at++
		}
		if at == len(f.all) || f.all[at].Text != b.Text {
			return nil, false
		}
		switch known := &f.all[at]; known.Rule {
		case "", news.ModelRule:
			*v = f.verdicts[line]
			line++
		default:
			v.Rule, v.Why = known.Rule, known.Why
		}
		at++
	}
	return own, true
}
