package meta

import (
	"slices"
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// titleBreaks part a title from the name of the site behind or before it.
var titleBreaks = []string{" | ", " — ", " – ", " - ", " :: ", " » ", " « ", " • ", " · ", " / ", " ‹ ", " > ", " : ", "：", "｜", "_", "|", "-"}

// chooseTitle takes the headline on the page that agrees with what the page
// says of itself elsewhere; without one, what it says elsewhere, less the name
// of the site.
func (r *Reader) chooseTitle(m *Meta) {
	f := r.f
	var said []string
	for _, t := range [][]string{f.metas["og:title"], {r.ld.headline}, f.metas["twitter:title"], f.metas["parsely-title"], f.metas["sailthru.title"], f.metas["dc.title"], f.metas["dcterms.title"], f.metas["headline"], f.titles, {r.ld.fallback}} {
		if v := first(t); v != "" {
			said = append(said, v)
		}
	}
	best, score := "", 0.0
	words := wordSets(said)
	heads := f.heads
	if len(heads) == 0 {
		heads = f.seconds // pages without a headline of the first rank
	}
	for _, h := range heads {
		if h.text == "" || len(h.text) > 500 {
			continue
		}
		s := agreement(h.text, words)
		if h.sure {
			s += 0.2
		}
		if s > score+1e-9 {
			best, score = h.text, s
		}
	}
	if best == "" || score < 0.5 {
		best = r.saidTitle(said, m.SiteName)
	}
	if best == "" && len(f.heads) > 0 {
		best = f.heads[0].text
	}
	if best == "" {
		best = letters.NormalizeSpace(r.Page.Hint.Title)
	}
	if head, tail, ok := strings.Cut(best, " | "); ok && letters.CountWords(head) <= 2 && letters.CountWords(tail) >= 4 && r.isSection(head) {
		best = tail
	}
	m.Title = best
	m.Titles = Distinct([]string{best}, said, []string{r.ld.alternative, letters.NormalizeSpace(r.Page.Hint.Title)}, r.cutTitles(said, m.SiteName))
}

// wordSet holds the words of a text, and how many it has with repetitions.
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

// agreement is how well a headline agrees with the best of what is said: the
// share of its words that are there, less a little for words that are not in
// it.
func agreement(head string, said []wordSet) float64 {
	words := letters.SplitWords(letters.Fold(head))
	if len(words) == 0 {
		return 0
	}
	if len(said) == 0 {
		return 0.5
	}
	best := 0.0
	for _, s := range said {
		if s.n == 0 {
			continue
		}
		shared := 0
		for _, w := range words {
			if s.has[w] {
				shared++
			}
		}
		// A headline of one word inside a long title is the section's name.
		best = max(best, 0.6*float64(shared)/float64(len(words))+0.4*min(1, float64(shared)/float64(s.n)))
	}
	return best
}

// saidTitle is the title that the page gives itself in its head.
func (r *Reader) saidTitle(said []string, site string) string {
	for _, s := range said {
		if t := r.cutSite(s, site, said); t != "" {
			return t
		}
	}
	return ""
}

func (r *Reader) cutTitles(said []string, site string) []string {
	var out []string
	for _, s := range said {
		out = append(out, r.cutSite(s, site, said))
	}
	return out
}

// cutSite cuts the name of the site from a title. A part goes when it is the
// site's name, or looks like its host; or when the rest is a line of the page
// or another spelling of the title; or, where nothing else tells, when it is
// the short end of a long title.
func (r *Reader) cutSite(title, site string, said []string) string {
	for _, sep := range titleBreaks {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(sep):])
		if head == "" || tail == "" {
			continue
		}
		if sep == "-" && !(strings.ContainsFunc(head, letters.IsUnspaced) && r.hasLine(letters.Key(head))) {
			continue // a hyphen parts words, but where words have no space between them
		}
		switch {
		case r.isSite(tail, site):
			return r.cutSite(head, site, nil)
		case r.isSite(head, site):
			return tail
		}
		if sep == "_" || sep == "|" && !strings.Contains(title, " | ") && letters.CountWords(tail) > 4 {
			continue
		}
		key := letters.Key(head)
		known := slices.ContainsFunc(said, func(s string) bool { return letters.SameKey(s, key) }) ||
			r.hasLine(key)
		if sep == " | " && letters.CountWords(head) <= 2 && letters.CountWords(tail) >= 4 && r.isSection(head) {
			return r.cutSite(tail, site, nil)
		}
		if known && letters.CountWords(head) <= 3 && letters.CountWords(tail) >= 4 && r.hasLine(letters.Key(tail)) {
			return tail // both are lines of the page; the short one names the site
		}
		if sep == "：" && !known || sep == " : " && letters.CountWords(head) <= letters.CountWords(tail) {
			continue // French sets such a colon between a topic and what is said of it
		}
		if known || sep != " - " && sep != " / " && sep != " : " && letters.CountWords(tail) <= 4 && letters.CountWords(head) >= 4 && tail != strings.ToLower(tail) {
			return head
		}
		if first := strings.Index(title, sep); first < i {
			if r.hasLine(letters.Key(title[:first])) {
				return strings.TrimSpace(title[:first])
			}
		}
	}
	return title
}

// isSection says whether the part of a title before its first bar is the name
// of a section of the site: a short line of the page, or one that its URL has.
func (r *Reader) isSection(head string) bool {
	return strings.Count(head, " ") <= 1 && !strings.ContainsAny(head, ".!?:,0123456789")
}

// hasLine says whether a line of the page has these letters and digits.
func (r *Reader) hasLine(key string) bool {
	if r.keys == nil {
		r.keys = map[string]bool{}
		for _, line := range r.f.lines {
			if len(line) < 500 {
				r.keys[letters.Key(line)] = true
			}
		}
	}
	return r.keys[key]
}

// isSite says whether part of a title names the site.
func (r *Reader) isSite(part, site string) bool {
	key := letters.Key(part)
	if key == "" || len(part) > 80 {
		return false
	}
	if s := letters.Key(site); s != "" && (key == s || strings.HasPrefix(key, s) && len(key) < len(s)+12 || strings.HasPrefix(s, key) && len(key) >= 4) {
		return true
	}
	host := strings.TrimPrefix(strings.ToLower(r.Base.Hostname()), "www.")
	if bare := strings.TrimPrefix(key, "the"); utf8.RuneCountInString(bare) >= 6 {
		key = bare
	}
	return host != "" && (key == letters.Key(host) || utf8.RuneCountInString(key) >= 4 && strings.Contains(letters.Key(host), key))
}

// readTop reads the lines around the title for author and date.
func (r *Reader) readTop(title string) {
	key := letters.Key(title)
	at := -1
	for i, line := range r.f.lines {
		if len(line) >= 600 {
			continue
		}
		if n, ok := letters.PrefixKey(line, key); ok && n > 0 && (n == len(key) || n > 15) {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	t := labels.All()
	long := 0
	for i := max(0, at-2); i < min(len(r.f.lines), at+12); i++ {
		line := r.f.lines[i]
		if i == at {
			continue
		}
		if words := letters.CountWords(line); words > 30 {
			if long++; i > at && long > 1 {
				return
			}
			continue
		}
		r.readTopLine(t, i)
	}
}

// readTopLine reads one line near the title.
func (r *Reader) readTopLine(t *labels.Table, i int) {
	lines := r.f.lines
	h := byline.ReadHeader(lines[i], r.Lang)
	if h.Recognized > 0 && (len(h.Dates) > 0 || len(h.Names) > 0) && h.Unrecognized <= 2 && h.ExtraWords <= 8 {
		r.top.Dates = append(r.top.Dates, h.Dates...)
		r.top.Names = append(r.top.Names, h.Names...)
		if r.top.Clock == nil {
			r.top.Clock = h.Clock
		}
	}
	l := letters.NewLine(lines[i])
	lone := l.Fold == "by"
	for _, hit := range t.Find(&l) {
		lone = lone || hit.Section == wordlists.Byline && hit.Alone
	}
	if lone && i+1 < len(lines) {
		r.top.Names = append(r.top.Names, byline.PersonNames(lines[i+1])...)
		return
	}
	if len(h.Dates) > 0 && len(h.Names) == 0 && h.Unrecognized <= 1 {
		r.beside = append(r.beside, h.Guesses()...)
	}
	if len(h.Dates) > 0 && len(h.Names) == 0 && h.Unrecognized == 0 {
		for _, k := range []int{i - 1, i + 1} {
			if k >= 0 && k < len(lines) && !r.f.menus[k] {
				r.beside = append(r.beside, byline.PersonNames(lines[k])...)
			}
		}
	}
}
