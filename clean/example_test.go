package clean_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"winnow/clean"
	"winnow/news"
)

const examplePage = `<html lang="en"><head><title>Harbour reopens | Quay Post</title></head><body>
<nav><a href="/">Quay Post</a></nav>
<article><h1>Harbour reopens</h1>
<p>The harbour of Sund reopened on Friday after three days in which divers looked for an anchor that a tug had lost in the storm.</p>
<div class="ad-slot"><p>Rope, half price.</p></div>
<p>They found two. The second one is older than the harbour itself, and the museum has asked for it.</p>
</article></body></html>`

func ExampleExtractor_Extract() {
	x := clean.New(clean.Options{MinWords: 20})
	story, err := x.Extract(context.Background(), &news.Page{
		URL:  "https://quay.example/2025/06/harbour-reopens",
		Body: []byte(examplePage),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(story.Kind, "|", story.Title)
	fmt.Println(story.Text())
	for _, r := range story.Removals {
		fmt.Printf("cut %q: %s\n", r.Text, r.Why)
	}
	// Output:
	// story | Harbour reopens
	// The harbour of Sund reopened on Friday after three days in which divers looked for an anchor that a tug had lost in the storm.
	//
	// They found two. The second one is older than the harbour itself, and the museum has asked for it.
	// cut "Quay Post": leads around the site
	// cut "Rope, half price.": an advertisement
	// cut "Harbour reopens": the headline again
}

// An article that stands on several pages is extracted page by page; NextPage
// leads from one to the next. What stands on each comes once.
func ExampleExtractor_Join() {
	page := func(next, text string) []byte {
		return []byte(`<html lang="en"><head><title>Six days on the ice</title>` + next + `</head><body><article><h1>Six days on the ice</h1>
<p>Our reporter went along with the last convoy of the winter.</p><p>` + text + `</p></article></body></html>`)
	}
	site := map[string][]byte{ // in place of a crawler
		"https://quay.example/ice": page(`<link rel="next" href="/ice?page=2">`,
			"The convoy left the yard before dawn with eleven lorries, two ploughs and a sauna on a sledge, which the drivers had voted for."),
		"https://quay.example/ice?page=2": page("",
			"On the third day the wolves came close to the lorries, looked at the ploughs for a while and went back to the forest."),
	}
	x := clean.New(clean.Options{MinWords: 20})
	var parts []news.Story
	for at := "https://quay.example/ice"; at != "" && len(parts) < clean.MaxParts; {
		story, err := x.Extract(context.Background(), &news.Page{URL: at, Body: site[at]})
		if err != nil {
			fmt.Println(err)
			return
		}
		parts = append(parts, story)
		at = story.NextPage
	}
	story := x.Join(parts, "")
	fmt.Println(story.Text())
	for _, r := range story.Removals {
		if r.Rule == clean.PartRule {
			fmt.Printf("cut from part %d: %s (%s)\n", r.Part, r.Text, r.Why)
		}
	}
	// Output:
	// Our reporter went along with the last convoy of the winter.
	//
	// The convoy left the yard before dawn with eleven lorries, two ploughs and a sauna on a sledge, which the drivers had voted for.
	//
	// On the third day the wolves came close to the lorries, looked at the ploughs for a while and went back to the forest.
	// cut from part 2: Our reporter went along with the last convoy of the winter. (the article begins with it on its first page)
}

// Rules for a single site go before the general way. They are read from a folder
// of files named after hosts.
func ExampleLoadSiteRules() {
	rules, mistakes, err := clean.LoadSiteRules(fstest.MapFS{
		"quay.example.txt": {Data: []byte("body: //div[@id='left']\nstrip_id_or_class: tide-table\nbodi: //div\n")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range mistakes {
		fmt.Printf("%s, line %d is passed over\n", m.File, m.Line)
	}
	x := clean.New(clean.Options{MinWords: 5, Sites: rules})
	story, err := x.Extract(context.Background(), &news.Page{URL: "https://quay.example/a", Body: []byte(`<html><body>
<div id="right"><p>The museum of ropes is open on Sundays, and the guide speaks three languages when she is in the mood for it.</p></div>
<div id="left"><p>The tug found the anchor after three days.</p><p class="tide-table">High water: 4.12 pm</p></div></body></html>`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(story.Text())
	for _, r := range story.Removals {
		if r.Rule == clean.SiteStripRule {
			fmt.Printf("%s: %s\n", r.Why, r.Text)
		}
	}
	// Output:
	// quay.example.txt, line 3 is passed over
	// The tug found the anchor after three days.
	// the site's rules cut it: quay.example.txt:2: High water: 4.12 pm
}

// Marks say what a text is like; each has its figure.
func ExampleExtractor_Extract_marks() {
	x := clean.New(clean.Options{MinWords: 10})
	story, err := x.Extract(context.Background(), &news.Page{URL: "https://quay.example/b", Body: []byte(`<html lang="en"><head><title>Mayor speaks</title></head><body><article>
<p>“The harbour will stay open through the winter, whatever the ice does, and whoever tells you otherwise has never seen our tugs at work,” the mayor said.</p>
</article></body></html>`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(story.Marks)
	for _, figure := range story.Figures {
		fmt.Println(figure)
	}
	// Output:
	// [mostly_quotes short]
	// mostly_quotes: 90 % of its letters stand in quotes
	// short: 27 of 100 words
}

// House text is told from several stories of a site together.
func ExampleHouse() {
	line := "Letters reach us by the harbour boat, twice a week."
	var stories []*news.Story
	for _, text := range []string{
		"The anchor that divers found on Friday is older than the harbour itself, says the museum of Sund.",
		"Nine sheep crossed the strait on the morning ferry because their owner had missed it.",
		"The lamp of the outer light was changed on Monday, for the first time since the war.",
	} {
		stories = append(stories, &news.Story{Hostname: "quay.example", Blocks: []news.Block{{Kind: news.Paragraph, Text: text}, {Kind: news.Paragraph, Text: line}}})
	}
	having := map[uint64][]*news.Story{}
	for _, s := range stories {
		for _, l := range clean.HouseLines(s) {
			for _, key := range l.Keys {
				having[key] = append(having[key], s)
			}
		}
	}
	house := clean.House{}
	for key, among := range having {
		house[key] = clean.IsHouse(key, among)
	}
	story := house.Cut(stories[1])
	fmt.Println(story.Text())
	fmt.Printf("cut %q: %s\n", story.Removals[0].Text, story.Removals[0].Why)
	// Output:
	// Nine sheep crossed the strait on the morning ferry because their owner had missed it.
	// cut "Letters reach us by the harbour boat, twice a week.": stands in three or more stories of the site: the publisher's own words, not this story's
}
