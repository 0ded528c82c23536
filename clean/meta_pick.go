package clean

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// titleBreaks part a title from the name of the site behind or before it.
var titleBreaks = []string{" | ", " — ", " – ", " - ", " :: ", " » ", " « ", " • ", " · ", " / ", " ‹ ", " > ", " : ", "：", "｜", "_", "|", "-"}

// chooseTitle takes the headline on the page that agrees with what the page
// says of itself elsewhere; without one, what it says elsewhere, less the name
// of the site.
func (r *metaReader) chooseTitle(m *meta) {
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
		best = r.saidTitle(said, m.siteName)
	}
	if best == "" && len(f.heads) > 0 {
		best = f.heads[0].text
	}
	if best == "" {
		best = oneLine(r.page.Hint.Title)
	}
	if head, tail, ok := strings.Cut(best, " | "); ok && wordCount(head) <= 2 && wordCount(tail) >= 4 && r.isSection(head) {
		best = tail
	}
	m.title = best
	m.titles = distinct([]string{best}, said, []string{r.ld.alternative, oneLine(r.page.Hint.Title)}, r.cutTitles(said, m.siteName))
}

// wordSet holds the words of a text, and how many it has with repetitions.
type wordSet struct {
	has map[string]bool
	n   int
}

func wordSets(texts []string) []wordSet {
	sets := make([]wordSet, len(texts))
	for i, s := range texts {
		words := foldedWords(foldText(s))
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
	words := foldedWords(foldText(head))
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
func (r *metaReader) saidTitle(said []string, site string) string {
	for _, s := range said {
		if t := r.cutSite(s, site, said); t != "" {
			return t
		}
	}
	return ""
}

func (r *metaReader) cutTitles(said []string, site string) []string {
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
func (r *metaReader) cutSite(title, site string, said []string) string {
	for _, sep := range titleBreaks {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(sep):])
		if head == "" || tail == "" {
			continue
		}
		if sep == "-" && !(strings.ContainsFunc(head, unbroken) && r.hasLine(letterKey(head))) {
			continue // a hyphen parts words, but where words have no space between them
		}
		switch {
		case r.isSite(tail, site):
			return r.cutSite(head, site, nil)
		case r.isSite(head, site):
			return tail
		}
		if sep == "_" || sep == "|" && !strings.Contains(title, " | ") && wordCount(tail) > 4 {
			continue
		}
		key := letterKey(head)
		known := slices.ContainsFunc(said, func(s string) bool { return sameKey(s, key) }) ||
			r.hasLine(key)
		if sep == " | " && wordCount(head) <= 2 && wordCount(tail) >= 4 && r.isSection(head) {
			return r.cutSite(tail, site, nil)
		}
		if known && wordCount(head) <= 3 && wordCount(tail) >= 4 && r.hasLine(letterKey(tail)) {
			return tail // both are lines of the page; the short one names the site
		}
		if sep == "：" && !known || sep == " : " && wordCount(head) <= wordCount(tail) {
			continue // French sets such a colon between a topic and what is said of it
		}
		if known || sep != " - " && sep != " / " && sep != " : " && wordCount(tail) <= 4 && wordCount(head) >= 4 && tail != strings.ToLower(tail) {
			return head
		}
		if first := strings.Index(title, sep); first < i {
			if r.hasLine(letterKey(title[:first])) {
				return strings.TrimSpace(title[:first])
			}
		}
	}
	return title
}

// isSection says whether the part of a title before its first bar is the name
// of a section of the site: a short line of the page, or one that its URL has.
func (r *metaReader) isSection(head string) bool {
	return strings.Count(head, " ") <= 1 && !strings.ContainsAny(head, ".!?:,0123456789")
}

// hasLine says whether a line of the page has these letters and digits.
func (r *metaReader) hasLine(key string) bool {
	if r.keys == nil {
		r.keys = map[string]bool{}
		for _, line := range r.f.lines {
			if len(line) < 500 {
				r.keys[letterKey(line)] = true
			}
		}
	}
	return r.keys[key]
}

// isSite says whether part of a title names the site.
func (r *metaReader) isSite(part, site string) bool {
	key := letterKey(part)
	if key == "" || len(part) > 80 {
		return false
	}
	if s := letterKey(site); s != "" && (key == s || strings.HasPrefix(key, s) && len(key) < len(s)+12 || strings.HasPrefix(s, key) && len(key) >= 4) {
		return true
	}
	host := strings.TrimPrefix(strings.ToLower(r.base.Hostname()), "www.")
	if bare := strings.TrimPrefix(key, "the"); utf8.RuneCountInString(bare) >= 6 {
		key = bare
	}
	return host != "" && (key == letterKey(host) || utf8.RuneCountInString(key) >= 4 && strings.Contains(letterKey(host), key))
}

// readTop reads the lines around the title for author and date.
func (r *metaReader) readTop(title string) {
	key := letterKey(title)
	at := -1
	for i, line := range r.f.lines {
		if len(line) >= 600 {
			continue
		}
		if n, ok := prefixKey(line, key); ok && n > 0 && (n == len(key) || n > 15) {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	t := labelWords()
	long := 0
	for i := max(0, at-2); i < min(len(r.f.lines), at+12); i++ {
		line := r.f.lines[i]
		if i == at {
			continue
		}
		if words := wordCount(line); words > 30 {
			if long++; i > at && long > 1 {
				return
			}
			continue
		}
		r.readTopLine(t, i)
	}
}

// readTopLine reads one line near the title.
func (r *metaReader) readTopLine(t *labelTable, i int) {
	lines := r.f.lines
	h := readHeader(t, lines[i], r.lang)
	if h.known > 0 && (len(h.dates) > 0 || len(h.names) > 0) && h.odd <= 2 && h.words <= 8 {
		r.top.dates = append(r.top.dates, h.dates...)
		r.top.names = append(r.top.names, h.names...)
		if r.top.clock == nil {
			r.top.clock = h.clock
		}
	}
	l := newTextLine(lines[i])
	lone := l.fold == "by"
	for _, hit := range t.find(&l) {
		lone = lone || hit.section == "byline" && hit.alone
	}
	if lone && i+1 < len(lines) {
		r.top.names = append(r.top.names, personNames(t, lines[i+1])...)
		return
	}
	if len(h.dates) > 0 && len(h.names) == 0 && h.odd <= 1 {
		r.beside = append(r.beside, h.guesses(t)...)
	}
	if len(h.dates) > 0 && len(h.names) == 0 && h.odd == 0 {
		for _, k := range []int{i - 1, i + 1} {
			if k >= 0 && k < len(lines) && !r.f.menus[k] {
				r.beside = append(r.beside, personNames(t, lines[k])...)
			}
		}
	}
}

// dateNames are the meta names that hold the date of publication, surest first.
var dateNames = []string{
	"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "article:published", "article_date_original", "originalpublicationdate",
	"sailthru.date", "parsely-pub-date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published", "publish_time", "publishtime",
	"article.published", "cxenseparse:recs:publishtime", "bt:pubdate", "ptime", "rnews:datepublished", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date.created", "dcterms.created",
	"dc.date", "date", "article.created", "datecreated", "citation_publication_date", "citation_date", "displaydate", "pub_date", "dateline", "release_date", "creation_date", "og:pubdate", "analyticsattributes.articledate",
}

// published finds the date of publication: what the page states for machines
// first, then what it prints beside its title, then its URL, then the feed.
func (r *metaReader) published() (string, time.Time) {
	f := r.f
	stamps := []string{r.ld.published}
	for _, name := range dateNames {
		stamps = append(stamps, f.metas[name]...)
		if name == "article:published_time" {
			stamps = append(stamps, f.props["datePublished"]...)
		}
	}
	for _, t := range f.times {
		if t.published && !t.modified {
			stamps = append(stamps, t.stamp, t.text)
		}
	}
	stamps = append(stamps, f.props["dateCreated"]...)
	stamps = append(stamps, r.ld.fallbackDate)
	for _, s := range stamps {
		if date, at := r.stamp(s); date != "" {
			return date, at
		}
	}
	if date, at := r.top.published(); date != "" && r.plausible(date) {
		return date, at
	}
	for _, t := range f.times[:min(len(f.times), 3)] {
		if t.modified {
			continue
		}
		for _, s := range []string{t.stamp, t.text} {
			if date, at := r.stamp(s); date != "" {
				return date, at
			}
		}
	}
	for _, s := range append(slices.Clone(f.days), labelledDates(f.lines)...) {
		if date, at := r.stamp(s); date != "" {
			return date, at
		}
	}
	if date := dateInPath(r.base.Path); date != "" && r.plausible(date) {
		return date, time.Time{}
	}
	if h := r.page.Hint.Date; !h.IsZero() {
		return h.Format(time.DateOnly), h.UTC()
	}
	return "", time.Time{}
}

// labelledDates are the short lines that say that they give the date.
func labelledDates(lines []string) []string {
	t := labelWords()
	var out []string
	for _, line := range lines {
		if len(line) > 160 || !strings.ContainsAny(line, "0123456789") {
			continue
		}
		l := newTextLine(line)
		for _, h := range t.find(&l) {
			if h.section == "date" && len(out) < 10 && !strings.HasPrefix(l.fold, "updated") {
				out = append(out, line)
			}
		}
	}
	return out
}

// stamp reads one date; "" when it has no year or cannot be meant.
func (r *metaReader) stamp(s string) (string, time.Time) {
	s = oneLine(s)
	if s == "" || len(s) > 300 {
		return "", time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", time.RFC1123Z, time.RFC1123, "20060102", "20060102150405"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
			date := t.Format(time.DateOnly)
			if !r.plausible(date) {
				return "", time.Time{}
			}
			if layout == "20060102" || t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
				return date, time.Time{}
			}
			return date, t.UTC()
		}
	}
	for _, d := range findDates(s, r.lang) {
		if d.year != 0 && r.plausible(d.iso()) {
			if d.timed {
				return d.iso(), d.at().UTC()
			}
			return d.iso(), time.Time{}
		}
	}
	return "", time.Time{}
}

// plausible refuses dates after the day the page was fetched.
func (r *metaReader) plausible(date string) bool {
	at := r.page.FetchedAt
	return date != "" && (at.IsZero() || date <= at.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
}

// dateInPath finds /2024/08/15/, /2024-08-15 or /20240815 in a URL's path.
func dateInPath(path string) string {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' || c == '-' || c == '_' || c == '.' })
	for i, p := range parts {
		if len(p) == 8 && strings.HasPrefix(p, "20") {
			if t, err := time.Parse("20060102", p); err == nil {
				return t.Format(time.DateOnly)
			}
		}
		if len(p) != 4 || i+2 >= len(parts) {
			continue
		}
		month := parts[i+1]
		if n := labelWords().months[strings.ToLower(month)]; n != 0 {
			month = time.Month(n).String()[:3]
		}
		for _, layout := range []string{"2006/1/2", "2006/Jan/2"} {
			if t, err := time.Parse(layout, p+"/"+month+"/"+parts[i+2]); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
				return t.Format(time.DateOnly)
			}
		}
	}
	return ""
}

// modified is when the page says that it was last changed.
func (r *metaReader) modified() time.Time {
	stamps := append([]string{r.ld.modified}, r.f.metas["article:modified_time"]...)
	stamps = append(stamps, r.f.props["dateModified"]...)
	stamps = append(stamps, r.f.metas["og:updated_time"]...)
	for _, t := range r.f.times {
		if t.modified {
			stamps = append(stamps, t.stamp)
		}
	}
	for _, s := range stamps {
		if date, at := r.stamp(s); date != "" {
			if at.IsZero() {
				at, _ = time.Parse(time.DateOnly, date)
			}
			return at
		}
	}
	return r.page.Hint.Modified.UTC()
}
