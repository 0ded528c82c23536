package clean

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"winnow/news"
)

// The words of an invented Norwegian site: its creed is the end of each story, and the
// subject of one.
const (
	creed      = "Avisen trykkes i en nedlagt kornmølle, og den som kommer innom med en bit av skroget, får kaffe og en stol ved ovnen."
	creedIndex = 3
)

// millStory returns the first sentence and the rest of a story.
func millStory(n int) (lead string, rest []string) {
	lead = fmt.Sprintf("Havnevakten i Skårvik noterte %d anløp det siste døgnet, og %d av dem ble bedt om papirer over radio.", 40+n*3, n+2)
	for k := range 3 {
		rest = append(rest, fmt.Sprintf("Fartøy nummer %d i %s rekke ble liggende ved kai %d til tauene var tørre, og mannskapet brukte tiden på å male %s luke.",
			n*11+k, millWords[(n+k)%len(millWords)], n+k*7, millWords[(n*5+k)%len(millWords)]))
	}
	return lead, rest
}

var millWords = []string{"første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende", "tiende", "ellevte", "tolvte", "trettende"}

func millTitle(n int) string {
	return fmt.Sprintf("Sundvakten melder om %s døgn på rad", millWords[n%13])
}

func millPage(path, title, text string) *news.Page {
	return &news.Page{URL: "https://molla.example" + path, Body: []byte(fmt.Sprintf(
		`<html lang="no"><head><title>%s</title></head><body><table><tr><td class="v"><a href="/">Hjem</a><a href="/emne/0">Sundet</a><a href="/emne/1">Kaiene</a><p>Mølla avis kommer ut når det er noe å melde, og ellers ikke.</p><p>Tips leveres i postkassen ved porten.</p></td><td class="h"><h1>%s</h1>%s</td></tr></table></body></html>`, title, title, text))}
}

// millList returns a list of the beginnings of eight stories, in boxes or in lines.
func millList(path, title string, n int, boxed bool) *news.Page {
	var b strings.Builder
	for k := range 8 {
		at := (n*3 + k) % 13
		lead, _ := millStory(at)
		if boxed {
			fmt.Fprintf(&b, `<div class="t"><a href="/sak/%d">%s</a><p>%s</p></div>`, at, millTitle(at), lead)
		} else {
			fmt.Fprintf(&b, `<a href="/sak/%d">%s</a> <small>%d. mars 2026</small><br>%s<br><br>`, at, millTitle(at), at+1, lead)
		}
	}
	return millPage(path, title, b.String())
}

// millPages are 13 stories, one of which explains the creed of the others, and lists
// with the first sentences of eight stories each, of two forms.
func millPages() (stories, lists []*news.Page) {
	for n := range 13 {
		lead, rest := millStory(n)
		text := "<p>" + lead + "</p><p>" + strings.Join(rest, "</p><p>") + "</p>"
		if n == creedIndex {
			text = "<p>" + lead + "</p><p>" + creed + "</p><p>" + strings.Join(rest, "</p><p>") + "</p>"
		} else {
			text += "<p>" + creed + "</p>"
		}
		stories = append(stories, millPage(fmt.Sprint("/sak/", n), millTitle(n), text))
	}
	for n := range 8 {
		lists = append(lists, millList(fmt.Sprint("/arkiv/", n), "Arkiv for "+millWords[n], n, true))
		if n < 3 {
			lists = append(lists, millList(fmt.Sprint("/emne/", n), "Alt om side "+millWords[n], n, false))
		}
	}
	return stories, lists
}

// What lists print of a story is the story's, and a list of beginnings is none. What
// stands at the end of all stories is not theirs, but that of the one that tells of it.
func TestWhatASiteQuotesOfItsStories(t *testing.T) {
	x := New(Options{})
	stories, lists := millPages()
	profile := profileOf(t, x, append(append([]*news.Page{}, stories...), lists...))
	for n, p := range stories {
		e, err := x.ExtractFrom(context.Background(), p, profile)
		if err != nil {
			t.Fatal(err)
		}
		lead, rest := millStory(n)
		want := append([]string{lead}, rest...)
		if n == creedIndex {
			want = append([]string{lead, creed}, rest...)
		}
		if e.Story.Kind != news.KindStory || e.Story.Text() != strings.Join(want, "\n\n") {
			t.Errorf("%s is %s (%s), with the text\n%s", p.URL, e.Story.Kind, e.Story.KindWhy, e.Story.Text())
		}
	}
	for _, p := range lists {
		e, err := x.ExtractFrom(context.Background(), p, profile)
		if err != nil || e.Story.Kind != news.KindSection {
			t.Errorf("%s is %s (alone %s), %v", p.URL, e.Story.Kind, e.Alone.Kind, err)
		}
	}
}

// On a host with more lists than stories, what recurs in the stories is the site's all the
// same: the shares are those of the stories.
func TestMoreListsThanStories(t *testing.T) {
	x := New(Options{})
	stories, lists := millPages()
	for n := 8; n < 40; n++ {
		lists = append(lists, millList(fmt.Sprint("/arkiv/", n), fmt.Sprint("Arkiv, side ", n), n, n%2 == 0))
	}
	profile := profileOf(t, x, append(append([]*news.Page{}, stories...), lists...))
	if d := profile.Describe(); d.Stories > len(stories) {
		t.Errorf("%d of %d pages have a story, not %d", d.Stories, d.Pages, len(stories))
	}
	for n, p := range stories {
		e, err := x.ExtractFrom(context.Background(), p, profile)
		if err != nil || e.Story.Kind != news.KindStory || strings.Contains(e.Story.Text(), creed) != (n == creedIndex) {
			t.Errorf("%s is %s (%s), with the text\n%s, %v", p.URL, e.Story.Kind, e.Story.KindWhy, e.Story.Text(), err)
		}
	}
}

// The words of an invented Basque site: a column opens with the same words every week, and
// market reports have the same table every day with other figures.
const columnOpening = "Ostiralero, dorreko leihotik, portura begira jartzen gara eta astean ikusi ez duguna kontatzen dugu."

var dorreWords = []string{"lehen", "bigarren", "hirugarren", "laugarren", "bosgarren", "seigarren", "zazpigarren", "zortzigarren", "bederatzigarren", "hamargarren", "hamaikagarren"}

func dorrePage(n int, within string) *news.Page {
	title := fmt.Sprintf("Portuko %s astea, %d. oharra", dorreWords[n%11], n)
	var b strings.Builder
	for k := range 3 {
		fmt.Fprintf(&b, `<p>Untzi zaharrek %d upel ekarri zituzten %s kaira, eta %d langilek %s biltegira eraman zituzten euria hasi baino lehen.</p>`, n*13+k, dorreWords[(n+k)%11], n+k*5+3, dorreWords[(n*3+k*7)%11])
		if k == 0 {
			b.WriteString(within)
		}
	}
	return &news.Page{URL: fmt.Sprint("https://dorrea.example/o/", n), Body: []byte(fmt.Sprintf(
		`<html lang="eu"><head><title>%[1]s</title></head><body><div class="goi"><a href="/">Dorrea</a></div><div class="g1"><h1>%[1]s</h1><div class="g2">%[2]s</div></div><div class="behe"><p>Dorrea astero argitaratzen da, haizea alde denean.</p></div></body></html>`, title, b.String()))}
}

// The standing opening of a series is its text, although a quarter of the stories have it.
func TestSeriesKeepTheirOpening(t *testing.T) {
	x := New(Options{})
	var pages []*news.Page
	for n := range 28 {
		p := dorrePage(n, "")
		if n%4 == 0 {
			p.Body = []byte(strings.Replace(string(p.Body), `<div class="g2">`, `<div class="g2"><p>`+columnOpening+`</p>`, 1))
		}
		pages = append(pages, p)
	}
	profile := profileOf(t, x, pages)
	for n, p := range pages {
		e, err := x.ExtractFrom(context.Background(), p, profile)
		if err != nil || strings.HasPrefix(e.Story.Text(), columnOpening) != (n%4 == 0) || strings.Count(e.Story.Text(), "Untzi zaharrek") != 3 {
			t.Errorf("%s: %v\n%s", p.URL, err, e.Story.Text())
		}
	}
}

// A table with the same head and labels on all pages and other figures is the story's,
// however it is made.
func TestTablesWithTheSameLabels(t *testing.T) {
	labels := []string{"Garia, tona", "Gatza, upela", "Burdina, kintala", "Haria, mataza"}
	for _, made := range []struct{ name, table, row string }{
		{"table with a head", `<table class="p"><tr><th>Gaia</th><th>Gaur</th><th>Atzo</th></tr>%s</table>`, `<tr><td>%s</td><td>%d</td><td>%d</td></tr>`},
		{"table with a body", `<div class="w"><table><tbody><tr><td><b>Gaia</b></td><td>Gaur</td><td>Atzo</td></tr>%s</tbody></table></div>`, `<tr><td><b>%s</b></td><td>%d</td><td>%d</td></tr>`},
	} {
		t.Run(made.name, func(t *testing.T) {
			x := New(Options{})
			var pages []*news.Page
			for n := range 24 {
				var rows strings.Builder
				for k, label := range labels {
					fmt.Fprintf(&rows, made.row, label, 100+n*7+k*31, 90+n*7+k*31)
				}
				pages = append(pages, dorrePage(n, fmt.Sprintf(made.table, rows.String())))
			}
			profile := profileOf(t, x, pages)
			for n, p := range pages {
				e, err := x.ExtractFrom(context.Background(), p, profile)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(e.Story.Text(), "Gaia") {
					t.Errorf("%s has no head of the table:\n%s\n%v", p.URL, e.Story.Text(), e.Story.Removals)
				}
				for k, label := range labels {
					if text := e.Story.Text(); !strings.Contains(text, label) || !strings.Contains(text, fmt.Sprint(100+n*7+k*31)) {
						t.Fatalf("%s has no %s:\n%s\n%v", p.URL, label, text, e.Story.Removals)
					}
				}
			}
		})
	}
}
