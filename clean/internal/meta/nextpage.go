package meta

import (
	"net/url"
	"strconv"
	"strings"

	"winnow/clean/internal/letters"
)

// nextPage returns the address of the next page of an article in several, "" when
// there is none. A link called "next" may lead to another story, see LeadsOn.
func (r *reader) nextPage() string {
	for _, ref := range r.f.next {
		if target, err := r.base.Parse(strings.TrimSpace(ref)); err == nil && LeadsOn(r.base, target) {
			target.Fragment = ""
			return target.String()
		}
	}
	return ""
}

// LeadsOn reports whether a link called "next" leads from one page of an article
// to the following one, and not to another story: only the number of the page
// differs in the two addresses, is small and grows. A page without a
// number is the first.
func LeadsOn(from, to *url.URL) bool {
	if from.Host != to.Host {
		return false
	}
	if from.Path == to.Path {
		return queryLeadsOn(from.Query(), to.Query())
	}
	if from.RawQuery != to.RawQuery {
		return false
	}
	a, b := strings.TrimRight(from.Path, "/"), strings.TrimRight(to.Path, "/")
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && letters.IsDigit(a[n-1]) {
		n--
	}
	pageA, restA := pageInPath(a[n:])
	pageB, restB := pageInPath(b[n:])
	return restA == restB && !strings.Contains(restB, "/") && pageB <= maxPageNumber && (pageB == pageA+1 || pageA == 0 && pageB == 2)
}

// Numbers above these name a story, not its page.
const (
	maxPageNumber = 40
	maxPageDigits = 2
)

// pageInPath reads the number of a page at the beginning of what differs in two
// paths, with or without a word such as "page" before it. It returns 0 when there
// is none, and what follows the number.
func pageInPath(s string) (page int, rest string) {
	t := strings.TrimLeft(s, "-_/,")
	for _, word := range []string{"page", "part", "seite", "p"} {
		if after, found := strings.CutPrefix(t, word); found {
			if after = strings.TrimLeft(after, "-_/"); after != "" && letters.IsDigit(after[0]) {
				t = after
				break
			}
		}
	}
	end := 0
	for end < len(t) && letters.IsDigit(t[end]) {
		end++
	}
	if end == 0 || end > maxPageDigits {
		return 0, s
	}
	page, _ = strconv.Atoi(t[:end])
	return page, t[end:]
}

// pageNames are the names of the parameter with the number of a page.
var pageNames = map[string]bool{
	"page": true, "p": true, "pg": true, "pn": true, "part": true, "paged": true, "seite": true, "pagina": true, "página": true,
	"strona": true, "str": true, "start": true, "offset": true, "pageno": true, "page_no": true, "pagenum": true,
}

// queryLeadsOn reports whether the number of a page grows between two queries,
// and nothing else differs.
func queryLeadsOn(from, to url.Values) bool {
	grown := 0
	for name := range to {
		a, b := from.Get(name), to.Get(name)
		if a == b && from.Has(name) {
			continue
		}
		lower := strings.ToLower(name)
		pageB, err := strconv.Atoi(b)
		if err != nil || !pageNames[lower] && !strings.HasPrefix(lower, "pagen_") { // pagen_1 is Bitrix's
			return false
		}
		pageA, err := strconv.Atoi(a)
		if err != nil && a != "" {
			return false
		}
		if pageB <= max(pageA, 0) {
			return false
		}
		grown++
	}
	for name := range from {
		if !to.Has(name) {
			return false
		}
	}
	return grown == 1
}
