package pageview

import (
	"net/url"
	"path"
	"strings"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/pagemodel"
)

// addressWords are words in addresses, with the feature that they count for.
var addressWords = words(map[int]string{
	pagemodel.URLList:  "category categories categoria categorie kategorie kategori kategoria rubrik rubrique rubric rubrika section sections sektion seccion secao archive archives archiv archivo arhiv latest all index list listing listings directory collection collections portfolio gallery galleries hub hubs resources guides series channel browse overview home",
	pagemodel.URLTag:   "tag tags topic topics tema temas thema themen author authors autor autore autori search suche buscar people person profile profiles user users member members keyword keywords label",
	pagemodel.URLForum: "forum forums thread threads viewtopic showthread viewforum board boards community communities discussion discussions question questions answers discuss talk bbs posts comments topic r t",
	pagemodel.URLShop:  "product products shop store item items buy cart catalog catalogue sku p dp collections deals sale pricing price plans apparel shoes accessories brand brands",
	pagemodel.URLStory: "article articles artikel articolo articulo story stories news noticia noticias nachrichten actualite actualites novosti blog post press release releases aktuelles haber berita",
})

// words turns lists of words around.
func words(lists map[int]string) map[string][]int {
	out := map[string][]int{}
	for k, list := range lists {
		for w := range strings.FieldsSeq(list) {
			out[w] = append(out[w], k)
		}
	}
	return out
}

// longestAddress bounds what is read of an address, in bytes.
const longestAddress = 2048

// readURL reads the address. Without one its features are 0.
func (v *view) readURL(address string) {
	u, err := url.Parse(address)
	if err != nil || address == "" || len(address) > longestAddress {
		return
	}
	f := &v.f
	f[pagemodel.URLKnown] = 1
	v.host = bareHost(u.Hostname())
	trimmed := strings.Trim(u.Path, "/")
	parts := strings.Split(trimmed, "/")
	if trimmed == "" {
		parts = nil
	}
	f[pagemodel.URLDepth] = feature.UpTo(int32(len(parts)), 10)
	for label := range strings.SplitSeq(strings.ToLower(u.Hostname()), ".") {
		if label == "www" || label == "news" || label == "blog" {
			continue
		}
		v.countWords(label)
	}
	for _, p := range parts {
		v.countWords(strings.ToLower(p))
	}
	for key := range u.Query() {
		f[pagemodel.URLQuery] = min(10, f[pagemodel.URLQuery]+1)
		value := u.Query().Get(key)
		if value != "" && strings.Trim(value, "0123456789") == "" {
			f[pagemodel.URLNumberQuery] = 1
			if key == "page" || key == "p" && len(value) < 3 || key == "start" || key == "offset" {
				f[pagemodel.URLPage] = 1
			}
		}
	}
	if len(parts) == 0 {
		return
	}
	v.pathFeatures(parts)
}

// pathFeatures reads the parts of a path.
func (v *view) pathFeatures(parts []string) {
	f := &v.f
	last := parts[len(parts)-1]
	if ext := path.Ext(last); len(ext) > 1 && len(ext) <= 6 {
		last = strings.TrimSuffix(last, ext)
		f[pagemodel.URLEnding] = 2
		if strings.HasPrefix(ext, ".htm") || strings.HasPrefix(ext, ".shtm") {
			f[pagemodel.URLEnding] = 1
		}
	}
	f[pagemodel.URLLast] = feature.Log(int32(len([]rune(last))))
	f[pagemodel.URLWords] = feature.UpTo(int32(len(strings.FieldsFunc(last, func(r rune) bool { return !letters.IsWordRune(r) || r == '_' }))), 30)
	digits, run, longest := int32(0), int32(0), int32(0)
	for _, p := range parts {
		digits = 0
		for i := 0; i < len(p); i++ {
			if letters.IsDigit(p[i]) {
				digits++
				run++
				longest = max(longest, run)
			} else {
				run = 0
			}
		}
		run = 0
	}
	f[pagemodel.URLDigits], f[pagemodel.URLRun] = feature.UpTo(digits, 30), feature.UpTo(longest, 20)
	if digits == 0 && !strings.ContainsAny(last, "-_") && len(last) <= 14 {
		f[pagemodel.URLPlain] = 1
	}
	for i, p := range parts {
		if isYear(p) || len(p) >= 8 && isYear(p[:4]) && (isNumber(p[4:8]) || (p[4] == '-' || p[4] == '_') && isNumber(p[5:7])) {
			f[pagemodel.URLDate] = 1
			if i+1 < len(parts) && len(parts[i+1]) <= 3 {
				f[pagemodel.URLDate] = 2
			}
		}
	}
	if len(parts) > 1 && isNumber(last) && parts[len(parts)-2] == "page" {
		f[pagemodel.URLPage] = 1
	}
}

// countWords counts the words of a part of an address.
func (v *view) countWords(part string) {
	part = strings.TrimSuffix(part, path.Ext(part))
	var buf [16]string
	split := dom.SplitName(buf[:0], part)
	if len(split) > 3 { // a headline
		return
	}
	for _, w := range split {
		for _, k := range addressWords[w] {
			v.f[k] = min(5, v.f[k]+1)
		}
	}
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isYear(s string) bool {
	return len(s) == 4 && isNumber(s) && (s[:2] == "19" || s[:2] == "20")
}

// bareHost returns a host in lower case without its www.
func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// isOutward reports whether a link leads to another site.
func (v *view) isOutward(href string) bool {
	href = strings.TrimSpace(href)
	i := strings.Index(href, "//")
	if i < 0 || i > len("https:") || v.host == "" {
		return false
	}
	host, _, _ := strings.Cut(href[i+2:], "/")
	host, _, _ = strings.Cut(host, ":")
	return bareHost(host) != v.host
}
