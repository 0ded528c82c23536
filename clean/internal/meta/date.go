package meta

import (
	"strings"
	"time"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// dateNames are the names of meta elements with the date of publication, the
// most reliable first.
var dateNames = []string{
	"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "article:published", "article_date_original", "originalpublicationdate",
	"sailthru.date", "parsely-pub-date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published", "publish_time", "publishtime",
	"article.published", "cxenseparse:recs:publishtime", "bt:pubdate", "ptime", "rnews:datepublished", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date.created", "dcterms.created",
	"dc.date", "date", "article.created", "datecreated", "citation_publication_date", "citation_date", "displaydate", "pub_date", "dateline", "release_date", "creation_date", "og:pubdate", "analyticsattributes.articledate",
}

// maxUnmarkedTimes is how many time elements are tried that are not marked as
// the date of publication. Those further down belong to other stories.
const maxUnmarkedTimes = 3

// published returns the date of publication as YYYY-MM-DD, and its moment where
// the time of day is known: what the page states for machines first, then what
// it prints beside its title, then its address, then the feed. The date is the day
// at the publisher, which may be another than that of the moment in UTC.
func (r *reader) published() (date string, at time.Time) {
	stamps := r.stamps()
	for _, s := range stamps {
		if date, at := ParseDate(s, r.lang, r.page.FetchedAt); date != "" {
			if isUTC(s) && !at.IsZero() {
				date = r.localDay(date, at, stamps)
			}
			r.stated.Date, r.stated.Stamp, r.stated.UTC = date, true, isUTC(s) && !at.IsZero()
			return date, at
		}
	}
	if date, at := r.top.published(r.isPlausible); date != "" {
		return date, at
	}
	below, above := r.unmarkedDates()
	for _, texts := range [][]string{below, labelledDates(r.f.lines), above} {
		if date, at := r.firstDate(texts); date != "" {
			return date, at
		}
	}
	if date := dateInPath(r.base.Path); r.isPlausible(date) {
		return date, time.Time{}
	}
	if h := r.page.Hint.Date; !h.IsZero() {
		return h.Format(time.DateOnly), h.UTC()
	}
	return "", time.Time{}
}

// stamps returns the dates that the page states for machines as that of
// publication, the most reliable first.
func (r *reader) stamps() []string {
	f := r.f
	out := []string{r.ld.published}
	for _, name := range dateNames {
		out = append(out, f.metas[name]...)
		if name == "article:published_time" {
			out = append(out, f.props["datePublished"]...)
		}
	}
	for _, t := range f.times {
		if t.published && !t.modified {
			out = append(out, t.datetime, t.text)
		}
	}
	out = append(out, f.props["dateCreated"]...)
	return append(out, r.ld.pageDate)
}

// unmarkedDates returns the texts of elements that may have the date of
// publication, those below the title and those above it. The date of today is
// above it.
func (r *reader) unmarkedDates() (below, above []string) {
	add := func(line int, texts ...string) {
		if line >= r.top.line {
			below = append(below, texts...)
		} else {
			above = append(above, texts...)
		}
	}
	unmarked := 0
	for _, t := range r.f.times {
		if t.modified || unmarked >= maxUnmarkedTimes && t.line >= r.top.line {
			continue
		}
		if t.line >= r.top.line {
			unmarked++
		}
		add(t.line, t.datetime, t.text)
	}
	for _, d := range r.f.dates {
		add(d.line, d.text)
	}
	return below, above
}

// isUTC reports whether a stamp gives its time in UTC.
func isUTC(stamp string) bool {
	stamp = strings.TrimSpace(stamp)
	return strings.HasSuffix(stamp, "Z") || strings.HasSuffix(stamp, "+00:00") || strings.HasSuffix(stamp, "+0000") || strings.HasSuffix(stamp, "UTC") || strings.HasSuffix(stamp, "GMT")
}

// Time zones are from 12 hours behind UTC to 14 hours ahead of it.
const (
	maxBehind = 12 * time.Hour
	maxAhead  = 14 * time.Hour
)

// localDay returns the day of a moment at the publisher, of which the day in UTC is
// known: that of a stamp of the same moment in another zone, of what is printed
// with it or beside the title, or of the address, if there is a zone with that day.
func (r *reader) localDay(day string, at time.Time, stamps []string) string {
	isLocal := func(date string) bool {
		t, err := time.Parse(time.DateOnly, date)
		return err == nil && !t.Before(at.Add(-maxBehind).Truncate(24*time.Hour)) && !t.After(at.Add(maxAhead))
	}
	for _, s := range stamps {
		if date, same := ParseDate(s, r.lang, r.page.FetchedAt); same.Equal(at) && !isUTC(s) && isLocal(date) {
			return date
		}
	}
	for _, t := range r.f.times {
		if _, same := ParseDate(t.datetime, r.lang, r.page.FetchedAt); same.Sub(at).Abs() < time.Minute {
			for _, s := range []string{t.datetime, t.text} {
				if date, _ := ParseDate(s, r.lang, r.page.FetchedAt); !isUTC(s) && isLocal(date) {
					return date
				}
			}
		}
	}
	if date, _ := r.top.published(r.isPlausible); isLocal(date) {
		return date
	}
	if date := dateInPath(r.base.Path); isLocal(date) {
		return date
	}
	return day
}

// isPlausible is the function of that name, for the time of this page's fetch.
func (r *reader) isPlausible(date string) bool { return isPlausible(date, r.page.FetchedAt) }

// modified returns when the page was last changed, as it states, in UTC.
func (r *reader) modified() time.Time {
	stamps := append([]string{r.ld.modified}, r.f.metas["article:modified_time"]...)
	stamps = append(stamps, r.f.props["dateModified"]...)
	stamps = append(stamps, r.f.metas["og:updated_time"]...)
	for _, t := range r.f.times {
		if t.modified {
			stamps = append(stamps, t.datetime)
		}
	}
	if date, at := r.firstDate(stamps); date != "" {
		if at.IsZero() {
			at, _ = time.Parse(time.DateOnly, date)
		}
		return at
	}
	return r.page.Hint.Modified.UTC()
}

// firstDate returns the first of some texts that ParseDate reads.
func (r *reader) firstDate(texts []string) (date string, at time.Time) {
	for _, s := range texts {
		if date, at = ParseDate(s, r.lang, r.page.FetchedAt); date != "" {
			return date, at
		}
	}
	return "", time.Time{}
}

// maxStamp is the length of the longest text that ParseDate reads, in bytes.
const maxStamp = 300

// stampLayouts are the layouts of dates that pages state for machines.
var stampLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", time.RFC1123Z, time.RFC1123, "20060102", "20060102150405"}

// ParseDate returns the first date in a text as YYYY-MM-DD, and its moment in
// UTC, zero where the text has no time of day or midnight. The date is "" when
// there is none with a year, or when it is after the day of fetched, where that
// is not zero. language is that of [dates.Find].
func ParseDate(text, language string, fetched time.Time) (date string, at time.Time) {
	text = letters.NormalizeSpace(text)
	if text == "" || len(text) > maxStamp {
		return "", time.Time{}
	}
	for _, layout := range stampLayouts {
		if t, err := time.Parse(layout, text); err == nil && isYear(t) {
			date := t.Format(time.DateOnly)
			if !isPlausible(date, fetched) {
				return "", time.Time{}
			}
			if layout == "20060102" || t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
				return date, time.Time{}
			}
			return date, t.UTC()
		}
	}
	for _, d := range dates.Find(text, language) {
		if d.Year != 0 && isPlausible(d.ISO(), fetched) {
			if d.Timed {
				return d.ISO(), d.Time().UTC()
			}
			return d.ISO(), time.Time{}
		}
	}
	return "", time.Time{}
}

// isYear reports whether the year of t can be that of a page.
func isYear(t time.Time) bool { return t.Year() >= dates.MinYear && t.Year() <= dates.MaxYear }

// isPlausible reports whether a page that was fetched at some time can have the
// date. Time zones allow one day more; a zero time allows any date.
func isPlausible(date string, fetched time.Time) bool {
	return date != "" && (fetched.IsZero() || date <= fetched.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
}

// Bounds of labelledDates.
const (
	maxDateLine      = 160 // bytes
	maxLabelledDates = 10
)

// labelledDates returns the short lines that have a label for a date, other than
// that of a change.
func labelledDates(lines []string) []string {
	t := labels.All()
	var out []string
	for _, line := range lines {
		if len(line) > maxDateLine || !strings.ContainsAny(line, "0123456789") {
			continue
		}
		l := letters.NewLine(line)
		for _, h := range t.Find(&l) {
			if h.Section == wordlists.Date && len(out) < maxLabelledDates && !t.Words.HasPrefix(wordlists.Updated, l.Fold) {
				out = append(out, line)
			}
		}
	}
	return out
}

// dateInPath returns the date in the path of an address: /2024/08/15/,
// /2024-08-15, /2024/aug/15 or /20240815; "" when there is none.
func dateInPath(path string) string {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' || c == '-' || c == '_' || c == '.' })
	for i, p := range parts {
		if len(p) == len("20060102") && strings.HasPrefix(p, "20") {
			if t, err := time.Parse("20060102", p); err == nil {
				return t.Format(time.DateOnly)
			}
		}
		if len(p) != len("2006") || i+2 >= len(parts) {
			continue
		}
		month := parts[i+1]
		if n := wordlists.All().Month(strings.ToLower(month), ""); n != 0 {
			month = time.Month(n).String()[:3]
		}
		for _, layout := range []string{"2006/1/2", "2006/Jan/2"} {
			if t, err := time.Parse(layout, p+"/"+month+"/"+parts[i+2]); err == nil && isYear(t) {
				return t.Format(time.DateOnly)
			}
		}
	}
	return ""
}
