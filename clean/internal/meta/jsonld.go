package meta

import (
	"encoding/json"
	"html"
	"slices"
	"strings"

	"winnow/clean/internal/letters"
)

// article holds the properties of the page's story in its JSON-LD, as written;
// "" and nil where it has none.
type article struct {
	headline, alternative string
	published, modified   string
	people, organisations []string // authors
	body, description     string
	live                  bool // body is the posts of a live blog
	language, image       string
	publisher, license    string
	sections, keywords    []string
	url                   string
	free                  bool     // isAccessibleForFree; true when it is missing
	types                 []string // @type of all nodes, sorted, each once
	pageName, pageDate    string   // of the WebPage node
}

// Bounds of what is read of JSON-LD.
const (
	maxLDNodes  = 20000
	maxLDTypes  = 10    // of one node
	maxLDNames  = 30    // people or organisations in one list
	maxLDList   = 100   // texts in one list
	maxLiveText = 50000 // bytes of the posts of a live blog
)

// ldReader walks JSON-LD.
type ldReader struct {
	nodes []map[string]any          // in order of appearance
	ids   map[string]map[string]any // @id → node
	left  int                       // nodes that may still be visited
}

// readLD reads the JSON-LD scripts of a page. The addresses of the page and the
// titles in its head distinguish its story from others that the scripts have; those
// are believed for nothing.
func readLD(scripts, addresses, titles []string) article {
	r := ldReader{ids: map[string]map[string]any{}, left: maxLDNodes}
	for _, s := range scripts {
		for _, v := range decodeLD(s) {
			r.collect(v)
		}
	}
	a := article{free: true}
	var best map[string]any
	score := -1
	for _, n := range r.nodes {
		types := ldStrings(n["@type"])
		a.types = append(a.types, types...)
		if s := articleScore(n, types, addresses, titles); s > score {
			best, score = n, s
		}
		if slices.Contains(types, "WebPage") {
			a.pageDate, a.pageName = ldText(n["datePublished"]), ldText(n["name"])
		}
	}
	slices.Sort(a.types)
	a.types = slices.Compact(a.types)
	if best != nil {
		r.fill(&a, best)
	}
	return a
}

// maxLDOpening is how many bytes at the start of a script may have the opening
// of a comment around the JSON.
const maxLDOpening = 40

// decodeLD decodes a script. It mends what pages break most: comments around the
// JSON, line breaks within strings, commas before a closing bracket.
func decodeLD(s string) []any {
	s = strings.TrimSpace(s)
	for _, open := range []string{"<!--", "<![CDATA["} {
		if i := strings.Index(s[:min(len(s), maxLDOpening)], open); i >= 0 {
			s = s[i+len(open):]
		}
	}
	if i := strings.IndexAny(s, "{["); i > 0 {
		s = s[i:]
	}
	s = s[:strings.LastIndexAny(s, "}]")+1]
	if strings.HasPrefix(s, "{") { // brackets behind it end a CDATA section
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

// mendJSON returns s with blanks in place of control characters and without
// commas that nothing follows and backslashes that escape nothing.
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

// otherKeys hold other stories than the page's.
var otherKeys = []string{"isPartOf", "hasPart", "mentions", "relatedLink", "citation", "itemListElement", "comment", "review", "video", "potentialAction", "breadcrumb", "about", "subjectOf"}

// collect collects the nodes within a value. The keys of an object are visited
// in alphabetical order, so that the order of nodes is always the same.
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
			if !slices.Contains(otherKeys, k) {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			r.collect(v[k])
		}
	}
}

// Points by which the node of the page's story is chosen. The address of the
// page outweighs a better type.
const (
	newsPoints    = 4 // the type is one of news
	articlePoints = 3 // the type is another one of articles
	fieldPoints   = 2 // for a headline, and for a date or a body
	addressPoints = 5 // the address is the page's
	titlePoints   = 5 // the headline agrees with a title in the head of the page
)

// Agreement of a headline with the titles of the page, see sameTitle, below which
// it is that of another story.
const (
	otherStory = 0.3 // where the node has no address
	ownTitle   = 0.8 // where it has another than the page
)

// articleScore returns the points of a node with the given types, -1 when it is
// no article or another story.
func articleScore(n map[string]any, types, addresses, titles []string) int {
	score := -1
	for _, t := range types {
		switch {
		case strings.HasSuffix(t, "NewsArticle") || t == "BlogPosting" || t == "LiveBlogPosting":
			score = max(score, newsPoints)
		case strings.HasSuffix(t, "Article") || t == "Report" || strings.HasSuffix(t, "Posting"):
			score = max(score, articlePoints)
		}
	}
	if score < 0 {
		return -1
	}
	if n["headline"] != nil {
		score += fieldPoints
	}
	if n["datePublished"] != nil || n["articleBody"] != nil {
		score += fieldPoints
	}
	elsewhere := false
	for _, key := range []string{"url", "@id", "mainEntityOfPage"} {
		u := addressKey(ldURL(n[key]))
		if u != "" && slices.Contains(addresses, u) {
			return score + addressPoints + titlePoints
		}
		elsewhere = elsewhere || strings.Contains(u, "/")
	}
	named, best := false, 0.0
	for _, key := range []string{"headline", "name", "alternativeHeadline"} {
		if s := ldText(n[key]); s != "" {
			named, best = true, max(best, sameTitle(s, titles))
		}
	}
	switch {
	case named && len(titles) > 0 && (best < otherStory || elsewhere && best < ownTitle):
		return -1
	case named && len(titles) > 0 && best >= minAgreement:
		score += titlePoints
	}
	return score
}

// sameTitle returns how well a headline agrees with the best of some titles, 0 to 1.
func sameTitle(headline string, titles []string) float64 {
	key, best := letters.Key(headline), 0.0
	for _, t := range titles {
		other := letters.Key(t)
		switch {
		case key == "" || other == "":
		case strings.Contains(other, key) || strings.Contains(key, other):
			return 1
		case strings.ContainsFunc(key, letters.IsUnspaced):
			best = max(best, sharedPairs(key, other))
		}
	}
	return max(best, agreement(headline, wordSets(titles)))
}

// sharedPairs returns the share of the pairs of characters of a that are in b.
func sharedPairs(a, b string) float64 {
	runes := []rune(a)
	shared := 0
	for i := 1; i < len(runes); i++ {
		if strings.Contains(b, string(runes[i-1:i+1])) {
			shared++
		}
	}
	return float64(shared) / float64(max(1, len(runes)-1))
}

// addressKey returns an address in the form in which it is compared: without
// protocol, query, and a slash at its end.
func addressKey(address string) string {
	address, _, _ = strings.Cut(address, "#")
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	return strings.TrimRight(strings.TrimPrefix(address, "www."), "/")
}

// fill fills an article from its node.
func (r *ldReader) fill(a *article, n map[string]any) {
	a.headline, a.alternative = ldText(n["headline"]), ldText(n["alternativeHeadline"])
	if a.headline == "" {
		a.headline = ldText(n["name"])
	}
	a.published, a.modified = ldText(n["datePublished"]), ldText(n["dateModified"])
	if a.published == "" {
		a.published = ldText(n["dateCreated"])
	}
	r.authors(a, n["author"], 0)
	if len(a.people)+len(a.organisations) == 0 {
		r.authors(a, n["creator"], 0)
	}
	a.body = bodyText(ldRaw(n["articleBody"]))
	if a.body == "" {
		a.body = r.liveBody(n)
		a.live = a.body != ""
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

// liveBody returns the posts of a live blog as one text, the first of a long one.
func (r *ldReader) liveBody(n map[string]any) string {
	posts, _ := n["liveBlogUpdate"].([]any)
	var parts []string
	size := 0
	for _, p := range posts {
		if m, ok := p.(map[string]any); ok {
			if t := bodyText(ldRaw(m["articleBody"])); t != "" && size+len(t) <= maxLiveText {
				parts = append(parts, t)
				size += len(t)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}

// names returns the names of people or organisations. They are text, an object
// with a name or the @id of one, or a list of these.
func (r *ldReader) names(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{ldText(v)}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), maxLDNames)] {
			if _, nested := x.([]any); !nested {
				out = append(out, r.names(x)...)
			}
		}
		return out
	case map[string]any:
		if n := ldList(r.node(v)["name"]); len(n) > 0 {
			return n
		}
		given, family := ldText(r.node(v)["givenName"]), ldText(r.node(v)["familyName"])
		if name := strings.TrimSpace(given + " " + family); name != "" {
			return []string{name}
		}
	}
	return nil
}

// node returns the object that another refers to by its @id, or that one where
// it has a name itself.
func (r *ldReader) node(v map[string]any) map[string]any {
	if v["name"] == nil && v["givenName"] == nil && v["familyName"] == nil {
		if node := r.ids[ldText(v["@id"])]; node != nil {
			return node
		}
	}
	return v
}

// authors adds the authors in a value. Text counts as the name of a person.
func (r *ldReader) authors(a *article, v any, depth int) {
	switch v := v.(type) {
	case []any:
		for _, x := range v[:min(len(v), maxLDNames)] {
			if depth == 0 {
				r.authors(a, x, depth+1)
			}
		}
	case map[string]any:
		types := ldStrings(r.node(v)["@type"])
		if slices.ContainsFunc(types, func(t string) bool { return strings.HasSuffix(t, "Organization") || t == "Corporation" }) && !slices.Contains(types, "Person") {
			a.organisations = append(a.organisations, r.names(v)...)
			return
		}
		a.people = append(a.people, inOrder(r.names(v))...)
	default:
		a.people = append(a.people, r.names(v)...)
	}
}
