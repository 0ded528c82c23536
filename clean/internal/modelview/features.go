package modelview

import (
	"strings"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/region"
)

// Features returns the features of block i but those of its words, which a
// lexicon sets. The bounds of counts are where larger ones tell no more.
func (v *View) Features(i int) (f blockmodel.Features) {
	b := &v.Blocks[i]
	v.textFeatures(&f, b, i)
	v.elementFeatures(&f, b, i)
	v.voteFeatures(&f, b, i)
	v.distanceFeatures(&f, b, i)
	v.alikeFeatures(&f, i)
	v.boxFeatures(&f, b)
	v.neighbourFeatures(&f, i)
	v.pageFeatures(&f)
	return f
}

const (
	maxLabelled   = 90  // letters of a block that is searched for labels and hours
	maxAuthorLine = 400 // letters of a block that is searched for the author's name
)

func (v *View) textFeatures(f *blockmodel.Features, b *dom.Block, i int) {
	t := &v.texts[i]
	f[feature.Kind] = kindCode(b)
	f[feature.Letters], f[feature.Words] = feature.Log(b.Letters), feature.Log(t.words)
	f[feature.LinkShare], f[feature.Links] = feature.Share(b.LinkLetters, b.Letters), feature.UpTo(b.Links, 20)
	f[feature.Ends], f[feature.Start] = endCode(b.Text), t.start
	f[feature.Digits], f[feature.Capitals] = feature.Share(t.digits, b.Letters), feature.Share(t.capitals, b.Letters)
	f[feature.Commas], f[feature.ShortWords] = feature.UpTo(t.commas, 30), feature.Share(t.shortWords, t.words)
	f[feature.Signs], f[feature.QuoteMarks] = feature.UpTo(t.signs, 10), feature.UpTo(t.quotes, 10)
	f[feature.WordLength] = feature.UpTo(b.Letters*4/max(1, t.words), 40)
	f[feature.Title] = feature.Share(t.inTitle, t.words)
	f[feature.TitleIn] = feature.Share(t.inTitle, int32(len(v.title)))
	f[feature.Description] = feature.Share(t.inDescription, t.words)
	f[feature.Year] = feature.Bit(t.year)
	if b.Letters <= maxLabelled {
		f[feature.Year] |= feature.Bit(letters.HasClock(b.Text)) << 1
		f[feature.Label] = v.labelOf(i)
	}
	if b.Letters <= maxAuthorLine {
		for _, name := range v.m.Authors {
			if name != "" && strings.Contains(b.Text, name) {
				f[feature.Author] = 1
			}
		}
	}
	f[feature.Repeats] = feature.UpTo(v.repeats[b.Text]-1, 3)
}

// How many elements upwards from a block are read.
const (
	maxDepth      = 60 // that are counted
	namesAround   = 4  // whose names are read, beside those of the block's element
	semanticReach = 8  // that may be marked as the article, the block's element included
)

func (v *View) elementFeatures(f *blockmodel.Features, b *dom.Block, i int) {
	e := &v.doc.Elements[b.Elem]
	f[feature.Bold], f[feature.Italic] = feature.Bit(b.In&dom.InBold != 0), feature.Bit(b.In&dom.InItalic != 0)
	f[feature.Context] = contextBits(b.In)
	f[feature.Picture] = feature.Bit(b.AfterImage)
	f[feature.Tag] = tagCode(e.Node.DataAtom)
	if e.Parent >= 0 {
		f[feature.ParentTag] = tagCode(v.doc.Elements[e.Parent].Node.DataAtom)
	}
	for p := e.Parent; p >= 0 && f[feature.Depth] < maxDepth; p = v.doc.Elements[p].Parent {
		f[feature.Depth]++
	}
	f[feature.Position] = feature.Share(v.before[i].letters, v.pageSums().letters)
	names, around := v.namesOf(b.Elem), region.NameKind(0)
	for p, k := e.Parent, 0; p >= 0 && k < namesAround; p, k = v.doc.Elements[p].Parent, k+1 {
		around |= v.namesOf(p)
		if k == 0 {
			names |= v.namesOf(p)
		}
	}
	f[feature.Names], f[feature.NamesAround] = uint8(names), uint8(around)
	for p, k := b.Elem, 0; p >= 0 && k < semanticReach; p, k = v.doc.Elements[p].Parent, k+1 {
		switch {
		case region.IsArticleBody(&v.doc.Elements[p]):
			f[feature.Semantic] = 2
		case v.isContent(p):
			f[feature.Semantic] = max(f[feature.Semantic], 1)
		}
	}
}

// voteFeatures are what the rules on blocks and the search for the region say of
// the block, and its place in relation to the region.
func (v *View) voteFeatures(f *blockmodel.Features, b *dom.Block, i int) {
	f[feature.Rule] = ruleCode(b.Rule)
	f[feature.ByValue], f[feature.ByScore], f[feature.ByLibrary] = voteCode(v.votes.ByValue, i), voteCode(v.votes.ByScore, i), voteCode(v.votes.ByLibrary, i)
	f[feature.Region] = feature.Bit(v.region[i])
	switch {
	case v.ldKey == "":
	case v.inLD(b):
		f[feature.LD] = 2
	default:
		f[feature.LD] = 1
	}
	if v.first < 0 {
		return
	}
	fromStart, fromEnd := int32(i-v.first), int32(v.last-i)
	f[feature.FromStart], f[feature.FromEnd] = feature.UpTo(fromStart+1, 40), feature.UpTo(fromEnd+1, 40)
	if fromStart < 0 {
		f[feature.BeforeRegion] = feature.Log(-fromStart)
	}
	if fromEnd < 0 {
		f[feature.AfterRegion] = feature.Log(-fromEnd)
	}
}

const (
	maxDistance = 50 // blocks to running text
	noText      = 60 // in place of the distance, when there is no running text
)

// distanceFeatures are the distances to the nearest running text before and after
// the block.
func (v *View) distanceFeatures(f *blockmodel.Features, b *dom.Block, i int) {
	before, after := v.textBefore[i], v.textAfter[i]
	f[feature.TextBefore], f[feature.TextAfter] = noText, noText
	if before >= 0 {
		f[feature.TextBefore] = feature.UpTo(int32(i)-before, maxDistance)
	}
	if after >= 0 {
		f[feature.TextAfter] = feature.UpTo(after-int32(i), maxDistance)
	}
	f[feature.TextInTree] = min(v.treeDistance(b.Elem, before), v.treeDistance(b.Elem, after))
	for _, k := range [2]int32{before, after} {
		if k >= 0 && v.doc.Elements[v.Blocks[k].Elem].Parent == v.doc.Elements[b.Elem].Parent {
			f[feature.TextBeside]++
		}
	}
}

// farInTree is the distance in the tree beyond which larger ones tell no more.
const farInTree = 20

// treeDistance returns how many elements up from an element one is that contains a
// block, 0 to farInTree. It is farInTree for block -1.
func (v *View) treeDistance(elem, block int32) uint8 {
	if block < 0 {
		return farInTree
	}
	other := v.Blocks[block].Elem
	for up := uint8(0); elem >= 0 && up < farInTree; elem, up = v.doc.Elements[elem].Parent, up+1 {
		if other >= elem && (other < v.doc.Elements[elem].End || other == elem) {
			return up
		}
	}
	return farInTree
}

// alikeFeatures are those of the blocks whose elements and parents have the same
// names, the block itself included.
func (v *View) alikeFeatures(f *blockmodel.Features, i int) {
	a := v.alike[v.pairs[i]]
	f[feature.AlikeBlocks], f[feature.AlikeText] = feature.UpTo(a.blocks, 60), feature.Share(a.text, a.blocks)
	f[feature.AlikeLinks], f[feature.AlikeLength] = feature.Share(a.linkLetters, a.letters), feature.Log(a.letters/max(1, a.blocks))
	f[feature.AlikeRegion] = feature.Share(a.region, a.blocks)
}

// boxFeatures are those of the next two elements around the block that hold more
// blocks, and of its box, the largest element that holds less than half of the
// region's letters.
func (v *View) boxFeatures(f *blockmodel.Features, b *dom.Block) {
	up1 := v.larger(b.Elem)
	up2 := v.larger(up1)
	half := v.regionSums().letters / 2
	box := b.Elem
	for p := v.doc.Elements[box].Parent; p >= 0 && v.sumsIn(p).letters < half; p = v.doc.Elements[p].Parent {
		if v.doc.Elements[p].IsBlock {
			box = p
		}
	}
	for _, e := range [...]struct {
		elem  int32
		first int // its first feature of four
	}{{up1, feature.Up1Letters}, {up2, feature.Up2Letters}, {box, feature.BoxLetters}} {
		s := v.sumsIn(e.elem)
		f[e.first], f[e.first+1] = feature.Log(s.letters), feature.Share(s.linkLetters, s.letters)
		f[e.first+2], f[e.first+3] = feature.UpTo(s.text, 40), feature.UpTo(s.blocks, 60)
	}
	s := v.sumsIn(box)
	f[feature.BoxTag], f[feature.BoxNames] = tagCode(v.doc.Elements[box].Node.DataAtom), uint8(v.namesOf(box))
	f[feature.BoxRegion] = feature.Share(s.region, s.blocks)
}

// maxHeading is the number of blocks beyond which the heading above a block is
// not its own.
const maxHeading = 40

// neighbourFeatures are those of the blocks before and after the block and of the
// heading above it.
func (v *View) neighbourFeatures(f *blockmodel.Features, i int) {
	prev, cut := v.next(i, -1)
	f[feature.PrevCut] = cut
	if prev >= 0 {
		b := &v.Blocks[prev]
		f[feature.PrevLetters], f[feature.PrevLinks], f[feature.PrevKind] = feature.Log(b.Letters), feature.Share(b.LinkLetters, b.Letters), kindCode(b)
		f[feature.PrevRegion], f[feature.PrevEnds] = feature.Bit(v.region[prev]), endCode(b.Text)
		if prev2, _ := v.next(prev, -1); prev2 >= 0 {
			f[feature.Prev2Letters] = feature.Log(v.Blocks[prev2].Letters)
		}
	}
	next, cut := v.next(i, 1)
	f[feature.NextCut] = cut
	if next >= 0 {
		b := &v.Blocks[next]
		f[feature.NextLetters], f[feature.NextLinks], f[feature.NextKind] = feature.Log(b.Letters), feature.Share(b.LinkLetters, b.Letters), kindCode(b)
		f[feature.NextRegion], f[feature.NextEnds] = feature.Bit(v.region[next]), endCode(b.Text)
		if next2, _ := v.next(next, 1); next2 >= 0 {
			f[feature.Next2Letters] = feature.Log(v.Blocks[next2].Letters)
		}
	}
	if h := v.heading[i]; h >= 0 {
		f[feature.HeadingDistance] = feature.UpTo(int32(i)-h, maxHeading)
		if v.Blocks[h].Letters <= maxLabelled && int32(i)-h < maxHeading {
			f[feature.HeadingLabel] = v.labelOf(int(h))
		}
	}
}

// next returns the next block in a direction, 1 or -1, that no rule on elements
// has cut, -1 when there is none, and the code of the first rule that has cut
// something on the way.
func (v *View) next(i, step int) (block int, cut uint8) {
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

func (v *View) pageFeatures(f *blockmodel.Features) {
	page, part := v.pageSums(), v.regionSums()
	f[feature.PageLetters], f[feature.PageBlocks], f[feature.PageLinks] = feature.Log(page.letters), feature.Log(page.blocks), feature.Share(page.linkLetters, page.letters)
	f[feature.RegionLetters], f[feature.RegionShare] = feature.Log(part.letters), feature.Share(part.letters, page.letters)
	f[feature.Agreement] = uint8(v.votes.Agreement * 20)
	f[feature.PageLD] = feature.Bit(v.ldKey != "")
	f[feature.LongestBlock] = feature.Log(v.longest)
}
