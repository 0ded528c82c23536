package linerules

import (
	"slices"
	"strings"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// maxUnreported is the length, in words, of a line that is cut by its label even
// if it has a word of reporting.
const maxUnreported = 5

// isNotReported matches lines that do not report speech. A word of reporting
// within the label itself does not count.
func isNotReported(p *pass, i int, h labels.Hit) bool {
	return h.Alone || p.lines[i].Words <= maxUnreported || !p.reports(i) ||
		h.Form == wordlists.LineStart && h.Rest != "" && p.words.CountDistinct(wordlists.Reporting, letters.Fold(h.Rest)) == 0
}

// maxOffer is the length, in words, of a sentence that is an offer if it has a
// price.
const maxOffer = 16

// isLogin matches labels of paywalls and accounts. Within the story, a sentence
// that begins with one is an instruction, unless it is a short offer with a price.
func isLogin(p *pass, i int, h labels.Hit) bool {
	l := &p.lines[i]
	anywhere := slices.ContainsFunc(l.hits, func(h labels.Hit) bool {
		return h.Section == wordlists.Login && h.Form == wordlists.Anywhere
	})
	if h.Form == wordlists.LineStart && !anywhere && l.EndsSentence && i > p.first && i < p.last && (l.Words > maxOffer || !strings.ContainsAny(l.Plain, "$€£₽₴¥")) {
		return false
	}
	return isNotReported(p, i, h)
}

// maxPollCall is the length, in words, of a call to vote or to take a quiz.
const maxPollCall = 14

// isPoll matches the label of a poll or a quiz alone, before a question, or as a
// call to the reader.
func isPoll(p *pass, i int, h labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind == news.TableRow {
		return false
	}
	switch h.Form {
	case wordlists.WholeLine:
		return true
	case wordlists.BeforeColon:
		return h.Rest != "" && strings.HasSuffix(strings.TrimRight(l.Plain, " "), "?") && !letters.HasQuotation(l.Plain) || h.Alone && (i < p.first || i > p.last || l.Kind != news.Heading && p.standsAlone(i))
	}
	return l.Words <= maxPollCall && !p.reports(i) && !letters.HasQuotation(l.Plain)
}

// isNotice matches a note on the text at its ends, and one that is a full sentence
// of few words within it.
func isNotice(p *pass, i int, h labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading || letters.HasQuotation(l.Plain) {
		return false
	}
	return h.Form == wordlists.Anywhere || h.Form == wordlists.WholeLine || i < p.first || i >= p.last || l.Words <= maxPollCall && !p.reports(i)
}

// Lengths of a box of facts, in words.
const (
	maxFactsLabel = 3
	minFacts      = 4
)

// isFacts matches facts behind the label and its sign: "Reference. Built in 1989,
// the tug …".
func isFacts(p *pass, i int, _ labels.Hit) bool {
	text := p.lines[i].Plain
	at := strings.IndexAny(text, ".:")
	return at > 0 && i > p.first && letters.CountWords(text[:at]) <= maxFactsLabel && letters.CountWords(text[at:]) >= minFacts
}

// maxBareSupport is the length, in words, of a call for support without a word
// to the reader.
const maxBareSupport = 4

// isSupport matches a call to the reader behind the label: "Support our work",
// not "Support ships sailed on Monday."
func isSupport(p *pass, i int, h labels.Hit) bool {
	l := &p.lines[i]
	if h.Alone {
		return true
	}
	return !p.reports(i) && !letters.HasQuotation(l.Plain) && (l.Words <= maxBareSupport || p.words.Mentions(wordlists.Person, l.Fold) || p.words.Mentions(wordlists.Pitch, l.Fold))
}

// Lengths, in words, of lines that ask to share or to follow.
const (
	minFollow    = 3
	maxFollow    = 30
	maxShareRest = 8 // of what follows a label of sharing
)

// isShare matches labels of sharing, calls to follow, and lines that are names
// of networks.
func isShare(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if h, ok := l.hit(wordlists.Share); ok {
		switch h.Form {
		case wordlists.WholeLine:
			return true
		case wordlists.BeforeColon:
			return h.Alone || letters.CountWords(h.Rest) <= maxShareRest
		default:
			return !p.reports(i)
		}
	}
	return p.isFollow(l) && !p.reports(i) || p.isNetworks(l)
}

// isFollow reports whether a line is a sentence that asks the reader to follow
// the site: it names a network, has a verb of asking, and speaks of us.
func (p *pass) isFollow(l *line) bool {
	if l.Words > maxFollow || l.Words < minFollow || letters.HasQuotation(l.Plain) || !p.words.Mentions(wordlists.FollowVerb, l.Fold) || !p.words.Mentions(wordlists.Us, l.Fold) {
		return false
	}
	return slices.ContainsFunc(letters.SplitWords(l.Fold), func(w string) bool { return p.words.HasPrefix(wordlists.NetworkStem, w) })
}

// isNetworks reports whether a line is nothing but names of networks and the
// words between them on buttons.
func (p *pass) isNetworks(l *line) bool {
	words := letters.SplitWords(l.Fold)
	named := 0
	for _, w := range words {
		switch {
		case p.words.Has(wordlists.Network, w):
			named++
		case !p.words.Has(wordlists.ShareFiller, w):
			return false
		}
	}
	return named >= 2 || named == 1 && (len(words) > 1 || len(words[0]) > len("ok") && l.Words == 1) // "ok" alone may be anything
}

// Lengths, in words, of lines that offer a newsletter.
const (
	offerStart         = 4 // the first words, among which the verb is
	maxSubscribe       = 30
	maxNewsletter      = 35
	maxShortNewsletter = 12 // with the verb anywhere, or a word to the reader
	maxNewsletterMore  = 30 // of a line below the offer
)

// maxNewsletterLines is how many lines below an offer belong to it.
const maxNewsletterLines = 3

// isNewsletter matches labels, and lines that name a newsletter and offer it near
// their start.
func isNewsletter(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind == news.TableRow || strings.HasPrefix(l.Plain, "\"") {
		return false
	}
	if _, ok := l.hit(wordlists.Newsletter); ok {
		return !p.reports(i)
	}
	start := l.Fold
	if words := strings.Fields(start); len(words) > offerStart {
		start = strings.Join(words[:offerStart], " ")
	}
	if l.Words <= maxSubscribe && l.Kind != news.ListItem && p.words.Mentions(wordlists.Subscribe, start) && p.words.Mentions(wordlists.Person, l.Fold) && !letters.HasQuotation(l.Plain) {
		return !p.reports(i)
	}
	if l.Words > maxNewsletter || !p.words.Mentions(wordlists.NewsletterThing, l.Fold) || p.reports(i) {
		return false
	}
	return p.words.Mentions(wordlists.NewsletterVerb, start) ||
		l.Words <= maxShortNewsletter && (p.words.Mentions(wordlists.NewsletterVerb, l.Fold) || p.words.Mentions(wordlists.Person, l.Fold))
}

// extendNewsletter cuts the lines below an offer that belong to it.
func extendNewsletter(p *pass, i int, _ labels.Hit) {
	for k := i + 1; k < len(p.lines) && k <= i+maxNewsletterLines; k++ {
		l := &p.lines[k]
		if l.rule != nil || l.group != p.lines[i].group || l.Words > maxNewsletterMore {
			return
		}
		if !isNewsletter(p, k, labels.Hit{}) && (l.isParagraph() || i < p.last || len(l.hits) > 0 || p.isStamp(k)) {
			return
		}
		p.cut(k, p.lines[i].rule)
	}
}
