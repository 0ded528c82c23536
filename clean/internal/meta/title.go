package meta

import (
	"slices"
	"strings"

	"winnow/clean/internal/letters"
)

// Choice of the title among the headlines of the page. A headline scores by its
// agreement with the titles in the head of the page, see agreement.
const (
	maxHeadline  = 500 // bytes
	markedBonus  = 0.2 // for a headline that is marked as such
	minAgreement = 0.5 // below, the title in the head is taken
	// unsaidScore is the agreement where the head has no title. The first
	// headline of the page is taken then, or the first that is marked.
	unsaidScore = 0.5
	// headWeight and titleWeight weigh the shares of the headline's and of the
	// title's words that both have. A headline of one word within a long title is
	// the name of a section.
	headWeight, titleWeight = 0.6, 0.4
)

// title returns the title of the page and all spellings of it, the title first.
// It is the headline that agrees most with the titles in the head of the page;
// without one, a title in the head, without the name of the site.
func (r *reader) title() (title string, titles []string) {
	f := r.f
	var stated []string // titles in the head, the most reliable first
	for _, t := range [][]string{f.metas["og:title"], {r.ld.headline}, f.metas["twitter:title"], f.metas["parsely-title"], f.metas["sailthru.title"], f.metas["dc.title"], f.metas["dcterms.title"], f.metas["headline"], f.titles, {r.ld.pageName}} {
		if v := first(t); v != "" {
			stated = append(stated, v)
		}
	}
	best, score := "", 0.0
	words := wordSets(stated)
	headlines := f.headlines
	if len(headlines) == 0 {
		headlines = f.subheads // pages without an h1
	}
	for _, h := range headlines {
		if h.text == "" || len(h.text) > maxHeadline || r.isSite(h.text) && r.hasTitleBesides(stated) {
			continue
		}
		s := agreement(h.text, words)
		if h.marked {
			s += markedBonus
		}
		if s > score+1e-9 {
			best, score = h.text, s
		}
	}
	if best == "" || score < minAgreement {
		best = r.statedTitle(stated)
	}
	if best == "" && len(f.headlines) > 0 {
		best = f.headlines[0].text
	}
	if best == "" {
		best = letters.NormalizeSpace(r.page.Hint.Title)
	}
	best = r.withoutKicker(best, stated)
	if head, tail, ok := strings.Cut(best, " | "); ok && isSectionBefore(head, tail) {
		best = tail
	}
	var bare []string
	for _, s := range stated {
		bare = append(bare, r.withoutSite(s, stated))
	}
	return best, Distinct([]string{best}, stated, []string{r.ld.alternative, letters.NormalizeSpace(r.page.Hint.Title)}, bare)
}

// hasTitleBesides reports whether one of the titles in the head of the page is more
// than the name of the site, so that a headline with that name is no title.
func (r *reader) hasTitleBesides(stated []string) bool {
	return slices.ContainsFunc(stated, func(s string) bool { return !r.isSite(r.withoutSite(s, stated)) })
}

// minKicked is the length of the shortest title behind a kicker, in bytes of its
// letters.Key.
const minKicked = 15

// withoutKicker returns a headline without the element at its start, such as the name
// of a section or a date, if the title in the head of the page is the rest.
func (r *reader) withoutKicker(best string, stated []string) string {
	key := letters.Key(best)
	for _, h := range r.f.headlines {
		if h.text != best || h.opener == "" {
			continue
		}
		for _, s := range stated {
			title, ok := strings.CutPrefix(key, letters.Key(h.opener))
			if ok && len(title) >= minKicked && letters.SameKey(s, title) {
				return s
			}
		}
	}
	return best
}

// statedTitle returns the first title in the head of the page, without the name
// of the site.
func (r *reader) statedTitle(stated []string) string {
	for _, s := range stated {
		if t := r.withoutSite(s, stated); t != "" {
			return t
		}
	}
	return ""
}

// wordSet holds the words of a text, and their number with repetitions.
type wordSet struct {
	has map[string]bool
	n   int
}

func wordSets(texts []string) []wordSet {
	sets := make([]wordSet, len(texts))
	for i, s := range texts {
		words := letters.SplitWords(letters.Fold(s))
		sets[i] = wordSet{make(map[string]bool, len(words)), len(words)}
		for _, w := range words {
			sets[i].has[w] = true
		}
	}
	return sets
}

// agreement returns how well a headline agrees with the best of the stated
// titles, 0 to 1: the weighted shares of words that both have.
func agreement(headline string, stated []wordSet) float64 {
	words := letters.SplitWords(letters.Fold(headline))
	if len(words) == 0 {
		return 0
	}
	if len(stated) == 0 {
		return unsaidScore
	}
	best := 0.0
	for _, s := range stated {
		if s.n == 0 {
			continue
		}
		shared := 0
		for _, w := range words {
			if s.has[w] {
				shared++
			}
		}
		best = max(best, headWeight*float64(shared)/float64(len(words))+titleWeight*min(1, float64(shared)/float64(s.n)))
	}
	return best
}

// titleBreaks separate a title from the name of the site behind or before it.
var titleBreaks = []string{" | ", " — ", " – ", " - ", " :: ", " » ", " « ", " • ", " · ", " / ", " ‹ ", " > ", " : ", "：", "｜", "_", "|", "-"}

// Lengths of the parts of a title, in words.
const (
	maxSectionName  = 2 // of a section, before a bar
	maxLeadingSite  = 3 // of a site's name before the title
	maxTrailingSite = 4 // of a site's name behind the title
	minTitle        = 4 // what is left beside such a name
)

// isSectionBefore reports whether the parts of a title before and behind its
// first bar are the name of a section of the site and a title.
func isSectionBefore(head, tail string) bool {
	return letters.CountWords(head) <= maxSectionName && letters.CountWords(tail) >= minTitle &&
		strings.Count(head, " ") < maxSectionName && !strings.ContainsAny(head, ".!?:,0123456789")
}

// withoutSite returns a title without the name of the site. A part of it goes
// when it is the site's name, or resembles its host; when the rest is a line of
// the page or one of the stated titles; or, where nothing else decides, when it
// is the short end of a long title.
func (r *reader) withoutSite(title string, stated []string) string {
	for _, sep := range titleBreaks {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(sep):])
		if head == "" || tail == "" {
			continue
		}
		key := letters.Key(head)
		if sep == "-" && !(strings.ContainsFunc(head, letters.IsUnspaced) && r.hasLine(key)) {
			continue // a hyphen is within words, except where there are no spaces between them
		}
		switch {
		case r.isSite(tail):
			return r.withoutSite(head, nil)
		case r.isSite(head):
			return tail
		}
		if sep == "_" || sep == "|" && !strings.Contains(title, " | ") && letters.CountWords(tail) > maxTrailingSite {
			continue
		}
		if sep == " | " && isSectionBefore(head, tail) {
			return r.withoutSite(tail, nil)
		}
		seen := r.hasLine(key) || slices.ContainsFunc(stated, func(s string) bool { return letters.SameKey(s, key) })
		if seen && letters.CountWords(head) <= maxLeadingSite && letters.CountWords(tail) >= minTitle && r.hasLine(letters.Key(tail)) {
			return tail // both are lines of the page; the short one names the site
		}
		if sep == "：" && !seen || sep == " : " && letters.CountWords(head) <= letters.CountWords(tail) {
			continue // French puts such a colon between a topic and a remark on it
		}
		if seen || mayEndTitle(sep) && letters.CountWords(tail) <= maxTrailingSite && letters.CountWords(head) >= minTitle && tail != strings.ToLower(tail) {
			return head
		}
		if first := strings.Index(title, sep); first < i && r.hasLine(letters.Key(title[:first])) {
			return strings.TrimSpace(title[:first])
		}
	}
	return title
}

// mayEndTitle reports whether a short part behind the separator is the name of
// the site, even where nothing else shows it. Some separators are frequent
// within titles.
func mayEndTitle(sep string) bool { return sep != " - " && sep != " / " && sep != " : " }
