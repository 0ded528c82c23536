package clean

import (
	"fmt"
	"hash/fnv"
	"math/bits"
)

// What the model may ask of a block, in the order in which its trees count
// them. Values are small whole numbers, see features.
const (
	featKind = iota
	featLetters
	featWords
	featLinkShare
	featLinks
	featEnds
	featStart
	featDigits
	featCapitals
	featCommas
	featShortWords
	featSigns
	featQuoteMarks
	featBold
	featItalic
	featPlace
	featPicture
	featTag
	featParentTag
	featDepth
	featLabel
	featTitle
	featTitleIn
	featDescription
	featYear
	featAuthor
	featTwice
	featRule
	featOwn
	featOther
	featThird
	featRegion
	featSemantic
	featNames
	featNamesUp
	featLD
	featFromStart
	featFromEnd
	featBeforeRegion
	featAfterRegion
	featOnPage
	featNearRunBefore
	featNearRunAfter
	featRunBesides
	featLastRunKin
	featAlikeBlocks
	featAlikeRun
	featAlikeLinks
	featAlikeMean
	featAlikeRegion
	featUp1Letters
	featUp1Links
	featUp1Run
	featUp1Blocks
	featUp2Letters
	featUp2Links
	featUp2Run
	featUp2Blocks
	featBoxLetters
	featBoxLinks
	featBoxRun
	featBoxBlocks
	featBoxTag
	featBoxNames
	featBoxPlace
	featPrevLetters
	featPrevLinks
	featPrevKind
	featPrevRegion
	featPrevEnds
	featPrevCut
	featPrev2Letters
	featNextLetters
	featNextLinks
	featNextKind
	featNextRegion
	featNextEnds
	featNextCut
	featNext2Letters
	featHeadingLabel
	featHeadingFar
	featPageLetters
	featPageBlocks
	featPageLinks
	featRegionLetters
	featRegionShare
	featAgreement
	featPageLD
	featLongest
	featWordLength
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

// featureNames say each feature in words, for the record of a removal. A name
// stands for a way of counting too: when that changes, the name does.
var featureNames = [FeatureCount]string{
	featKind: "its kind", featLetters: "its length", featWords: "its number of words",
	featLinkShare: "the share of links in it", featLinks: "the number of links in it",
	featEnds: "how it ends", featStart: "how it begins", featDigits: "the share of digits in it",
	featCapitals: "the share of capitals in it", featCommas: "the commas in it", featShortWords: "the share of short words in it",
	featSigns: "signs such as | © @ in it", featQuoteMarks: "quote marks in it", featBold: "bold type", featItalic: "italic type",
	featPlace: "what it stands in", featPicture: "a picture right before it", featTag: "its element", featParentTag: "the element around it",
	featDepth: "how deep it stands in the page", featLabel: "label words in it", featTitle: "its likeness to the headline",
	featTitleIn: "words of the headline in it", featDescription: "its likeness to the page's description", featYear: "a date in it",
	featAuthor: "the author's name in it", featTwice: "it stands on the page twice", featRule: "a rule that spoke against it",
	featOwn: "where the text is thickest", featOther: "where paragraphs score highest", featThird: "what go-readability took",
	featRegion: "the part of the page with the story", featSemantic: "what the page calls its story", featNames: "class names of its element",
	featNamesUp: "class names around it", featLD: "the page's JSON-LD", featFromStart: "its place from the story's start",
	featFromEnd: "its place from the story's end", featBeforeRegion: "how far before the story it stands", featAfterRegion: "how far behind the story it stands",
	featOnPage: "its place on the page", featNearRunBefore: "how near text stands before it", featNearRunAfter: "how near text stands behind it",
	featRunBesides: "text beside it", featLastRunKin: "how near in the page's tree text stands", featAlikeBlocks: "how many blocks are built like it",
	featAlikeRun: "how many of the blocks built like it are text", featAlikeLinks: "links in the blocks built like it",
	featAlikeMean: "the length of the blocks built like it", featAlikeRegion: "where the blocks built like it stand",
	featUp1Letters: "the text in the element around it", featUp1Links: "links in the element around it", featUp1Run: "paragraphs in the element around it", featUp1Blocks: "blocks in the element around it",
	featUp2Letters: "the text two elements up", featUp2Links: "links two elements up", featUp2Run: "paragraphs two elements up", featUp2Blocks: "blocks two elements up",
	featBoxLetters: "the text in its box", featBoxLinks: "links in its box", featBoxRun: "paragraphs in its box", featBoxBlocks: "blocks in its box",
	featBoxTag: "the element of its box", featBoxNames: "class names of its box", featBoxPlace: "the place of its box",
	featPrevLetters: "the length of the block before", featPrevLinks: "links in the block before", featPrevKind: "the kind of the block before",
	featPrevRegion: "where the block before stands", featPrevEnds: "how the block before ends", featPrevCut: "what was cut right before it",
	featPrev2Letters: "the length of the second block before", featNextLetters: "the length of the next block", featNextLinks: "links in the next block",
	featNextKind: "the kind of the next block", featNextRegion: "where the next block stands", featNextEnds: "how the next block ends",
	featNextCut: "what was cut right behind it", featNext2Letters: "the length of the second block behind", featHeadingLabel: "the label over it",
	featHeadingFar: "how far the heading over it is", featPageLetters: "the text of the page", featPageBlocks: "the blocks of the page", featPageLinks: "links on the page",
	featRegionLetters: "the text of the story's part", featRegionShare: "the share of the story's part in the page", featAgreement: "how far the opinions of the story's place agree",
	featPageLD: "whether the page has its text in JSON-LD", featLongest: "the longest block of the page", featWordLength: "the length of its words",
	featOwnWords: "what its place is called", featOwnWorst: "a name of its place", featAroundWords: "what the boxes around it are called", featAroundWorst: "a name of a box around it",
	featFirstWords: "the words that it begins with", featFirstWorst: "a word that it begins with", featAllWords: "the words in it", featAllWorst: "a word in it",
}

// featureHash stands for the features and their order.
func featureHash() string {
	h := fnv.New64a()
	for _, name := range featureNames {
		fmt.Fprintln(h, name)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// steps is a count on a scale of four steps to the doubling: 0 to 130.
func steps(n int32) uint8 {
	if n <= 0 {
		return 0
	}
	k := bits.Len32(uint32(n))
	return uint8(k*4) + uint8(uint32(n)<<2>>(k-1)&3)
}

// twentieths is a share of all in steps of a twentieth: 0 to 20.
func twentieths(part, all int32) uint8 {
	if all <= 0 {
		return 0
	}
	return uint8(min(20, max(0, part)*20/all))
}

// upTo is a count that ends at a bound.
func upTo(n, bound int32) uint8 { return uint8(max(0, min(n, bound))) }

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
