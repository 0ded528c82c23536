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
// it prints beside its title, then its address, then the feed.
func (r *reader) published() (date string, at time.Time) {
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
			stamps = append(stamps, t.datetime, t.text)
		}
	}
	stamps = append(stamps, f.props["dateCreated"]...)
	stamps = append(stamps, r.ld.pageDate)
	if date, at := r.firstDate(stamps); date != "" {
		return date, at
	}
	if date, at := r.top.Published(); date != "" && isPlausible(date, r.page.FetchedAt) {
		return date, at
	}
	stamps = nil
	for _, t := range f.times[:min(len(f.times), maxUnmarkedTimes)] {
		if !t.modified {
			stamps = append(stamps, t.datetime, t.text)
		}
	}
	if date, at := r.firstDate(append(stamps, f.dates...)); date != "" {
		return date, at
	}
	if date, at := r.firstDate(labelledDates(f.lines)); date != "" {
		return date, at
	}
	if date := dateInPath(r.base.Path); date != "" && isPlausible(date, r.page.FetchedAt) {
		return date, time.Time{}
	}
	if h := r.page.Hint.Date; !h.IsZero() {
		return h.Format(time.DateOnly), h.UTC()
	}
	return "", time.Time{}
}

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
