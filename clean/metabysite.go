package clean

import (
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/siteprofile"
	"winnow/news"
)

// facts are those of title, authors and date that rules for the site have set.
type facts struct{ title, authors, date bool }

// changedFacts returns which facts differ.
func changedFacts(before, after *meta.Meta) facts {
	return facts{before.Title != after.Title, !slices.Equal(before.Authors, after.Authors), before.Date != after.Date}
}

// readBySite sets title, authors, date and tags by the elements that have them on the
// pages of the site, where the page by itself does not state them, or states what all
// pages of the site state. What rules for the site have set is fixed.
func (f *found) readBySite(page *news.Page, m *meta.Meta, known *siteprofile.Metadata, fixed facts) {
	if known == nil {
		return
	}
	before := *m
	if !fixed.title {
		f.titleBySite(m, known)
	}
	if !fixed.authors {
		f.authorsBySite(page, m, known)
	}
	if !fixed.date {
		f.dateBySite(page, m, known)
	}
	if len(m.Tags) == 0 {
		for _, i := range known.Tags {
			m.Tags = append(m.Tags, strings.TrimLeft(f.sketched.Fields[i].Text, "# "))
		}
		m.Tags = meta.Distinct(m.Tags)
	}
	f.noteFacts(&before, m, known)
}

// noteFacts records what the profile has changed.
func (f *found) noteFacts(before, after *meta.Meta, known *siteprofile.Metadata) {
	note := func(name, was, is string, kind siteprofile.Kind) {
		if was == is {
			return
		}
		why := known.Why(kind)
		if is == "" {
			why = "what was taken for it is not of this story: the site has it on other pages too"
		}
		f.facts = append(f.facts, Fact{name, is, why})
	}
	note("title", before.Title, after.Title, siteprofile.Headline)
	note("authors", strings.Join(before.Authors, "; "), strings.Join(after.Authors, "; "), siteprofile.Byline)
	note("date", before.Date, after.Date, siteprofile.Date)
	note("tags", strings.Join(before.Tags, "; "), strings.Join(after.Tags, "; "), siteprofile.Tags)
}

// titleBySite sets the title by the element with the headline: to another spelling of
// it, or if the page does not show its own title, or several pages have it.
func (f *found) titleBySite(m *meta.Meta, known *siteprofile.Metadata) {
	if known.Headline < 0 {
		return
	}
	text := f.sketched.Fields[known.Headline].Text
	shown := slices.ContainsFunc(f.sketched.Fields, func(f siteprofile.Field) bool { return f.Form&siteprofile.FormTitle != 0 })
	if m.IsTitle(text) || !shown || known.IsStandingTitle(m.Title) {
		m.Titles = meta.Distinct([]string{text}, m.Titles)
		m.Title = text
	}
}

// authorsBySite sets the authors by the element with the byline, unless the page states
// others for machines that the site does not state everywhere.
func (f *found) authorsBySite(page *news.Page, m *meta.Meta, known *siteprofile.Metadata) {
	if slices.ContainsFunc(m.Authors, known.IsStanding) {
		again := meta.Read(page, goquery.NewDocumentFromNode(f.tree), known.IsStanding)
		m.Authors, m.Stated.People = again.Authors, again.Stated.People
	}
	var names []string
	printed := ""
	for _, i := range known.Bylines {
		text := known.Names(&f.sketched.Fields[i])
		found, _ := meta.BylineNames(text, m.Language)
		names = append(names, found...)
		printed += letters.Key(text)
	}
	names = meta.Distinct(slices.DeleteFunc(names, known.IsStanding))
	isElsewhere := func(author string) bool { return !strings.Contains(printed, letters.Key(author)) }
	if len(names) > 0 && len(m.Stated.People) == 0 && (len(m.Authors) == 0 || slices.ContainsFunc(m.Authors, isElsewhere)) {
		m.Authors = names
	}
}

// dateBySite sets the date by the element with that of the story, unless the page states
// one for machines that is that of the story. The date of a clock is none.
func (f *found) dateBySite(page *news.Page, m *meta.Meta, known *siteprofile.Metadata) {
	if known.Date >= 0 {
		date, at := f.fieldDate(known.Date, m.Language, page.FetchedAt)
		if date == "" {
			return
		}
		if !m.Stated.Stamp || known.Idle {
			if date != m.Date || !at.IsZero() {
				m.Date, m.Published = date, at
			}
		} else if m.Stated.UTC && isNextDay(date, m.Date) {
			m.Date = date
		}
		return
	}
	if m.Stated.Date != "" && !known.Idle {
		return
	}
	for _, i := range known.Clocks {
		if date, _ := f.fieldDate(i, m.Language, page.FetchedAt); date != "" && date == m.Date {
			m.Date, m.Published = "", time.Time{}
			if h := page.Hint.Date; !h.IsZero() {
				m.Date, m.Published = h.Format(time.DateOnly), h.UTC()
			}
			return
		}
	}
}

// isNextDay reports whether two dates are one day apart.
func isNextDay(a, b string) bool {
	days := dayOf(a) - dayOf(b)
	return days == 1 || days == -1
}

// fieldDate returns the date in a field, and its moment in UTC.
func (f *found) fieldDate(i int, language string, fetched time.Time) (date string, at time.Time) {
	field := &f.sketched.Fields[i]
	date, at, ok := meta.FieldDate(field.Text, language)
	if !ok {
		return meta.ParseDate(timeStamp(f.doc, field.Elem), language, fetched)
	}
	if date != "" && !fetched.IsZero() && date > fetched.UTC().AddDate(0, 0, 1).Format(time.DateOnly) {
		return "", time.Time{}
	}
	return date, at
}
