package blockmodel_test

import (
	"context"
	"fmt"
	"strings"

	"winnow/clean"
	"winnow/clean/blockmodel"
	"winnow/news"
)

// A model judges the blocks that the rules on elements leave. The headline is not
// part of the text.
func ExampleModel_Score() {
	page := &news.Page{URL: "https://quay.example/a", Body: []byte(`<title>Anchor found</title><h1>Anchor found</h1>
<div class="text"><p>The tug found the anchor after three days, said the harbour master, who had not slept much since Monday.</p>
<p>It lay forty metres down, between two wrecks, and came up without its chain, which the divers will look for tomorrow.</p></div>
<div class="box"><p>All about ships</p></div>`)}
	blocks, err := clean.New(clean.Options{}).Sightings(context.Background(), page)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := blockmodel.Shipped()
	for _, b := range blocks {
		model.Lexicon.Mark(&b.Features, &b.Words)
		fmt.Println(strings.Fields(b.Block.Text)[0], model.Score(&b.Features) >= model.Origin.Keep)
	}
	percent, against := model.Explain(&blocks[len(blocks)-1].Features, 2)
	fmt.Println(percent < 50, len(against))
	// Output:
	// Anchor false
	// The true
	// It true
	// All false
	// true 2
}
