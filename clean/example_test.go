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
	// cut "Quay Post": leads around the site
	// cut "Rope, half price.": an advertisement
	// cut "Harbour reopens": the headline again
}
