package pageview

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/pagemodel"
)

// typeFeatures are the schema.org types that are counted in JSON-LD and, at the
// same place of the second list, in microdata. -1 is for none.
var typeFeatures = map[string][2]int{
	"article": {pagemodel.LDArticle, pagemodel.ItemArticle}, "newsarticle": {pagemodel.LDArticle, pagemodel.ItemArticle},
	"blogposting": {pagemodel.LDArticle, pagemodel.ItemArticle}, "reportagenewsarticle": {pagemodel.LDArticle, pagemodel.ItemArticle},
	"liveblogposting": {pagemodel.LDArticle, pagemodel.ItemArticle}, "analysisnewsarticle": {pagemodel.LDArticle, pagemodel.ItemArticle},
	"opinionnewsarticle": {pagemodel.LDArticle, pagemodel.ItemArticle}, "techarticle": {pagemodel.LDArticle, pagemodel.ItemArticle},
	"collectionpage": {pagemodel.LDList, pagemodel.ItemList}, "itemlist": {pagemodel.LDList, pagemodel.ItemList},
	"searchresultspage": {pagemodel.LDList, pagemodel.ItemList}, "blog": {pagemodel.LDList, pagemodel.ItemList}, "profilepage": {pagemodel.LDList, pagemodel.ItemList},
	"offercatalog":           {pagemodel.LDList, pagemodel.ItemList},
	"discussionforumposting": {pagemodel.LDForum, pagemodel.ItemForum}, "qapage": {pagemodel.LDForum, pagemodel.ItemForum},
	"answer": {pagemodel.LDForum, pagemodel.ItemForum}, "question": {pagemodel.LDForum, pagemodel.ItemForum},
	"product": {pagemodel.LDProduct, pagemodel.ItemProduct}, "offer": {pagemodel.LDProduct, pagemodel.ItemProduct}, "productgroup": {pagemodel.LDProduct, pagemodel.ItemProduct},
	"aggregateoffer": {pagemodel.LDProduct, pagemodel.ItemProduct},
	"listitem":       {pagemodel.LDItems, -1},
	"webpage":        {pagemodel.LDPage, -1}, "website": {pagemodel.LDPage, -1}, "localbusiness": {pagemodel.LDPage, -1}, "service": {pagemodel.LDPage, -1},
}

// count adds one to a count that is kept in a feature.
func (v *view) count(k int) {
	if k >= 0 && v.f[k] < 100 {
		v.f[k]++
	}
}

// readHead reads what the page states outside its text: the elements of the head,
// wherever they are, JSON-LD and microdata.
func (v *view) readHead(root *html.Node, address string) {
	v.f[pagemodel.OGNone] = 1
	title := ""
	for n := root; n != nil; n = next(n, root) {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Meta:
			v.readMeta(n)
		case atom.Link:
			v.readLink(n, address)
		case atom.Title:
			if title == "" && n.Namespace == "" {
				title = dom.NodeText(n)
			}
		case atom.Script:
			if strings.EqualFold(dom.Attr(n, "type"), "application/ld+json") && n.FirstChild != nil {
				v.readLD(n.FirstChild.Data)
			}
		default:
			v.readItem(n)
		}
	}
	v.readTitle(title)
}

// next returns the node after n in document order, nil after the last below root.
func next(n, root *html.Node) *html.Node {
	if n.FirstChild != nil {
		return n.FirstChild
	}
	for n != root && n.NextSibling == nil {
		n = n.Parent
	}
	if n == root {
		return nil
	}
	return n.NextSibling
}

func (v *view) readMeta(n *html.Node) {
	key, content, item := "", "", ""
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "property", "name":
			key = letters.Lower(n.Attr[i].Val)
		case "content":
			content = n.Attr[i].Val
		case "itemprop":
			item = letters.Lower(n.Attr[i].Val)
		}
	}
	if content == "" {
		return
	}
	switch {
	case key == "og:type":
		v.readOGType(strings.ToLower(content))
	case key == "description" || key == "og:description":
		v.f[pagemodel.Description] = max(v.f[pagemodel.Description], feature.Log(v.weighCounted(letters.Count(letters.Truncate(content, dom.MaxNodeText)))))
	case key == "article:section" || key == "article:tag" || key == "news_keywords":
		v.count(pagemodel.MetaSection)
	case key == "robots" && strings.Contains(strings.ToLower(content), "noindex"):
		v.f[pagemodel.MetaNoIndex] = 1
	case strings.Contains(key, "price"):
		v.count(pagemodel.MetaPrice)
	case key == "author" || key == "article:author" || key == "dc.creator" || key == "parsely-author" || key == "sailthru.author":
		v.f[pagemodel.MetaAuthor] = 1
	case isPublished(key) || item == "datepublished":
		v.f[pagemodel.MetaDate] |= 1
	case key == "article:modified_time" || item == "datemodified":
		v.f[pagemodel.MetaDate] |= 2
	}
}

// isPublished reports whether the name of a meta element is one for the date of
// publication.
func isPublished(key string) bool {
	switch key {
	case "date", "dc.date", "dc.date.issued", "dcterms.created", "pubdate", "publishdate", "publish-date", "parsely-pub-date", "sailthru.date", "article:published", "article.published", "cxenseparse:recs:publishtime":
		return true
	}
	return strings.HasSuffix(key, ":published_time") || strings.HasSuffix(key, "publish_date") || strings.HasSuffix(key, "pubdate")
}

func (v *view) readOGType(t string) {
	v.f[pagemodel.OGNone] = 0
	switch {
	case strings.Contains(t, "article") || t == "blog":
		v.f[pagemodel.OGArticle] = 1
	case strings.Contains(t, "product"):
		v.f[pagemodel.OGProduct] = 1
	case t == "website" || t == "object" || strings.Contains(t, "profile"):
		v.f[pagemodel.OGSite] = 1
	}
}

func (v *view) readLink(n *html.Node, address string) {
	switch rel := letters.Lower(dom.Attr(n, "rel")); rel {
	case "next", "prev":
		v.f[pagemodel.Pages] |= 1 + feature.Bit(rel == "prev")
	case "amphtml":
		v.f[pagemodel.AMP] = 1
	case "alternate":
		if t := dom.Attr(n, "type"); strings.Contains(t, "rss") || strings.Contains(t, "atom") {
			v.count(pagemodel.Feeds)
		}
	case "canonical":
		trim := func(s string) string {
			s, _, _ = strings.Cut(s, "?")
			_, s, _ = strings.Cut(s, "://")
			return strings.TrimPrefix(strings.TrimRight(s, "/"), "www.")
		}
		v.f[pagemodel.Canonical] = 1
		if address != "" && trim(dom.Attr(n, "href")) != trim(address) {
			v.f[pagemodel.Canonical] = 2
		}
	}
}

// longestLD bounds what is read of JSON-LD, in bytes of a script.
const longestLD = 1 << 20

// readLD counts the types in JSON-LD, whether it can be parsed or not.
func (v *view) readLD(s string) {
	if len(s) > longestLD {
		s = s[:longestLD]
	}
	for {
		_, rest, ok := strings.Cut(s, `"@type"`)
		if !ok {
			break
		}
		s = rest
		value := strings.TrimLeft(rest, " \t\r\n:[\"")
		end := strings.IndexByte(value, '"')
		if end < 0 || end > 40 {
			continue
		}
		if k, ok := typeFeatures[letters.Lower(value[:end])]; ok {
			v.count(k[0])
		}
	}
	if strings.Contains(s, `"datePublished"`) {
		v.f[pagemodel.MetaDate] |= 1
	}
}

// readItem reads the microdata of an element.
func (v *view) readItem(n *html.Node) {
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "itemtype":
			t := n.Attr[i].Val
			if k, ok := typeFeatures[letters.Lower(t[strings.LastIndexByte(t, '/')+1:])]; ok {
				v.count(k[1])
			}
		case "itemprop":
			switch n.Attr[i].Val {
			case "articleBody":
				v.count(pagemodel.ItemBody)
			case "datePublished":
				v.count(pagemodel.ItemDates)
			}
		}
	}
}

func (v *view) readTitle(title string) {
	v.title = letters.Key(title)
	v.f[pagemodel.TitleWords] = feature.UpTo(int32(letters.CountWords(title)), 40)
	parts, digits := int32(1), int32(0)
	for i, r := range title {
		switch {
		case r == '|' || r == '»' || r == '·' || r == '–' || r == '—' || r == '-' && i > 0 && title[i-1] == ' ':
			parts++
		case unicode.IsDigit(r):
			digits++
		case r == '?' || r == '？' || r == '؟':
			v.f[pagemodel.TitleAsks] = 1
		}
	}
	v.f[pagemodel.TitleParts], v.f[pagemodel.TitleDigits] = feature.UpTo(parts, 8), feature.UpTo(digits, 10)
}
