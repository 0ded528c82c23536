package clean

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/news"
)

// earlyRules are the rules on lines that tell by themselves what they are, in
// order. Each has a text in testdata that needs it.
var earlyRules = []lineRule{
	{ID: "line-title", Why: "the headline again", MaxWords: 60, Edge: true, Cut: isTitleLine},
	{ID: "line-header", Why: "author, date and counts, kept as metadata", MaxWords: 40, Edge: true, Cut: isHeaderLine},
	{ID: "line-related", Why: "leads to other stories", Section: "related", MaxWords: 30, Cut: shortOrOpen, Reach: reachHeadlines},
	{ID: "line-related", Why: "leads to other stories", MaxWords: 25, Cut: isPointer},
	{ID: "line-watch", Why: "text of a player", Section: "watch", MaxWords: 25, Cut: isWatch},
	{ID: "line-caption", Why: "a picture's caption or credit", MaxWords: 60, Cut: isCaption, Reach: reachCaption},
	{ID: "line-source", Why: "names the source, kept as origin", Section: "source", MaxWords: 12, Cut: hasRestOpen},
	{ID: "line-count", Why: "a count of views, votes or comments", MaxWords: 6, Cut: isCount},
	{ID: "line-login", Why: "asks to log in, to pay or to look elsewhere on the site", Section: "login", MaxWords: 25, Cut: isLogin},
	{ID: "line-share", Why: "asks to share or to follow", MaxWords: 40, Cut: isShare},
	{ID: "line-facts", Why: "a box of facts beside the story", Section: "facts", MaxWords: 80, Cut: isFacts},
	{ID: "line-support", Why: "asks for money or membership", Section: "support", MaxWords: 45, Cut: isSupport},
	{ID: "line-newsletter", Why: "asks to subscribe to a newsletter", MaxWords: 45, Cut: isNewsletter, Reach: reachNewsletter},
}

// edgeRules are the rules on lines that are furniture where they stand: before
// the first paragraph or after the last.
var edgeRules = []lineRule{
	{ID: "line-rights", Why: "says who owns the text or may use it", Section: "rights", MaxWords: 80, Tail: true},
	{ID: "line-consent", Why: "asks for consent to cookies", Section: "consent", MaxWords: 80, Edge: true},
	{ID: "line-comments", Why: "asks for comments", Section: "comments", MaxWords: 30, Edge: true, Cut: notReported},
	{ID: "line-closing", Why: "a word to the reader after the story", Section: "closing", MaxWords: 60, Tail: true, Cut: notReported},
	{ID: "line-bio", Why: "about the author, not the story", MaxWords: 80, Tail: false, Cut: isBio, Reach: reachBio},
	{ID: "line-tags", Why: "tags and sections of the page", MaxWords: 40, Edge: true, Cut: isTagLine},
	{ID: "line-header", Why: "author, date and counts, kept as metadata", MaxWords: 40, Tail: true, Cut: isClosingHeader},
	{ID: "line-rights", Why: "says who owns the text or may use it", MaxWords: 40, Tail: true, Cut: isRightsLine},
	{ID: "line-language", Why: "in another script than the story", MaxWords: 60, Edge: true, Cut: isForeign},
	{ID: "line-breadcrumb", Why: "says where the page stands on the site", MaxWords: 20, Edge: true, Cut: isBreadcrumb},
}

// isTitleLine compares with every spelling of the title, letters and digits
// alone.
func isTitleLine(j *lineJudge, i int, _ labelHit) bool {
	if i > j.first {
		return false
	}
	key := letterKey(j.lines[i].Text)
	if key == "" {
		return false
	}
	return sameKey(j.c.Title, key) || slices.ContainsFunc(j.c.Titles, func(t string) bool { return sameKey(t, key) })
}

// shortOrOpen lets a label take a line that is no full sentence, or a short one.
func shortOrOpen(j *lineJudge, i int, h labelHit) bool {
	l := &j.lines[i]
	if h.form == '^' || h.alone {
		return !l.ends || l.words <= 20
	}
	return wordCount(h.rest) <= 25 && (!l.ends || l.words <= 16)
}

// isWatch wants a title after the label, not a figure in a list of features.
func isWatch(j *lineJudge, i int, h labelHit) bool {
	first, _ := utf8.DecodeRuneInString(h.rest)
	if j.lines[i].Kind == news.ListItem && !h.alone || unicode.IsDigit(first) {
		return false
	}
	return shortOrOpen(j, i, h)
}

// isLogin keeps the sentences of instructions inside a story, but for short
// offers that name their price.
func isLogin(j *lineJudge, i int, h labelHit) bool {
	l := &j.lines[i]
	within := slices.ContainsFunc(l.hits, func(h labelHit) bool { return h.section == "login" && h.form == '~' })
	if h.form == '^' && !within && l.ends && i > j.first && i < j.last && (l.words > 16 || !strings.ContainsAny(l.clean, "$€£₽₴¥")) {
		return false
	}
	return notReported(j, i, h)
}

// hasRestOpen wants something named after the label, and no sentence.
func hasRestOpen(j *lineJudge, i int, h labelHit) bool {
	return h.alone || h.rest != "" && (!j.lines[i].ends || j.lines[i].words <= 6)
}

// notReported keeps sentences that tell what somebody said; the words of the
// label itself tell nothing.
func notReported(j *lineJudge, i int, h labelHit) bool {
	return h.alone || j.lines[i].words <= 5 || !j.reports(i) || h.form == '^' && h.rest != "" && j.labels.count("reporting", foldText(h.rest)) == 0
}

// isFacts wants facts behind the label and its sign: "Reference. Built in 1989,
// the tug …".
func isFacts(j *lineJudge, i int, _ labelHit) bool {
	text := j.lines[i].clean
	at := strings.IndexAny(text, ".:")
	return at > 0 && i > j.first && wordCount(text[:at]) <= 3 && wordCount(text[at:]) >= 4
}

// isSupport wants a call to the reader after the label: "Support our work", not
// "Support ships sailed on Monday."
func isSupport(j *lineJudge, i int, h labelHit) bool {
	l := &j.lines[i]
	if h.alone {
		return true
	}
	return !j.reports(i) && !quotes(l.clean) && (l.words <= 4 || j.labels.count("person", l.fold) > 0 || j.labels.count("pitch", l.fold) > 0)
}

// reachHeadlines cuts the headlines under a label that stands alone.
func reachHeadlines(j *lineJudge, i int, h labelHit) {
	if !h.alone {
		return
	}
	rule := j.lines[i].rule
	for n, k := 0, i+1; k < len(j.lines) && n < 12; n, k = n+1, k+1 {
		l := &j.lines[k]
		if l.rule != nil || l.furniture() || !l.headline() || l.ends && l.Kind != news.ListItem {
			return
		}
		if l.Kind == news.Heading && k+1 < len(j.lines) && j.lines[k+1].solid() {
			return
		}
		if l.Kind == news.Paragraph && n > 0 && l.group != j.lines[k-1].group {
			return
		}
		j.cut(k, rule)
	}
}

// isCaption knows captions by their label, and by the credit they end with.
func isCaption(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	if isBracketed(j, l) || j.isArrowed(i) || strings.HasPrefix(l.clean, "©") && l.words <= 10 && !l.ends {
		return true
	}
	for _, h := range l.hits {
		if h.section == "caption" && captionHit(j, i, h) {
			return true
		}
		if h.section == "agency" && l.words <= 45 && isCredit(j.labels, lastSentence(l.clean)) && !quotes(l.clean) {
			return true
		}
	}
	if l.words > 45 || quotes(l.clean) {
		return false
	}
	_, owner, ok := strings.Cut(l.clean, " © ")
	return creditAt(j.labels, l.clean) > 0 || ok && !l.ends && startsUpper(owner)
}

// isBracketed knows a line that is nothing but a credit in brackets.
func isBracketed(j *lineJudge, l *judgedLine) bool {
	if l.words > 16 || len(l.clean) < 3 || !strings.ContainsRune("([", rune(l.clean[0])) || !strings.ContainsRune(")]", rune(l.clean[len(l.clean)-1])) {
		return false
	}
	inner := newTextLine(l.clean[1 : len(l.clean)-1])
	for _, h := range j.labels.credits.find(&inner) {
		if h.section == "caption" && (h.alone || h.form == '$') {
			return true
		}
	}
	return isCredit(j.labels, inner.clean)
}

// isArrowed knows captions that begin with an arrow to their picture, as East
// Asian papers set them. Several such lines in a row are a list.
func (j *lineJudge) isArrowed(i int) bool {
	arrowed := func(k int) bool {
		return k >= 0 && k < len(j.lines) && strings.HasPrefix(strings.TrimSpace(j.lines[k].Text), "▲") || k >= 0 && k < len(j.lines) && strings.HasPrefix(strings.TrimSpace(j.lines[k].Text), "△")
	}
	return arrowed(i) && !arrowed(i-1) && !arrowed(i+1) && j.lines[i].words <= 40 && strings.ContainsFunc(j.lines[i].Text, unbroken)
}

// captionHit judges a line by the form of its caption label.
func captionHit(j *lineJudge, i int, h labelHit) bool {
	l := &j.lines[i]
	switch h.form {
	case ':':
		if l.Kind == news.ListItem && !h.alone {
			return isCredit(j.labels, l.clean) && l.words <= 9 && !strings.ContainsAny(l.clean, "$€%")
		}
		return h.alone && l.words <= 4 || !h.alone && (!l.ends || l.words <= 25)
	case '>':
		return !l.ends && l.words <= 20 || l.words <= 9
	case '$':
		return !l.ends && l.words <= 40
	case '^':
		if !l.ends && l.words <= 40 {
			return true
		}
		return l.words <= 45 && (creditAt(j.labels, l.clean) > 0 || j.creditFollows(i))
	}
	return false
}

// creditFollows says whether the next line is a credit.
func (j *lineJudge) creditFollows(i int) bool {
	if i+1 >= len(j.lines) || j.lines[i+1].words > 16 {
		return false
	}
	return isCredit(j.labels, j.lines[i+1].clean)
}

// reachCaption cuts the caption in front of a credit on a line of its own,
// where it stands before the story's first paragraph.
func reachCaption(j *lineJudge, i int, _ labelHit) {
	k := i - 1
	if k < 0 || k > maxHead || !isCredit(j.labels, j.lines[i].clean) || j.lines[k].rule != nil {
		return
	}
	l := &j.lines[k]
	if l.group != j.lines[i].group || !j.c.Plain || l.words < 4 || l.words > 30 || k >= j.first || len(l.hits) > 0 {
		return
	}
	for p := range k { // the first such line is the headline
		if j.lines[p].rule == nil && j.lines[p].words >= 3 {
			j.cut(k, j.lines[i].rule)
			return
		}
	}
}

// isCredit says whether a short text names who made a picture.
func isCredit(t *labelTable, text string) bool {
	l := newTextLine(text)
	if l.words > 16 || l.words == 0 {
		return false
	}
	if strings.HasPrefix(l.clean, "©") && l.words <= 8 {
		return true
	}
	for _, h := range t.credits.find(&l) {
		switch {
		case h.section == "caption" && (h.form == ':' && !h.alone || h.form == '>' || h.form == '^' && l.words <= 10):
			return true
		case h.section == "agency" && (strings.ContainsAny(l.clean, "/(") || strings.Contains(l.fold, "via ") || l.words <= 6):
			return true
		}
	}
	return false
}

// creditAt is where the credit begins that text ends with; 0 when there is
// none. A credit follows the end of a sentence or an opening bracket; or it
// begins with its label in capitals and a colon.
func creditAt(t *labelTable, text string) int {
	for at, tries := len(text), 0; tries < 4; tries++ {
		at = lastBreak(text[:at])
		if at <= 0 {
			break
		}
		if !goesOn(text[at:]) && isCredit(t, strings.Trim(text[at:], " ()[].")) {
			return at
		}
	}
	at := strings.LastIndexByte(text, ':')
	if at <= 0 {
		return 0
	}
	for words := 0; words < 3; words++ {
		at = strings.LastIndexByte(text[:at], ' ')
		if at <= 0 {
			return 0
		}
		if r, _ := utf8.DecodeRuneInString(text[at+1:]); unicode.IsUpper(r) && isCredit(t, text[at+1:]) && wordCount(text[at+1:]) <= 9 {
			return at + 1
		}
	}
	return 0
}

// goesOn says whether a text begins with brackets and goes on behind them.
func goesOn(text string) bool {
	if text[0] != '(' && text[0] != '[' {
		return false
	}
	end := strings.IndexAny(text, ")]")
	return end >= 0 && letters(text[end:]) > 0
}

// lastBreak is the start of the last sentence or bracket in text, 0 when there
// is but one. A point behind one letter ends no sentence.
func lastBreak(text string) int {
	text = strings.TrimRight(text, " .()[]")
	for i := len(text) - 1; i > 1; i-- {
		switch text[i] {
		case '(', '[':
			return i
		case ' ':
			prev, size := utf8.DecodeLastRuneInString(text[:i])
			if !strings.ContainsRune(".!?…)]\"'", prev) {
				continue
			}
			if before, n := utf8.DecodeLastRuneInString(text[:i-size]); prev == '.' && unicode.IsUpper(before) {
				if b2, _ := utf8.DecodeLastRuneInString(text[:i-size-n]); !unicode.IsLetter(b2) {
					continue
				}
			}
			return i + 1
		}
	}
	return 0
}

func lastSentence(text string) string {
	return strings.Trim(text[lastBreak(text):], " ()[].")
}

// quotes says whether text holds speech.
func quotes(text string) bool {
	return strings.Count(text, "\"") >= 2
}

// isCount knows bare numbers and labelled counts.
func isCount(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	if bareNumber(foldCase(strings.Join(strings.Fields(l.Text), " "))) || bareNumber(l.fold) {
		year := len(l.fold) == 4 && (strings.HasPrefix(l.fold, "19") || strings.HasPrefix(l.fold, "20"))
		return !year || i < j.first || i > j.last || !l.alone(j, i)
	}
	if l.words <= 6 && isTally(l.Text) {
		return true
	}
	h, ok := l.hit("count")
	return ok && (h.form == '=' || h.alone && l.words <= 2 && (i < j.first || i > j.last) || strings.ContainsAny(h.rest, "0123456789") && wordCount(h.rest) <= 4)
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
func (l *judgedLine) alone(j *lineJudge, i int) bool {
	return (i == 0 || j.lines[i-1].group != l.group) && (i+1 == len(j.lines) || j.lines[i+1].group != l.group)
}

// networks are names that a line of share buttons is made of.
const networks = " facebook twitter x whatsapp telegram linkedin email e-mail vk ok reddit pinterest viber messenger instagram " +
	"youtube threads bluesky mastodon sms weibo wechat вконтакте одноклассники телеграм tiktok flipboard pocket tumblr line skype rss dzen дзен 微信 微博 朋友圈 qq qq空间 "

// shareWords are what stands between such names.
const shareWords = " share this on via with to and follow us post send поделиться поделитесь в на и через поширити у teilen auf per mit partager sur par " +
	"compartir en por udostępnij na przez condividi su compartilhar no delen op dela på del paylaş 分享 到 分享到 شارك على عبر "

// followWords begin, in lower case, the words that name a network or the
// project's own app in a sentence; many languages bend them.
var followWords = []string{
	"telegram", "телеграм", "whatsapp", "ватсап", "viber", "вайбер", "facebook", "фейсбук", "instagram", "інстаграм", "инстаграм", "youtube", "ютуб", "google", "linkedin", "tiktok",
	"vkontakte", "вконтакте", "дзен", "twitter", "твиттер", "bluesky", "threads", "messenger", "мессенджер", "месенджер", "rss", "微信", "微博", "تلغرام", "تيليغرام", "واتساب", "فيسبوك",
}

// isFollow knows a sentence that asks the reader to follow somewhere: it names a
// network, has a word of asking, and speaks of us.
func isFollow(j *lineJudge, l *judgedLine) bool {
	if l.words > 30 || l.words < 3 || quotes(l.clean) || !j.labels.mentions("follow-verb", l.fold) || !j.labels.mentions("us", l.fold) {
		return false
	}
	for _, w := range foldedWords(l.fold) {
		for _, network := range followWords {
			if strings.HasPrefix(w, network) {
				return true
			}
		}
	}
	return false
}

// isShare knows labels of sharing, and lines made of the names of networks.
func isShare(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if h, ok := l.hit("share"); ok {
		switch h.form {
		case '=':
			return true
		case ':':
			return h.alone || wordCount(h.rest) <= 8
		default:
			return !j.reports(i)
		}
	}
	if isFollow(j, l) && !j.reports(i) {
		return true
	}
	words := foldedWords(l.fold)
	named := 0
	for _, w := range words {
		switch {
		case strings.Contains(networks, " "+w+" "):
			named++
		case !strings.Contains(shareWords, " "+w+" "):
			return false
		}
	}
	return named >= 2 || named == 1 && (len(words) > 1 || len(words[0]) > 2 && l.words == 1)
}

// isNewsletter knows labels, and lines that ask for something and name a
// newsletter near their start.
func isNewsletter(j *lineJudge, i int, _ labelHit) bool {
	l := &j.lines[i]
	if l.Kind == news.TableRow || strings.HasPrefix(l.clean, "\"") {
		return false
	}
	if _, ok := l.hit("newsletter"); ok {
		return !j.reports(i)
	}
	head := l.fold
	if words := strings.Fields(head); len(words) > 4 {
		head = strings.Join(words[:4], " ")
	}
	if l.words <= 30 && l.Kind != news.ListItem && j.labels.mentions("subscribe", head) && j.labels.mentions("person", l.fold) && !quotes(l.clean) {
		return !j.reports(i)
	}
	if l.words > 35 || !j.labels.mentions("newsletter-thing", l.fold) || j.reports(i) {
		return false
	}
	asks := j.labels.mentions("newsletter-verb", head)
	return asks || l.words <= 12 && (j.labels.mentions("newsletter-verb", l.fold) || j.labels.mentions("person", l.fold))
}

// reachNewsletter cuts what stands with the label and says more of it.
func reachNewsletter(j *lineJudge, i int, _ labelHit) {
	for k := i + 1; k < len(j.lines) && k <= i+3; k++ {
		l := &j.lines[k]
		if l.rule != nil || l.group != j.lines[i].group || l.words > 30 || !isNewsletter(j, k, labelHit{}) && (l.solid() || i < j.last || len(l.hits) > 0 || j.stamped(k)) {
			return
		}
		j.cut(k, j.lines[i].rule)
	}
}
