// Package feature names what the block model is asked about a block of text, and
// scales it to a byte. Package modelview reads the features of a page's blocks,
// package blockmodel judges by them.
//
// A [Vector] has the values of one block, by the constants from [Kind] on. [Name]
// says what a feature is, for the reason of a removal.
package feature

import "math/bits"

// The features, in the order in which the trees of a model count them.
const (
	// The text of the block.
	Kind = iota
	Letters
	Words
	LinkShare
	Links
	Ends
	Start
	Digits
	Capitals
	Commas
	ShortWords
	Signs
	QuoteMarks

	// Its element and those around it.
	Bold
	Italic
	Context
	Picture
	Tag
	ParentTag
	Depth

	// What the text says.
	Label
	Title
	TitleIn
	Description
	Year
	Author
	Repeats

	// What rules and the search for the story's region say.
	Rule
	ByValue
	ByScore
	ByLibrary
	Region
	Semantic
	Names
	NamesAround
	LD
	FromStart
	FromEnd
	BeforeRegion
	AfterRegion
	Position

	// Running text around it.
	TextBefore
	TextAfter
	TextBeside
	TextInTree

	// Blocks whose elements have the same names.
	AlikeBlocks
	AlikeText
	AlikeLinks
	AlikeLength
	AlikeRegion

	// The next two elements around it that hold more blocks than the one before.
	Up1Letters
	Up1Links
	Up1Text
	Up1Blocks
	Up2Letters
	Up2Links
	Up2Text
	Up2Blocks

	// Its box: the largest element around it with less than half of the story.
	BoxLetters
	BoxLinks
	BoxText
	BoxBlocks
	BoxTag
	BoxNames
	BoxRegion

	// The blocks before and after it.
	PrevLetters
	PrevLinks
	PrevKind
	PrevRegion
	PrevEnds
	PrevCut
	Prev2Letters
	NextLetters
	NextLinks
	NextKind
	NextRegion
	NextEnds
	NextCut
	Next2Letters
	HeadingLabel
	HeadingDistance

	// The page.
	PageLetters
	PageBlocks
	PageLinks
	RegionLetters
	RegionShare
	Agreement
	PageLD
	LongestBlock

	WordLength // of the text of the block

	// Words, see blockmodel.Lexicon: the sum of their weights, and the least of them.
	OwnWords
	OwnWorst
	AroundWords
	AroundWorst
	FirstWords
	FirstWorst
	AllWords
	AllWorst

	// Count is the number of features.
	Count
)

// Set identifies the features in the file of a model. It has to change, to any
// other value, when a feature is added, removed, moved or read in another way:
// models that were learned before do not fit any more. (It is the FNV-1a hash of
// the names as they were in the first version.)
const Set = "04790e8caccd7a28"

// Vector has the value of each feature of one block.
type Vector [Count]uint8

// Name returns what a feature is, as in "against it: its length".
func Name(feature int) string { return names[feature] }

var names = [Count]string{
	Kind:       "its kind",
	Letters:    "its length",
	Words:      "its number of words",
	LinkShare:  "the share of links in it",
	Links:      "the number of links in it",
	Ends:       "how it ends",
	Start:      "how it begins",
	Digits:     "the share of digits in it",
	Capitals:   "the share of capitals in it",
	Commas:     "the number of commas in it",
	ShortWords: "the share of short words in it",
	Signs:      "signs such as | © @ in it",
	QuoteMarks: "quotation marks in it",

	Bold:      "bold type",
	Italic:    "italic type",
	Context:   "the kinds of element that it is in",
	Picture:   "a picture right before it",
	Tag:       "its element",
	ParentTag: "the parent of its element",
	Depth:     "its depth in the page",

	Label:       "label words in it",
	Title:       "its similarity to the headline",
	TitleIn:     "words of the headline in it",
	Description: "its similarity to the page's description",
	Year:        "a date in it",
	Author:      "the author's name in it",
	Repeats:     "how often it is on the page",

	Rule:         "a rule that matched it",
	ByValue:      "where text is densest",
	ByScore:      "where paragraphs score highest",
	ByLibrary:    "what go-readability took for the story",
	Region:       "the part of the page with the story",
	Semantic:     "what the page marks as its article",
	Names:        "class names of its element",
	NamesAround:  "class names around it",
	LD:           "the page's JSON-LD",
	FromStart:    "its distance from the start of the story",
	FromEnd:      "its distance from the end of the story",
	BeforeRegion: "how far before the story it is",
	AfterRegion:  "how far after the story it is",
	Position:     "its position on the page",

	TextBefore: "the distance from the text before it",
	TextAfter:  "the distance from the text after it",
	TextBeside: "text beside it",
	TextInTree: "its distance from text in the tree of the page",

	AlikeBlocks: "the number of blocks of the same make",
	AlikeText:   "the share of text among blocks of the same make",
	AlikeLinks:  "links in blocks of the same make",
	AlikeLength: "the length of blocks of the same make",
	AlikeRegion: "where blocks of the same make are",

	Up1Letters: "the text in the element around it",
	Up1Links:   "links in the element around it",
	Up1Text:    "paragraphs in the element around it",
	Up1Blocks:  "blocks in the element around it",
	Up2Letters: "the text two elements up",
	Up2Links:   "links two elements up",
	Up2Text:    "paragraphs two elements up",
	Up2Blocks:  "blocks two elements up",

	BoxLetters: "the text in its box",
	BoxLinks:   "links in its box",
	BoxText:    "paragraphs in its box",
	BoxBlocks:  "blocks in its box",
	BoxTag:     "the element of its box",
	BoxNames:   "class names of its box",
	BoxRegion:  "the share of its box in the story",

	PrevLetters:     "the length of the block before",
	PrevLinks:       "links in the block before",
	PrevKind:        "the kind of the block before",
	PrevRegion:      "where the block before is",
	PrevEnds:        "how the block before ends",
	PrevCut:         "what was cut right before it",
	Prev2Letters:    "the length of the second block before",
	NextLetters:     "the length of the next block",
	NextLinks:       "links in the next block",
	NextKind:        "the kind of the next block",
	NextRegion:      "where the next block is",
	NextEnds:        "how the next block ends",
	NextCut:         "what was cut right after it",
	Next2Letters:    "the length of the second block after",
	HeadingLabel:    "label words in the heading above it",
	HeadingDistance: "its distance from the heading above it",

	PageLetters:   "the length of the page",
	PageBlocks:    "the number of blocks on the page",
	PageLinks:     "the share of links on the page",
	RegionLetters: "the length of the story's part of the page",
	RegionShare:   "the share of the page that the story has",
	Agreement:     "how far the methods of finding the story agree",
	PageLD:        "whether the page has its text in JSON-LD",
	LongestBlock:  "the longest block of the page",
	WordLength:    "the length of its words",

	OwnWords:    "the names of its element",
	OwnWorst:    "a name of its element",
	AroundWords: "the names of the elements around it",
	AroundWorst: "a name of an element around it",
	FirstWords:  "the words it begins with",
	FirstWorst:  "a word it begins with",
	AllWords:    "the words in it",
	AllWorst:    "a word in it",
}

// Log returns a count on a logarithmic scale of four steps per doubling: 0 to 130,
// 0 for none.
func Log(n int32) uint8 {
	if n <= 0 {
		return 0
	}
	k := bits.Len32(uint32(n))
	return uint8(k*4) + uint8(uint32(n)<<2>>(k-1)&3)
}

// Share returns the share of a part in the whole, in twentieths: 0 to 20.
func Share(part, whole int32) uint8 {
	if whole <= 0 {
		return 0
	}
	return uint8(min(20, max(0, part)*20/whole))
}

// UpTo returns a count, no greater than a bound.
func UpTo(n, bound int32) uint8 { return uint8(max(0, min(n, bound))) }

// Bit returns 1 for true and 0 for false.
func Bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
