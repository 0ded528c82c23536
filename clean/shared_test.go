package clean

import (
	"testing"

	"winnow/clean/blockmodel"
)

// Two paragraphs of a story.
const (
	bridgeOne = "The brigade moved its bridging company to the river on Monday, and the first trucks crossed before noon, the district said."
	bridgeTwo = "Colonel Hester Vane told reporters that the bridge at Lower Karrow would stay until the water falls, which may take the whole of April."
)

// oneQuestion returns a model that asks for one feature of a block.
func oneQuestion(t testing.TB, asked, threshold uint8, left, right int16) *blockmodel.Model {
	t.Helper()
	m, err := blockmodel.New(blockmodel.Origin{}, blockmodel.Lexicon{}, [][]blockmodel.Node{{
		{Feature: asked, Threshold: threshold, Left: 1, Right: 2, Points: (left + right) / 2},
		{Feature: blockmodel.Leaf, Points: left}, {Feature: blockmodel.Leaf, Points: right},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
