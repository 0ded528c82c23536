package modelview

import (
	"strings"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/region"
	"winnow/news"
)

// labelCodes number the sections of labels that a line may bear.
var labelCodes = map[string]uint8{
	"ad": 1, "agency": 2, "bio": 3, "byline": 4, "caption": 5, "closing": 6, "comments": 7, "consent": 8, "count": 9, "date": 10, "login": 11, "newsletter": 12, "related": 13, "rights": 14, "share": 15, "source": 16, "sponsored": 17, "tags": 18, "watch": 19,
}

// longLabelled is the length, in letters, up to which a block is asked for labels.
const longLabelled = 90

// Features reads what the model may ask of block i.
func (v *View) Features(i int) (f blockmodel.Features) {
	b := &v.Blocks[i]
	t := &v.texts[i]
	v.ofText(&f, b, t, i)
	v.ofPlace(&f, b, i)
	v.ofOpinions(&f, b, i)
	v.ofKin(&f, b, i)
	v.ofBoxes(&f, b)
	v.ofNeighbours(&f, i)
	v.ofPage(&f)
	return f
}

func (v *View) ofText(f *blockmodel.Features, b *dom.Block, t *textShape, i int) {
	f[blockmodel.FeatKind] = kindCode(b)
	f[blockmodel.FeatLetters], f[blockmodel.FeatWords] = blockmodel.Steps(b.Letters), blockmodel.Steps(t.words)
	f[blockmodel.FeatLinkShare], f[blockmodel.FeatLinks] = blockmodel.Twentieths(b.LinkLetters, b.Letters), blockmodel.UpTo(b.Links, 20)
	f[blockmodel.FeatEnds], f[blockmodel.FeatStart] = ending(b.Text), t.start
	f[blockmodel.FeatDigits], f[blockmodel.FeatCapitals] = blockmodel.Twentieths(t.digits, b.Letters), blockmodel.Twentieths(t.capitals, b.Letters)
	f[blockmodel.FeatCommas], f[blockmodel.FeatShortWords] = blockmodel.UpTo(t.commas, 30), blockmodel.Twentieths(t.short, t.words)
	f[blockmodel.FeatSigns], f[blockmodel.FeatQuoteMarks] = blockmodel.UpTo(t.signs, 10), blockmodel.UpTo(t.quotes, 10)
	f[blockmodel.FeatWordLength] = uint8(min(40, b.Letters*4/max(1, t.words)))
	f[blockmodel.FeatTitle] = blockmodel.Twentieths(t.inTitle, t.words)
	f[blockmodel.FeatTitleIn] = blockmodel.Twentieths(t.inTitle, int32(len(v.title)))
	f[blockmodel.FeatDescription] = blockmodel.Twentieths(t.inDescription, t.words)
	f[blockmodel.FeatYear] = blockmodel.Bit(t.year)
	if b.Letters <= longLabelled {
		f[blockmodel.FeatYear] |= blockmodel.Bit(letters.HasClock(b.Text)) << 1
		f[blockmodel.FeatLabel] = v.labels(i)
	}
	if b.Letters <= 400 {
		for _, name := range v.m.Authors {
			if name != "" && strings.Contains(b.Text, name) {
				f[blockmodel.FeatAuthor] = 1
			}
		}
	}
	f[blockmodel.FeatTwice] = blockmodel.UpTo(v.seen[b.Text]-1, 3)
}

// labels is the code of the first label on a line; above 32 when it stands alone.
func (v *View) labels(i int) uint8 {
	if v.label[i] == 0 {
		v.label[i] = 1 + labelCode(v.Blocks[i].Text)
	}
	return v.label[i] - 1
}

func labelCode(text string) uint8 {
	l := letters.NewLine(text)
	code := uint8(0)
	for _, h := range labels.All().Find(&l) {
		c := labelCodes[string(h.Section)]
		if c == 0 {
			c = 30
		}
		if h.Alone {
			return c + 32
		}
		if code == 0 {
			code = c
		}
	}
	return code
}

// ending numbers the ways a text can end.
func ending(s string) uint8 {
	if letters.EndsClause(s) {
		switch s[len(s)-1] {
		case ':':
			return 4
		case '?', '!':
			return 3
		}
		return 1
	}
	return 0
}

func kindCode(b *dom.Block) uint8 {
	switch b.Kind {
	case news.Heading:
		return 1
	case news.ListItem:
		return 2
	case news.Quote:
		return 3
	case news.TableRow:
		return 4
	case news.Code:
		return 5
	}
	return 0
}

func (v *View) ofPlace(f *blockmodel.Features, b *dom.Block, i int) {
	e := &v.doc.Elements[b.Elem]
	f[blockmodel.FeatBold], f[blockmodel.FeatItalic] = blockmodel.Bit(b.In&dom.InBold != 0), blockmodel.Bit(b.In&dom.InItalic != 0)
	for k, p := range [...]dom.Context{dom.InArticle, dom.InItem, dom.InQuote, dom.InFigure, 0, dom.InSmall, dom.InTitle, dom.InTime} {
		f[blockmodel.FeatPlace] |= blockmodel.Bit(b.In&p != 0) << k
	}
	f[blockmodel.FeatPicture] = blockmodel.Bit(b.AfterImage)
	f[blockmodel.FeatTag] = tagCode(e.Node.DataAtom)
	if e.Parent >= 0 {
		f[blockmodel.FeatParentTag] = tagCode(v.doc.Elements[e.Parent].Node.DataAtom)
	}
	depth := int32(0)
	for p := e.Parent; p >= 0 && depth < 60; p = v.doc.Elements[p].Parent {
		depth++
	}
	f[blockmodel.FeatDepth] = uint8(depth)
	f[blockmodel.FeatOnPage] = blockmodel.Twentieths(v.sums[i].letters, v.sums[len(v.Blocks)].letters)
	names, up := v.kindsAt(b.Elem), region.NameKind(0)
	for p, k := e.Parent, 0; p >= 0 && k < 4; p, k = v.doc.Elements[p].Parent, k+1 {
		up |= v.kindsAt(p)
		if k == 0 {
			names |= v.kindsAt(p)
		}
	}
	f[blockmodel.FeatNames], f[blockmodel.FeatNamesUp] = uint8(names), uint8(up)
	for p, k := b.Elem, 0; p >= 0 && k < 8; p, k = v.doc.Elements[p].Parent, k+1 {
		switch n := v.doc.Elements[p].Node; {
		case dom.Attr(n, "itemprop") == "articleBody" || dom.Attr(n, "property") == "articleBody":
			f[blockmodel.FeatSemantic] = 2
		case v.namesContent(p):
			f[blockmodel.FeatSemantic] = max(f[blockmodel.FeatSemantic], 1)
		}
	}
}

// namesContent says whether an element is named as the one around a text.
func (v *View) namesContent(i int32) bool {
	if v.content[i] == 0 {
		v.content[i] = 1 + blockmodel.Bit(region.HasContentName(&v.doc.Elements[i]))
	}
	return v.content[i] == 2
}

func (v *View) ofOpinions(f *blockmodel.Features, b *dom.Block, i int) {
	f[blockmodel.FeatRule] = ruleCode(b.Rule)
	f[blockmodel.FeatOwn], f[blockmodel.FeatOther], f[blockmodel.FeatThird] = opinion3(v.ByValue, i), opinion3(v.ByScore, i), opinion3(v.ByLibrary, i)
	f[blockmodel.FeatRegion] = blockmodel.Bit(v.region[i])
	switch {
	case v.ldKey == "":
	case v.inLD(b):
		f[blockmodel.FeatLD] = 2
	default:
		f[blockmodel.FeatLD] = 1
	}
	if v.first >= 0 {
		from, to := int32(i-v.first), int32(v.last-i)
		f[blockmodel.FeatFromStart], f[blockmodel.FeatFromEnd] = blockmodel.UpTo(from+1, 40), blockmodel.UpTo(to+1, 40)
		if from < 0 {
			f[blockmodel.FeatBeforeRegion] = blockmodel.Steps(-from)
		}
		if to < 0 {
			f[blockmodel.FeatAfterRegion] = blockmodel.Steps(-to)
		}
	}
}

// ruleCodes number the rules by what they say of a block. The numbers are part
// of every model: a rule that is new, and one that goes, changes none of them.
var ruleCodes = map[string]uint8{
	region.OutsideRule: 1, "above-headline": 2, "next-story": 3, "picture-line": 4, "small-print": 5, "link-line": 6, "correction": 7,
	"time-stamp": 8, "repeat": 9, "head-line": 10, "tail-line": 11, "lone-heading": 12,

	"related": 20, "teaser": 20, "headline-box": 20, "link-list": 20, "recirculation": 20,
	"ads": 21, "sponsored": 21, "paid-box": 21,
	"newsletter": 22, "letter-box": 22, "follow": 22, "login": 22, "form": 22,
	"share": 23, "tools": 23, "counter": 23,
	"comments": 24, "comment": 24, "thread": 24,
	"caption": 25, "picture": 25, "player": 25, "embed": 25,
	"byline": 26, "author-box": 26, "tags": 27, "breadcrumb": 27,
	"navigation": 28, "sidebar": 28, "masthead": 28, "footer": 28, "foot": 28,
}

// otherRule is the number of the rules that have none of their own.
const otherRule = 40

// ruleCode is the number of a rule, 0 for none.
func ruleCode(id string) uint8 {
	if id == "" {
		return 0
	}
	if code := ruleCodes[id]; code != 0 {
		return code
	}
	return otherRule
}

func opinion3(in []bool, i int) uint8 {
	switch {
	case in == nil:
		return 0
	case in[i]:
		return 2
	}
	return 1
}

// ofKin looks at the text that stands around the block and at the blocks that
// are built like it.
func (v *View) ofKin(f *blockmodel.Features, b *dom.Block, i int) {
	before, after := v.runBefore[i], v.runAfter[i]
	f[blockmodel.FeatNearRunBefore], f[blockmodel.FeatNearRunAfter] = 60, 60
	if before >= 0 {
		f[blockmodel.FeatNearRunBefore] = blockmodel.UpTo(int32(i)-before, 50)
	}
	if after >= 0 {
		f[blockmodel.FeatNearRunAfter] = blockmodel.UpTo(after-int32(i), 50)
	}
	f[blockmodel.FeatLastRunKin] = min(v.kinship(b.Elem, before), v.kinship(b.Elem, after))
	for _, k := range [2]int32{before, after} {
		if k >= 0 && v.doc.Elements[v.Blocks[k].Elem].Parent == v.doc.Elements[b.Elem].Parent {
			f[blockmodel.FeatRunBesides]++
		}
	}
	a := v.alike[v.builds[i]]
	f[blockmodel.FeatAlikeBlocks], f[blockmodel.FeatAlikeRun] = blockmodel.UpTo(a.blocks, 60), blockmodel.Twentieths(a.running, a.blocks)
	f[blockmodel.FeatAlikeLinks], f[blockmodel.FeatAlikeMean] = blockmodel.Twentieths(a.links, a.letters), blockmodel.Steps(a.letters/max(1, a.blocks))
	f[blockmodel.FeatAlikeRegion] = blockmodel.Twentieths(a.region, a.blocks)
}

// kinship is how many elements up from one place another is found; 20: farther,
// or there is none.
func (v *View) kinship(elem, block int32) uint8 {
	if block < 0 {
		return 20
	}
	other := v.Blocks[block].Elem
	for up := uint8(0); elem >= 0 && up < 20; elem, up = v.doc.Elements[elem].Parent, up+1 {
		if other >= elem && (other < v.doc.Elements[elem].End || other == elem) {
			return up
		}
	}
	return 20
}

// ofBoxes looks at the elements around: the next two that hold more than the
// block, and its box, the largest that holds less than half of the story.
func (v *View) ofBoxes(f *blockmodel.Features, b *dom.Block) {
	up1 := v.up(b.Elem)
	up2 := v.up(up1)
	one, two := v.within(up1), v.within(up2)
	f[blockmodel.FeatUp1Letters], f[blockmodel.FeatUp1Links], f[blockmodel.FeatUp1Run], f[blockmodel.FeatUp1Blocks] = blockmodel.Steps(one.letters), blockmodel.Twentieths(one.links, one.letters), blockmodel.UpTo(one.running, 40), blockmodel.UpTo(one.blocks, 60)
	f[blockmodel.FeatUp2Letters], f[blockmodel.FeatUp2Links], f[blockmodel.FeatUp2Run], f[blockmodel.FeatUp2Blocks] = blockmodel.Steps(two.letters), blockmodel.Twentieths(two.links, two.letters), blockmodel.UpTo(two.running, 40), blockmodel.UpTo(two.blocks, 60)
	half := v.regionSums().letters / 2
	box := b.Elem
	for p := v.doc.Elements[box].Parent; p >= 0 && v.within(p).letters < half; p = v.doc.Elements[p].Parent {
		if v.doc.Elements[p].IsBlock {
			box = p
		}
	}
	s := v.within(box)
	f[blockmodel.FeatBoxLetters], f[blockmodel.FeatBoxLinks], f[blockmodel.FeatBoxRun], f[blockmodel.FeatBoxBlocks] = blockmodel.Steps(s.letters), blockmodel.Twentieths(s.links, s.letters), blockmodel.UpTo(s.running, 40), blockmodel.UpTo(s.blocks, 60)
	f[blockmodel.FeatBoxTag], f[blockmodel.FeatBoxNames] = tagCode(v.doc.Elements[box].Node.DataAtom), uint8(v.kindsAt(box))
	f[blockmodel.FeatBoxPlace] = blockmodel.Twentieths(s.region, s.blocks)
}

func (v *View) regionSums() sums {
	if v.first < 0 {
		return sums{}
	}
	return v.sums[v.last+1].minus(v.sums[v.first])
}

func (v *View) ofNeighbours(f *blockmodel.Features, i int) {
	prev, cut := v.next(i, -1)
	f[blockmodel.FeatPrevCut] = cut
	if prev >= 0 {
		b := &v.Blocks[prev]
		f[blockmodel.FeatPrevLetters], f[blockmodel.FeatPrevLinks], f[blockmodel.FeatPrevKind] = blockmodel.Steps(b.Letters), blockmodel.Twentieths(b.LinkLetters, b.Letters), kindCode(b)
		f[blockmodel.FeatPrevRegion], f[blockmodel.FeatPrevEnds] = blockmodel.Bit(v.region[prev]), ending(b.Text)
		if prev2, _ := v.next(prev, -1); prev2 >= 0 {
			f[blockmodel.FeatPrev2Letters] = blockmodel.Steps(v.Blocks[prev2].Letters)
		}
	}
	next, cut := v.next(i, 1)
	f[blockmodel.FeatNextCut] = cut
	if next >= 0 {
		b := &v.Blocks[next]
		f[blockmodel.FeatNextLetters], f[blockmodel.FeatNextLinks], f[blockmodel.FeatNextKind] = blockmodel.Steps(b.Letters), blockmodel.Twentieths(b.LinkLetters, b.Letters), kindCode(b)
		f[blockmodel.FeatNextRegion], f[blockmodel.FeatNextEnds] = blockmodel.Bit(v.region[next]), ending(b.Text)
		if next2, _ := v.next(next, 1); next2 >= 0 {
			f[blockmodel.FeatNext2Letters] = blockmodel.Steps(v.Blocks[next2].Letters)
		}
	}
	if h := v.heading[i]; h >= 0 {
		f[blockmodel.FeatHeadingFar] = blockmodel.UpTo(int32(i)-h, 40)
		if v.Blocks[h].Letters <= longLabelled && int32(i)-h < 40 {
			f[blockmodel.FeatHeadingLabel] = v.labels(int(h))
		}
	}
}

// next is the next block in a direction that no rule on elements has cut, and
// which such rule, by its code, has cut something on the way there.
func (v *View) next(i, step int) (at int, cut uint8) {
	for k := i + step; k >= 0 && k < len(v.Blocks); k += step {
		if v.Blocks[k].Cut == 0 {
			return k, cut
		}
		if cut == 0 {
			cut = ruleCode(v.Blocks[k].Rule)
		}
	}
	return -1, cut
}

func (v *View) ofPage(f *blockmodel.Features) {
	all, part := v.sums[len(v.Blocks)], v.regionSums()
	f[blockmodel.FeatPageLetters], f[blockmodel.FeatPageBlocks], f[blockmodel.FeatPageLinks] = blockmodel.Steps(all.letters), blockmodel.Steps(all.blocks), blockmodel.Twentieths(all.links, all.letters)
	f[blockmodel.FeatRegionLetters], f[blockmodel.FeatRegionShare] = blockmodel.Steps(part.letters), blockmodel.Twentieths(part.letters, all.letters)
	f[blockmodel.FeatAgreement] = uint8(v.Agreement * 20)
	f[blockmodel.FeatPageLD] = blockmodel.Bit(v.ldKey != "")
	f[blockmodel.FeatLongest] = blockmodel.Steps(v.longest)
}

// maxSearched bounds the search for blocks in the text that JSON-LD gives, in bytes.
const maxSearched = 1 << 26

// inLD says whether the text that JSON-LD gives holds a block.
func (v *View) inLD(b *dom.Block) bool {
	if b.Letters < 12 || b.Letters > 2000 || v.searched > maxSearched {
		return false
	}
	v.searched += len(v.ldKey)
	return strings.Contains(v.ldKey, letters.Key(b.Text))
}
