package siterules_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"winnow/clean"
	"winnow/clean/siterules"
	"winnow/news"
)

// Rules for a single site go before the general way. They are read from a folder
// of files named after hosts.
func ExampleLoad() {
	rules, mistakes, err := siterules.Load(fstest.MapFS{
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
		if r.Rule == siterules.StripRule {
			fmt.Printf("%s: %s\n", r.Why, r.Text)
		}
	}
	// Output:
	// quay.example.txt, line 3 is passed over
	// The tug found the anchor after three days.
	// the site's rules cut it: quay.example.txt:2: High water: 4.12 pm
}
