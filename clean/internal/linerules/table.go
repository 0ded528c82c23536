package linerules

import (
	"slices"

	"winnow/clean/internal/wordlists"
)

// earlyRules are the rules on lines that show by themselves what they are, in
// order. Each has a text in testdata that needs it.
var earlyRules = []Rule{
	{ID: titleRule, Why: titleWhy, MaxWords: 60, Edge: true, matches: isTitleLine},
	{ID: "line-header", Why: headerWhy, MaxWords: 40, Edge: true, matches: isHeaderLine},
	{ID: "line-related", Why: relatedWhy, Section: wordlists.Related, MaxWords: 30, matches: isShortOrOpen, extend: extendToHeadlines},
	{ID: "line-related", Why: relatedWhy, MaxWords: 25, matches: isPointer},
	{ID: "line-watch", Why: "points to a video or a recording", Section: wordlists.Watch, MaxWords: 25, matches: isWatch},
	{ID: "line-caption", Why: "caption or credit of a picture", MaxWords: 60, matches: isCaption, extend: extendToCaption},
	{ID: "line-source", Why: "source of the text, kept as metadata", Section: wordlists.Source, MaxWords: 12, matches: isSource},
	{ID: "line-count", Why: "number of views, votes or comments", MaxWords: 6, matches: isCount},
	{ID: "line-poll", Why: "a poll or a quiz", Section: wordlists.Poll, MaxWords: 25, matches: isPoll},
	{ID: "line-notice", Why: "a note on the age or the state of the text", Section: wordlists.Notice, MaxWords: 30, matches: isNotice},
	{ID: "line-login", Why: "asks to log in or to pay, or points elsewhere on the site", Section: wordlists.Login, MaxWords: 25, matches: isLogin},
	{ID: "line-share", Why: "asks to share or to follow", MaxWords: 40, matches: isShare},
	{ID: "line-facts", Why: "box of background facts", Section: wordlists.Facts, MaxWords: 80, matches: isFacts},
	{ID: "line-support", Why: "asks for donations or membership", Section: wordlists.Support, MaxWords: 45, matches: isSupport},
	{ID: "line-box", Why: "a box on one line, recognized by its form", MaxWords: maxBoxLine, matches: isBoxLine},
	{ID: "line-newsletter", Why: "offers a newsletter", MaxWords: 45, matches: isNewsletter, extend: extendNewsletter},
}

// edgeRules are the rules on lines that are no part of the story where they are:
// before its first paragraph or after its last.
var edgeRules = []Rule{
	{ID: "line-rights", Why: rightsWhy, Section: wordlists.Rights, MaxWords: 80, Tail: true},
	{ID: "line-consent", Why: "cookie or privacy notice", Section: wordlists.Consent, MaxWords: 80, Edge: true},
	{ID: "line-comments", Why: "asks for comments", Section: wordlists.Comments, MaxWords: 30, Edge: true, matches: isNotReported},
	{ID: "line-closing", Why: "addresses readers after the story", Section: wordlists.Closing, MaxWords: 60, Tail: true, matches: isNotReported},
	{ID: "line-bio", Why: "about the author, not the story", MaxWords: 80, matches: isBio, extend: extendBio},
	{ID: "line-tags", Why: "tags or sections of the site", MaxWords: 40, Edge: true, matches: isTagLine},
	{ID: "line-header", Why: headerWhy, MaxWords: 40, Tail: true, matches: isClosingHeader},
	{ID: "line-rights", Why: rightsWhy, MaxWords: 40, Tail: true, matches: isRightsLine},
	{ID: "line-language", Why: "in another script than the story", MaxWords: 60, Edge: true, matches: isForeign},
	{ID: "line-breadcrumb", Why: "path to the page within the site", MaxWords: 20, Edge: true, matches: isBreadcrumb},
}

// Reasons of rules that are in the tables twice.
const (
	headerWhy  = "author, date and counts, kept as metadata"
	relatedWhy = "leads to other stories"
	rightsWhy  = "copyright or terms of use"
)

// Rules returns all rules in the order in which they are applied. An ID may be
// there more than once.
func Rules() []Rule {
	return slices.Concat([]Rule{insideRule, tailInsideRule}, earlyRules, []Rule{sponsoredRule, adRule, threadRule}, edgeRules, []Rule{tailRule, headRule})
}
