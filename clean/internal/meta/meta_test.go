package meta

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"winnow/news"
	"winnow/news/markup"
)

const metaBody = `<p>The brigade moved its bridging company to the river on Monday, and the first trucks crossed before noon, the district's press office said.</p>
<p>Colonel Hester Vane told reporters that the bridge would stay until the water falls, which may take the whole of April.</p>`

func metaOf(t testing.TB, page *news.Page) Meta {
	t.Helper()
	root, _, err := markup.Parse(page.Body, page.ContentType())
	if err != nil {
		t.Fatal(err)
	}
	return Read(page, goquery.NewDocumentFromNode(root), nil)
}

func TestReadMeta(t *testing.T) {
	tests := []struct {
		name, url, head, body string
		want                  map[string]any // field of meta → value
	}{
		{"JSON-LD in a graph, authors by reference", "https://www.ford.example/a", `<title>Bridge stays - Ford Gazette</title><script type="application/ld+json">{"@graph":[
			{"@type":"Person","@id":"#p","name":"Ann Lee"},{"@type":"WebSite","name":"Ford Gazette"},
			{"@type":"NewsArticle","headline":"Bridge stays","author":{"@id":"#p"},"datePublished":"2024-03-05T23:30:00-05:00","dateModified":"2024-03-06T08:00:00Z","articleBody":"One &amp; two.<p>Three.</p>","isAccessibleForFree":"False","publisher":{"@type":"Organization","name":"Ford Gazette"},"inLanguage":"en-GB","keywords":"bridges, rivers"}]}</script>`,
			`<h1>Bridge stays</h1>` + metaBody,
			map[string]any{"title": "Bridge stays", "authors": []string{"Ann Lee"}, "date": "2024-03-05", "published": time.Date(2024, 3, 6, 4, 30, 0, 0, time.UTC), "modified": time.Date(2024, 3, 6, 8, 0, 0, 0, time.UTC), "paywalled": true, "siteName": "Ford Gazette", "ldBody": "One & two.\n\nThree.", "language": "en", "tags": []string{"bridges", "rivers"}, "ldTypes": []string{"NewsArticle", "Organization", "Person", "WebSite"}}},
		{"JSON-LD that is broken", "https://www.ford.example/a", "<script type=\"application/ld+json\">// <![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"Bridge\n stays\",\"author\":[{\"name\":\"Ann Lee\"},],\"datePublished\":\"2024-03-05\",}\n//]]></script>",
			metaBody, map[string]any{"title": "Bridge stays", "authors": []string{"Ann Lee"}, "date": "2024-03-05"}},
		{"several stories in JSON-LD, the page's own counts", "https://www.ford.example/a", `<script type="application/ld+json">[{"@type":"NewsArticle","headline":"Another","datePublished":"2020-01-01","url":"https://www.ford.example/b"},{"@type":"NewsArticle","headline":"Bridge stays","datePublished":"2024-03-05","url":"https://www.ford.example/a"}]</script>`,
			metaBody, map[string]any{"title": "Bridge stays", "date": "2024-03-05"}},
		{"OpenGraph", "https://www.ford.example/a/b", `<meta property="og:title" content="Bridge stays | Ford Gazette"><meta property="og:site_name" content="Ford Gazette"><meta property="article:published_time" content="2024-03-05T10:00:00+03:00"><meta property="og:image" content="/i.jpg"><meta name="author" content="By Ann Lee and Bo Cray, staff writer"><meta property="article:section" content="Rivers"><link rel="canonical" href="/a/b?x=1"><meta name="description" content="It stays.">`,
			metaBody, map[string]any{"title": "Bridge stays", "date": "2024-03-05", "published": time.Date(2024, 3, 5, 7, 0, 0, 0, time.UTC), "authors": []string{"Ann Lee", "Bo Cray"}, "image": "https://www.ford.example/i.jpg", "canonical": "https://www.ford.example/a/b?x=1", "categories": []string{"Rivers"}, "description": "It stays."}},
		{"the headline of the page goes before a longer one", "https://ford.example/a", `<title>Bridge stays until the water falls: everything we know</title><meta property="og:title" content="Bridge stays until the water falls">`,
			`<h1>Ford Gazette</h1><h1>Bridge stays until the water falls</h1>` + metaBody, map[string]any{"title": "Bridge stays until the water falls"}},
		{"the site as headline", "https://ford.example/a", `<title>Bridge stays • Ford Gazette</title><meta property="og:site_name" content="Ford Gazette">`, `<h1>Ford Gazette</h1><h2>Bridge stays</h2>` + metaBody, map[string]any{"title": "Bridge stays"}},
		{"a kicker in the headline", "https://ford.example/a", `<meta property="og:title" content="Bridge stays until the water falls">`, `<h1><span>Rivers</span> Bridge stays until the water falls</h1>` + metaBody, map[string]any{"title": "Bridge stays until the water falls"}},
		{"the site's name by its host", "https://www.fordgazette.example/a", `<title>Bridge stays — Fordgazette.example</title>`, metaBody, map[string]any{"title": "Bridge stays"}},
		{"microdata", "https://ford.example/a", "", `<div itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">Bridge stays</h1><span itemprop="datePublished" content="2024-03-05">05.03.2024</span><span itemprop="author">Ann Lee</span>` + metaBody + "</div>",
			map[string]any{"title": "Bridge stays", "date": "2024-03-05", "authors": []string{"Ann Lee"}}},
		{"a printed byline, Russian", "https://ford.example/a", "<title>Мост стоит | Вестник брода</title>", `<h1>Мост стоит</h1><div>5 марта 2024, 10:15 | Автор: Пётр Заозёрный</div><p>Сапёрная рота расчистила подходы к переправе за три часа, сообщил командир батальона, и к вечеру пошли первые машины.</p>`,
			map[string]any{"title": "Мост стоит", "date": "2024-03-05", "authors": []string{"Пётр Заозёрный"}, "language": "ru"}},
		{"the date of a comment is none", "https://ford.example/a", "", `<h1>Bridge stays</h1>` + metaBody + `<div class="comments"><time datetime="2021-01-01">1 January 2021</time> Bo: no.</div>`, map[string]any{"date": "", "authors": []string(nil)}},
		{"the date of a related story is none", "https://ford.example/a", "", `<h1>Bridge stays</h1>` + metaBody + `<aside><ul><li><time datetime="2021-01-01">1 January 2021</time> Other</li></ul></aside>`, map[string]any{"date": ""}},
		{"modified is not published", "https://ford.example/a", `<meta property="article:modified_time" content="2024-03-06T08:00:00Z">`, `<h1>Bridge stays</h1>` + metaBody, map[string]any{"date": "", "modified": time.Date(2024, 3, 6, 8, 0, 0, 0, time.UTC)}},
		{"the date of the path", "https://ford.example/2024/03/05/bridge", "", `<h1>Bridge stays</h1>` + metaBody, map[string]any{"date": "2024-03-05"}},
		{"a custom element as byline, months of a language without word lists", "https://ford.example/a", "", `<h1>Körpü hələ yerindədir</h1><x-byline>Nərmin Qasımlı, Gəncə</x-byline><x-time>5 mart 2024, 10:15</x-time>` + metaBody, map[string]any{"authors": []string{"Nərmin Qasımlı"}}},
		{"months of Georgian", "https://ford.example/a", "", `<h1>ხიდი დგას</h1><div>5 მარტი, 2024</div><p>ხიდი რჩება მდინარეზე, სანამ წყალი არ დაიკლებს, თქვა პოლკოვნიკმა ჟურნალისტებთან შეხვედრისას ორშაბათს.</p>`, map[string]any{"date": "2024-03-05"}},
		{"a footer with the byline", "https://ford.example/a", "", `<article><h1>Bridge stays</h1><footer class="node__submitted">5 March 2024<br>By Ann Lee, Ford</footer>` + metaBody + `</article>`, map[string]any{"date": "2024-03-05", "authors": []string{"Ann Lee"}}},
		{"what the author is, beside the date", "https://ford.example/a", "", `<h1>Le pont tient</h1><p>Ysée Kerbrat, envoyée à Haut-Gué<br>5 mars 2024</p>` + metaBody, map[string]any{"authors": []string{"Ysée Kerbrat"}}},
		{"a sentence beside the date is no byline", "https://ford.example/a", "", `<h1>Le pont tient</h1><p>Ysée Kerbrat, maire de Haut-Gué, a signé.<br>5 mars 2024</p>` + metaBody, map[string]any{"authors": []string(nil)}},
		{"words before the name in a byline", "https://ford.example/a", "", `<h1>Le pont tient</h1><div class="page-author">Récit et croquis de voyage par Ysée Kerbrat</div>` + metaBody, map[string]any{"authors": []string{"Ysée Kerbrat"}}},
		{"a label that no list has, beside the date", "https://ford.example/a", "", `<h1>Cầu vẫn đứng</h1><p>Ghi chép ven sông: Lý Thu Sương<br>5/3/2024</p>` + metaBody, map[string]any{"authors": []string{"Lý Thu Sương"}}},
		{"a line about the author has the name", "https://ford.example/a", "", `<h1>Áll még a híd</h1><p>Gáti Orsolya beszámolója<br>2024. március 5.</p>` + strings.Repeat(metaBody, 6) + `<div><p>Gáti Orsolya tíz éve ír a folyóról.</p></div>`, map[string]any{"authors": []string{"Gáti Orsolya"}}},
		{"without the line about the author", "https://ford.example/a", "", `<h1>Áll még a híd</h1><p>Gáti Orsolya beszámolója<br>2024. március 5.</p>` + metaBody, map[string]any{"authors": []string(nil)}},
		{"what the author is, in a script without capitals", "https://ford.example/a", "", `<h1>الجسر باق على النهر</h1><div>5 مارس 2024</div><div>خط سامر العطار</div>` + strings.Repeat(metaBody, 6) + `<div class="author-bio"><p>سامر العطار مراقب شؤون الأنهار</p></div>`, map[string]any{"authors": []string{"سامر العطار"}}},
		{"the site as author, where it names no person", "https://ford.example/a", `<meta property="og:site_name" content="Ford Gazette"><meta name="author" content="Ford Gazette">`, metaBody, map[string]any{"authors": []string{"Ford Gazette"}}},
		{"a person goes before the site", "https://ford.example/a", `<meta property="og:site_name" content="Ford Gazette"><meta name="author" content="Ford Gazette">`, `<h1>Bridge stays</h1><div>By Ann Lee</div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}}},
		{"JSON-LD with given and family name, by reference", "https://ford.example/a", `<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Bridge stays","author":[{"@id":"#a"},{"@type":"Person","name":"Bo Cray"},{"@type":"Person","name":"Ann Lee Bo Cray"}]},{"@type":"Person","@id":"#a","givenName":"Ann","familyName":"Lee"}]}</script>`,
			`<h1>Bridge stays</h1>` + metaBody, map[string]any{"authors": []string{"Ann Lee", "Bo Cray"}}},
		{"an organisation in JSON-LD, a person printed", "https://ford.example/a", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge stays","author":{"@type":"Organization","name":"Northwire & Sons"}}</script>`,
			`<h1>Bridge stays</h1><div>By Ann Lee</div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}}},
		{"JSON-LD of another story", "https://ford.example/a", `<title>Bridge stays</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"Tug sinks off the cape","url":"https://ford.example/b","author":{"@type":"Person","name":"Bo Cray"},"datePublished":"2023-11-02","articleBody":"It sank."}</script>`,
			`<h1>Bridge stays</h1><div>By Ann Lee, 5 March 2024</div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}, "date": "2024-03-05", "ldBody": ""}},
		{"JSON-LD of another story with a title like it", "https://ford.example/a", `<title>Why the brigade leaves the bridge</title><script type="application/ld+json">[{"@type":"NewsArticle","headline":"Why the brigade leaves the ford","url":"https://ford.example/b","datePublished":"2023-11-02","articleBody":"It left."},{"@type":"NewsArticle","headline":"Why the brigade leaves the bridge","url":"https://ford.example/a","datePublished":"2024-03-05"}]</script>`,
			`<h1>Why the brigade leaves the bridge</h1>` + metaBody, map[string]any{"date": "2024-03-05", "ldBody": ""}},
		{"linked names, label and place unknown", "https://ford.example/a", "", `<h1>Brúin stendur</h1><div>Eftir <a href="/author/1/">Ari Dal</a> líka <a href="/author/2/">Una Vík</a>, Norðurá</div><div><a href="/author/all/">Fleiri Greinar</a></div>` + metaBody, map[string]any{"authors": []string{"Ari Dal", "Una Vík"}}},
		{"a place of two words behind the name", "https://ford.example/a", "", `<h1>Most stoi</h1><div>Autor: Jan Kowal, Nowy Bród</div><p>Saperzy przerzucili most przez rzekę w poniedziałek rano, a pierwsze ciężarówki przejechały przed południem, podała prasa.</p><p>Władze miasta Nowy Bród mówią, że most zostanie do kwietnia.</p>`, map[string]any{"authors": []string{"Jan Kowal"}}},
		{"a co-author with a link, named in the text", "https://ford.example/a", "", `<h1>Bridge stays</h1><div><a href="/author/1">Ann Lee</a>, <a href="/author/2">Bo Cray</a></div><p>The brigade moved its bridging company to the river on Monday, and the first trucks crossed before noon, said Bo Cray of the district.</p>`, map[string]any{"authors": []string{"Ann Lee", "Bo Cray"}}},
		{"roles and buttons beside the name", "https://ford.example/a", "", `<h1>Bridge stays</h1><div class="byline"><span class="byline-prefix">By</span> <a href="/p/ann">Ann Lee</a><span class="author-title">Staff Writer</span><button>Link Copied</button><div>Lakeside Post</div></div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}}},
		{"each author in an element", "https://ford.example/a", "", `<h1>Bridge stays</h1><div class="byline"><div class="author">Ann Lee<span class="role">Chief Analyst</span></div><div class="author">Bo Cray</div></div>` + metaBody, map[string]any{"authors": []string{"Ann Lee", "Bo Cray"}}},
		{"updated before published", "https://ford.example/a", "", `<h1>Bridge stays</h1><div>Updated: April 02, 2024, 08.30 AM IST Published: MARCH 28, 2024 16:09 IST</div>` + metaBody, map[string]any{"date": "2024-03-28", "published": time.Date(2024, 3, 28, 10, 39, 0, 0, time.UTC)}},
		{"two dates behind unknown labels", "https://ford.example/a", "", `<h1>Brúin stendur</h1><div>Breytt 2.4.2024 08:30 Birt 28.3.2024 16:09</div>` + metaBody, map[string]any{"date": "2024-03-28"}},
		{"a line of an update, then that of the date", "https://ford.example/a", "", `<h1>Bridge stays</h1><div>Last updated</div><div>2 April 2024</div><div>28 March 2024</div>` + metaBody, map[string]any{"date": "2024-03-28"}},
		{"the date of today above the title", "https://ford.example/a", "", `<div><time datetime="2025-12-10">10 December 2025</time></div><h1>Bridge stays</h1><div>5 March 2024</div>` + metaBody, map[string]any{"date": "2024-03-05"}},
		{"the day at the publisher, printed", "https://ford.example/a", `<meta property="article:published_time" content="2024-03-06T04:50:00Z">`, `<h1>Bridge stays</h1><div>Mar 5, 2024 | 11:50 PM</div>` + metaBody, map[string]any{"date": "2024-03-05", "published": time.Date(2024, 3, 6, 4, 50, 0, 0, time.UTC)}},
		{"the day at the publisher, of the address", "https://ford.example/2024/03/05/a", `<meta property="article:published_time" content="2024-03-06T04:50:00+00:00">`, `<h1>Bridge stays</h1>` + metaBody, map[string]any{"date": "2024-03-05"}},
		{"the day of another stamp of the moment", "https://ford.example/a", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge stays","datePublished":"2024-03-05T22:30:00Z"}</script><meta property="article:published_time" content="2024-03-06T00:30:00+02:00">`, `<h1>Bridge stays</h1>` + metaBody, map[string]any{"date": "2024-03-06"}},
		{"the date of a printed issue in the address", "https://ford.example/2024/03/18/a", `<meta property="article:published_time" content="2024-03-06T04:50:00Z">`, `<h1>Bridge stays</h1>` + metaBody, map[string]any{"date": "2024-03-06"}},
		{"an address is no author", "https://ford.example/a", `<meta property="article:author" content="https://social.example/ford">`, metaBody, map[string]any{"authors": []string(nil)}},
		{"signs are no author", "https://ford.example/a", `<meta name="author" content="☆☆">`, metaBody, map[string]any{"authors": []string(nil)}},
		{"By and name apart", "https://ford.example/a", "", `<h1>Bridge stays</h1><div>By</div><div><a>Ann Lee</a></div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}}},
		{"name and date, no label", "https://ford.example/a", "", `<h1>Bridge stays</h1><div>Ann Lee · Tue 5 Mar 2024</div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}, "date": "2024-03-05"}},
		{"a menu above the date is no author", "https://ford.example/a", "", `<div><a href="/s">Ships</a> <a href="/p">Ports</a> <a href="/c">Crews</a></div><div>5 March 2024</div><h1>Bridge stays</h1>` + metaBody, map[string]any{"authors": []string(nil)}},
		{"sections called people are no author", "https://ford.example/a", "", `<div><a href="/s/ships">Ships</a> <a href="/s/people">People</a> <a href="/authors/">All writers</a></div><h1>Bridge stays</h1><div>5 March 2024 | Ann Lee</div>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}}},
		{"an office beside the date", "https://ford.example/a", "", `<h1>Bridge stays</h1><p>2024-03-05 | The editors</p>` + metaBody, map[string]any{"authors": []string{"The editors"}}},
		{"a person goes before an office", "https://ford.example/a", "", `<h1>Bridge stays</h1><p>2024-03-05 | The editors</p><p>By Ann Lee</p>` + metaBody, map[string]any{"authors": []string{"Ann Lee"}}},
		{"a desk behind the label", "https://ford.example/a", "", `<div>5 марта 2024</div><h1>Мост стоит</h1><div class="author">Автор: Выпускающий редактор</div>` + metaBody, map[string]any{"authors": []string{"Выпускающий редактор"}}},
		{"a person goes before a desk", "https://ford.example/a", "", `<h1>Мост стоит</h1><div class="author">Автор: Пётр Заозёрный</div><div class="author">Автор: Выпускающий редактор</div>` + metaBody, map[string]any{"authors": []string{"Пётр Заозёрный"}}},
		{"a site with an article, behind a colon", "https://fordgazette.example/a", "<title>Bridge stays where it is : The Ford Gazette</title>", metaBody, map[string]any{"title": "Bridge stays where it is"}},
		{"a site before the title, both on the page", "https://ford.example/a", "<title>COASTAL GUNNER - A visit to the Redcliff battery</title>", "<p>COASTAL GUNNER</p><p>A visit to the Redcliff battery</p>" + metaBody, map[string]any{"title": "A visit to the Redcliff battery"}},
		{"a site behind a hyphen, Chinese", "https://ford.example/a", "<title>海岛雷达站换装新型柴油机-东疆军情网</title>", "<h1>海岛雷达站换装新型柴油机</h1>" + metaBody, map[string]any{"title": "海岛雷达站换装新型柴油机"}},
		{"a name before a count", "https://ford.example/a", "", `<h1>Мост стоит</h1><div>05.03.2024 16:45 Марина Авдеева Просмотров: 1 093</div>` + metaBody, map[string]any{"authors": []string{"Марина Авдеева"}, "date": "2024-03-05"}},
		{"a colon inside the title", "https://ford.example/a", "<title>Le pont de Ford : ce que dit la brigade</title>", "<p>Le pont de Ford</p>" + metaBody, map[string]any{"title": "Le pont de Ford : ce que dit la brigade"}},
		{"reservations", "https://ford.example/a", `<meta name="robots" content="noarchive, NOINDEX"><meta name="tdm-reservation" content="1">`, metaBody, map[string]any{"rights": []string{"noarchive", "noindex", "tdm-reservation"}}},
		{"source of the picture", "https://ford.example/a", "", `<h1>Bridge stays</h1><div>Image source: polar.example</div>` + metaBody, map[string]any{"imageSource": "polar.example", "origin": "polar.example"}},
		{"dateline", "https://ford.example/a", "", `<h1>Bridge stays</h1><p>PORT ELLERY, May 3 (NORTHWIRE) - The frigate has come back after eleven weeks in northern waters with a sonar.</p>` + metaBody, map[string]any{"origin": "NORTHWIRE"}},
		{"next part", "https://ford.example/issue7/gunnery.htm", "", metaBody + `<a href="gunnery2.htm">Next page</a>`, map[string]any{"nextPage": "https://ford.example/issue7/gunnery2.htm"}},
		{"next story is no part", "https://ford.example/issue7/gunnery.htm", `<link rel="next" href="/issue7/ferry.htm">`, metaBody, map[string]any{"nextPage": ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := metaOf(t, &news.Page{URL: tt.url, Header: http.Header{}, Body: []byte("<html><head>" + tt.head + "</head><body>" + tt.body + "</body></html>")})
			got := map[string]any{
				"title": m.Title, "authors": m.Authors, "date": m.Date, "published": m.Published, "modified": m.Modified, "language": m.Language, "canonical": m.Canonical, "siteName": m.SiteName,
				"description": m.Description, "image": m.Image, "categories": m.Categories, "tags": m.Tags, "rights": m.Rights, "origin": m.Origin, "imageSource": m.ImageSource, "ldBody": m.LDBody,
				"ldTypes": m.LDTypes, "nextPage": m.NextPage, "paywalled": m.Paywalled,
			}
			for field, want := range tt.want {
				if !reflect.DeepEqual(got[field], want) {
					t.Errorf("%s: %#v, want %#v", field, got[field], want)
				}
			}
		})
	}
}

func TestReadMetaTakesTheHintLast(t *testing.T) {
	hint := news.Hint{Title: "Bridge stays", Authors: []string{"Ann Lee"}, Date: time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)}
	m := metaOf(t, &news.Page{URL: "https://ford.example/a", Hint: hint, Body: []byte("<body>" + metaBody)})
	if m.Title != "Bridge stays" || !slices.Equal(m.Authors, []string{"Ann Lee"}) || m.Date != "2024-03-05" {
		t.Errorf("%+v", m)
	}
	m = metaOf(t, &news.Page{URL: "https://ford.example/a", Hint: hint, FetchedAt: time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC),
		Body: []byte(`<meta name="date" content="2031-01-01"><h1>The bridge of Ford stays</h1>` + metaBody)})
	if m.Title != "The bridge of Ford stays" || m.Date != "2024-03-05" {
		t.Errorf("a date after the fetch was believed, or the title of the page was not: %q %s", m.Title, m.Date)
	}
}

func FuzzReadMeta(f *testing.F) {
	f.Add([]byte(`<title>A | B</title><h1>A</h1><div class=byline>By Ann Lee • 2 May 2024</div><p>x`))
	f.Add([]byte(`<script type="application/ld+json">{"@graph":[{"@type":["NewsArticle"],"author":[[{}]],"datePublished":20240101,"articleBody":["a",{}]}]}</script>`))
	f.Add([]byte(`<script type="application/ld+json">{"a":"\` + "\n" + `"},</script><a rel=next href="?2">2</a><meta name=date content=99999999>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		page := &news.Page{URL: "https://ford.example/a", Body: body}
		root, _, err := markup.Parse(body, "")
		if err != nil {
			return
		}
		m := Read(page, goquery.NewDocumentFromNode(root), nil)
		if m.Date != "" {
			if _, err := time.Parse(time.DateOnly, m.Date); err != nil {
				t.Fatal(err)
			}
		}
		if strings.ContainsAny(m.Title, "\n\r") || m.LanguageScore < 0 || m.LanguageScore > 1 {
			t.Fatalf("%q %v", m.Title, m.LanguageScore)
		}
		if again := Read(page, goquery.NewDocumentFromNode(root), nil); !reflect.DeepEqual(m, again) {
			t.Fatal("two answers for one page")
		}
	})
}

func BenchmarkReadMeta(b *testing.B) {
	page := &news.Page{URL: "https://ford.example/2024/03/05/a", Body: []byte(`<html lang=en><head><title>Bridge stays | Ford Gazette</title></head><body><h1>Bridge stays</h1><div>By Ann Lee • 5 March 2024</div>` + strings.Repeat(metaBody, 20))}
	root, _, err := markup.Parse(page.Body, "")
	if err != nil {
		b.Fatal(err)
	}
	doc := goquery.NewDocumentFromNode(root)
	b.ReportAllocs()
	b.SetBytes(int64(len(page.Body)))
	for b.Loop() {
		Read(page, doc, nil)
	}
}
