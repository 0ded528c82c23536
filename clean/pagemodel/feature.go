package pagemodel

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// The features of a page, in the order in which the trees of a model count them.
const (
	// The address.
	URLKnown = iota
	URLDepth
	URLLast
	URLWords
	URLDigits
	URLRun
	URLDate
	URLEnding
	URLQuery
	URLNumberQuery
	URLPage
	URLPlain
	URLList
	URLTag
	URLForum
	URLShop
	URLStory

	// What the head of the page states.
	OGArticle
	OGSite
	OGProduct
	OGNone
	LDArticle
	LDList
	LDItems
	LDForum
	LDProduct
	LDPage
	MetaDate
	MetaAuthor
	MetaSection
	MetaPrice
	MetaNoIndex
	Pages
	Feeds
	AMP
	Canonical
	Description
	TitleWords
	TitleParts
	TitleDigits
	TitleAsks

	// Microdata.
	ItemArticle
	ItemBody
	ItemList
	ItemForum
	ItemProduct
	ItemDates

	// The page as a whole.
	PageLetters
	PageLinks
	Links
	Lines
	ShortLinks
	TitleLinks
	TitleLinkShare
	LinkedHeadings
	LinkedHeadingShare
	Headings
	NumberLinks
	Images
	LinkedImages
	Prose
	ProseShare
	ProseLines
	LongLines
	Longest
	FirstProse
	Dates
	Clocks
	DateBefore
	ShortNumbers
	Prices
	PriceBefore
	Users
	UserNames
	OutwardTitles
	Teasers
	TeaserProse
	PlainProse
	MoreLinks

	// Elements.
	TagP
	TagLI
	TagTable
	TagArticle
	TagSection
	TagTime
	TagFigure
	TagQuote
	TagButton
	TagInput
	TagSelect
	TagForm
	TagCode
	TagH1
	TagH2
	TagH3
	TagH4

	// The headline.
	H1Length
	H1InTitle
	H1Linked
	H1Distance
	H1Level

	// The container with most of the running text.
	BoxProse
	BoxShare
	BoxLines
	BoxAverage
	BoxSecond
	BoxCount
	BoxTwins
	BoxTwinProse
	BoxOuter
	BoxLinks
	BoxTitleLinks
	BoxPosition
	BoxSemantic
	BoxDeep
	BoxSentences
	BoxDigits
	BoxCommas
	BoxQuotes
	BoxAsks
	BoxDates
	BoxImages
	BoxHeadings

	// Units: siblings of one make, each with a link.
	UnitCount
	UnitLetters
	UnitLinks
	UnitShare
	UnitProse
	UnitTitles
	UnitDates
	UnitPrices
	UnitImages
	UnitUsers
	UnitBox
	AllUnits
	AllUnitTitles

	// Class names and ids: elements with words of a kind.
	BodySingle
	BodyList
	BodyShop
	BodyForum
	NameProduct
	NameCart
	NamePrice
	NameRating
	NameForum
	NameMessage
	NameUser
	NameCard
	NamePager
	NameFilter
	NameArchive
	NameSingle
	NameByline
	NameShare
	NameComment
	NameRelated
	NameHero
	NameCaption
	NameRead

	// Count is the number of features.
	Count
)

// Features has the value of each feature of one page.
type Features [Count]uint8

// reading counts the ways in which the features were read. It has to change when
// a feature is read in another way under the same name: models that were learned
// before do not fit any more.
const reading = 1

// set identifies the features in the file of a model.
func set() string {
	h := sha256.Sum256([]byte(fmt.Sprint(reading, strings.Join(names[:], "|"))))
	return fmt.Sprintf("%x", h[:8])
}

// Name returns what a feature is, as in "for it: links among the text".
func Name(feature int) string { return names[feature] }

var names = [Count]string{
	URLKnown:           "the page's address",
	URLDepth:           "the number of folders in its address",
	URLLast:            "the length of the last part of its address",
	URLWords:           "the words in the last part of its address",
	URLDigits:          "the digits in the last part of its address",
	URLRun:             "the longest number in its address",
	URLDate:            "a date in its address",
	URLEnding:          "the file ending of its address",
	URLQuery:           "the parameters of its address",
	URLNumberQuery:     "a number among the parameters of its address",
	URLPage:            "a page number in its address",
	URLPlain:           "a short last part of its address, without digits",
	URLList:            "words of lists in its address",
	URLTag:             "words of tags, authors and searches in its address",
	URLForum:           "words of forums in its address",
	URLShop:            "words of shops in its address",
	URLStory:           "words of articles in its address",
	OGArticle:          "og:type article",
	OGSite:             "og:type website",
	OGProduct:          "og:type product",
	OGNone:             "no og:type",
	LDArticle:          "articles in the JSON-LD",
	LDList:             "lists in the JSON-LD",
	LDItems:            "list items in the JSON-LD",
	LDForum:            "questions and posts in the JSON-LD",
	LDProduct:          "products and offers in the JSON-LD",
	LDPage:             "other pages in the JSON-LD",
	MetaDate:           "a date of publication in the head",
	MetaAuthor:         "an author in the head",
	MetaSection:        "section and tags in the head",
	MetaPrice:          "a price in the head",
	MetaNoIndex:        "that search engines are kept away",
	Pages:              "links to the next and the previous page in the head",
	Feeds:              "feeds in the head",
	AMP:                "a version for small screens in the head",
	Canonical:          "the canonical address",
	Description:        "the length of its description",
	TitleWords:         "the length of its title",
	TitleParts:         "the parts of its title",
	TitleDigits:        "the digits in its title",
	TitleAsks:          "a question in its title",
	ItemArticle:        "articles in the microdata",
	ItemBody:           "an article body in the microdata",
	ItemList:           "lists in the microdata",
	ItemForum:          "questions and posts in the microdata",
	ItemProduct:        "products and offers in the microdata",
	ItemDates:          "dates in the microdata",
	PageLetters:        "the length of the page",
	PageLinks:          "the share of links on the page",
	Links:              "the number of links",
	Lines:              "the number of lines",
	ShortLinks:         "the number of short links",
	TitleLinks:         "the number of links that are as long as headlines",
	TitleLinkShare:     "the share of links that are as long as headlines",
	LinkedHeadings:     "the number of headings that are links",
	LinkedHeadingShare: "the share of headings that are links",
	Headings:           "the number of headings",
	NumberLinks:        "links that are numbers",
	Images:             "the number of pictures",
	LinkedImages:       "the number of pictures that are links",
	Prose:              "the amount of running text",
	ProseShare:         "the share of running text on the page",
	ProseLines:         "the number of paragraphs",
	LongLines:          "the number of long paragraphs",
	Longest:            "the longest paragraph",
	FirstProse:         "where running text begins",
	Dates:              "the number of dates",
	Clocks:             "the number of times of day",
	DateBefore:         "a date before the running text",
	ShortNumbers:       "short lines with numbers",
	Prices:             "the number of prices",
	PriceBefore:        "prices before the running text",
	Users:              "the number of links to users",
	UserNames:          "the number of users that links lead to",
	OutwardTitles:      "the share of headline links that lead to other sites",
	Teasers:            "the number of teasers",
	TeaserProse:        "the share of the running text in teasers",
	PlainProse:         "the running text outside of teasers",
	MoreLinks:          "short links that recur at the end of texts",
	TagP:               "the number of p elements",
	TagLI:              "the number of li elements",
	TagTable:           "the number of table cells",
	TagArticle:         "the number of article elements",
	TagSection:         "the number of section elements",
	TagTime:            "the number of time elements",
	TagFigure:          "the number of figure elements",
	TagQuote:           "the number of quotations",
	TagButton:          "the number of buttons",
	TagInput:           "the number of fields",
	TagSelect:          "the number of menus to choose from",
	TagForm:            "the number of forms",
	TagCode:            "the number of code elements",
	TagH1:              "the number of h1 elements",
	TagH2:              "the number of h2 elements",
	TagH3:              "the number of h3 elements",
	TagH4:              "the number of h4 elements and smaller",
	H1Length:           "the length of its headline",
	H1InTitle:          "a headline that is the title",
	H1Linked:           "a headline that is a link",
	H1Distance:         "the distance from the headline to the text",
	H1Level:            "how the headline and the text are nested",
	BoxProse:           "the running text in one place",
	BoxShare:           "the share of the running text that is in one place",
	BoxLines:           "the number of paragraphs in one place",
	BoxAverage:         "the length of the paragraphs in one place",
	BoxSecond:          "the running text in the second place",
	BoxCount:           "the number of places with running text",
	BoxTwins:           "the number of places like the one with most text",
	BoxTwinProse:       "the running text in places like the one with most text",
	BoxOuter:           "the running text around the one place",
	BoxLinks:           "links among the text",
	BoxTitleLinks:      "headline links among the text",
	BoxPosition:        "where on the page the text is",
	BoxSemantic:        "what the element of the text is",
	BoxDeep:            "an element for side matters around the text",
	BoxSentences:       "the share of lines that are sentences",
	BoxDigits:          "the share of digits in the text",
	BoxCommas:          "commas in the text",
	BoxQuotes:          "quotation marks in the text",
	BoxAsks:            "questions in the text",
	BoxDates:           "dates among the text",
	BoxImages:          "pictures among the text",
	BoxHeadings:        "headings among the text",
	UnitCount:          "the number of units of one make",
	UnitLetters:        "the length of units of one make",
	UnitLinks:          "links in units of one make",
	UnitShare:          "the share of the page in units of one make",
	UnitProse:          "the share of the running text in units of one make",
	UnitTitles:         "units of one make with a headline link",
	UnitDates:          "units of one make with a date",
	UnitPrices:         "units of one make with a price",
	UnitImages:         "units of one make with a picture",
	UnitUsers:          "units of one make with a user",
	UnitBox:            "that the text is in a unit among others",
	AllUnits:           "the share of the page in units of any make",
	AllUnitTitles:      "the number of headline links in units of any make",
	BodySingle:         "that the page's class names speak of one article",
	BodyList:           "that the page's class names speak of a list",
	BodyShop:           "that the page's class names speak of a shop",
	BodyForum:          "that the page's class names speak of a forum",
	NameProduct:        "class names of products",
	NameCart:           "class names of carts",
	NamePrice:          "class names of prices",
	NameRating:         "class names of ratings",
	NameForum:          "class names of forums",
	NameMessage:        "class names of messages",
	NameUser:           "class names of users",
	NameCard:           "class names of cards and items",
	NamePager:          "class names of page numbers",
	NameFilter:         "class names of filters",
	NameArchive:        "class names of archives",
	NameSingle:         "class names of articles",
	NameByline:         "class names of bylines",
	NameShare:          "class names of share buttons",
	NameComment:        "class names of comments",
	NameRelated:        "class names of related stories",
	NameHero:           "class names of banners",
	NameCaption:        "class names of captions",
	NameRead:           "the share of class names that are words",
}

// Masks is the number of ways in which [Features.Masked] hides features.
const Masks = 3

// Masked returns the features without those that a page may lack: of the address, of
// class names, or of both, of the head and of microdata.
func (f Features) Masked(mask int) Features {
	if mask != 1 {
		clear(f[URLKnown : URLStory+1])
	}
	if mask != 0 {
		clear(f[BodySingle:])
	}
	if mask == 2 {
		clear(f[OGArticle : ItemDates+1])
		f[OGNone] = 1
	}
	return f
}
