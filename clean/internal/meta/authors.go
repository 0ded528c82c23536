package meta

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// authors returns who wrote the story: whom the page states for machines, then
// whom it prints in a byline, then a desk where no one is named, then who is
// named beside the date, then the author of the feed.
func (r *reader) authors() []string {
	f := r.f
	for i, names := range [][]string{
		r.ld.authors, f.metas["author"], f.metas["article:author"], f.metas["parsely-author"], f.metas["sailthru.author"], f.metas["dc.creator"], f.metas["dcterms.creator"],
		f.metas["byl"], r.cardValue("written by"), f.metas["citation_author"], f.metas["article:author_name"], f.metas["article.author"], f.metas["articleauthor"], f.metas["article_author"], f.metas["author_name"], f.metas["authors"], f.props["author"], f.props["creator"], r.bylines(), r.top.Names, r.linkedAuthors(),
	} {
		if out := r.people(names, i == 0 && r.ld.persons); len(out) > 0 {
			return out
		}
	}
	if desk := r.desk(); desk != "" {
		return []string{desk}
	}
	if out := r.people(r.beside, false); len(out) > 0 {
		return out
	}
	return r.people(r.page.Hint.Authors, false)
}

// maxAuthors bounds the authors of one story.
const maxAuthors = 20

// people returns the names of one source, tidied. persons is true where
// the source distinguishes people from organisations, so that none is the site.
func (r *reader) people(names []string, persons bool) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !persons && r.isSite(n) })
	var out []string
	for _, n := range CleanAuthors(names, "") {
		if !isNoName(n) && (persons || !r.isSite(n)) && len(out) < maxAuthors {
			out = append(out, n)
		}
	}
	return out
}

// isNoName reports whether an author field has no name: the default of a
// content management system, an account, an address, a number.
func isNoName(name string) bool {
	low := strings.ToLower(name)
	if wordlists.All().Has(wordlists.NoAuthor, low) || letters.ContainsOneOf(low, []string{"http", "www.", "/", "{{"}) || strings.HasPrefix(low, "@") {
		return true
	}
	count := 0
	for _, r := range low {
		if unicode.IsLetter(r) {
			count++
		}
	}
	return count < 2
}

// cardValue returns the value of a label in the page's card for social networks.
func (r *reader) cardValue(label string) []string {
	for _, n := range []string{"1", "2"} {
		if strings.EqualFold(first(r.f.metas["twitter:label"+n]), label) {
			return r.f.metas["twitter:data"+n]
		}
	}
	return nil
}

// bylines returns the names in the first element with any among those whose
// class is one for authors.
func (r *reader) bylines() []string {
	t := labels.All()
	for _, text := range r.f.authors {
		h := byline.ReadHeader(text, r.lang)
		if len(h.Names) > 0 {
			return h.Names
		}
		if names := byline.ParseNames(withoutLabel(t, text)); len(names) > 0 {
			return names
		}
	}
	return nil
}

// withoutLabel returns what follows the label of an author in a text, or the
// text where it has none.
func withoutLabel(t *labels.Table, text string) string {
	l := letters.NewLine(text)
	for _, h := range t.Find(&l) {
		if h.Section == wordlists.Byline && h.Rest != "" {
			return h.Rest
		}
	}
	return text
}

// maxLinkedAuthors is the number of links to pages of authors above which they
// are a list of authors, not a byline.
const maxLinkedAuthors = 3

// linkedAuthors returns the names that link to pages of authors.
func (r *reader) linkedAuthors() []string {
	names := Distinct(r.f.linked)
	if len(names) > maxLinkedAuthors {
		return nil
	}
	var out []string
	for _, n := range names {
		out = append(out, byline.PersonNames(n)...)
	}
	return out
}

// Lengths, in words, of a desk or an office: one word is often a label itself.
const (
	minDesk = 2
	maxDesk = 4
)

// desk returns the desk or the office that the page names behind the label of an
// author, as in "Author: duty editor"; "" when there is none.
func (r *reader) desk() string {
	t := labels.All()
	for _, text := range r.f.authors {
		l := letters.NewLine(text)
		for _, h := range t.Find(&l) {
			if h.Section != wordlists.Byline || h.Form != wordlists.BeforeColon || h.Rest == "" {
				continue
			}
			if words := letters.CountWords(h.Rest); words >= minDesk && words <= maxDesk && byline.IsRole(h.Rest) {
				return h.Rest
			}
		}
	}
	return ""
}

// CleanAuthors returns the names in some author fields, each once, without
// labels, roles, addresses and the name of the site.
func CleanAuthors(fields []string, siteName string) []string {
	t := labels.All()
	var out []string
	seen := map[string]bool{letters.Key(siteName): true, "": true}
	for _, field := range fields {
		for _, name := range splitAuthors(t, field) {
			if key := letters.Key(name); !seen[key] {
				seen[key] = true
				out = append(out, name)
			}
		}
	}
	return out
}

// Lengths of the longest name in an author field.
const (
	maxAuthorWords = 8
	maxAuthor      = 80 // characters
)

// splitAuthors returns the names in one author field.
func splitAuthors(t *labels.Table, field string) []string {
	field = withoutLabel(t, strings.Join(strings.Fields(field), " "))
	if i := strings.IndexAny(field, "|•"); i > 0 {
		field = field[:i]
	}
	if i := strings.IndexByte(field, '@'); i > 0 && !strings.Contains(field[:i], " ") {
		return nil
	}
	var out []string
	for _, item := range byline.SplitList(field) {
		item = strings.Trim(item, " ,:;-\"")
		if _, name, ok := strings.Cut(item, ": "); ok {
			item = name
		}
		words := strings.Fields(item)
		if at := slices.IndexFunc(words, isAddress); at >= 0 {
			words = words[:at]
		}
		item = strings.Trim(strings.Join(words, " "), " ,:;-(\"")
		if item == "" || len(words) > maxAuthorWords || utf8.RuneCountInString(item) > maxAuthor || byline.IsRole(item) {
			continue
		}
		out = append(out, item)
	}
	return out
}

// isAddress reports whether a word is an e-mail address, an account or a URL.
func isAddress(word string) bool {
	return strings.Contains(word, "@") || strings.Contains(word, "://")
}
