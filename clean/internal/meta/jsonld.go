package meta

import (
	"encoding/json"
	"html"
	"slices"
	"strings"

	"winnow/clean/internal/letters"
)

// ldArticle is what the JSON-LD of a page says of its story.
type ldArticle struct {
	headline, alternative  string
	published, modified    string
	authors                []string
	persons                bool // the authors are people, not organisations
	body, description      string
	language, image        string
	publisher, license     string
	sections, keywords     []string
	url                    string
	free                   bool // says that reading it is free; true when it says nothing
	types                  []string
	fallbackDate, fallback string // of the WebPage around it
}

// ldReader walks JSON-LD.
type ldReader struct {
	nodes []map[string]any          // in order of appearance
	ids   map[string]map[string]any // @id → node
	left  int                       // nodes that may still be looked at
}

// maxLDNodes bounds the nodes of JSON-LD that are looked at.
const maxLDNodes = 20000

// readLD reads the JSON-LD scripts of a page. pageURL tells its story from
// others that the scripts may list.
func readLD(scripts []string, pageURL string) ldArticle {
	r := ldReader{ids: map[string]map[string]any{}, left: maxLDNodes}
	for _, s := range scripts {
		for _, v := range decodeLD(s) {
			r.collect(v)
		}
	}
	a := ldArticle{free: true}
	var best map[string]any
	score := -1
	for _, n := range r.nodes {
		kinds := ldStrings(n["@type"])
		a.types = append(a.types, kinds...)
		switch s := articleScore(n, kinds, pageURL); {
		case s > score:
			best, score = n, s
		}
		if slices.Contains(kinds, "WebPage") {
			a.fallbackDate, a.fallback = ldText(n["datePublished"]), ldText(n["name"])
		}
	}
	slices.Sort(a.types)
	a.types = slices.Compact(a.types)
	if best != nil {
		r.fill(&a, best)
	}
	return a
}

// decodeLD decodes a script, and mends what pages break most: comments around
// it, line breaks inside strings, commas before a closing bracket.
func decodeLD(s string) []any {
	s = strings.TrimSpace(s)
	for _, open := range []string{"<!--", "<![CDATA["} {
		if i := strings.Index(s[:min(len(s), 40)], open); i >= 0 {
			s = s[i+len(open):]
		}
	}
	if i := strings.IndexAny(s, "{["); i > 0 {
		s = s[i:]
	}
	s = s[:strings.LastIndexAny(s, "}]")+1]
	if strings.HasPrefix(s, "{") { // brackets behind it are the end of CDATA
		s = s[:strings.LastIndexByte(s, '}')+1]
	}
	for _, text := range []string{s, mendJSON(s), html.UnescapeString(s)} {
		var out []any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		for {
			var v any
			if d.Decode(&v) != nil {
				break
			}
			out = append(out, v)
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// mendJSON puts spaces for control characters and drops commas that nothing
// follows.
func mendJSON(s string) string {
	out := make([]byte, 0, len(s))
	inString, escaped := false, false
	for i := range len(s) {
		c := s[i]
		switch {
		case c < ' ':
			c = ' '
			if inString && escaped {
				out = out[:len(out)-1]
			}
			escaped = false
		case inString && escaped:
			escaped = false
			if strings.IndexByte(`"\/bfnrtu`, c) < 0 {
				out = out[:len(out)-1]
			}
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		case !inString && (c == '}' || c == ']'):
			k := len(out)
			for k > 0 && out[k-1] == ' ' {
				k--
			}
			if k > 0 && out[k-1] == ',' {
				out = out[:k-1]
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// elsewhere are keys under which other stories stand.
var elsewhere = []string{"isPartOf", "hasPart", "mentions", "relatedLink", "citation", "itemListElement", "comment", "review", "video", "potentialAction", "breadcrumb", "about", "subjectOf"}

// collect gathers the objects of a value in order: maps have none, so their
// keys are sorted.
func (r *ldReader) collect(v any) {
	if r.left--; r.left < 0 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			r.collect(x)
		}
	case map[string]any:
		if v["@type"] != nil || v["@graph"] != nil {
			r.nodes = append(r.nodes, v)
		}
		if id := ldText(v["@id"]); id != "" && r.ids[id] == nil && len(v) > 1 {
			r.ids[id] = v
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			if !slices.Contains(elsewhere, k) {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			r.collect(v[k])
		}
	}
}

// articleScore says how likely an object is the page's story; -1 when it is
// none.
func articleScore(n map[string]any, kinds []string, pageURL string) int {
	score := -1
	for _, k := range kinds {
		switch {
		case strings.HasSuffix(k, "NewsArticle") || k == "BlogPosting" || k == "LiveBlogPosting":
			score = max(score, 4)
		case strings.HasSuffix(k, "Article") || k == "Report" || strings.HasSuffix(k, "Posting"):
			score = max(score, 3)
		}
	}
	if score < 0 {
		return -1
	}
	if n["headline"] != nil {
		score += 2
	}
	if n["datePublished"] != nil || n["articleBody"] != nil {
		score += 2
	}
	for _, key := range []string{"url", "@id", "mainEntityOfPage"} {
		if u := ldURL(n[key]); u != "" && pageURL != "" && strings.TrimRight(u, "/") == strings.TrimRight(pageURL, "/") {
			score += 5
			break
		}
	}
	return score
}

func (r *ldReader) fill(a *ldArticle, n map[string]any) {
	a.headline, a.alternative = ldText(n["headline"]), ldText(n["alternativeHeadline"])
	if a.headline == "" {
		a.headline = ldText(n["name"])
	}
	a.published, a.modified = ldText(n["datePublished"]), ldText(n["dateModified"])
	if a.published == "" {
		a.published = ldText(n["dateCreated"])
	}
	a.authors = r.names(n["author"])
	if len(a.authors) == 0 {
		a.authors = r.names(n["creator"])
	}
	a.persons = isPerson(n["author"])
	a.body = bodyText(ldRaw(n["articleBody"]))
	if a.body == "" {
		a.body = r.liveBody(n)
	}
	a.description, a.image = ldText(n["description"]), ldURL(n["image"])
	a.language = ldText(n["inLanguage"])
	if m, ok := n["inLanguage"].(map[string]any); ok {
		a.language = ldText(m["alternateName"])
	}
	if names := r.names(n["publisher"]); len(names) > 0 {
		a.publisher = names[0]
	}
	a.license, a.url = ldURL(n["license"]), ldURL(n["url"])
	a.sections = ldList(n["articleSection"])
	a.keywords = ldList(n["keywords"])
	switch free := n["isAccessibleForFree"].(type) {
	case bool:
		a.free = free
	case string:
		a.free = !strings.EqualFold(free, "false")
	}
}

// liveBody joins the posts of a live blog.
func (r *ldReader) liveBody(n map[string]any) string {
	posts, _ := n["liveBlogUpdate"].([]any)
	var parts []string
	for _, p := range posts {
		if m, ok := p.(map[string]any); ok && len(parts) < 1000 {
			if t := bodyText(ldRaw(m["articleBody"])); t != "" {
				parts = append(parts, t)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}

// names reads people or organisations: text, an object with a name, an @id of
// one, or a list of these.
func (r *ldReader) names(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{ldText(v)}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), 30)] {
			if _, nested := x.([]any); !nested {
				out = append(out, r.names(x)...)
			}
		}
		return out
	case map[string]any:
		if n := ldList(v["name"]); len(n) > 0 {
			return n
		}
		if known := r.ids[ldText(v["@id"])]; known != nil && known["name"] != nil {
			return ldList(known["name"])
		}
	}
	return nil
}

// isPerson says whether an author is given as a person.
func isPerson(v any) bool {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	m, ok := v.(map[string]any)
	return ok && slices.Contains(ldStrings(m["@type"]), "Person")
}

// ldRaw gives a string as it is, and joins a list of strings.
func ldRaw(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "\n\n")
	}
	return ""
}

// ldText gives a value as one line of text, "" for objects and lists.
func ldText(v any) string {
	switch v := v.(type) {
	case string:
		return letters.NormalizeSpace(html.UnescapeString(v))
	case json.Number:
		return v.String()
	}
	return ""
}

func ldStrings(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{strings.TrimPrefix(strings.TrimPrefix(v, "https://schema.org/"), "http://schema.org/")}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), 10)] {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// ldList gives a list of strings; a single string is split at commas only where
// it is a list of keywords, so that is left to the caller.
func ldList(v any) []string {
	switch v := v.(type) {
	case string:
		if s := ldText(v); s != "" {
			return []string{s}
		}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), 100)] {
			if s := ldText(x); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// ldURL gives the address in a value: text, an object's url or @id, or the
// first of a list.
func ldURL(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		if len(v) > 0 {
			if _, nested := v[0].([]any); !nested {
				return ldURL(v[0])
			}
		}
	case map[string]any:
		for _, key := range []string{"url", "@id", "contentUrl"} {
			if s, ok := v[key].(string); ok && s != "" {
				return strings.TrimSpace(s)
			}
		}
	}
	return ""
}

// bodyText undoes the markup and the entities of an articleBody and keeps its
// paragraphs.
func bodyText(s string) string {
	if s == "" {
		return ""
	}
	if strings.Contains(s, "&lt;") || strings.Contains(s, "&#") || strings.Contains(s, "&nbsp;") || strings.Contains(s, "&quot;") || strings.Contains(s, "&amp;") {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, "</") || strings.Contains(s, "<br") || strings.Contains(s, "<p") {
		s = stripTags(s)
	}
	var out []string
	for part := range strings.FieldsFuncSeq(html.UnescapeString(s), letters.IsLineBreak) {
		if part = letters.NormalizeSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "\n\n")
}

// stripTags takes tags out of text, with a line break for those of blocks.
func stripTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 || open+1 >= len(s) {
			break
		}
		c := s[open+1]
		if c != '/' && c != '!' && (c|0x20 < 'a' || c|0x20 > 'z') {
			b.WriteString(s[:open+1])
			s = s[open+1:]
			continue
		}
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:open])
		name := strings.ToLower(strings.Trim(s[open+1:open+end], "/ "))
		if i := strings.IndexAny(name, " \n\t/"); i > 0 {
			name = name[:i]
		}
		switch name {
		case "p", "br", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "ul", "ol", "table":
			b.WriteByte('\n')
		}
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return b.String()
}
