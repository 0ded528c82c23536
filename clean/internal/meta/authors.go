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

// authors finds who wrote the story: what the page states for machines, then
// what it prints in a byline, then a role where no one is named, then what
// stands beside the date, then the feed.
func (r *Reader) authors(site string) []string {
	f := r.f
	for i, names := range [][]string{
		r.ld.authors, f.metas["author"], f.metas["article:author"], f.metas["parsely-author"], f.metas["sailthru.author"], f.metas["dc.creator"], f.metas["dcterms.creator"],
		f.metas["byl"], r.labelled("written by"), f.metas["citation_author"], f.metas["article:author_name"], f.metas["article.author"], f.metas["articleauthor"], f.metas["article_author"], f.metas["author_name"], f.metas["authors"], f.props["author"], f.props["creator"], r.bylines(), r.top.Names, r.linked(),
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
	return r.people(r.Page.Hint.Authors, false, site)
}

// maxAuthors bounds the authors of one story.
const maxAuthors = 20

// people tidies the names of one source. persons says that the source tells
// people from organisations, so that none of them is the site.
func (r *Reader) people(names []string, persons bool, site string) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !persons && r.isSite(n, site) })
	var out []string
	for _, n := range CleanAuthors(names, "") {
		if !isAccount(n) && (persons || !r.isSite(n, site)) && len(out) < maxAuthors {
			out = append(out, n)
		}
	}
	return out
}

// role is the desk or the office that the page names behind the label of an
// author, as "Author: duty editor" does: two words or more, as one word is
// mostly a label itself.
func (r *Reader) role() string {
	t := labels.All()
	for _, text := range r.f.people {
		l := letters.NewLine(text)
		for _, h := range t.Find(&l) {
			if h.Section == wordlists.Byline && h.Form == wordlists.BeforeColon && h.Rest != "" && letters.CountWords(h.Rest) >= 2 && letters.CountWords(h.Rest) <= 4 && byline.IsRole(h.Rest) {
				return h.Rest
			}
		}
	}
	return ""
}

// isAccount says whether an author field holds no name: an address, the name of
// an account, a number.
func isAccount(name string) bool {
	low := strings.ToLower(name)
	if wordlists.All().Has(wordlists.NoAuthor, low) {
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

// labelled gives the values of the labels that are written into the cards of
// social networks.
func (r *Reader) labelled(label string) []string {
	for _, n := range []string{"1", "2"} {
		if strings.EqualFold(first(r.f.metas["twitter:label"+n]), label) {
			return r.f.metas["twitter:data"+n]
		}
	}
	return nil
}

// linked gives the names that link to the page of an author, if they are few:
// many are a list of authors.
func (r *Reader) linked() []string {
	names := Distinct(r.f.linked)
	if len(names) > 3 {
		return nil
	}
	var out []string
	for _, n := range names {
		out = append(out, byline.PersonNames(n)...)
	}
	return out
}

// bylines reads the elements whose class says that they name an author.
func (r *Reader) bylines() []string {
	t := labels.All()
	for _, text := range r.f.people {
		h := byline.ReadHeader(text, r.Lang)
		if len(h.Names) > 0 {
			return h.Names
		}
		l := letters.NewLine(text)
		for _, hit := range t.Find(&l) {
			if hit.Section == wordlists.Byline && hit.Rest != "" {
				text = hit.Rest
				break
			}
		}
		if names := byline.ParseNames(text); len(names) > 0 {
			return names
		}
	}
	return nil
}

// CleanAuthors tidies names: labels, roles, addresses and the name of the site
// go; a name comes once.
func CleanAuthors(names []string, siteName string) []string {
	t := labels.All()
	var out []string
	seen := map[string]bool{letters.Key(siteName): true, "": true}
	for _, n := range names {
		for _, part := range splitAuthors(t, n) {
			if key := letters.Key(part); !seen[key] {
				seen[key] = true
				out = append(out, part)
			}
		}
	}
	return out
}

// splitAuthors reads one author field, which may name several.
func splitAuthors(t *labels.Table, field string) []string {
	field = strings.Join(strings.Fields(field), " ")
	l := letters.NewLine(field)
	for _, h := range t.Find(&l) {
		if h.Section == wordlists.Byline && h.Rest != "" {
			field = h.Rest
			break
		}
	}
	if i := strings.IndexAny(field, "|•"); i > 0 {
		field = field[:i]
	}
	if i := strings.IndexByte(field, '@'); i > 0 && !strings.Contains(field[:i], " ") {
		return nil
	}
	var out []string
	for _, part := range byline.SplitList(field) {
		part = strings.Trim(part, " ,:;-\"")
		if _, name, ok := strings.Cut(part, ": "); ok {
			part = name
		}
		words := strings.Fields(part)
		for k := len(words) - 1; k >= 0; k-- {
			if strings.ContainsAny(words[k], "@") || strings.Contains(words[k], "://") {
				words = words[:k]
			}
		}
		part = strings.Trim(strings.Join(words, " "), " ,:;-(\"")
		if part == "" || len(words) > 8 || utf8.RuneCountInString(part) > 80 || byline.IsRole(part) {
			continue
		}
		out = append(out, part)
	}
	return out
}
