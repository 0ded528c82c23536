package textprofile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The stories of an invented paper. Each has its own sentences.
var sentences = []string{
	"The yard at Lower Karrow has launched the second of six minehunters.",
	"A storm kept the ferry to the northern islands in port until Friday.",
	"Divers found the anchor of the training ship in the mud of the estuary.",
	"The brigade will send its oldest howitzers to a museum near the coast.",
	"Engineers blew up a bridge that no map had shown for forty years.",
	"The committee wants to know who ordered eleven thousand left boots.",
	"Two radar posts on the ridge were closed after the fire in the valley.",
	"The harbour master said that the channel is too shallow for the tender.",
	"A tank transporter lost its load on the ring road before the parade.",
	"The minister opened a workshop in which reservists mend old radios.",
}

// source returns the texts of a source: head, story, and boxes that recur.
func source(n int) [][]string {
	var texts [][]string
	for i := range n {
		story := sentences[i%len(sentences)]
		text := []string{
			"Karrow Tribune", "Sea Land Air",
			headline(i), "By " + []string{"Ann Lee", "Ole Dahl", "Mia Sand"}[i%3],
			fmt.Sprintf("%d June 2025, 0%d:15", 1+i%20, i%10),
			fmt.Sprintf("%d min read", 2+i%7),
			story,
			fmt.Sprintf("Officials counted %d crates at the quay, and sent the rest to the depot in %s.", 11+i, []string{"Velsund", "Hessel"}[i%2]),
		}
		if i%3 == 0 {
			text = append(text, "Our letter goes out before the bakers rise, with five lines and one map.")
		}
		text = append(text,
			fmt.Sprintf("Nobody was hurt, said the spokesman of the %d. flotilla in the evening.", 3+i),
			"Pass it on: mail, post, pigeon", "You might have missed",
			headline((i+1)%n)+" 02.06 11:40", headline((i+2)%n)+" 03.06 09:10",
			"© The Tribune. Printing more than forty words needs a letter from us.")
		texts = append(texts, text)
	}
	return texts
}

func headline(i int) string {
	return []string{"Yard", "Storm", "Divers", "Brigade", "Bridge", "Boots", "Radar", "Harbour", "Tank", "Minister"}[i%10] + " story makes headline " + strings.Repeat("again ", i/10) + "today"
}

func textOf(lines []string) *Text {
	return &Text{Lines: lines, Rules: make([]string, len(lines)), Language: "en"}
}

func profileOf(texts [][]string) *Profile {
	var s Sample
	for _, lines := range texts {
		s.Add(NewSketch(textOf(lines)))
	}
	return s.Profile()
}

// kept returns the lines that stay.
func kept(p *Profile, lines []string) (out []string) {
	t := textOf(lines)
	j := p.Judge(t, NewSketch(t))
	for i, d := range j.Lines {
		if d.Keep && i != j.Title {
			out = append(out, lines[i])
		}
	}
	return out
}

func TestWhatTheTextsOfASourceShare(t *testing.T) {
	texts := source(12)
	p := profileOf(texts)
	for i, lines := range texts {
		x := textOf(lines)
		j := p.Judge(x, NewSketch(x))
		story := slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
			return !strings.HasPrefix(l, "Officials") && !strings.HasPrefix(l, "Nobody") && l != sentences[i%len(sentences)]
		})
		if got := kept(p, lines); !slices.Equal(got, story) {
			t.Errorf("text %d: kept %q, want %q", i, got, story)
		}
		if j.Title != 2 || j.Date != 4 || !slices.Equal(j.Authors, []string{lines[3][3:]}) {
			t.Errorf("text %d: title %d, date %d, authors %q", i, j.Title, j.Date, j.Authors)
		}
	}
}

func TestReasonsNameTheCount(t *testing.T) {
	texts := source(12)
	x := textOf(texts[0])
	j := profileOf(texts).Judge(x, NewSketch(x))
	if why := j.Lines[0].Why; why != "is in 12 of 12 texts of this source" {
		t.Errorf("the name of the paper: %q", why)
	}
	if why := j.Lines[5].Why; why != "is in 12 of 12 texts of this source, with other numbers" {
		t.Errorf("the reading time: %q", why)
	}
}

func TestATextThatIsNotInTheSample(t *testing.T) {
	texts := source(12)
	p := profileOf(texts[:11])
	if got, want := kept(p, texts[11]), kept(profileOf(texts), texts[11]); !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	texts := source(30)
	x := textOf(texts[3])
	want := fmt.Sprintf("%+v", profileOf(texts).Judge(x, NewSketch(x)))
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		r.Shuffle(len(texts), func(a, b int) { texts[a], texts[b] = texts[b], texts[a] })
		if got := fmt.Sprintf("%+v", profileOf(texts).Judge(x, NewSketch(x))); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

func TestOneTextSaysNothing(t *testing.T) {
	x := textOf(source(1)[0])
	if j := profileOf(source(1)).Judge(x, NewSketch(x)); j != nil {
		t.Errorf("judged by itself: %+v", j)
	}
	if j := (*Profile)(nil).Judge(x, NewSketch(x)); j != nil {
		t.Errorf("judged by nothing: %+v", j)
	}
}

func TestCopiesOfATextDoNotCutEachOther(t *testing.T) {
	story := source(1)[0]
	again := append(slices.Clone(story), "Printed on Sunday")
	if got := kept(profileOf(append(source(6), again)), story); len(got) < 3 {
		t.Errorf("a copy cut the story: %q is left", got)
	}
}

func TestTheStorysOwnBackgroundStays(t *testing.T) {
	texts := source(20)
	background := []string{
		"The contract was signed in March after eleven months of talks with the yard.",
		"It covers four ships, a dock, and the training of two hundred sailors.",
	}
	for i := range 4 { // a series
		texts[i] = slices.Insert(texts[i], 7, background...)
	}
	got := kept(profileOf(texts), texts[0])
	for _, line := range background {
		if !slices.Contains(got, line) {
			t.Errorf("%q is gone: %q", line, got)
		}
	}
}

// A text of many lines, of which each is in other texts too, takes no time that grows
// with the square of its length.
func TestLongTexts(t *testing.T) {
	long := func(seed uint64) (lines []string) {
		r := rand.New(rand.NewPCG(seed, 3))
		for i := range MaxLines {
			lines = append(lines, fmt.Sprintf("%s Line %d of the list that three texts have, %d.", sentences[r.IntN(len(sentences))], i, r.IntN(3)))
		}
		return lines
	}
	texts := [][]string{long(1), long(2), long(3), long(4)}
	p := profileOf(texts)
	start := time.Now()
	kept(p, texts[0])
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
	x := textOf(append(texts[0], "one more"))
	if j := p.Judge(x, NewSketch(x)); j != nil {
		t.Error("a text of too many lines was judged")
	}
}

func FuzzJudge(f *testing.F) {
	for _, lines := range source(4) {
		f.Add(strings.Join(lines, "\n"), "A story\nwith lines\n1 June 2025")
	}
	f.Add("→\n…\n\n:", "：\n读者\n१२ जून 2025 ।")
	base := source(5)
	f.Fuzz(func(t *testing.T, one, other string) {
		texts := append(slices.Clone(base), strings.Split(one, "\n"), strings.Split(other, "\n"))
		p := profileOf(texts)
		for _, lines := range texts[len(base):] {
			x := textOf(lines)
			j := p.Judge(x, NewSketch(x))
			if len(j.Lines) != len(lines) || j.Title >= len(lines) || j.Date >= len(lines) {
				t.Fatalf("%d lines, judged %d, title %d, date %d", len(lines), len(j.Lines), j.Title, j.Date)
			}
			for i, d := range j.Lines {
				at := 0
				for _, r := range d.Inner {
					if r.From < at || r.To <= r.From || r.To > len(lines[i]) {
						t.Fatalf("ranges %v of %q", d.Inner, lines[i])
					}
					at = r.To
				}
			}
		}
	})
}
