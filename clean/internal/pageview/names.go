package pageview

import (
	"math/bits"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/pagemodel"
)

// nameWords are words of class names and ids, with the feature that they count for.
var nameWords = words(map[int]string{
	pagemodel.NameProduct: "product products sku variant variants swatch stock quantity qty shipping delivery",
	pagemodel.NameCart:    "cart basket buy addtocart atc checkout wishlist minicart purchase warenkorb",
	pagemodel.NamePrice:   "price prices pricing money currency sale discount amount preis",
	pagemodel.NameRating:  "rating ratings star stars review reviews",
	pagemodel.NameForum:   "forum forums thread threads topic topics board boards bbp phpbb vb xenforo discourse subforum postbit postbody threadbit discussion discussions",
	pagemodel.NameMessage: "message messages signature quote reply replies answer answers question questions upvote downvote vote votes votecount score",
	pagemodel.NameUser:    "user users username member members avatar avatars profile karma reputation rank joined",
	pagemodel.NameCard:    "card cards tile tiles teaser teasers item items grid listing listings list result results summary excerpt masonry thumb thumbnail",
	pagemodel.NamePager:   "pagination pager paginate paging pagenavi loadmore pages pagelinks",
	pagemodel.NameFilter:  "filter filters sort sorting facet facets refine toolbar sortby",
	pagemodel.NameArchive: "category archive archives taxonomy collection collections search index directory catalog",
	pagemodel.NameSingle:  "single article story entry post content body text",
	pagemodel.NameByline:  "author byline authors writer published pubdate dateline timestamp date datetime posted",
	pagemodel.NameShare:   "share social sharing sharer addthis",
	pagemodel.NameComment: "comment comments disqus respond",
	pagemodel.NameRelated: "related recommended recommend trending popular latest recent",
	pagemodel.NameHero:    "hero banner cta slider carousel slide slides swiper slick testimonial",
	pagemodel.NameCaption: "caption credit credits wp-caption",
})

// bodyWords are words of the class names of the body, with the feature they count
// for.
var bodyWords = words(map[int]string{
	pagemodel.BodySingle: "single article story post detail postid article-page newsdetail artikel",
	pagemodel.BodyList:   "archive category home blog search tag taxonomy section listing index list front frontpage landing hub paged author",
	pagemodel.BodyShop:   "product products shop store woocommerce catalog collection cart",
	pagemodel.BodyForum:  "forum topic thread question discussion bbpress phpbb board",
})

// nameSet has bit k for words of feature NameProduct+k.
type nameSet uint32

const nameKinds = pagemodel.NameRead - pagemodel.NameProduct

func (s nameSet) has(k int) bool { return s>>(k-pagemodel.NameProduct)&1 != 0 }

// names reads class names and ids.
type names struct {
	known  map[string]named
	counts [nameKinds]int32
	words  int32 // names of words
	all    int32
}

// named is what was read of the value of a class attribute.
type named struct {
	set   nameSet
	hash  uint64
	words bool
}

func newNames() *names { return &names{known: map[string]named{}} }

// read returns a hash of an element's name and classes, and the kinds of its names.
func (n *names) read(e *html.Node) (hash uint64, set nameSet) {
	class, id := "", ""
	for i := range e.Attr {
		switch e.Attr[i].Key {
		case "class":
			class = e.Attr[i].Val
		case "id":
			id = e.Attr[i].Val
		}
	}
	hash = uint64(e.DataAtom)
	if class != "" {
		c := n.parse(class)
		hash ^= c.hash
		set = c.set
		n.all++
		if c.words {
			n.words++
		}
	}
	if id != "" {
		set |= n.parse(id).set
	}
	for left := uint32(set); left != 0; left &= left - 1 {
		n.counts[bits.TrailingZeros32(left)]++
	}
	return hash, set
}

// parse reads the value of a class attribute or an id.
func (n *names) parse(value string) named {
	if len(value) > dom.MaxClass {
		value = value[:dom.MaxClass]
	}
	if known, ok := n.known[value]; ok {
		return known
	}
	out := named{hash: 14695981039346656037}
	var buf [32]string
	for _, w := range dom.SplitName(buf[:0], value) {
		for _, k := range nameWords[w] {
			out.set |= 1 << (k - pagemodel.NameProduct)
		}
		out.words = out.words || len(w) >= 4 && len(w) <= 12
	}
	first := strings.TrimRight(strings.TrimSpace(value), "0123456789")
	if head, _, ok := strings.Cut(first, " "); ok && len(head) > 2 {
		first = head
	}
	for i := 0; i < len(first); i++ {
		out.hash = (out.hash ^ uint64(first[i])) * 1099511628211
	}
	n.known[value] = out
	return out
}

// features sets the features of names.
func (n *names) features(f *pagemodel.Features) {
	for k := range nameKinds {
		f[pagemodel.NameProduct+k] = feature.Log(n.counts[k])
	}
	f[pagemodel.NameRead] = feature.Share(n.words, n.all)
}

// bodyFeatures reads the class names of the body, and of main below it.
func (n *names) bodyFeatures(f *pagemodel.Features, body *html.Node) {
	var buf [64]string
	value := dom.Attr(body, "class") + " " + dom.Attr(body, "id") + " " + dom.Attr(body, "itemtype")
	if p := body.Parent; p != nil && p.DataAtom == atom.Html {
		value += " " + dom.Attr(p, "class") + " " + dom.Attr(p, "itemtype")
	}
	if len(value) > dom.MaxClass {
		value = value[:dom.MaxClass]
	}
	for _, w := range dom.SplitName(buf[:0], value) {
		for _, k := range bodyWords[w] {
			f[k] = min(4, f[k]+1)
		}
	}
}
