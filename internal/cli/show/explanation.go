package show

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"winnow/internal/pipeline/explain"
	"winnow/schedule"
)

// Explanation prints the history of a URL or a story.
func Explanation(w io.Writer, x *explain.Explanation) {
	for i := range x.URLs {
		printURL(w, &x.URLs[i])
	}
	if x.Refused != "" {
		Printf(w, "%s\n", x.Asked)
		Field(w, "state", "never found, and not followed if it were: %s", x.Refused)
	}
	if x.Story != nil {
		printStory(w, x.Story)
	}
	if x.Page != nil {
		printPage(w, x.Page)
	} else if len(x.URLs) > 0 {
		fmt.Fprintln(w, "page: not in the archive")
	}
}

func printURL(w io.Writer, u *explain.URLHistory) {
	Printf(w, "%s\n", u.URL)
	Field(w, "source", "%s, taken for: %s", u.Source, u.Kind)
	Field(w, "found in", "%s, %s from the start", u.FoundIn, Count(u.Depth, "link"))
	for i, from := range u.Redirects {
		to := u.URL
		if i+1 < len(u.Redirects) {
			to = u.Redirects[i+1]
		}
		Field(w, "redirect", "%s leads to %s", from, to)
	}
	if u.Hint.Title != "" {
		Field(w, "announced", "%q", u.Hint.Title)
	}
	Field(w, "robots.txt", "%s", robotsWords(u.Robots))
	state := string(u.State)
	if u.State == schedule.SetAside {
		state = "rejected"
	}
	if u.Reason != "" {
		state += ": " + u.Reason
	}
	Field(w, "state", "%s", state)
	if !u.Due.IsZero() {
		Field(w, "next", "%s", Second(u.Due))
	}
	if len(u.Attempts) == 0 {
		Field(w, "fetched", "never")
	}
	for _, a := range u.Attempts {
		Field(w, "fetched", "%s", attemptWords(a))
	}
	for _, c := range u.Copies {
		Field(w, "archived", "%s", c)
	}
}

func robotsWords(r explain.Robots) string {
	said := "allows it"
	if !r.Allowed {
		said = "does not allow it"
	}
	switch {
	case r.Asked.IsZero() && r.Error != "":
		return "cannot be read: " + r.Error
	case r.Asked.IsZero():
		return "was never asked for"
	}
	said += fmt.Sprintf(" (status %d, read %s", r.Status, Second(r.Asked))
	if r.Delay > 0 {
		said += fmt.Sprintf(", asks for %v between two requests", r.Delay)
	}
	if r.Error != "" {
		said += ", not since: " + r.Error
	}
	return said + ")"
}

func attemptWords(a explain.Attempt) string {
	words := Second(a.At)
	switch {
	case a.Status != 0:
		words += fmt.Sprintf("  status %d", a.Status)
	case a.State == schedule.Done:
		words += "  from a file"
	default:
		words += "  no answer"
	}
	if a.Target != "" {
		words += " leads to " + a.Target
	}
	if a.State == schedule.Pending {
		words += ", to be tried again"
	}
	if a.Reason != "" {
		words += ": " + a.Reason
	}
	return words
}

func printStory(w io.Writer, s *explain.StoryHistory) {
	Printf(w, "story %s\n", s.ID)
	Field(w, "title", "%s", s.Title)
	Field(w, "date", "%s", s.Date)
	Field(w, "canonical", "%s", s.Canonical)
	Field(w, "read from", "%s", s.Page)
	for _, name := range s.Names {
		if name != s.Canonical && name != s.Page {
			Field(w, "also", "%s", name)
		}
	}
	for i, part := range s.Parts {
		Field(w, "part", "%d: %s", i+1, part)
	}
	for _, figure := range s.Figures {
		Field(w, "mark", "%s", figure)
	}
	Field(w, "read", "%s, %s; text of %s", Second(s.Crawled), Count(s.Words, "word"), Second(s.Changed))
	if !s.Gone.IsZero() {
		Field(w, "gone", "since %s", Second(s.Gone))
	}
	for _, r := range s.Revisions {
		Field(w, "revision", "%d of %s, %s, archived %s", r.Revision, Second(r.Crawled), Count(r.Words, "word"), r.Archived)
	}
	Field(w, "revision", "%d, the present one", s.Revision)
	v := s.Verdict
	switch {
	case v.ID == "":
		Field(w, "verdict", "not judged yet")
	case v.DuplicateOf == "":
		Field(w, "verdict", "%s", strings.TrimSuffix("kept, rule "+v.Rule, ", rule "))
	default:
		Field(w, "verdict", "dropped: %s of %s (%s), rule %s", v.Relation, s.KeptURL, v.DuplicateOf, v.Rule)
		Field(w, "", "%.0f %% of its words are in the kept one, %.0f %% of the kept one's in it; names agree %.2f, numbers %.2f",
			100*v.CopiedShare, 100*v.KeptShare, v.Names, v.Numbers)
	}
	if !s.Judged && v.ID != "" {
		Field(w, "", "it has changed since, and is judged again at the end of the next run")
	}
	if s.File != "" {
		Field(w, "file", "%s", s.File)
	}
}

func printPage(w io.Writer, p *explain.Page) {
	rendered := ""
	if p.Rendered {
		rendered = ", as its scripts made it"
	}
	if p.Feed != "" {
		Printf(w, "text of the feed %s, archived in %s\n", p.Feed, p.Archived)
	} else {
		fmt.Fprintf(w, "page as archived in %s%s\n", p.Archived, rendered)
	}
	kind := p.Kind
	if p.Why != "" {
		kind = strings.TrimPrefix(kind+": "+p.Why, ": ")
	}
	Field(w, "holds", "%s, %s", kind, Count(p.Words, "word"))
	for _, figure := range p.Figures {
		Field(w, "mark", "%s", figure)
	}
	for _, f := range p.BySite {
		Field(w, "by site", "%s: %s (%s)", f.Field, cmp.Or(f.Value, "none"), f.Why)
	}
	for _, r := range p.Removals {
		Field(w, "cut", "%s (%s): %s", r.Rule, r.Why, Clip(strings.Join(strings.Fields(r.Text), " "), 200))
	}
}
