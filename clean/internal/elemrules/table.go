package elemrules

import (
	"slices"
)

// Guards: the share of the page's prose, 0 to 1, above which a rule must be
// wrong, by the size of what it is made for. The values were measured on real
// pages: without guards, rules on class names cost three points of recall.
const (
	lineGuard   = 0.1  // a line: byline, counter, breadcrumb
	boxGuard    = 0.15 // a box within the story: author, tags, facts
	usualGuard  = 0.3  // whatever surrounds a story
	threadGuard = 0.85 // comments, which outweigh many a story
	rivalGuard  = 0.98 // another story, or a consent box in many words: all of the page but a headline
	noGuard     = 1    // what is no text, however long
)

// teaserLinks is the share of a teaser's letters, 0 to 1, that must be linked:
// standfirsts are called teasers too.
const teaserLinks = 0.25

// Table holds the rules on what is never story, by the element it is in. Where
// two rules match, the earlier cuts. The terms of a rule, if it has any, are in
// terms/*.txt. Every rule has a page in testdata that needs it.
var Table = withTerms([]Rule{
	{ID: "screen-reader", Why: "text for screen readers only", Guard: lineGuard},
	{ID: "widget", Why: "a control, not text", Guard: noGuard,
		Tags: "button select option textarea canvas object embed applet datalist progress meter amp-iframe amp-list amp-consent amp-analytics amp-sidebar amp-form"},
	{ID: "consent", Why: "a cookie consent notice", Guard: usualGuard, Sum: true},
	{ID: "consent-box", Why: "a long cookie consent notice, recognized by its sentences", Guard: rivalGuard, Match: isConsentBox},
	{ID: "twin-story", Why: "another story on an endless page", Guard: rivalGuard, Match: isTwinStory},
	{ID: "player", Why: "text of a media player", Guard: usualGuard,
		Tags: "video audio amp-video amp-audio amp-youtube amp-video-iframe amp-brightcove amp-jwplayer"},
	{ID: "comments", Why: "readers' comments", Guard: threadGuard},
	{ID: "comment", Why: "a reader's comment, with a link to reply", Guard: threadGuard, Match: hasReplyLink},
	{ID: "thread", Why: "readers' comments, recognized by their structure", Guard: threadGuard, Match: isThread},
	{ID: "ads", Why: "an advertisement", Guard: usualGuard,
		Tags: "ins amp-ad amp-embed amp-sticky-ad amp-auto-ads"},
	{ID: "sponsored", Why: "sponsored content", Guard: usualGuard},
	{ID: "recirculation", Why: "links placed by a recommendation service", Guard: usualGuard},
	{ID: "newsletter", Why: "a newsletter sign-up", Guard: usualGuard},
	{ID: "login", Why: "a request to log in or to pay", Guard: usualGuard, Sum: true},
	{ID: "share", Why: "buttons to share the page", Guard: usualGuard,
		Tags: "amp-social-share amp-addthis"},
	{ID: "related", Why: "links to other stories", Guard: usualGuard},
	{ID: "teaser", Why: "a teaser for another story", Guard: usualGuard, Links: teaserLinks},
	{ID: "paid-box", Why: "sponsored content, labelled on its first line", Guard: usualGuard, Match: isPaidBox},
	{ID: "poll", Why: "a poll or a quiz, recognized by its question and its answers", Guard: boxGuard, Match: isPollBox},
	{ID: "pointer", Why: "leads to another story from within a paragraph", Guard: boxGuard, Match: isPointer},
	{ID: "inset", Why: "a box set into the text", Guard: boxGuard, Match: isInsetTable},
	{ID: "letter-box", Why: "a newsletter sign-up, labelled on its first line", Guard: usualGuard, Match: isLetterBox},
	{ID: "headline-box", Why: "links to other stories, labelled on the first line", Guard: usualGuard, Match: isHeadlineBox},
	{ID: "link-list", Why: "a list of links to other stories", Guard: usualGuard, Match: isLinkList},
	{ID: "breadcrumb", Why: "the page's place in the site", Guard: lineGuard, Running: 1},
	{ID: "pull-quote", Why: "a line of the story shown twice", Guard: lineGuard},
	{ID: "caption", Why: "a picture's caption or credit", Guard: usualGuard, Tags: "figcaption"},
	{ID: "picture", Why: "the words under a picture", Guard: boxGuard, Match: isPictureBox},
	{ID: "author-box", Why: "about the author, not part of the story", Guard: boxGuard},
	{ID: "byline", Why: "author and date, kept as metadata", Guard: lineGuard},
	{ID: "tags", Why: "tags and sections of the page", Guard: boxGuard},
	{ID: "counter", Why: "a count of views, votes or comments", Guard: lineGuard},
	{ID: "tools", Why: "page tools: print, font size, search", Guard: boxGuard, Running: 3},
	{ID: "follow", Why: "a request to follow, to join or to donate", Guard: boxGuard},
	{ID: "popup", Why: "shown over the page", Guard: usualGuard,
		Tags: "dialog", Roles: "dialog alertdialog tooltip alert"},
	{ID: "navigation", Why: "site navigation", Guard: usualGuard, Running: 2,
		Tags: "nav", Roles: "navigation menubar menu search toolbar tablist"},
	{ID: "toc", Why: "the page's table of contents", Guard: boxGuard, Running: 2},
	{ID: "anchor-list", Why: "the page's table of contents, recognized by its links", Guard: boxGuard, Match: isAnchorList},
	{ID: "rights", Why: "a notice of rights or terms", Guard: boxGuard},
	{ID: "footer", Why: "the page footer", Guard: usualGuard, Roles: "contentinfo"},
	{ID: "foot", Why: "a footer element", Guard: usualGuard, Tags: "footer"},
	{ID: "masthead", Why: "the page header", Guard: usualGuard, Tags: "header", Roles: "banner", Outside: true},
	{ID: "sidebar", Why: "a sidebar", Guard: usualGuard, Tags: "aside", Roles: "complementary"},
	{ID: "widget-box", Why: "a widget of the site", Guard: boxGuard},
	{ID: "fact-box", Why: "a fact box beside the story", Guard: boxGuard},
	{ID: "embed", Why: "an embedded post from another site", Guard: usualGuard,
		Tags: "amp-twitter amp-instagram amp-facebook"},
	{ID: "form", Why: "a form", Guard: lineGuard, Tags: "form fieldset"},
	{ID: "hidden", Why: "hidden from the reader", Guard: usualGuard, Sum: true,
		Match: func(m *matcher, i int32) bool { return m.doc.IsHidden(i) }},
	{ID: cardRule, Why: "a box in the story that wants the reader to listen, to look, to give or to buy", Guard: usualGuard, Sum: true, Match: isCard},
	{ID: "figures", Why: "a box of figures of which the story says nothing", Guard: boxGuard, Match: isFigureBox},
	{ID: "call-line", Why: "a sentence in italics or in bold, and a link to act on it", Guard: boxGuard, Match: isCallLine},
})

// Without returns the rules but one.
func Without(rules []Rule, id string) []Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r.ID == id })
}

// EmbedRule is the ID of the rule that cuts embedded posts.
const EmbedRule = "embed"

// Unpruned returns those of the rules that cut what is no text of any story,
// whatever its element is called. They are all that applies where the rules of a
// site have found the text and forbid pruning.
func Unpruned(rules []Rule) []Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool {
		switch r.ID {
		case "hidden", "screen-reader", "widget", "player", "caption":
			return false
		}
		return true
	})
}
