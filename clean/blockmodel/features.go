package blockmodel

import (
	"fmt"
	"hash/fnv"
	"math/bits"
)

// What the model may ask of a block, in the order in which its trees count
// them. Values are small whole numbers, see features.
const (
	FeatKind = iota
	FeatLetters
	FeatWords
	FeatLinkShare
	FeatLinks
	FeatEnds
	FeatStart
	FeatDigits
	FeatCapitals
	FeatCommas
	FeatShortWords
	FeatSigns
	FeatQuoteMarks
	FeatBold
	FeatItalic
	FeatPlace
	FeatPicture
	FeatTag
	FeatParentTag
	FeatDepth
	FeatLabel
	FeatTitle
	FeatTitleIn
	FeatDescription
	FeatYear
	FeatAuthor
	FeatTwice
	FeatRule
	FeatOwn
	FeatOther
	FeatThird
	FeatRegion
	FeatSemantic
	FeatNames
	FeatNamesUp
	FeatLD
	FeatFromStart
	FeatFromEnd
	FeatBeforeRegion
	FeatAfterRegion
	FeatOnPage
	FeatNearRunBefore
	FeatNearRunAfter
	FeatRunBesides
	FeatLastRunKin
	FeatAlikeBlocks
	FeatAlikeRun
	FeatAlikeLinks
	FeatAlikeMean
	FeatAlikeRegion
	FeatUp1Letters
	FeatUp1Links
	FeatUp1Run
	FeatUp1Blocks
	FeatUp2Letters
	FeatUp2Links
	FeatUp2Run
	FeatUp2Blocks
	FeatBoxLetters
	FeatBoxLinks
	FeatBoxRun
	FeatBoxBlocks
	FeatBoxTag
	FeatBoxNames
	FeatBoxPlace
	FeatPrevLetters
	FeatPrevLinks
	FeatPrevKind
	FeatPrevRegion
	FeatPrevEnds
	FeatPrevCut
	FeatPrev2Letters
	FeatNextLetters
	FeatNextLinks
	FeatNextKind
	FeatNextRegion
	FeatNextEnds
	FeatNextCut
	FeatNext2Letters
	FeatHeadingLabel
	FeatHeadingFar
	FeatPageLetters
	FeatPageBlocks
	FeatPageLinks
	FeatRegionLetters
	FeatRegionShare
	FeatAgreement
	FeatPageLD
	FeatLongest
	FeatWordLength
	featOwnWords
	featOwnWorst
	featAroundWords
	featAroundWorst
	featFirstWords
	featFirstWorst
	featAllWords
	featAllWorst

	// FeatureCount is how many there are.
	FeatureCount
)

// Features are what is known of one block.
type Features [FeatureCount]uint8

// FeatureNames say each feature in words, for the record of a removal. A name
// stands for a way of counting too: when that changes, the name does.
var FeatureNames = [FeatureCount]string{
	FeatKind: "its kind", FeatLetters: "its length", FeatWords: "its number of words",
	FeatLinkShare: "the share of links in it", FeatLinks: "the number of links in it",
	FeatEnds: "how it ends", FeatStart: "how it begins", FeatDigits: "the share of digits in it",
	FeatCapitals: "the share of capitals in it", FeatCommas: "the commas in it", FeatShortWords: "the share of short words in it",
	FeatSigns: "signs such as | © @ in it", FeatQuoteMarks: "quote marks in it", FeatBold: "bold type", FeatItalic: "italic type",
	FeatPlace: "what it stands in", FeatPicture: "a picture right before it", FeatTag: "its element", FeatParentTag: "the element around it",
	FeatDepth: "how deep it stands in the page", FeatLabel: "label words in it", FeatTitle: "its likeness to the headline",
	FeatTitleIn: "words of the headline in it", FeatDescription: "its likeness to the page's description", FeatYear: "a date in it",
	FeatAuthor: "the author's name in it", FeatTwice: "it stands on the page twice", FeatRule: "a rule that spoke against it",
	FeatOwn: "where the text is thickest", FeatOther: "where paragraphs score highest", FeatThird: "what go-readability took",
	FeatRegion: "the part of the page with the story", FeatSemantic: "what the page calls its story", FeatNames: "class names of its element",
	FeatNamesUp: "class names around it", FeatLD: "the page's JSON-LD", FeatFromStart: "its place from the story's start",
	FeatFromEnd: "its place from the story's end", FeatBeforeRegion: "how far before the story it stands", FeatAfterRegion: "how far behind the story it stands",
	FeatOnPage: "its place on the page", FeatNearRunBefore: "how near text stands before it", FeatNearRunAfter: "how near text stands behind it",
	FeatRunBesides: "text beside it", FeatLastRunKin: "how near in the page's tree text stands", FeatAlikeBlocks: "how many blocks are built like it",
	FeatAlikeRun: "how many of the blocks built like it are text", FeatAlikeLinks: "links in the blocks built like it",
	FeatAlikeMean: "the length of the blocks built like it", FeatAlikeRegion: "where the blocks built like it stand",
	FeatUp1Letters: "the text in the element around it", FeatUp1Links: "links in the element around it", FeatUp1Run: "paragraphs in the element around it", FeatUp1Blocks: "blocks in the element around it",
	FeatUp2Letters: "the text two elements up", FeatUp2Links: "links two elements up", FeatUp2Run: "paragraphs two elements up", FeatUp2Blocks: "blocks two elements up",
	FeatBoxLetters: "the text in its box", FeatBoxLinks: "links in its box", FeatBoxRun: "paragraphs in its box", FeatBoxBlocks: "blocks in its box",
	FeatBoxTag: "the element of its box", FeatBoxNames: "class names of its box", FeatBoxPlace: "the place of its box",
	FeatPrevLetters: "the length of the block before", FeatPrevLinks: "links in the block before", FeatPrevKind: "the kind of the block before",
	FeatPrevRegion: "where the block before stands", FeatPrevEnds: "how the block before ends", FeatPrevCut: "what was cut right before it",
	FeatPrev2Letters: "the length of the second block before", FeatNextLetters: "the length of the next block", FeatNextLinks: "links in the next block",
	FeatNextKind: "the kind of the next block", FeatNextRegion: "where the next block stands", FeatNextEnds: "how the next block ends",
	FeatNextCut: "what was cut right behind it", FeatNext2Letters: "the length of the second block behind", FeatHeadingLabel: "the label over it",
	FeatHeadingFar: "how far the heading over it is", FeatPageLetters: "the text of the page", FeatPageBlocks: "the blocks of the page", FeatPageLinks: "links on the page",
	FeatRegionLetters: "the text of the story's part", FeatRegionShare: "the share of the story's part in the page", FeatAgreement: "how far the opinions of the story's place agree",
	FeatPageLD: "whether the page has its text in JSON-LD", FeatLongest: "the longest block of the page", FeatWordLength: "the length of its words",
	featOwnWords: "what its place is called", featOwnWorst: "a name of its place", featAroundWords: "what the boxes around it are called", featAroundWorst: "a name of a box around it",
	featFirstWords: "the words that it begins with", featFirstWorst: "a word that it begins with", featAllWords: "the words in it", featAllWorst: "a word in it",
}

// featureHash stands for the features and their order.
func featureHash() string {
	h := fnv.New64a()
	for _, name := range FeatureNames {
		fmt.Fprintln(h, name)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// Steps is a count on a scale of four steps to the doubling: 0 to 130.
func Steps(n int32) uint8 {
	if n <= 0 {
		return 0
	}
	k := bits.Len32(uint32(n))
	return uint8(k*4) + uint8(uint32(n)<<2>>(k-1)&3)
}

// Twentieths is a share of all in steps of a twentieth: 0 to 20.
func Twentieths(part, all int32) uint8 {
	if all <= 0 {
		return 0
	}
	return uint8(min(20, max(0, part)*20/all))
}

// UpTo is a count that ends at a bound.
func UpTo(n, bound int32) uint8 { return uint8(max(0, min(n, bound))) }

func Bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
