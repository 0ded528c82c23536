package clean

import (
	"winnow/clean/internal/blockrules"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/modelview"
	"winnow/clean/internal/region"
	"winnow/clean/siteprofile"
	"winnow/clean/siterules"
	"winnow/clean/textprofile"
	"winnow/news"
)

// Rule describes one reason to cut something, whose ID is in Removal.Rule.
type Rule struct {
	ID string `json:"id"`
	// Of is what the rule cuts: an "element" with all that is in it, a "block" of
	// text, a "line" or a part of one, or a "region", that is everything outside
	// the part of the page that holds the story.
	Of  string `json:"of"`
	Why string `json:"why"`
	// Category is what the rule's removals are counted under for people; see
	// CategoryOf.
	Category string `json:"category"`
	// Example shows what the rule cuts, in its place: "…" is where paragraphs of
	// the story are. Without tags it is scraped text.
	Example string `json:"example"`
}

// Rules returns every rule once, in the order in which they are applied.
func Rules() []Rule {
	var list []Rule
	known := map[string]bool{}
	add := func(id, of, why string) {
		if !known[id] {
			known[id] = true
			list = append(list, Rule{ID: id, Of: of, Why: why, Category: CategoryOf(id), Example: ruleExamples[id]})
		}
	}
	add(siterules.StripRule, "element", "a rule of the site says so")
	for _, r := range elemrules.Table {
		add(r.ID, "element", r.Why)
	}
	add(region.OutsideRule, "region", region.OutsideWhy)
	for _, r := range blockrules.Table {
		add(r.ID, "block", r.Why)
	}
	add(news.ModelRule, "block", modelview.Why)
	add(jsonLDRule, "region", jsonLDWhy)
	for _, r := range linerules.Rules() {
		add(r.ID, "line", r.Why)
	}
	add(PartRule, "line", partWhy)
	add(siteprofile.Rule, "block", "the other pages of the site show that it is not this story's")
	add(textprofile.Rule, "line", "the other texts of the source show that it is not this story's")
	add(news.HouseRule, "block", news.HouseWhy+" (in records of older versions; now "+siteprofile.Rule+")")
	return list
}

// otherCategory has the rules that are in no other category.
const otherCategory = "menus and the rest of the page"

// ruleCategories has the rules of each category, by ID.
var ruleCategories = map[string][]string{
	"advertisements":             {"ads", "line-ad", "paid-box"},
	"sponsored blocks":           {"sponsored", "line-sponsored"},
	"comments":                   {"comment", "comments", "line-comments", "thread", "line-thread"},
	"newsletter boxes":           {"newsletter", "line-newsletter", "letter-box"},
	"calls to act":               {"card", "call-line"},
	"related stories":            {"related", "line-related", "recirculation", "headline-box", "anchor-list", "pointer", "teaser", "link-list", "link-line"},
	"share words":                {"share", "line-share", "follow"},
	"polls and notices":          {"poll", "line-poll", "line-notice"},
	"captions and credits":       {"caption", "line-caption", "picture", "line-credit-inside"},
	"bylines and dates":          {"byline", "author-box", "line-bio", "line-header", "line-head"},
	"consent and rights notices": {"consent", "line-consent", "rights", "line-rights", "footer", "foot"},
	"log-in words and counters":  {"login", "line-login", "line-count", "counter"},
}

var categories = func() map[string]string {
	of := map[string]string{}
	for category, rules := range ruleCategories {
		for _, id := range rules {
			of[id] = category
		}
	}
	return of
}()

// CategoryOf returns what removals by a rule are counted under for people, such as
// "advertisements". Rules that it does not know are in the category of menus and
// the rest of the page.
func CategoryOf(ruleID string) string {
	if category, ok := categories[ruleID]; ok {
		return category
	}
	return otherCategory
}

// ruleExamples has a page or a text that each rule cuts something from, by ID.
var ruleExamples = map[string]string{
	siterules.StripRule: `… <div class="partner-box">Visit our partner's stand in hall 4</div> … with the site's rule strip: //div[@class='partner-box']`,

	"screen-reader": `… <span class="sr-only">Opens in a new window</span> …`,
	"widget":        `… <button>Show more</button> …`,
	"consent":       `… <div id="cookie-banner"><p>We use cookies to measure our audience.</p></div>`,
	"consent-box":   `<div><p>We value your privacy. We and our 114 partners store and/or access information on a device, such as cookies, and process data of this visit.</p><p>By clicking accept you agree to personalised advertising and to the measurement of content, on this site and on those of others, for thirteen months.</p><p>You may accept or refuse these purposes, or change your mind at any later time on the page on privacy, where each purpose has its own switch.</p></div> …`,
	"twin-story":    `<article class="item"><h1>Bridge stays until April</h1> …</article> <article class="item"><h1>Third ferry is launched</h1><p>The ferry went down the slip on Monday, an hour late.</p></article>`,
	"player":        `… <div class="video-player"><p>This video cannot be played</p></div> …`,
	"comments":      `… <div id="comments"><p>Harold: high time that somebody said it</p></div>`,
	"comment":       `… <div><b>Harold</b><p>High time that somebody said it, and not a day too early.</p><a class="comment-reply-link" href="?replytocom=7">Reply</a></div>`,
	"thread":        `… <ul><li><b>Harold K., 3 May 2024, 10:12</b><p>High time that somebody said it.</p></li><li><b>Ruth, 3 May 2024, 11:40</b><p>And who is to pay for all of this?</p></li></ul>`,
	"ads":           `… <div class="ad-slot">Boots that last. Order now</div> …`,
	"sponsored":     `… <div class="sponsored-box"><p>How one firm keeps its tools dry</p></div> …`,
	"recirculation": `… <div id="taboola-below"><p>Ten lakes you have never heard of</p></div>`,
	"newsletter":    `… <div class="newsletter-box"><p>The week in five minutes, every Friday</p></div> …`,
	"login":         `… <div class="login-box"><p>Log in to read on</p></div>`,
	"share":         `<div class="share-bar"><span>Send this on</span></div> …`,
	"related":       `… <div class="related-posts"><p>Yard to close in autumn</p></div>`,
	"teaser":        `… <div class="teaser"><a href="/yard">Yard to close in autumn</a></div> …`,
	"poll":          `… <div><p>Should the old barracks be sold?</p><p>Yes, at once <span>49%</span></p><p>Only to the town <span>31%</span></p></div> …`,
	"pointer":       `… <p>The yard has four docks, the oldest of them from 1911. <span><a href="/a">Read also: Yard to close in autumn</a></span> The bridge is looked at by divers from Monday on.</p> …`,
	"paid-box":      `… <div><p>Advertisement</p><p>Boots that last, from the makers of Tarn</p></div> …`,
	"inset":         `… <table border="1"><tr><td>The yard in figures: 4 docks, 900 hands</td></tr></table> …`,
	"letter-box":    `… <div><p>Newsletter</p><p>The week in five minutes, every Friday in your mailbox</p></div> …`,
	"headline-box":  `… <div><p>Read also</p><p><a href="/a">Yard to close in autumn after ninety years</a></p><p><a href="/b">Minister visits the island</a></p></div> …`,
	"link-list":     `… <ul><li><a href="/a">Yard to close in autumn after ninety years</a></li><li><a href="/b">Minister visits the island for two days</a></li><li><a href="/c">Third ferry is launched at Port Aldous</a></li></ul>`,
	"breadcrumb":    `<div class="breadcrumbs"><a href="/">Home</a> / <a href="/navy">Navy</a></div> …`,
	"pull-quote":    `… <div class="pullquote">We build for forty years</div> …`,
	"caption":       `… <div class="wp-caption-text">The yard in May</div> …`,
	"picture":       `… <div class="photo-left"><img src="a.jpg"><p>The yard in May</p></div> …`,
	"author-box":    `… <div class="author-bio"><p>Ann Wells covers the coast.</p></div>`,
	"byline":        `<div class="byline">By Ann Wells, 3 May 2024</div> …`,
	"tags":          `… <div class="tag-list"><a href="/t/navy">navy</a> <a href="/t/yards">yards</a></div>`,
	"counter":       `<div class="post-views">1204</div> …`,
	"tools":         `<div class="article-tools">Print, larger type</div> …`,
	"follow":        `… <div class="follow-us"><p>We are on all channels</p></div>`,
	"popup":         `… <div class="modal"><p>Tell us what you think of this site</p></div>`,
	"navigation":    `<nav><a href="/navy">Navy</a> <a href="/air">Air</a></nav> …`,
	"toc":           `<div class="table-of-contents"><p>What the yard builds, what it costs</p></div> …`,
	"anchor-list":   `<ul><li><a href="#a">What the yard builds</a></li><li><a href="#b">What it costs</a></li><li><a href="#c">What comes next</a></li></ul> …`,
	"rights":        `… <div class="copyright"><p>The Coast Paper 2024</p></div>`,
	"footer":        `… <div class="site-footer"><p>The Coast Paper, 4 Quay Street</p></div>`,
	"foot":          `… <footer><p>The Coast Paper, 4 Quay Street</p></footer>`,
	"masthead":      `<header><p>The Coast Paper, founded 1904</p></header> …`,
	"sidebar":       `… <aside><p>The yard was founded in 1911</p></aside> …`,
	"widget-box":    `… <div class="widget"><p>The weather on the coast: rain</p></div>`,
	"fact-box":      `… <div class="infobox"><p>Length: 94 m. Crew: 41</p></div> …`,
	"embed":         `… <blockquote class="twitter-tweet"><p>Proud of the hands at the yard</p></blockquote> …`,
	"form":          `… <form><p>What do you think of it?</p></form>`,
	"card":          `… <div><p>Hear</p><p><a href="/p">Voices of the quay, part four</a></p><p>41 min</p></div> …`,
	"figures":       `… <div><p>Rates of the day</p><p>Dinar 117.2</p><p>Forint 4.91</p><p>Zloty 0.37</p><p>Crown 2.22</p></div> …`,
	"call-line":     `… <p><em>Our readers pay for this paper.</em> <a href="/give">Be one of them</a></p> …`,
	"hidden":        `… <p style="display:none">For machines alone: yard, coast, ferry</p> …`,

	region.OutsideRule: `<div><p>Rain on the coast, then sun</p></div> <article>…</article>`,
	"above-headline":   `<article><p>Coast and islands</p> <h1>Bridge stays until April</h1> …</article>`,
	"next-story":       `<div class="story"><h1>Bridge stays until April</h1> …</div> <div class="story"><h1>Third ferry is launched</h1> …</div>`,
	"picture-line":     `… <p><img src="a.jpg"></p><p>The yard in May</p> …`,
	"small-print":      `… <p><small>Figures are those of the ministry</small></p> …`,
	"link-line":        `… <p><a href="/a">Yard to close in autumn after ninety years</a></p> …`,
	"correction":       `… <p><em>Correction: the yard has four docks, not five, as we had it at first.</em></p>`,
	"time-stamp":       `… <p>14.52 BST</p> …`,
	"repeat":           `… <p>We build for forty years, said Ruth Amis, and we mean it, every plate of it, from the keel to the mast.</p><p><b>We build for forty years</b></p> …`,
	"head-line":        `<p>At the yard</p> …`,
	"tail-line":        `… <p>From our man on the coast</p>`,
	"lone-heading":     `… <h3>What else there is</h3>`,
	news.ModelRule:     `… <div class="extra"><p>Ann Wells</p><p><a href="/w">All by Ann Wells</a> at the Coast Paper</p></div> …`,
	jsonLDRule:         `<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "…"}</script><p>Loading the story. It takes a moment.</p>`,

	"line-credit-inside": "… The yard has built for the navy since 1911, when the first of its four docks was dug by hand (Photo: Ann Wells/Coast Paper), and will go on. …",
	"line-tail-inside":   "… The yard has built for the navy since 1911, when the first of its four docks was dug by hand, and it will go on building there. More on this: Third ferry is launched\n\n…",
	"line-title":         `<p>Bridge stays until April</p> …`,
	"line-header":        "By Ann Wells | 3 May 2024 | 14:22\n\n…",
	"line-related":       `… <p>Read also: Yard to close in autumn</p> …`,
	"line-watch":         `… <p>Watch: the launch of the third ferry</p> …`,
	"line-caption":       `… <p>Photo: Ann Wells / Coast Paper</p> …`,
	"line-source":        "…\n\nSource: Coast Paper",
	"line-count":         "…\n\n17 comments\n\n…",
	"line-poll":          `… <p>Vote now: should the bridge be sold?</p> …`,
	"line-notice":        `<p>This article is more than four years old.</p> …`,
	"line-login":         `… <p>Log in to read on</p> …`,
	"line-facts":         `… <p>Справка. The yard has four docks, the oldest of them from 1911.</p> …`,
	"line-support":       `… <p>Support our work with a donation</p> …`,
	"line-share":         `… <p>Share on Facebook</p> …`,
	"line-box":           "…\n\nOur readers pay for all of this. Be one of them\n\n…",
	"line-newsletter":    `… <p>Subscribe to our newsletter</p> …`,
	"line-sponsored":     "…\n\nSponsored\nHearing aids for less than a dinner\n\n…",
	"line-ad":            `… <p>Advertisement</p> …`,
	"line-thread":        "…\n\nComments\nHarold K., 3 May 2024, 10:12\nHigh time that somebody said it\nRuth, 3 May 2024, 11:40\nAnd who is to pay for all of this?",
	"line-rights":        "…\n\nAll rights reserved",
	"line-consent":       "…\n\nWe use cookies to improve your experience",
	"line-comments":      "Leave a comment\n\n…",
	"line-tags":          "…\n\nTags: navy, yards, ferries",
	"line-closing":       "…\n\nThank you for reading",
	"line-bio":           `… <p>Ann Wells is a reporter who covers the coast and the islands.</p>`,
	"line-language":      "…\n\nЕщё о береге и островах",
	"line-breadcrumb":    "Home > News > Navy\n\n…",
	"line-tail":          "…\n\nAll rights reserved\nQuay Street edition",
	PartRule:             `… <p>Page 1 of 3</p>`,
	siteprofile.Rule:     `… <p>What moves the coast, told every morning by those who live there.</p>`,
	textprofile.Rule:     "…\n\nWhat moves the coast, told every morning by those who live there",
	news.HouseRule:       `… <p>What moves the coast, told every morning by those who live there.</p>`,
	"line-head":          "1204 views\n\nEdition\n\nBridge stays until April\n\n…",
}
