package training

import (
	"math"
	"strings"
	"unicode"

	"winnow/clean"
	"winnow/clean/blockmodel"
)

const shingle = 4 // words

// tokens are the runs of letters, digits and _.
func tokens(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
}

// example is a block with what it should be.
type example struct {
	blockmodel.Features
	words  blockmodel.Words
	story  float32 // share of it that is story, 0 to 1
	weight float32
}

// label makes examples of a page's blocks. A page with its whole text weighs 1,
// shared out by length; of a page with segments only the blocks that hold one
// are examples.
func label(t *Truth, blocks []clean.Sighting) []example {
	if t.Text != "" {
		return labelByText(t, blocks)
	}
	return labelBySegments(t, blocks)
}

// segmentWeight is what a block with a segment weighs; pages have up to six.
const segmentWeight = 0.2

func labelBySegments(t *Truth, blocks []clean.Sighting) []example {
	var out []example
	must, mustNot := spacedAll(t.Must), spacedAll(t.MustNot)
	for i := range blocks {
		text := spaced(blocks[i].Block.Text)
		yes, no := holdsAny(text, must), holdsAny(text, mustNot)
		if yes == no {
			continue
		}
		e := example{Features: blocks[i].Features, words: blocks[i].Words, weight: segmentWeight}
		if yes {
			e.story = 1
		}
		out = append(out, e)
	}
	return out
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

func spacedAll(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = spaced(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func holdsAny(text string, segments []string) bool {
	for _, s := range segments {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

func labelByText(t *Truth, blocks []clean.Sighting) []example {
	truth := tokens(t.Text)
	grams := map[string]bool{}
	for n := 1; n <= shingle; n++ {
		for i := 0; i+n <= len(truth); i++ {
			grams[strings.Join(truth[i:i+n], " ")] = true
		}
	}
	lines := map[string]bool{}
	for line := range strings.Lines(t.Text) {
		lines[strings.Join(tokens(line), " ")] = true
	}
	out := make([]example, 0, len(blocks))
	sum := 0.0
	for i := range blocks {
		words := tokens(blocks[i].Block.Text)
		if len(words) == 0 {
			continue
		}
		e := example{Features: blocks[i].Features, words: blocks[i].Words, weight: float32(math.Sqrt(float64(len(words))))}
		if len(words) < shingle {
			e.story = 0
			if lines[strings.Join(words, " ")] {
				e.story = 1
			}
		} else {
			hit := 0
			for k := 0; k+shingle <= len(words); k++ {
				if grams[strings.Join(words[k:k+shingle], " ")] {
					hit++
				}
			}
			e.story = float32(hit) / float32(len(words)-shingle+1)
		}
		sum += float64(e.weight)
		out = append(out, e)
	}
	for i := range out {
		out[i].weight /= float32(sum)
	}
	return out
}
