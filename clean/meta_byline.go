package clean

import (
	"slices"
	"strings"
	"unicode"
)

// authors finds who wrote the story: what the page states for machines, then
// what it prints in a byline, then a role where no one is named, then what
// stands beside the date, then the feed.
func (r *metaReader) authors(site string) []string {
	f := r.f
	for i, names := range [][]string{
		r.ld.authors, f.metas["author"], f.metas["article:author"], f.metas["parsely-author"], f.metas["sailthru.author"], f.metas["dc.creator"], f.metas["dcterms.creator"],
		f.metas["byl"], r.labelled("written by"), f.metas["citation_author"], f.metas["article:author_name"], f.metas["article.author"], f.metas["articleauthor"], f.metas["article_author"], f.metas["author_name"], f.metas["authors"], f.props["author"], f.props["creator"], r.bylines(), r.top.names, r.linked(),
	} {
		if out := r.people(names, i == 0 && r.ld.persons, site); len(out) > 0 {
			return out
		}
	}
	if role := r.role(); role != "" {
		return []string{role}
	}
	if out := r.people(r.beside, false, site); len(out) > 0 {
		return out
	}
	return r.people(r.page.Hint.Authors, false, site)
}

// maxAuthors bounds the authors of one story.
const maxAuthors = 20

// people tidies the names of one source. persons says that the source tells
// people from organisations, so that none of them is the site.
func (r *metaReader) people(names []string, persons bool, site string) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !persons && r.isSite(n, site) })
	var out []string
	for _, n := range cleanAuthors(names, "") {
		if !isAccount(n) && (persons || !r.isSite(n, site)) && len(out) < maxAuthors {
			out = append(out, n)
		}
	}
	return out
}

// role is the desk or the office that the page names behind the label of an
// author, as "Author: duty editor" does: two words or more, as one word is
// mostly a label itself.
func (r *metaReader) role() string {
	t := labelWords()
	for _, text := range r.f.people {
		l := newTextLine(text)
		for _, h := range t.find(&l) {
			if h.section == "byline" && h.form == ':' && h.rest != "" && wordCount(h.rest) >= 2 && wordCount(h.rest) <= 4 && isRole(t, h.rest) {
				return h.rest
			}
		}
	}
	return ""
}

// isAccount says whether an author field holds no name: an address, the name of
// an account, a number.
func isAccount(name string) bool {
	low := strings.ToLower(name)
	switch low {
	case "admin", "administrator", "null", "none", "by", "author", "editor", "unknown", "webmaster", "user", "guest", "undefined":
		return true
	}
	letters := 0
	for _, r := range low {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters < 2 || strings.Contains(low, "http") || strings.Contains(low, "www.") || strings.HasPrefix(low, "@") || strings.Contains(low, "/") || strings.Contains(low, "{{")
}

// personNames reads a line that is nothing but names of two words and more.
func personNames(t *labelTable, line string) []string {
	if len(line) > 100 {
		return nil
	}
	names := splitNames(t, line)
	for _, n := range names {
		if words := strings.Fields(n); len(words) < 2 || len(words) > 4 || strings.ToUpper(n) == n && !caselessName(n) {
			return nil
		}
	}
	return names
}

// labelled gives the values of the labels that are written into the cards of
// social networks.
func (r *metaReader) labelled(label string) []string {
	for _, n := range []string{"1", "2"} {
		if strings.EqualFold(first(r.f.metas["twitter:label"+n]), label) {
			return r.f.metas["twitter:data"+n]
		}
	}
	return nil
}

// linked gives the names that link to the page of an author, if they are few:
// many are a list of authors.
func (r *metaReader) linked() []string {
	names := distinct(r.f.linked)
	if len(names) > 3 {
		return nil
	}
	var out []string
	for _, n := range names {
		out = append(out, personNames(labelWords(), n)...)
	}
	return out
}

// bylines reads the elements whose class says that they name an author.
func (r *metaReader) bylines() []string {
	t := labelWords()
	for _, text := range r.f.people {
		h := readHeader(t, text, r.lang)
		if len(h.names) > 0 {
			return h.names
		}
		l := newTextLine(text)
		for _, hit := range t.find(&l) {
			if hit.section == "byline" && hit.rest != "" {
				text = hit.rest
				break
			}
		}
		if names := splitNames(t, text); len(names) > 0 {
			return names
		}
	}
	return nil
}
