package clean

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"winnow/news"
)

// An invented is a site that we made up: its language, its people, and how it prints a page.
type invented struct {
	name, lang string
	people     []string
	words      string                          // that its titles and texts are made of
	head       func(s *invented, n int) string // what is in the head element
	page       func(s *invented, n int) string // around the text, which is the sign §
	date       func(d time.Time) string
	two        bool // each story has two authors
}

func (s *invented) day(n int) time.Time {
	return time.Date(2024, 3, 2+n*3, 9+n%9, 10+n, 0, 0, time.UTC)
}
func (s *invented) author(n int) string { return s.people[(n*5+n/3)%len(s.people)] }

func (s *invented) authors(n int) []string {
	if s.two {
		return []string{s.author(n), s.people[(slices.Index(s.people, s.author(n))+1)%len(s.people)]}
	}
	return []string{s.author(n)}
}

// sentence returns words that differ from page to page.
func (s *invented) sentence(n, length int) string {
	all := strings.Fields(s.words)
	var out []string
	for k := range length {
		out = append(out, all[(n*17+k*(3+n%5)+k*k)%len(all)])
	}
	text := strings.Join(out, " ")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
func (s *invented) title(n int) string { return s.sentence(n, 8) }

// clock is the date of the fetch.
var clock = time.Date(2024, 9, 20, 8, 0, 0, 0, time.UTC)

func (s *invented) html(n int) string {
	var text strings.Builder
	for k := range 4 {
		fmt.Fprintf(&text, "<p>%s %d.</p>", s.sentence(n*7+k*3+1, 26), n*31+k)
	}
	return fmt.Sprintf(`<html lang="%s"><head>%s</head><body>%s</body></html>`, s.lang, s.head(s, n), strings.Replace(s.page(s, n), "§", text.String(), 1))
}

func (s *invented) news(n int) *news.Page {
	return &news.Page{URL: fmt.Sprintf("https://%s.example/n/%d", s.name, n), Body: []byte(s.html(n)), FetchedAt: clock}
}

func titled(s *invented, n int) string { return "<title>" + s.title(n) + "</title>" }

// sometimes states author and date for machines on each third page.
func sometimes(s *invented, n int) string {
	if n%3 != 0 {
		return titled(s, n)
	}
	return titled(s, n) + fmt.Sprintf(`<script type="application/ld+json">{"@type":"NewsArticle","headline":%q,"author":{"@type":"Person","name":%q},"datePublished":%q}</script>`, s.title(n), s.author(n), s.day(n).Format(time.RFC3339))
}

func digits(layout string) func(d time.Time) string {
	return func(d time.Time) string { return d.Format(layout) }
}

var inventedSites = []*invented{
	{name: "qayiq", lang: "fa", people: []string{"نادر فرهمند", "شیرین رستگار", "بهرام کاوه", "لاله دانشور"},
		words: "ناو قایق ساحل بندر دریا موج نیرو وزیر شهر بودجه سال کارخانه برج نگهبان طوفان راه جزیره پل کشتی فانوس در از که به را با این آن است شد",
		head:  sometimes, date: digits("2006/01/02"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="q1x"><b>امروز %s</b></div><div class="w4"><h1>%s</h1><div class="zz9"><span>نگاشته %s</span><span>%s</span></div><div class="bdy">§</div></div>`, s.date(clock), s.title(n), s.author(n), s.date(s.day(n)))
		}},
	{name: "navak", lang: "hy", people: []string{"Արամ Սարյան", "Նարե Վարդանյան", "Տիգրան Մելիքյան"},
		words: "նավ նավահանգիստ ծով ալիք բանակ նախարար քաղաք բյուջե տարի գործարան աշտարակ պահակ փոթորիկ ճանապարհ կղզի կամուրջ և է որ մեջ հետ այս այն եղավ",
		head:  titled, date: digits("02.01.2006"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="aa1"><i>%s</i></div><div class="w"><div class="u%d"><a href="/r/12">Ռազմական լուրեր</a></div><h1>%s</h1><div class="m"><em>%s</em><em><a href="/u/%d">%s</a></em></div>§</div>`, s.date(clock), n, s.title(n), s.date(s.day(n)), n%3, s.author(n))
		}},
	{name: "mashua", lang: "sw", people: []string{"Juma Mwakasege", "Rehema Kilonzo", "Baraka Otieno", "Zuhura Ngowi", "Amani Chacha"},
		words: "meli bandari bahari wimbi jeshi waziri mji bajeti mwaka kiwanda mnara mlinzi dhoruba njia kisiwa daraja na ya wa kwa katika ni hiyo huo ilikuwa kwamba",
		head:  titled, date: digits("2006-01-02 15:04"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="x"><h1>%s</h1><p class="k">Kaandika: %s, Mwandishi wa Pwani</p><p class="t">%s</p>§<p class="o">Pwani Leo</p></div>`, s.title(n), s.author(n), s.date(s.day(n)))
		}},
	{name: "faro", lang: "es", people: []string{"Elvira Montaraz", "Isidro Castelar", "Olga Brum", "Tobías Llorente"},
		words: "barco puerto mar ola ejército ministro ciudad presupuesto año fábrica torre guardia tormenta camino isla puente y de la el que en los con es fue un una por",
		head: func(s *invented, n int) string {
			return titled(s, n) + fmt.Sprintf(`<meta name="author" content="Redes Faro Digital"><script type="application/ld+json">{"@type":"NewsArticle","headline":%q,"author":{"@type":"Person","name":"Redes Faro Digital"},"datePublished":%q}</script>`, s.title(n), clock.Format(time.RFC3339))
		}, date: digits("02/01/2006"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="d0"><s>%s</s></div>§<div class="sig"><u>%s</u></div></div>`, s.title(n), s.date(s.day(n)), s.author(n))
		}},
	{name: "dengdae", lang: "ko", people: []string{"남궁현수", "제갈미래", "황보석진", "선우다은"},
		words: "함정 항구 바다 파도 군대 장관 도시 예산 공장 탑 경비 폭풍 도로 섬 다리 그리고 에서 으로 했다 이다 있는 것을 위해",
		head:  titled, date: digits("2006.01.02. 15:04"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="i"><span>%s</span><span>취재 %s</span></div>§</div><div class="cl">%s</div>`, s.title(n), s.date(s.day(n)), s.author(n), s.date(clock))
		}},
	{name: "vuurtoren", lang: "nl", people: []string{"Wietske Dommers", "Joost van Eelen", "Marike Tholen"},
		words: "schip haven zee golf leger minister stad begroting jaar fabriek toren wacht storm weg eiland brug en de het een van in dat is op met voor niet",
		head: func(s *invented, n int) string {
			return `<title>De Vuurtoren van Vandaag</title><meta property="og:title" content="De Vuurtoren van Vandaag">`
		},
		date: digits("02-01-2006"),
		page: func(s *invented, n int) string {
			var more strings.Builder
			for k := 1; k < 5; k++ {
				fmt.Fprintf(&more, `<p class="r"><a href="/n/%d">%s</a></p>`, (n+k)%24, s.title((n+k)%24))
			}
			return fmt.Sprintf(`<h1>De Vuurtoren van Vandaag</h1><div class="w"><div class="k7">%s</div><div class="by1">Door <b>%s</b></div><div class="da2">%s</div>§</div><div class="mm">%s</div>`, s.title(n), s.author(n), s.date(s.day(n)), more.String())
		}},
}

var moreSites = []*invented{
	{name: "fanoos", lang: "fa", people: []string{"نادر فرهمند", "شیرین رستگار", "بهرام کاوه", "لاله دانشور"},
		words: inventedSites[0].words, head: titled, date: digits("2006/01/02"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="h"><b>امروز %s</b></div><div class="w4"><h1>%s</h1><div class="z"><span>%s</span></div><div class="bdy">§</div><div class="e"><span>%s</span></div><div class="v"><span>اشتراک گذاری</span><span>چاپ خبر</span></div></div>`, s.date(clock), s.title(n), s.date(s.day(n)), s.author(n))
		}},
	{name: "burj", lang: "ar", people: []string{"سامر العطار", "ليلى الحمدان", "رامي قباني"},
		words: "سفينة ميناء بحر موج جيش وزير مدينة ميزانية سنة مصنع برج حارس عاصفة طريق جزيرة جسر في من على إلى هذا أن كان التي بعد", head: titled, date: digits("2006-01-02"),
		two: true,
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w4"><p class="k1">%s</p><h1>%s</h1><p class="k2">%s و%s</p><p class="k3">%s</p><div class="bdy">§</div></div>`, []string{"أخبار البحر", "شؤون الدفاع"}[n%2], s.title(n), s.author(n), s.authors(n)[1], s.date(s.day(n)))
		}},
	{name: "jahaj", lang: "bn", people: []string{"রফিক মজুমদার", "শিউলি তালুকদার", "অমল বসাক"},
		words: "জাহাজ বন্দর সাগর ঢেউ সেনা মন্ত্রী শহর বাজেট বছর কারখানা মিনার প্রহরী ঝড় পথ দ্বীপ সেতু এবং এই থেকে করে জন্য হয় একটি", head: titled, date: digits("02/01/2006"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w4"><h1>%s</h1><div class="k2"><em>%s</em><em>উপকূল বার্তা</em></div><div class="k3"><small>প্রকাশ %s</small><small>হালনাগাদ %s</small></div><div class="bdy">§</div></div>`, s.title(n), s.author(n), s.date(s.day(n)), s.date(s.day(n).AddDate(0, 0, 2)))
		}},
	{name: "bandar", lang: "fa", people: []string{"نادر فرهمند", "شیرین رستگار", "بهرام کاوه", "لاله دانشور"},
		words: inventedSites[0].words, head: titled, date: digits("2006/01/02"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w4"><h1>%s</h1><div class="z"><span>کار قلم %s، دیده بان ساحل</span></div><div class="y">%s</div><div class="bdy">§</div></div>`, s.title(n), s.author(n), s.date(s.day(n)))
		}},
	{name: "majakka", lang: "fi", people: []string{"Aino Kurkela", "Veikko Saarinen", "Tuuli Hietala"},
		words: "laiva satama meri aalto armeija ministeri kaupunki budjetti vuosi tehdas torni vartija myrsky tie saari silta ja on ei se että joka mutta kun myös", head: titled, date: digits("2.1.2006"),
		page: func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w4"><h1>%s</h1><x-line>%s <i>klo %d.05</i></x-line><div class="bdy">§</div><x-sig><img src="/a.jpg"><strong>%s</strong><span>Majakka</span></x-sig></div><ul class="c"><li><b>Kalle Kaislikko</b> <i>4.5.2024</i><p>Hyvä juttu, kiitos tästä kirjoittajalle ja koko toimitukselle.</p></li><li><b>Merja Myllymäki</b> <i>5.5.2024</i><p>Olen eri mieltä, laiva oli jo vanha silloin kun se ostettiin.</p></li></ul>`, s.title(n), s.date(s.day(n)), n%20+1, s.author(n))
		}},
}

// On invented sites whose pages do not mark title, authors and date in a way that is
// known, the pages together show where they are.
func TestMetadataBySite(t *testing.T) {
	for _, s := range slices.Concat(inventedSites, moreSites) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			alone := 0
			forEachPage(t, s, func(n int, e Extraction) {
				want := fmt.Sprintf("%q by %q on %s", s.title(n), s.authors(n), s.day(n).Format(time.DateOnly))
				facts := func(story *news.Story) string {
					return fmt.Sprintf("%q by %q on %s", story.Title, story.Authors, story.Date)
				}
				if got := facts(&e.Story); got != want {
					t.Errorf("page %d: %s, want %s", n, got, want)
				}
				if facts(&e.Alone) == want {
					alone++
				}
			})
			t.Logf("%d of %d pages are right by themselves", alone, sitePages)
		})
	}
}

// sitePages is the number of pages of an invented site.
const sitePages = 24

// forEachPage cleans the pages of a site with the profile that they make.
func forEachPage(t *testing.T, s *invented, check func(n int, e Extraction)) {
	t.Helper()
	x := New(Options{})
	var pages []*news.Page
	for n := range sitePages {
		pages = append(pages, s.news(n))
	}
	profile := profileOf(t, x, pages)
	for n, p := range pages {
		e, err := x.ExtractFrom(context.Background(), p, profile)
		if err != nil {
			t.Fatal(err)
		}
		check(n, e)
	}
}

// What varies from page to page and is neither author nor date is not taken for one: sections
// beside the date, who took the pictures, comments. A single author of all stories stays.
func TestMetadataBySiteTakesNoOthers(t *testing.T) {
	base := *inventedSites[5]
	base.head = titled
	menu := `<ul class="nav"><li>Koude Wateren</li><li>Oude Vloot</li><li>Nieuwe Werf</li></ul>`
	section := func(n int) string { return []string{"Koude Wateren", "Oude Vloot", "Nieuwe Werf"}[n*5%7%3] }
	for _, c := range []struct {
		name    string
		head    func(s *invented, n int) string
		page    func(s *invented, n int) string
		authors []string
		date    bool
	}{
		{"sections", titled, func(s *invented, n int) string {
			return fmt.Sprintf(`%s<div class="w"><h1>%s</h1><div class="k"><i>%s</i><i>%s</i></div>§</div>`, menu, s.title(n), section(n), s.date(s.day(n)))
		}, nil, true},
		{"pictures", titled, func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="k"><i>%s</i></div><div class="p"><img src="/%d.jpg"><span>Foto: %s</span></div>§</div>`, s.title(n), s.date(s.day(n)), n, s.author(n))
		}, nil, true},
		{"comments", titled, func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="k">%s</div>§</div><div class="comments"><h3>Reacties</h3><div class="c"><b>%s</b><i>%s</i><p>Mooi stuk, maar het schip was al oud toen het kwam, zei mijn vader.</p></div></div>`, s.title(n), s.date(s.day(n)), s.author(n), s.date(s.day(n+1)))
		}, nil, true},
		{"one author", func(s *invented, n int) string {
			return titled(s, n) + `<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Person","name":"Wietske Dommers"}}</script>`
		}, func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="k"><i>Wietske Dommers</i> <i>%s</i></div>§<p class="z"><b>%s</b></p></div>`, s.title(n), s.date(s.day(n)), section(n))
		}, []string{"Wietske Dommers"}, true},
		{"clock", titled, func(s *invented, n int) string {
			return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="date">%s</div>§</div>`, s.title(n), s.date(clock))
		}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := base
			s.head, s.page = c.head, c.page
			forEachPage(t, &s, func(n int, e Extraction) {
				want := ""
				if c.date {
					want = s.day(n).Format(time.DateOnly)
				}
				if !slices.Equal(e.Story.Authors, c.authors) || e.Story.Date != want {
					t.Errorf("page %d: authors %q, date %q; alone %q, %q", n, e.Story.Authors, e.Story.Date, e.Alone.Authors, e.Alone.Date)
				}
			})
		})
	}
}

// Where pages by themselves show who wrote some stories, names in another place, such as
// those of the people that the stories are about, are no byline.
func TestMetadataBySiteKeepsToTheBylinesThatAreKnown(t *testing.T) {
	s := *inventedSites[5]
	s.head = titled
	about := []string{"Sjoerd Halbertsma", "Rixt Wiarda", "Douwe Abbema", "Fenna Oldersma"}
	s.page = func(s *invented, n int) string {
		byline := ""
		if n%3 == 0 {
			byline = fmt.Sprintf(`<p class="byline"><b>%s</b></p>`, s.author(n))
		}
		return fmt.Sprintf(`<div class="w"><h1>%s</h1><div class="q7"><em>%s</em></div>§%s<p class="d2">%s</p></div>`, s.title(n), about[n*3%4], byline, s.date(s.day(n)))
	}
	forEachPage(t, &s, func(n int, e Extraction) {
		var want []string
		if n%3 == 0 {
			want = []string{s.author(n)}
		}
		if !slices.Equal(e.Story.Authors, want) {
			t.Errorf("page %d: authors %q, want %q; alone %q", n, e.Story.Authors, want, e.Alone.Authors)
		}
	})
}

// The profile says which elements have the metadata, and each fact that it gives has a reason.
func TestMetadataBySiteIsExplained(t *testing.T) {
	x, s := New(Options{}), inventedSites[3]
	var pages []*news.Page
	for n := range sitePages {
		pages = append(pages, s.news(n))
	}
	profile := profileOf(t, x, pages)
	e, err := x.ExtractFrom(context.Background(), pages[1], profile)
	if err != nil {
		t.Fatal(err)
	}
	want := []Fact{
		{"authors", s.author(1), "in the element with the byline of 24 of 24 stories of this site"},
		{"date", "2024-03-05", "in the element with the date of 24 of 24 stories of this site"},
	}
	if !slices.Equal(e.Facts, want) {
		t.Errorf("facts %+v, want %+v", e.Facts, want)
	}
	d := profile.Describe()
	if err := x.Illustrate(context.Background(), pages[1], d); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range d.Metadata {
		got = append(got, fmt.Sprintf("%s: %s on %d: %s", m.Kind, m.Name, m.Pages, m.Examples))
	}
	elements := []string{
		"headline: div.w > h1 on 24: [" + s.title(1) + "]",
		"byline: div.sig > u on 24: [" + s.author(1) + "]",
		"date: div.d* > s on 24: [05/03/2024]",
	}
	if !slices.Equal(got, elements) {
		t.Errorf("elements %q, want %q", got, elements)
	}
}
