package pageview

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/pagemodel"
)

func read(t testing.TB, page, address string) pagemodel.Features {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	f, ok := Read(dom.New(tree, func(*dom.Element) int16 { return 0 }), tree, address)
	if !ok {
		t.Fatal("the page is too large")
	}
	return f
}

const sentence = "The harbour was closed for three days while divers looked for the anchor that the tug had lost."

func TestFeatures(t *testing.T) {
	card := `<div class="card"><h3><a href="/n/1">Divers find the bell of the old ferry</a></h3><p>` + sentence + `</p></div>`
	tests := []struct {
		name, page, address string
		feature             int
		want                uint8
	}{
		{"no address", "", "", pagemodel.URLKnown, 0},
		{"a date in the address", "", "https://a.example/2024/05/bell-found", pagemodel.URLDate, 2},
		{"a day in the name", "", "https://a.example/20240517-bell.html", pagemodel.URLDate, 1},
		{"a word of lists", "", "https://a.example/category/navy", pagemodel.URLList, 1},
		{"a forum's host", "", "https://forum.a.example/x", pagemodel.URLForum, 1},
		{"a page number", "", "https://a.example/navy/page/3/", pagemodel.URLPage, 1},
		{"og:type", `<meta property="og:type" content="article">`, "", pagemodel.OGArticle, 1},
		{"JSON-LD that cannot be parsed", `<script type="application/ld+json">{"@type": ["NewsArticle" oops</script>`, "", pagemodel.LDArticle, 1},
		{"microdata", `<div itemscope itemtype="http://schema.org/Product">x</div>`, "", pagemodel.ItemProduct, 1},
		{"a date of publication", `<meta property="article:published_time" content="2024-05-17">`, "", pagemodel.MetaDate, 1},
		{"running text in one place", "<article><p>" + sentence + "</p><p>" + sentence + "</p></article>", "", pagemodel.BoxShare, 20},
		{"paragraphs of Chinese", "<div><p>" + strings.Repeat("海军舰船港口", 6) + "。</p></div>", "", pagemodel.ProseLines, feature.Log(1)},
		{"units", strings.Repeat(card, 4), "", pagemodel.UnitCount, feature.Log(4)},
		{"teasers", strings.Repeat(card, 4), "https://a.example/", pagemodel.Teasers, feature.Log(4)},
		{"no text outside of teasers", strings.Repeat(card, 4), "https://a.example/", pagemodel.PlainProse, 0},
		{"headlines that lead to other sites are no teasers", strings.ReplaceAll(strings.Repeat(card, 4), "/n/1", "https://b.example/1"), "https://a.example/", pagemodel.Teasers, 0},
		{"a day and a headline", strings.Repeat(`<div>2 May 2024 <a href="/n/1">Divers find the bell of the old ferry</a><div>`+sentence+`</div></div>`, 3), "https://a.example/", pagemodel.Teasers, feature.Log(3)},
		{"links to read on", `<p>` + sentence + ` <a href="/1">More</a></p><p>` + sentence + ` <a href="/2">More</a></p>`, "https://a.example/", pagemodel.MoreLinks, feature.Log(2)},
		{"prices", "<p>$ 12.50</p><p>12,50 €</p><p>1 200 Kč</p><p>12 knots</p>", "", pagemodel.Prices, feature.Log(3)},
		{"dates in digits of other scripts", "<p>٢٠٢٤/٠٥/١٧</p>", "", pagemodel.Dates, feature.Log(1)},
		{"users", `<p><a href="/user/olga">Olga</a></p><p><a href="/user/olga">Olga</a></p>`, "", pagemodel.UserNames, feature.Log(1)},
		{"class names", `<div class="post-author">A</div><div class="_x1y2">B</div>`, "", pagemodel.NameByline, feature.Log(1)},
		{"a headline that is the title", "<title>Bell found - The Quay</title><h1>Bell found</h1>", "", pagemodel.H1InTitle, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := read(t, tt.page, tt.address)
			if f[tt.feature] != tt.want {
				t.Errorf("%s: %d, want %d", pagemodel.Name(tt.feature), f[tt.feature], tt.want)
			}
		})
	}
}

// FuzzRead checks that every page has features, and the same ones again.
func FuzzRead(f *testing.F) {
	f.Add("<h1>a</h1><p>"+sentence+"<a href=/b>b</a>", "https://a.example/2024/")
	f.Add(strings.Repeat("<li><a href='//[::1]:x'>$ 1", 5), "://%")
	f.Add("<table><tr><td><time>٣", "https://a.example/?page=2&p=")
	f.Fuzz(func(t *testing.T, page, address string) {
		first := read(t, page, address)
		if again := read(t, page, address); first != again {
			t.Error("read twice it differs")
		}
	})
}
