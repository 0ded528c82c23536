package clean_test

import (
	"context"
	"fmt"

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
	// cut "Quay Post": site navigation
	// cut "Rope, half price.": an advertisement
	// cut "Harbour reopens": repeats the headline
}

// An article on several pages is extracted page by page; NextPage leads from one
// to the next. What is on each of them comes once.
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
	// mostly_quotes: 90 % of its letters are in quotes
	// short: 27 of 100 words
}
