package clean

import (
	"strings"

	"winnow/news"
)

// labelCodes number the sections of labels that a line may bear.
var labelCodes = map[string]uint8{
	"ad": 1, "agency": 2, "bio": 3, "byline": 4, "caption": 5, "closing": 6, "comments": 7, "consent": 8, "count": 9, "date": 10, "login": 11, "newsletter": 12, "related": 13, "rights": 14, "share": 15, "source": 16, "sponsored": 17, "tags": 18, "watch": 19,
}

// longLabelled is the length, in letters, up to which a block is asked for labels.
const longLabelled = 90

// features reads what the model may ask of block i.
func (v *modelView) features(i int) (f Features) {
	b := &v.blocks[i]
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

func (v *modelView) ofText(f *Features, b *block, t *textShape, i int) {
	f[featKind] = kindCode(b)
	f[featLetters], f[featWords] = steps(b.letters), steps(t.words)
	f[featLinkShare], f[featLinks] = twentieths(b.links, b.letters), upTo(b.anchors, 20)
	f[featEnds], f[featStart] = ending(b.Text), t.start
	f[featDigits], f[featCapitals] = twentieths(t.digits, b.letters), twentieths(t.capitals, b.letters)
	f[featCommas], f[featShortWords] = upTo(t.commas, 30), twentieths(t.short, t.words)
	f[featSigns], f[featQuoteMarks] = upTo(t.signs, 10), upTo(t.quotes, 10)
	f[featWordLength] = uint8(min(40, b.letters*4/max(1, t.words)))
	f[featTitle] = twentieths(t.inTitle, t.words)
	f[featTitleIn] = twentieths(t.inTitle, int32(len(v.title)))
	f[featDescription] = twentieths(t.inDescription, t.words)
	f[featYear] = bit(t.year)
	if b.letters <= longLabelled {
		f[featYear] |= bit(hasClock(b.Text)) << 1
		f[featLabel] = v.labels(i)
	}
	if b.letters <= 400 {
		for _, name := range v.m.authors {
			if name != "" && strings.Contains(b.Text, name) {
				f[featAuthor] = 1
			}
		}
	}
	f[featTwice] = upTo(v.seen[b.Text]-1, 3)
}

// labels is the code of the first label on a line; above 32 when it stands alone.
func (v *modelView) labels(i int) uint8 {
	if v.label[i] == 0 {
		v.label[i] = 1 + labelCode(v.blocks[i].Text)
	}
	return v.label[i] - 1
}

func labelCode(text string) uint8 {
	l := newTextLine(text)
	code := uint8(0)
	for _, h := range labelWords().find(&l) {
		c := labelCodes[h.section]
		if c == 0 {
			c = 30
		}
		if h.alone {
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
	if endsSentence(s) {
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

func kindCode(b *block) uint8 {
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

func (v *modelView) ofPlace(f *Features, b *block, i int) {
	e := &v.o.elems[b.elem]
	f[featBold], f[featItalic] = bit(b.in&inBold != 0), bit(b.in&inItalic != 0)
	for k, p := range [...]place{inArticle, inItem, inQuote, inFigure, inCell, inSmall, inTitle, inTime} {
		f[featPlace] |= bit(b.in&p != 0) << k
	}
	f[featPicture] = bit(b.afterImage)
	f[featTag] = tagCode(e.node.DataAtom)
	if e.parent >= 0 {
		f[featParentTag] = tagCode(v.o.elems[e.parent].node.DataAtom)
	}
	depth := int32(0)
	for p := e.parent; p >= 0 && depth < 60; p = v.o.elems[p].parent {
		depth++
	}
	f[featDepth] = uint8(depth)
	f[featOnPage] = twentieths(v.sums[i].letters, v.sums[len(v.blocks)].letters)
	names, up := v.kindsAt(b.elem), nameKind(0)
	for p, k := e.parent, 0; p >= 0 && k < 4; p, k = v.o.elems[p].parent, k+1 {
		up |= v.kindsAt(p)
		if k == 0 {
			names |= v.kindsAt(p)
		}
	}
	f[featNames], f[featNamesUp] = uint8(names), uint8(up)
	for p, k := b.elem, 0; p >= 0 && k < 8; p, k = v.o.elems[p].parent, k+1 {
		switch n := v.o.elems[p].node; {
		case attr(n, "itemprop") == "articleBody" || attr(n, "property") == "articleBody":
			f[featSemantic] = 2
		case v.namesContent(p):
			f[featSemantic] = max(f[featSemantic], 1)
		}
	}
}

// namesContent says whether an element is named as the one around a text.
func (v *modelView) namesContent(i int32) bool {
	if v.content[i] == 0 {
		v.content[i] = 1 + bit(contentHint(&v.o.elems[i]) >= 1.3)
	}
	return v.content[i] == 2
}

func (v *modelView) ofOpinions(f *Features, b *block, i int) {
	f[featRule] = ruleCode(b.rule)
	f[featOwn], f[featOther], f[featThird] = opinion3(v.own, i), opinion3(v.other, i), opinion3(v.third, i)
	f[featRegion] = bit(v.region[i])
	switch {
	case v.ldKey == "":
	case v.inLD(b):
		f[featLD] = 2
	default:
		f[featLD] = 1
	}
	if v.first >= 0 {
		from, to := int32(i-v.first), int32(v.last-i)
		f[featFromStart], f[featFromEnd] = upTo(from+1, 40), upTo(to+1, 40)
		if from < 0 {
			f[featBeforeRegion] = steps(-from)
		}
		if to < 0 {
			f[featAfterRegion] = steps(-to)
		}
	}
}

// ruleCodes number the rules by what they say of a block. The numbers are part
// of every model: a rule that is new, and one that goes, changes none of them.
var ruleCodes = map[string]uint8{
	outsideRule: 1, "above-headline": 2, "next-story": 3, "picture-line": 4, "small-print": 5, "link-line": 6, "correction": 7,
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
func (v *modelView) ofKin(f *Features, b *block, i int) {
	before, after := v.runBefore[i], v.runAfter[i]
	f[featNearRunBefore], f[featNearRunAfter] = 60, 60
	if before >= 0 {
		f[featNearRunBefore] = upTo(int32(i)-before, 50)
	}
	if after >= 0 {
		f[featNearRunAfter] = upTo(after-int32(i), 50)
	}
	f[featLastRunKin] = min(v.kinship(b.elem, before), v.kinship(b.elem, after))
	for _, k := range [2]int32{before, after} {
		if k >= 0 && v.o.elems[v.blocks[k].elem].parent == v.o.elems[b.elem].parent {
			f[featRunBesides]++
		}
	}
	a := v.alike[v.builds[i]]
	f[featAlikeBlocks], f[featAlikeRun] = upTo(a.blocks, 60), twentieths(a.running, a.blocks)
	f[featAlikeLinks], f[featAlikeMean] = twentieths(a.links, a.letters), steps(a.letters/max(1, a.blocks))
	f[featAlikeRegion] = twentieths(a.region, a.blocks)
}

// kinship is how many elements up from one place another is found; 20: farther,
// or there is none.
func (v *modelView) kinship(elem, block int32) uint8 {
	if block < 0 {
		return 20
	}
	other := v.blocks[block].elem
	for up := uint8(0); elem >= 0 && up < 20; elem, up = v.o.elems[elem].parent, up+1 {
		if other >= elem && (other < v.o.elems[elem].end || other == elem) {
			return up
		}
	}
	return 20
}

// ofBoxes looks at the elements around: the next two that hold more than the
// block, and its box, the largest that holds less than half of the story.
func (v *modelView) ofBoxes(f *Features, b *block) {
	up1 := v.up(b.elem)
	up2 := v.up(up1)
	one, two := v.within(up1), v.within(up2)
	f[featUp1Letters], f[featUp1Links], f[featUp1Run], f[featUp1Blocks] = steps(one.letters), twentieths(one.links, one.letters), upTo(one.running, 40), upTo(one.blocks, 60)
	f[featUp2Letters], f[featUp2Links], f[featUp2Run], f[featUp2Blocks] = steps(two.letters), twentieths(two.links, two.letters), upTo(two.running, 40), upTo(two.blocks, 60)
	half := v.regionSums().letters / 2
	box := b.elem
	for p := v.o.elems[box].parent; p >= 0 && v.within(p).letters < half; p = v.o.elems[p].parent {
		if v.o.elems[p].block {
			box = p
		}
	}
	s := v.within(box)
	f[featBoxLetters], f[featBoxLinks], f[featBoxRun], f[featBoxBlocks] = steps(s.letters), twentieths(s.links, s.letters), upTo(s.running, 40), upTo(s.blocks, 60)
	f[featBoxTag], f[featBoxNames] = tagCode(v.o.elems[box].node.DataAtom), uint8(v.kindsAt(box))
	f[featBoxPlace] = twentieths(s.region, s.blocks)
}

func (v *modelView) regionSums() viewSums {
	if v.first < 0 {
		return viewSums{}
	}
	return v.sums[v.last+1].minus(v.sums[v.first])
}

func (v *modelView) ofNeighbours(f *Features, i int) {
	prev, cut := v.next(i, -1)
	f[featPrevCut] = cut
	if prev >= 0 {
		b := &v.blocks[prev]
		f[featPrevLetters], f[featPrevLinks], f[featPrevKind] = steps(b.letters), twentieths(b.links, b.letters), kindCode(b)
		f[featPrevRegion], f[featPrevEnds] = bit(v.region[prev]), ending(b.Text)
		if prev2, _ := v.next(prev, -1); prev2 >= 0 {
			f[featPrev2Letters] = steps(v.blocks[prev2].letters)
		}
	}
	next, cut := v.next(i, 1)
	f[featNextCut] = cut
	if next >= 0 {
		b := &v.blocks[next]
		f[featNextLetters], f[featNextLinks], f[featNextKind] = steps(b.letters), twentieths(b.links, b.letters), kindCode(b)
		f[featNextRegion], f[featNextEnds] = bit(v.region[next]), ending(b.Text)
		if next2, _ := v.next(next, 1); next2 >= 0 {
			f[featNext2Letters] = steps(v.blocks[next2].letters)
		}
	}
	if h := v.heading[i]; h >= 0 {
		f[featHeadingFar] = upTo(int32(i)-h, 40)
		if v.blocks[h].letters <= longLabelled && int32(i)-h < 40 {
			f[featHeadingLabel] = v.labels(int(h))
		}
	}
}

// next is the next block in a direction that no rule on elements has cut, and
// which such rule, by its code, has cut something on the way there.
func (v *modelView) next(i, step int) (at int, cut uint8) {
	for k := i + step; k >= 0 && k < len(v.blocks); k += step {
		if v.blocks[k].cut == 0 {
			return k, cut
		}
		if cut == 0 {
			cut = ruleCode(v.blocks[k].rule)
		}
	}
	return -1, cut
}

func (v *modelView) ofPage(f *Features) {
	all, part := v.sums[len(v.blocks)], v.regionSums()
	f[featPageLetters], f[featPageBlocks], f[featPageLinks] = steps(all.letters), steps(all.blocks), twentieths(all.links, all.letters)
	f[featRegionLetters], f[featRegionShare] = steps(part.letters), twentieths(part.letters, all.letters)
	f[featAgreement] = uint8(v.agreement * 20)
	f[featPageLD] = bit(v.ldKey != "")
	f[featLongest] = steps(v.longest)
}

// maxSearched bounds the search for blocks in the text that JSON-LD gives, in bytes.
const maxSearched = 1 << 26

// inLD says whether the text that JSON-LD gives holds a block.
func (v *modelView) inLD(b *block) bool {
	if b.letters < 12 || b.letters > 2000 || v.searched > maxSearched {
		return false
	}
	v.searched += len(v.ldKey)
	return strings.Contains(v.ldKey, letterKey(b.Text))
}
