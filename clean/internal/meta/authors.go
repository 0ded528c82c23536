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
// the site itself where the page states it as author. An account that is stated as
// author gives way to people in a byline.
func (r *reader) authors() []string {
	var stated [][]string
	for _, fields := range append([][]string{r.ld.people}, r.statedAuthors()...) {
		stated = append(stated, inOrder(fields))
	}
	first := r.firstPeople(stated)
	r.stated.People = first
	if slices.ContainsFunc(first, isFullName) {
		return first
	}
	bylines := [][]string{r.withoutPlace(r.bylines()), r.withoutPlace(r.top.names)}
	if printed := r.firstPeople(bylines); len(first) == 0 || slices.ContainsFunc(printed, isFullName) {
		first = printed
	}
	if len(first) > 0 {
		return first
	}
	if out := r.firstPeople([][]string{r.labelledAuthors(), r.linkedAuthors(), r.framedAuthors()}); out != nil {
		return out
	}
	if out := r.organisations(append(stated, bylines...)); len(out) > 0 {
		return out
	}
	if desk := r.desk(); desk != nil {
		return desk
	}
	beside := slices.DeleteFunc(r.top.beside, r.isPhrase)
	if out := r.firstPeople([][]string{beside, r.page.Hint.Authors}); out != nil {
		return out
	}
	if out := r.institution(append(append(stated, r.ld.organisations), bylines...)); out != nil {
		return out
	}
	if r.top.office != "" && !r.recurs(r.top.office) {
		return []string{r.top.office}
	}
	return r.account(stated)
}

// isPhrase reports whether what was taken for a name is the text of a link to a
// topic, or has one of the most frequent words of the language: "Our Approach". Some
// names have such words, so that it is asked only of those that no label and no
// element marks as one.
func (r *reader) isPhrase(name string) bool {
	words := wordlists.All()
	return r.f.topics[letters.Key(name)] || slices.ContainsFunc(strings.Fields(name), func(w string) bool {
		return !words.Has(wordlists.Particle, w) && slices.Contains(words.Common[letters.Fold(w)], r.lang)
	})
}

// withoutPlace returns the names of a byline without the place behind them. A place
// is named elsewhere on the page as well, in the text or with the weather; an author
// is not, or all of them are.
func (r *reader) withoutPlace(names []string) []string {
	n := len(names) - 1
	if n < 1 || !r.isBehindComma(names[n], names[n-1]) || r.namesApart(names[n], names[:n]) == 0 {
		return names
	}
	for i := range n {
		if r.namesApart(names[i], append(slices.Clone(names[:i]), names[i+1:]...)) > 0 {
			return names
		}
	}
	return names[:n]
}

// isBehindComma reports whether a line has a name behind another and a comma, and
// without a link.
func (r *reader) isBehindComma(name, before string) bool {
	both := before + ", " + name
	return slices.ContainsFunc(r.f.lines, func(line string) bool { return strings.Contains(line, both) }) && !r.f.linkTexts[name]
}

// namesApart returns how many lines have a name and none of others.
func (r *reader) namesApart(name string, others []string) (n int) {
	for _, line := range r.f.lines {
		if strings.Contains(line, name) && !slices.ContainsFunc(others, func(o string) bool { return strings.Contains(line, o) }) {
			n++
		}
	}
	return n
}

// statedAuthors returns the authors that the page states for machines, but for
// JSON-LD, the most reliable first.
func (r *reader) statedAuthors() (out [][]string) {
	for _, name := range authorMetas {
		out = append(out, r.f.metas[name])
	}
	return append(out, r.cardValue("written by"), r.f.props["author"], r.f.props["creator"])
}

// firstPeople returns the people of the first source that has any.
func (r *reader) firstPeople(sources [][]string) []string {
	for _, fields := range sources {
		if out := r.people(fields); len(out) > 0 {
			return out
		}
	}
	return nil
}

// isFullName reports whether a name is more than one word, or in a script whose
// names are one, and none of its words is the default of a system: "NOC Admin".
func isFullName(name string) bool {
	for _, w := range letters.SplitWords(letters.Fold(name)) {
		if wordlists.All().Has(wordlists.NoAuthor, w) {
			return false
		}
	}
	return strings.Contains(name, " ") || letters.StartsCaseless(name)
}

// maxAuthors bounds the authors of one story.
const maxAuthors = 20

// people returns the names of one source, tidied, without the site's and what
// recurs on the site for every story. Agencies count where no person is named.
func (r *reader) people(fields []string) []string {
	var out []string
	fields = slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return strings.HasPrefix(strings.TrimLeft(f, " ,"), institutionArticle) })
	for _, n := range CleanAuthors(fields, r.lang) {
		if !isNoName(n) && !r.isSite(n) && !r.recurs(n) && len(out) < maxAuthors {
			out = append(out, n)
		}
	}
	if slices.ContainsFunc(out, func(n string) bool { return !byline.IsAgency(n) }) {
		out = slices.DeleteFunc(out, byline.IsAgency)
	}
	return out
}

// institutionArticle begins names of papers and agencies, and none of people.
const institutionArticle = "The "

// organisations returns the organisations that JSON-LD has as authors, or another
// paper or an agency that one of the sources has.
func (r *reader) organisations(sources [][]string) []string {
	for _, fields := range append([][]string{r.ld.organisations}, sources...) {
		var out []string
		for _, f := range fields {
			n := strings.Trim(f, " ,.")
			named := slices.Contains(r.ld.organisations, f) || strings.HasPrefix(n, institutionArticle)
			if named && letters.CountWords(n) <= maxAuthorWords && len(n) <= maxAuthor && !isNoName(n) && !r.isSite(n) && !r.recurs(n) && len(out) < maxAuthors {
				out = append(out, n)
			}
		}
		if len(out) > 0 {
			return Distinct(out)
		}
	}
	return nil
}

// institution returns the site or a desk of it where one of the sources has it as
// author: "Gazette Staff".
func (r *reader) institution(sources [][]string) []string {
	for _, fields := range sources {
		for _, field := range fields {
			n := strings.Trim(withoutLabel(labels.All(), letters.NormalizeSpace(field)), " ,.")
			if utf8.RuneCountInString(n) > maxAuthor || isNoName(n) || strings.Contains(n, ".") && !strings.Contains(n, " ") || r.recurs(n) {
				continue
			}
			if r.isSite(n) || letters.CountWords(n) >= minDesk && byline.IsRole(n) && !wordlists.All().Has(wordlists.Roles, letters.Fold(n)) {
				return []string{n}
			}
		}
	}
	return nil
}

// account returns the account that one of the sources has as author, "" when there
// is none, or only one of a system.
func (r *reader) account(sources [][]string) []string {
	for _, fields := range sources {
		for _, n := range fields {
			if !strings.ContainsAny(n, "@/_") && isAccount(n) && len(n) >= minAccount && len(n) <= maxAccount && !strings.Contains(n, "admin") && !wordlists.All().Has(wordlists.NoAuthor, n) && !isNoName(strings.ToUpper(n)) {
				return []string{n}
			}
		}
	}
	return nil
}

// Lengths of the name of an account, in bytes.
const (
	minAccount = 3
	maxAccount = 20
)

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
	if wordlists.All().Has(wordlists.NoAuthor, low) || letters.ContainsOneOf(low, []string{"http", "www.", "/", "{{", "=", "<", ">", "%"}) || strings.HasPrefix(low, "@") || isAccount(name) {
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

// isAccount reports whether a name is that of an account: one word in small
// letters, with or without digits and points in it.
func isAccount(name string) bool {
	return !strings.Contains(name, " ") && name == strings.ToLower(name) && !letters.StartsCaseless(name)
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
			names := r.people(box.names(r.lang))
			if !near && len(names) == 1 {
				if name := r.commonName(box.text()); name != "" && strings.HasPrefix(names[0], name) {
					return []string{name} // without what the author is
				}
			}
			if len(names) > 0 {
				return names
			}
		}
	}
	return nil
}

// framedAuthors returns the name that the first element near the title which names an author
// has beside other words.
func (r *reader) framedAuthors() []string {
	for i := range r.f.authors {
		if box := &r.f.authors[i]; r.isNearTitle(box.line) {
			if names := r.people(box.framedNames(r.lang)); len(names) > 0 {
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
		out = append(out, slices.DeleteFunc(byline.PersonNames(n, r.lang), r.isPhrase)...)
	}
	return out
}

// Lengths, in words, of a desk or an office: one word is often a label itself.
const (
	minDesk = 2
	maxDesk = 4
)

// labelledAuthors returns the people on the first line behind a label for an
// author, wherever it is on the page.
func (r *reader) labelledAuthors() []string {
	t := labels.All()
	for _, line := range r.f.lines {
		if len(line) >= maxAuthorLine {
			continue
		}
		if bare := withoutLabel(t, line); bare != line {
			if names := byline.PersonNames(bare, r.lang); len(names) > 0 {
				return names
			}
		}
	}
	return nil
}

// maxAuthorLine is the length of the longest line that labelledAuthors reads, in
// bytes.
const maxAuthorLine = 120

// desk returns the desk or the office that the page names behind the label of an
// author, as in "Author: duty editor".
func (r *reader) desk() []string {
	t := labels.All()
	for i := range r.f.authors {
		l := letters.NewLine(r.f.authors[i].text())
		for _, h := range t.Find(&l) {
			if h.Section != wordlists.Byline || h.Form != wordlists.BeforeColon || h.Rest == "" {
				continue
			}
			if words := letters.CountWords(h.Rest); words >= minDesk && words <= maxDesk && byline.IsRole(h.Rest) {
				return []string{h.Rest}
			}
		}
	}
	return nil
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
