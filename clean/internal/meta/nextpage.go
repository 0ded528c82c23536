package meta

import (
	"net/url"
	"strconv"
	"strings"

	"winnow/clean/internal/letters"
)

// nextPage is the next part of an article in parts. A link called "next" may
// lead to another story, see LeadsOn.
func (r *Reader) nextPage() string {
	for _, ref := range r.f.next {
		if target, err := r.Base.Parse(strings.TrimSpace(ref)); err == nil && LeadsOn(r.Base, target) {
			target.Fragment = ""
			return target.String()
		}
	}
	return ""
}

// LeadsOn says whether a link called "next" leads from one page of an article to
// the following one, and not to another story: the two addresses are the same
// but for the number of the page, which is small and grows. A page without a
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
	was, restA := pageInPath(a[n:])
	is, restB := pageInPath(b[n:])
	return restA == restB && !strings.Contains(restB, "/") && is <= maxPageNumber && (is == was+1 || was == 0 && is == 2)
}

// maxPageNumber is the largest number that is taken for that of a page, and not
// for the name of a story.
const maxPageNumber = 40

// pageInPath reads the number of a page at the beginning of what differs in a
// path, with a word such as "page" before it; 0 when there is none. rest stands
// behind it.
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
	if end == 0 || end > 2 {
		return 0, s
	}
	page, _ = strconv.Atoi(t[:end])
	return page, t[end:]
}

// pageNames are how sites call the number of a page in an address.
var pageNames = map[string]bool{
	"page": true, "p": true, "pg": true, "pn": true, "part": true, "paged": true, "seite": true, "pagina": true, "página": true,
	"strona": true, "str": true, "start": true, "offset": true, "pageno": true, "page_no": true, "pagenum": true,
}

// queryLeadsOn says whether two queries differ by the number of a page alone.
func queryLeadsOn(from, to url.Values) bool {
	grown := 0
	for name := range to {
		a, b := from.Get(name), to.Get(name)
		if a == b && from.Has(name) {
			continue
		}
		lower := strings.ToLower(name)
		is, err := strconv.Atoi(b)
		if err != nil || !pageNames[lower] && !strings.HasPrefix(lower, "pagen_") {
			return false
		}
		was, err := strconv.Atoi(a)
		if err != nil && a != "" {
			return false
		}
		if is <= max(was, 0) {
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
