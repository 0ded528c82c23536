// Package weights holds the data that the dedupe stage ships. README.md says
// where each file comes from and how to make it again.
package weights

import _ "embed"

var (
	// Stopwords are the words that every story has, one language a line.
	//go:embed stopwords.txt
	Stopwords string
	// Numerals are the numbers in words, one language a line: the value, then
	// the words for it.
	//go:embed numerals.txt
	Numerals string
	// Roundups are phrases from the titles of roundups, one language a line.
	//go:embed roundups.txt
	Roundups string
	// Phrases are pairs of content words that are commonplace in the news, in
	// the format of package text, phrases.go.
	//go:embed phrases.bin
	Phrases []byte
)
