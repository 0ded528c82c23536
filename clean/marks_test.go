package clean

import (
	"context"
	"slices"
	"strings"
	"testing"

	"winnow/news"
)

func paragraphs(lines ...string) []news.Block {
	var blocks []news.Block
	for _, l := range lines {
		blocks = append(blocks, news.Block{Kind: news.Paragraph, Text: l})
	}
	return blocks
}

const said = "the ferry will sail again when the ice is gone and not a day before"

func TestShareOfQuotes(t *testing.T) {
	plain := "The harbour master spoke to the crews on the quay this morning for an hour."
	for _, c := range []struct {
		name   string
		blocks []news.Block
		want   bool
	}{
		{"none", paragraphs(plain, plain), false},
		{"English", paragraphs("He said: “" + said + ".”"), true},
		{"straight", paragraphs(`"` + said + `," he said.`), true},
		{"German", paragraphs("Er sagte: „" + said + "“."), true},
		{"Swedish", paragraphs("Han sade: ”" + said + "”."), true},
		{"Russian", paragraphs("Он сказал: «" + said + "»."), true},
		{"Danish", paragraphs("Han sagde: »" + said + "«."), true},
		{"Chinese", paragraphs("他说：“渡轮要等到冰全部化了以后才能再次启航，一天也不会提前。”"), true},
		{"Japanese", paragraphs("彼は「氷がすべて溶けるまで船は一日も早く出ることはない」と述べた。"), true},
		{"British", paragraphs("‘" + said + "’, the crew’s captain said."), true},
		{"apostrophes", paragraphs("The crews’ boats and the captain’s boat lay at the masters’ quay, and the owners’ men weren’t there."), false},
		{"inches", paragraphs(`The 12" gun and the 14" gun of the old fort stand where they stood when the fort was built on the hill.`), false},
		{"as a block", []news.Block{{Kind: news.Quote, Text: said}, {Kind: news.Paragraph, Text: "So he said."}}, true},
		{"over paragraphs", paragraphs("“"+said+".", "“"+said+"."), true},
		{"never closed", paragraphs("The word “ferry means " + said + "."), false},
		{"a half", paragraphs(plain+" "+plain, "“"+said+".”"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var q quoted
			for _, b := range c.blocks {
				q.add(b)
			}
			if q.mostly() != c.want {
				t.Errorf("%d %% in quotes (%d of %d), mostly %v", q.percent(), q.inside, q.all, q.mostly())
			}
		})
	}
}

func TestTracesOfRewriting(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       traces
	}{
		{"clean", "The boat left at 6 a.m. on Friday, as ever. It came back.", traces{}},
		{"ellipses", "He waited . . . and waited... and then left . . . .", traces{}},
		{"two points", "The boat left. . It came back. . Then", traces{points: 2}},
		{"spaced", "The boat , which was old , left . It came back.", traces{spaced: 3}},
		{"lower case", "The boat left harbour. after that it sank.", traces{lower: 1}},
		{"abbreviations", "Der Mann hat ca. drei, bzw. vier Boote. Das sind 40 тыс. рублей.", traces{}},
		{"mixed quotes", `He said “the boat is old" and left.`, traces{mixed: 1}},
		{"quotes in quotes", `He said “the "Anna" is old” and left.`, traces{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got traces
			var q quoted
			got.add(c.text, q.add(news.Block{Kind: news.Paragraph, Text: c.text}))
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestMarksComeWithTheirFigures(t *testing.T) {
	long := strings.Repeat("The bridge over the Sund was closed to lorries until the divers had looked at its pillars. ", 10)
	for _, c := range []struct {
		name string
		page string
		want []string
	}{
		{"none", "<p>" + long + "</p><p>" + long + "</p>", nil},
		{"short", "<p>" + long[:360] + "</p>", []string{"short: 68 of 100 words"}},
		{"respun", "<p>" + long + " It was closed. . They came . the men parted. after they had gone . .</p>", []string{`respun: 4 traces in 182 words: ". ." 2, " ," and " ." 1, lower case after a full stop 1`}},
		{"paid", `<p>` + long + `</p><script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>`,
			[]string{"truncated: 170 words, and the page declares that the rest is paid"}},
		{"speech", "<p>“" + long + "</p><p>“" + long + "”</p><p>So he spoke.</p>", []string{"mostly_quotes: 99 % of its letters are in quotes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			story, err := New(Options{}).Extract(context.Background(), &news.Page{URL: "https://quay.example/a", Body: []byte("<title>The bridge</title><article>" + c.page + "</article>")})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(story.Figures, c.want) {
				t.Errorf("figures %q, want %q", story.Figures, c.want)
			}
			for i, mark := range story.Marks {
				if !strings.HasPrefix(story.Figures[i], mark+": ") {
					t.Errorf("mark %s has the figure %q", mark, story.Figures[i])
				}
			}
		})
	}
}

// FuzzMarks: every mark has its figure, a share is one, and counting is never
// broken by what the text is made of.
func FuzzMarks(f *testing.F) {
	f.Add("„a“ «b» 'c\xff ” . . x", "“open")
	f.Add("‘\xe2\x80", "“\xff\"")
	f.Fuzz(func(t *testing.T, one, two string) {
		s := news.Story{Kind: news.KindStory, Blocks: paragraphs(one, two)}
		marks, figures := marksOf(&s, brokenOff(s.Blocks))
		if len(marks) != len(figures) {
			t.Errorf("marks %q, figures %q", marks, figures)
		}
		var q quoted
		for _, b := range s.Blocks {
			q.add(b)
		}
		if q.inside > q.all || q.inside < 0 {
			t.Errorf("%d of %d letters are in quotes", q.inside, q.all)
		}
	})
}

func BenchmarkMarks(b *testing.B) {
	text := strings.Repeat("The bridge “over the Sund” was closed to lorries until the divers had looked at its pillars, he said. ", 4)
	s := news.Story{Kind: news.KindStory, Blocks: paragraphs(slices.Repeat([]string{text}, 12)...)}
	b.SetBytes(int64(12 * len(text)))
	b.ReportAllocs()
	for b.Loop() {
		marksOf(&s, "")
	}
}
