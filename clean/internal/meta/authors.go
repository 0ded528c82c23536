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

// authorMetas are the names of meta elements with the author, the most reliable
// first.
var authorMetas = []string{"author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "citation_author", "article:author_name", "article.author", "articleauthor", "article_author", "author_name", "authors"}

// authors returns who wrote the story: people whom the page states for machines,
// then people whom it prints in a byline, then organisations that it states as
// author, a desk, who is named beside the date, the author of the feed, and at last
// the site itself where the page states it as author.
func (r *reader) authors() []string {
	sources := [][]string{r.ld.people}
	for _, name := range authorMetas {
		sources = append(sources, inOrder(r.f.metas[name]))
	}
	sources = append(sources, r.cardValue("written by"), r.f.props["author"], r.f.props["creator"], r.bylines(), r.top.names, r.linkedAuthors())
	for _, fields := range sources {
		if out := r.people(fields); len(out) > 0 {
			return out
		}
	}
	if out := r.people(r.ld.organisations); len(out) > 0 {
		return out
	}
	if desk := r.desk(); desk != "" {
		return []string{desk}
	}
	for _, fields := range [][]string{r.top.beside, r.page.Hint.Authors} {
		if out := r.people(fields); len(out) > 0 {
			return out
		}
	}
	return r.siteAsAuthor(append(sources, r.ld.organisations))
}

// maxAuthors bounds the authors of one story.
const maxAuthors = 20

// people returns the names of one source, tidied, without the site's and without
// what recurs on the site for every story.
func (r *reader) people(fields []string) []string {
	var out []string
	for _, n := range CleanAuthors(fields, r.lang) {
		if !isNoName(n) && !r.isSite(n) && !r.recurs(n) && len(out) < maxAuthors {
			out = append(out, n)
		}
	}
	return out
}

// siteAsAuthor returns the name of the site where one of the sources has it.
func (r *reader) siteAsAuthor(sources [][]string) []string {
	for _, fields := range sources {
		for _, n := range CleanAuthors(fields, r.lang) {
			if !isNoName(n) && r.isSite(n) && (!strings.Contains(n, ".") || strings.Contains(n, " ")) {
				return []string{n}
			}
		}
	}
	return nil
}

// inOrder returns the names of authors with the given name first where it is
// behind the family name: "Lee, Ann".
func inOrder(fields []string) []string {
	out := slices.Clone(fields)
	for i, f := range fields {
		family, given, ok := strings.Cut(f, ", ")
		if ok && letters.CountWords(family) == 1 && letters.CountWords(given) <= 2 && !strings.Contains(given, ",") {
			out[i] = given + " " + family
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

// bylines returns the names in the first element with any among those that name
// an author; those near the title go first.
func (r *reader) bylines() []string {
	for _, near := range []bool{true, false} {
		for i := range r.f.authors {
			box := &r.f.authors[i]
			if near != r.isNearTitle(box.line) {
				continue
			}
			if names := r.people(box.names(r.lang)); len(names) > 0 {
				return names
			}
		}
	}
	return nil
}

// isNearTitle reports whether a line is among those around the title.
func (r *reader) isNearTitle(line int) bool {
	return r.top.line < 0 || line >= r.top.line-linesBefore && line < r.top.line+linesAfter
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
		out = append(out, byline.PersonNames(n, r.lang)...)
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
	for i := range r.f.authors {
		l := letters.NewLine(r.f.authors[i].text())
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
// labels, roles and addresses. A name that is others run together is left out.
// language is ISO 639-1, or "".
func CleanAuthors(fields []string, language string) []string {
	t := labels.All()
	var out []string
	seen := map[string]bool{"": true}
	for _, field := range fields {
		for _, name := range splitAuthors(t, field, language) {
			if key := letters.Key(name); !seen[key] {
				seen[key] = true
				out = append(out, name)
			}
		}
	}
	return withoutJoined(out)
}

// withoutJoined returns names without those that are several others run together.
func withoutJoined(names []string) []string {
	if len(names) <= 2 {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		rest, parts := letters.Key(name), 0
		for again := true; again && rest != ""; {
			again = false
			for _, other := range names {
				if key := letters.Key(other); other != name && key != "" && strings.HasPrefix(rest, key) {
					rest, parts, again = rest[len(key):], parts+1, true
				}
			}
		}
		return rest == "" && parts > 1
	})
}

// Lengths of the longest name in an author field.
const (
	maxAuthorWords = 8
	maxAuthor      = 80 // characters
)

// splitAuthors returns the names in one author field.
func splitAuthors(t *labels.Table, field, language string) []string {
	field = withoutLabel(t, strings.Join(strings.Fields(field), " "))
	if i := strings.IndexAny(field, "|•"); i > 0 {
		field = field[:i]
	}
	if i := strings.IndexByte(field, '@'); i > 0 && !strings.Contains(field[:i], " ") {
		return nil
	}
	if names := byline.ParseNames(field, language); len(names) > 0 {
		return names
	}
	var out []string
	for _, item := range byline.SplitList(field, language) {
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
