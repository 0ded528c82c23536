// Package boilerplate recognizes the recurring text of a site: what a publisher
// sets into all of its stories and no rule knows, such as who it is, how to
// subscribe, and what else it offers. One page does not show it; several stories
// of a site together do.
//
// [Lines] returns the lines of a story that could be boilerplate, with keys of
// their words, their position and the site. Whoever keeps stories keeps, for each
// key, which stories have it. [Recurs] reports whether the line of stories that
// share a key is boilerplate. [Set], the keys of all such lines, decides what is
// cut from a story. All of it is based on the stories as they were read from their
// pages, boilerplate included: the outcome is a function of the set of stories,
// and depends neither on what was cut before nor on the order of arrival.
//
// What keeps a story's own words from being taken for boilerplate:
//
//   - A line counts, and is cut, at one position: so many blocks from the first or
//     from the last, one more or less. That is where templates put their lines; a
//     sentence that other stories end with is anywhere in the story it is from.
//   - Of a long paragraph, and of every sentence in the second half, the sentences
//     between it and that end of the story must be the same too: boilerplate is
//     followed by nothing but boilerplate. The background that every follow-up
//     repeats is followed by the rest of each story.
//   - There must be [MinStories] different stories. Those whose longest paragraph
//     is the same, numbers apart, count as one: print versions, moved pages, the
//     days of a series written from one form.
//   - A line is the story's own if the rest of the story has its names and numbers
//     as well (own.go).
//   - A heading, and a line that ends in a colon, stay with what follows them.
//   - Boilerplate is the smaller part of a story. Where it would not be, nothing is
//     cut.
//
// line.go has the positions and the keys of lines.
package boilerplate

import (
	"slices"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// MinStories is how many different stories of a site must have a line for it to be
// boilerplate.
const MinStories = 3

// SampleSize is how many of the stories that share a line [Recurs] should get;
// more are not needed to find [MinStories] different ones.
const SampleSize = 64

// Line is a line of a story that could be boilerplate.
type Line struct {
	Block int      // index into Story.Blocks
	Keys  []uint64 // one or two hashes of its site, its position and its words, the same in every process
}

// Lines returns the lines of a story that could be boilerplate, in the order of
// its blocks. There are at most 21.
func Lines(story *news.Story) []Line {
	z, k := zonesOf(story.Blocks), newKeyMaker(story)
	var candidates []int
	for i := range story.Blocks {
		if z.isCandidate(i, &story.Blocks[i], k.words[i]) {
			candidates = append(candidates, i)
		}
	}
	var lines []Line
	own, middle := ownLines(story, z, candidates), 0
	for c, i := range candidates {
		if own[c] || k.form(i).letters < minLetters {
			continue
		}
		if z.inMiddle(i) {
			if middle++; middle > maxMiddle {
				continue
			}
		}
		lines = append(lines, Line{Block: i, Keys: k.keys(i)})
	}
	return lines
}

// Recurs reports whether a line is boilerplate. having are stories of one site
// that have its key, each as it was read from its page. More stories never change
// true to false.
func Recurs(key uint64, having []*news.Story) bool {
	bodies := map[string]bool{}
	for _, story := range having {
		for _, line := range Lines(story) {
			if slices.Contains(line.Keys, key) {
				bodies[bodyOf(story, line.Block)] = true
			}
		}
		if len(bodies) >= MinStories {
			return true
		}
	}
	return false
}

// bodyOf returns what two copies of a story have in common, whatever is around
// them: the longest block between head and tail, else the longest of all, without
// digits and apart from a line. For a story with no other line it is the title.
func bodyOf(story *news.Story, line int) string {
	z := zonesOf(story.Blocks)
	longest, inMiddle, without := "", false, formOf(&story.Blocks[line], letters.CountWords(story.Blocks[line].Text))
	for i := range story.Blocks {
		b := &story.Blocks[i]
		form := dropDigits(letters.Key(b.Text))
		better := z.inMiddle(i) && !inMiddle || z.inMiddle(i) == inMiddle && len(form) > len(longest)
		if !better || form == "" || formOf(b, letters.CountWords(b.Text)) == without {
			continue
		}
		longest, inMiddle = form, z.inMiddle(i)
	}
	if longest == "" {
		return letters.Key(story.Title)
	}
	return longest
}

// Set has the keys of the lines that are boilerplate.
type Set map[uint64]bool

// Blocks returns the indexes into Story.Blocks of the boilerplate of a story,
// ascending. The story must be as it was read from its page.
func (s Set) Blocks(story *news.Story) []int {
	if len(s) == 0 {
		return nil
	}
	var blocks []int
	for _, line := range Lines(story) {
		if slices.ContainsFunc(line.Keys, func(key uint64) bool { return s[key] }) {
			blocks = append(blocks, line.Block)
		}
	}
	blocks = withoutIntroductions(story.Blocks, blocks)
	all, cut := 0, 0
	for i := range story.Blocks {
		all += letters.CountWords(story.Blocks[i].Text)
	}
	for _, i := range blocks {
		cut += letters.CountWords(story.Blocks[i].Text)
	}
	if 2*cut >= all {
		return nil
	}
	return blocks
}

// withoutIntroductions leaves out headings, and lines that end in a colon, where
// the block after them is not boilerplate.
func withoutIntroductions(all []news.Block, blocks []int) []int {
	cut := make(map[int]bool, len(blocks))
	for _, i := range blocks {
		cut[i] = true
	}
	for _, i := range slices.Backward(blocks) {
		if introduces(&all[i]) && i+1 < len(all) && !cut[i+1] {
			delete(cut, i)
		}
	}
	return slices.DeleteFunc(blocks, func(i int) bool { return !cut[i] })
}

// Cut returns a story without its boilerplate, which is in its Removals. The story
// must be as it was read from its page, and is not changed.
func (s Set) Cut(story *news.Story) news.Story { return story.WithoutBoilerplate(s.Blocks(story)) }
