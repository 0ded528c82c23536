package training

import (
	"math"
	"strings"
	"unicode"

	"winnow/clean"
	"winnow/clean/blockmodel"
)

// example is a block with its label.
type example struct {
	features blockmodel.Features
	words    blockmodel.Words
	story    float32 // the label: how much of the block is story, 0 to 1
	weight   float32
}

// labelBlocks returns the blocks of a page as examples. Those of a page whose
// whole text is known weigh 1 together, the longer ones more; of a page with
// segments only the blocks with a segment are examples.
func labelBlocks(t *Truth, blocks []clean.Sighting) []example {
	if t.Text != "" {
		return labelByText(t, blocks)
	}
	return labelBySegments(t, blocks)
}

// shingle is the number of words of the runs that texts are compared by.
const shingle = 4

// tokens returns the runs of letters, digits and underscores.
func tokens(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
}

// labelByText labels a block by the share of its shingles that are in the known
// text. A block with fewer words is story when it is a line of the text.
func labelByText(t *Truth, blocks []clean.Sighting) []example {
	truth := tokens(t.Text)
	shingles := map[string]bool{}
	for i := 0; i+shingle <= len(truth); i++ {
		shingles[strings.Join(truth[i:i+shingle], " ")] = true
	}
	lines := map[string]bool{}
	for line := range strings.Lines(t.Text) {
		lines[strings.Join(tokens(line), " ")] = true
	}
	examples := make([]example, 0, len(blocks))
	sum := 0.0
	for i := range blocks {
		words := tokens(blocks[i].Block.Text)
		if len(words) == 0 {
			continue
		}
		e := example{features: blocks[i].Features, words: blocks[i].Words, weight: float32(math.Sqrt(float64(len(words))))}
		if len(words) < shingle {
			if lines[strings.Join(words, " ")] {
				e.story = 1
			}
		} else {
			known := 0
			for k := 0; k+shingle <= len(words); k++ {
				if shingles[strings.Join(words[k:k+shingle], " ")] {
					known++
				}
			}
			e.story = float32(known) / float32(len(words)-shingle+1)
		}
		sum += float64(e.weight)
		examples = append(examples, e)
	}
	for i := range examples {
		examples[i].weight /= float32(sum)
	}
	return examples
}

// segmentWeight is the weight of a block with a segment. Pages have up to six.
const segmentWeight = 0.2

// labelBySegments labels the blocks with a segment that must be in the text as
// story and those with one that must not as the contrary. Blocks with both are no
// examples.
func labelBySegments(t *Truth, blocks []clean.Sighting) []example {
	var examples []example
	must, mustNot := normalizeAll(t.Must), normalizeAll(t.MustNot)
	for i := range blocks {
		text := normalizeSpace(blocks[i].Block.Text)
		yes, no := containsAny(text, must), containsAny(text, mustNot)
		if yes == no {
			continue
		}
		e := example{features: blocks[i].Features, words: blocks[i].Words, weight: segmentWeight}
		if yes {
			e.story = 1
		}
		examples = append(examples, e)
	}
	return examples
}

// normalizeSpace returns a text with single spaces between its words.
func normalizeSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

func normalizeAll(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = normalizeSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func containsAny(text string, segments []string) bool {
	for _, s := range segments {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
