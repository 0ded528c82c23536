package boilerplate_test

import (
	"fmt"

	"winnow/clean/boilerplate"
	"winnow/news"
)

// Boilerplate is found by comparing several stories of a site.
func Example() {
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
		for _, l := range boilerplate.Lines(s) {
			for _, key := range l.Keys {
				having[key] = append(having[key], s)
			}
		}
	}
	recurring := boilerplate.Set{}
	for key, among := range having {
		recurring[key] = boilerplate.Recurs(key, among)
	}
	story := recurring.Cut(stories[1])
	fmt.Println(story.Text())
	fmt.Printf("cut %q: %s\n", story.Removals[0].Text, story.Removals[0].Why)
	// Output:
	// Nine sheep crossed the strait on the morning ferry because their owner had missed it.
	// cut "Letters reach us by the harbour boat, twice a week.": in three or more stories of the site: the publisher's own text, not this story's
}
