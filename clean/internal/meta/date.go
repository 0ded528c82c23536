package meta

import (
	"slices"
	"strings"
	"time"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// dateNames are the meta names that hold the date of publication, surest first.
var dateNames = []string{
	"article:published_time", "og:article:published_time", "datepublished", "og:published_time", "article:published", "article_date_original", "originalpublicationdate",
	"sailthru.date", "parsely-pub-date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published", "publish_time", "publishtime",
	"article.published", "cxenseparse:recs:publishtime", "bt:pubdate", "ptime", "rnews:datepublished", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date.created", "dcterms.created",
	"dc.date", "date", "article.created", "datecreated", "citation_publication_date", "citation_date", "displaydate", "pub_date", "dateline", "release_date", "creation_date", "og:pubdate", "analyticsattributes.articledate",
}

// published finds the date of publication: what the page states for machines
// first, then what it prints beside its title, then its URL, then the feed.
func (r *Reader) published() (string, time.Time) {
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
		if date, at := r.Stamp(s); date != "" {
			return date, at
		}
	}
	if date, at := r.top.Published(); date != "" && r.plausible(date) {
		return date, at
	}
	for _, t := range f.times[:min(len(f.times), 3)] {
		if t.modified {
			continue
		}
		for _, s := range []string{t.stamp, t.text} {
			if date, at := r.Stamp(s); date != "" {
				return date, at
			}
		}
	}
	for _, s := range append(slices.Clone(f.days), labelledDates(f.lines)...) {
		if date, at := r.Stamp(s); date != "" {
			return date, at
		}
	}
	if date := dateInPath(r.Base.Path); date != "" && r.plausible(date) {
		return date, time.Time{}
	}
	if h := r.Page.Hint.Date; !h.IsZero() {
		return h.Format(time.DateOnly), h.UTC()
	}
	return "", time.Time{}
}

// labelledDates are the short lines that say that they give the date.
func labelledDates(lines []string) []string {
	t := labels.All()
	var out []string
	for _, line := range lines {
		if len(line) > 160 || !strings.ContainsAny(line, "0123456789") {
			continue
		}
		l := letters.NewLine(line)
		for _, h := range t.Find(&l) {
			if h.Section == wordlists.Date && len(out) < 10 && !t.Words.HasPrefix(wordlists.Updated, l.Fold) {
				out = append(out, line)
			}
		}
	}
	return out
}

// Stamp reads one date; "" when it has no year or cannot be meant.
func (r *Reader) Stamp(s string) (string, time.Time) {
	s = letters.NormalizeSpace(s)
	if s == "" || len(s) > 300 {
		return "", time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", time.RFC1123Z, time.RFC1123, "20060102", "20060102150405"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= dates.MinYear && t.Year() <= dates.MaxYear {
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
	for _, d := range dates.Find(s, r.Lang) {
		if d.Year != 0 && r.plausible(d.ISO()) {
			if d.Timed {
				return d.ISO(), d.Time().UTC()
			}
			return d.ISO(), time.Time{}
		}
	}
	return "", time.Time{}
}

// plausible refuses dates after the day the page was fetched.
func (r *Reader) plausible(date string) bool {
	at := r.Page.FetchedAt
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
		if n := labels.All().Words.Months[strings.ToLower(month)]; n != 0 {
			month = time.Month(n).String()[:3]
		}
		for _, layout := range []string{"2006/1/2", "2006/Jan/2"} {
			if t, err := time.Parse(layout, p+"/"+month+"/"+parts[i+2]); err == nil && t.Year() >= dates.MinYear && t.Year() <= dates.MaxYear {
				return t.Format(time.DateOnly)
			}
		}
	}
	return ""
}

// modified is when the page says that it was last changed.
func (r *Reader) modified() time.Time {
	stamps := append([]string{r.ld.modified}, r.f.metas["article:modified_time"]...)
	stamps = append(stamps, r.f.props["dateModified"]...)
	stamps = append(stamps, r.f.metas["og:updated_time"]...)
	for _, t := range r.f.times {
		if t.modified {
			stamps = append(stamps, t.stamp)
		}
	}
	for _, s := range stamps {
		if date, at := r.Stamp(s); date != "" {
			if at.IsZero() {
				at, _ = time.Parse(time.DateOnly, date)
			}
			return at
		}
	}
	return r.Page.Hint.Modified.UTC()
}
