package linerules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// EarlyRules are the rules on lines that tell by themselves what they are, in
// order. Each has a text in testdata that needs it.
var EarlyRules = []Rule{
	{ID: titleRule, Why: titleWhy, MaxWords: 60, Edge: true, Cut: isTitleLine},
	{ID: "line-header", Why: "author, date and counts, kept as metadata", MaxWords: 40, Edge: true, Cut: isHeaderLine},
	{ID: "line-related", Why: "leads to other stories", Section: wordlists.Related, MaxWords: 30, Cut: shortOrOpen, Reach: reachHeadlines},
	{ID: "line-related", Why: "leads to other stories", MaxWords: 25, Cut: isPointer},
	{ID: "line-watch", Why: "text of a player", Section: wordlists.Watch, MaxWords: 25, Cut: isWatch},
	{ID: "line-caption", Why: "a picture's caption or credit", MaxWords: 60, Cut: isCaption, Reach: reachCaption},
	{ID: "line-source", Why: "names the source, kept as origin", Section: wordlists.Source, MaxWords: 12, Cut: hasRestOpen},
	{ID: "line-count", Why: "a count of views, votes or comments", MaxWords: 6, Cut: isCount},
	{ID: "line-login", Why: "asks to log in, to pay or to look elsewhere on the site", Section: wordlists.Login, MaxWords: 25, Cut: isLogin},
	{ID: "line-share", Why: "asks to share or to follow", MaxWords: 40, Cut: isShare},
	{ID: "line-facts", Why: "a box of facts beside the story", Section: wordlists.Facts, MaxWords: 80, Cut: isFacts},
	{ID: "line-support", Why: "asks for money or membership", Section: wordlists.Support, MaxWords: 45, Cut: isSupport},
	{ID: "line-newsletter", Why: "asks to subscribe to a newsletter", MaxWords: 45, Cut: isNewsletter, Reach: reachNewsletter},
}

// EdgeRules are the rules on lines that are furniture where they stand: before
// the first paragraph or after the last.
var EdgeRules = []Rule{
	{ID: "line-rights", Why: "says who owns the text or may use it", Section: wordlists.Rights, MaxWords: 80, Tail: true},
	{ID: "line-consent", Why: "asks for consent to cookies", Section: wordlists.Consent, MaxWords: 80, Edge: true},
	{ID: "line-comments", Why: "asks for comments", Section: wordlists.Comments, MaxWords: 30, Edge: true, Cut: notReported},
	{ID: "line-closing", Why: "a word to the reader after the story", Section: wordlists.Closing, MaxWords: 60, Tail: true, Cut: notReported},
	{ID: "line-bio", Why: "about the author, not the story", MaxWords: 80, Tail: false, Cut: isBio, Reach: reachBio},
	{ID: "line-tags", Why: "tags and sections of the page", MaxWords: 40, Edge: true, Cut: isTagLine},
	{ID: "line-header", Why: "author, date and counts, kept as metadata", MaxWords: 40, Tail: true, Cut: isClosingHeader},
	{ID: "line-rights", Why: "says who owns the text or may use it", MaxWords: 40, Tail: true, Cut: isRightsLine},
	{ID: "line-language", Why: "in another script than the story", MaxWords: 60, Edge: true, Cut: isForeign},
	{ID: "line-breadcrumb", Why: "says where the page stands on the site", MaxWords: 20, Edge: true, Cut: isBreadcrumb},
}

// The rule that cuts the title where it is repeated in the text.
const (
	titleRule = "line-title"
	titleWhy  = "the headline again"
)

// TitleRemoval returns the removal of a line that is the title.
func TitleRemoval(text string) news.Removal {
	return news.Removal{Rule: titleRule, Why: titleWhy, Text: text}
}

// isTitleLine compares with every spelling of the title, letters and digits
// alone.
func isTitleLine(j *pass, i int, _ labels.Hit) bool {
	if i > j.first {
		return false
	}
	key := letters.Key(j.lines[i].Text)
	if key == "" {
		return false
	}
	return letters.SameKey(j.c.Title, key) || slices.ContainsFunc(j.c.Titles, func(t string) bool { return letters.SameKey(t, key) })
}

// shortOrOpen lets a label take a line that is no full sentence, or a short one.
func shortOrOpen(j *pass, i int, h labels.Hit) bool {
	l := &j.lines[i]
	if h.Form == wordlists.LineStart || h.Alone {
		return !l.EndsSentence || l.Words <= 20
	}
	return letters.CountWords(h.Rest) <= 25 && (!l.EndsSentence || l.Words <= 16)
}

// isWatch wants a title after the label, not a figure in a list of features.
func isWatch(j *pass, i int, h labels.Hit) bool {
	first, _ := utf8.DecodeRuneInString(h.Rest)
	if j.lines[i].Kind == news.ListItem && !h.Alone || unicode.IsDigit(first) {
		return false
	}
	return shortOrOpen(j, i, h)
}

// isLogin keeps the sentences of instructions inside a story, but for short
// offers that name their price.
func isLogin(j *pass, i int, h labels.Hit) bool {
	l := &j.lines[i]
	within := slices.ContainsFunc(l.hits, func(h labels.Hit) bool { return h.Section == wordlists.Login && h.Form == wordlists.Anywhere })
	if h.Form == wordlists.LineStart && !within && l.EndsSentence && i > j.first && i < j.last && (l.Words > 16 || !strings.ContainsAny(l.Plain, "$€£₽₴¥")) {
		return false
	}
	return notReported(j, i, h)
}

// hasRestOpen wants something named after the label, and no sentence.
func hasRestOpen(j *pass, i int, h labels.Hit) bool {
	return h.Alone || h.Rest != "" && (!j.lines[i].EndsSentence || j.lines[i].Words <= 6)
}

// notReported keeps sentences that tell what somebody said; the words of the
// label itself tell nothing.
func notReported(j *pass, i int, h labels.Hit) bool {
	return h.Alone || j.lines[i].Words <= 5 || !j.reports(i) || h.Form == wordlists.LineStart && h.Rest != "" && j.labels.Words.CountDistinct(wordlists.Reporting, letters.Fold(h.Rest)) == 0
}

// isFacts wants facts behind the label and its sign: "Reference. Built in 1989,
// the tug …".
func isFacts(j *pass, i int, _ labels.Hit) bool {
	text := j.lines[i].Plain
	at := strings.IndexAny(text, ".:")
	return at > 0 && i > j.first && letters.CountWords(text[:at]) <= 3 && letters.CountWords(text[at:]) >= 4
}

// isSupport wants a call to the reader after the label: "Support our work", not
// "Support ships sailed on Monday."
func isSupport(j *pass, i int, h labels.Hit) bool {
	l := &j.lines[i]
	if h.Alone {
		return true
	}
	return !j.reports(i) && !letters.HasQuotation(l.Plain) && (l.Words <= 4 || j.labels.Words.CountDistinct(wordlists.Person, l.Fold) > 0 || j.labels.Words.CountDistinct(wordlists.Pitch, l.Fold) > 0)
}

// reachHeadlines cuts the headlines under a label that stands alone.
func reachHeadlines(j *pass, i int, h labels.Hit) {
	if !h.Alone {
		return
	}
	rule := j.lines[i].rule
	for n, k := 0, i+1; k < len(j.lines) && n < 12; n, k = n+1, k+1 {
		l := &j.lines[k]
		if l.rule != nil || l.chrome() || !l.headline() || l.EndsSentence && l.Kind != news.ListItem {
			return
		}
		if l.Kind == news.Heading && k+1 < len(j.lines) && j.lines[k+1].solid() {
			return
		}
		if l.Kind == news.Paragraph && n > 0 && l.Group != j.lines[k-1].Group {
			return
		}
		j.cut(k, rule)
	}
}

// isCaption knows captions by their label, and by the credit they end with.
func isCaption(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	if isBracketed(j, l) || j.isArrowed(i) || strings.HasPrefix(l.Plain, "©") && l.Words <= 10 && !l.EndsSentence {
		return true
	}
	for _, h := range l.hits {
		if h.Section == wordlists.Caption && captionHit(j, i, h) {
			return true
		}
		if h.Section == wordlists.Agency && l.Words <= 45 && j.labels.IsCredit(labels.LastSentence(l.Plain)) && !letters.HasQuotation(l.Plain) {
			return true
		}
	}
	if l.Words > 45 || letters.HasQuotation(l.Plain) {
		return false
	}
	_, owner, ok := strings.Cut(l.Plain, " © ")
	return j.labels.CreditAt(l.Plain) > 0 || ok && !l.EndsSentence && letters.StartsUpper(owner)
}

// isBracketed knows a line that is nothing but a credit in brackets.
func isBracketed(j *pass, l *Line) bool {
	if l.Words > 16 || len(l.Plain) < 3 || !strings.ContainsRune("([", rune(l.Plain[0])) || !strings.ContainsRune(")]", rune(l.Plain[len(l.Plain)-1])) {
		return false
	}
	inner := letters.NewLine(l.Plain[1 : len(l.Plain)-1])
	for _, h := range j.labels.Credits.Find(&inner) {
		if h.Section == wordlists.Caption && (h.Alone || h.Form == wordlists.LineEnd) {
			return true
		}
	}
	return j.labels.IsCredit(inner.Plain)
}

// isArrowed knows captions that begin with an arrow to their picture, as East
// Asian papers set them. Several such lines in a row are a list.
func (j *pass) isArrowed(i int) bool {
	arrowed := func(k int) bool {
		return k >= 0 && k < len(j.lines) && strings.HasPrefix(strings.TrimSpace(j.lines[k].Text), "▲") || k >= 0 && k < len(j.lines) && strings.HasPrefix(strings.TrimSpace(j.lines[k].Text), "△")
	}
	return arrowed(i) && !arrowed(i-1) && !arrowed(i+1) && j.lines[i].Words <= 40 && strings.ContainsFunc(j.lines[i].Text, letters.IsUnspaced)
}

// captionHit judges a line by the form of its caption label.
func captionHit(j *pass, i int, h labels.Hit) bool {
	l := &j.lines[i]
	switch h.Form {
	case wordlists.BeforeColon:
		if l.Kind == news.ListItem && !h.Alone {
			return j.labels.IsCredit(l.Plain) && l.Words <= 9 && !strings.ContainsAny(l.Plain, "$€%")
		}
		return h.Alone && l.Words <= 4 || !h.Alone && (!l.EndsSentence || l.Words <= 25)
	case wordlists.BeforeName:
		return !l.EndsSentence && l.Words <= 20 || l.Words <= 9
	case wordlists.LineEnd:
		return !l.EndsSentence && l.Words <= 40
	case wordlists.LineStart:
		if !l.EndsSentence && l.Words <= 40 {
			return true
		}
		return l.Words <= 45 && (j.labels.CreditAt(l.Plain) > 0 || j.creditFollows(i))
	}
	return false
}

// creditFollows says whether the next line is a credit.
func (j *pass) creditFollows(i int) bool {
	if i+1 >= len(j.lines) || j.lines[i+1].Words > 16 {
		return false
	}
	return j.labels.IsCredit(j.lines[i+1].Plain)
}

// reachCaption cuts the caption in front of a credit on a line of its own,
// where it stands before the story's first paragraph.
func reachCaption(j *pass, i int, _ labels.Hit) {
	k := i - 1
	if k < 0 || k > byline.MaxHeadLines || !j.labels.IsCredit(j.lines[i].Plain) || j.lines[k].rule != nil {
		return
	}
	l := &j.lines[k]
	if l.Group != j.lines[i].Group || !j.c.PlainText || l.Words < 4 || l.Words > 30 || k >= j.first || len(l.hits) > 0 {
		return
	}
	for p := range k { // the first such line is the headline
		if j.lines[p].rule == nil && j.lines[p].Words >= 3 {
			j.cut(k, j.lines[i].rule)
			return
		}
	}
}

// isCount knows bare numbers and labelled counts.
func isCount(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	if letters.IsNumber(letters.FoldCase(strings.Join(strings.Fields(l.Text), " "))) || letters.IsNumber(l.Fold) {
		year := len(l.Fold) == 4 && (strings.HasPrefix(l.Fold, "19") || strings.HasPrefix(l.Fold, "20"))
		return !year || i < j.first || i > j.last || !l.alone(j, i)
	}
	if l.Words <= 6 && isTally(l.Text) {
		return true
	}
	h, ok := l.hit(wordlists.Count)
	return ok && (h.Form == wordlists.WholeLine || h.Alone && l.Words <= 2 && (i < j.first || i > j.last) || strings.ContainsAny(h.Rest, "0123456789") && letters.CountWords(h.Rest) <= 4)
}

// isTally knows counts that pictograms name: numbers and signs, no letters.
func isTally(text string) bool {
	digits, signs := false, false
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			return false
		case unicode.IsDigit(r):
			digits = true
		case unicode.Is(unicode.So, r):
			signs = true
		}
	}
	return digits && signs
}

// alone says whether a line stands between blank lines.
func (l *Line) alone(j *pass, i int) bool {
	return (i == 0 || j.lines[i-1].Group != l.Group) && (i+1 == len(j.lines) || j.lines[i+1].Group != l.Group)
}

// isFollow knows a sentence that asks the reader to follow somewhere: it names a
// network, has a word of asking, and speaks of us.
func isFollow(j *pass, l *Line) bool {
	if l.Words > 30 || l.Words < 3 || letters.HasQuotation(l.Plain) || !j.labels.Words.Mentions(wordlists.FollowVerb, l.Fold) || !j.labels.Words.Mentions(wordlists.Us, l.Fold) {
		return false
	}
	for _, w := range letters.SplitWords(l.Fold) {
		if j.labels.Words.HasPrefix(wordlists.NetworkStem, w) {
			return true
		}
	}
	return false
}

// isShare knows labels of sharing, and lines made of the names of networks.
func isShare(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if h, ok := l.hit(wordlists.Share); ok {
		switch h.Form {
		case wordlists.WholeLine:
			return true
		case wordlists.BeforeColon:
			return h.Alone || letters.CountWords(h.Rest) <= 8
		default:
			return !j.reports(i)
		}
	}
	if isFollow(j, l) && !j.reports(i) {
		return true
	}
	words := letters.SplitWords(l.Fold)
	named := 0
	for _, w := range words {
		switch {
		case j.labels.Words.Has(wordlists.Network, w):
			named++
		case !j.labels.Words.Has(wordlists.ShareFiller, w):
			return false
		}
	}
	return named >= 2 || named == 1 && (len(words) > 1 || len(words[0]) > 2 && l.Words == 1)
}

// isNewsletter knows labels, and lines that ask for something and name a
// newsletter near their start.
func isNewsletter(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || strings.HasPrefix(l.Plain, "\"") {
		return false
	}
	if _, ok := l.hit(wordlists.Newsletter); ok {
		return !j.reports(i)
	}
	head := l.Fold
	if words := strings.Fields(head); len(words) > 4 {
		head = strings.Join(words[:4], " ")
	}
	if l.Words <= 30 && l.Kind != news.ListItem && j.labels.Words.Mentions(wordlists.Subscribe, head) && j.labels.Words.Mentions(wordlists.Person, l.Fold) && !letters.HasQuotation(l.Plain) {
		return !j.reports(i)
	}
	if l.Words > 35 || !j.labels.Words.Mentions(wordlists.NewsletterThing, l.Fold) || j.reports(i) {
		return false
	}
	asks := j.labels.Words.Mentions(wordlists.NewsletterVerb, head)
	return asks || l.Words <= 12 && (j.labels.Words.Mentions(wordlists.NewsletterVerb, l.Fold) || j.labels.Words.Mentions(wordlists.Person, l.Fold))
}

// reachNewsletter cuts what stands with the label and says more of it.
func reachNewsletter(j *pass, i int, _ labels.Hit) {
	for k := i + 1; k < len(j.lines) && k <= i+3; k++ {
		l := &j.lines[k]
		if l.rule != nil || l.Group != j.lines[i].Group || l.Words > 30 || !isNewsletter(j, k, labels.Hit{}) && (l.solid() || i < j.last || len(l.hits) > 0 || j.stamped(k)) {
			return
		}
		j.cut(k, j.lines[i].rule)
	}
}
