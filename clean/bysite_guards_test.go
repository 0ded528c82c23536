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
		var boxes, lines strings.Builder
		for k := range 8 {
			at := (n*3 + k) % 13
			lead, _ := millStory(at)
			fmt.Fprintf(&boxes, `<div class="t"><a href="/sak/%d">%s</a><p>%s</p></div>`, at, millTitle(at), lead)
			fmt.Fprintf(&lines, `<a href="/sak/%d">%s</a> <small>%d. mars 2026</small><br>%s<br><br>`, at, millTitle(at), at+1, lead)
		}
		lists = append(lists, millPage(fmt.Sprint("/arkiv/", n), "Arkiv for "+millWords[n], boxes.String()))
		if n < 3 {
			lists = append(lists, millPage(fmt.Sprint("/emne/", n), "Alt om side "+millWords[n], lines.String()))
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
