package boilerplate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// own has the texts of stories about different things, three paragraphs each.
var own = [][]string{
	{
		"A ferry ran aground off Port Aldous on Sunday night with ninety people on board, and all were brought ashore by morning.",
		"Captain Ilse Marrow said the Tern had lost its rudder in the swell between the two lights, and that the tide did the rest.",
		"The Tern is to be towed to Brackwater as soon as the wind drops. It was built there in 1994.",
	},
	{
		"The council of Hollin has sold the old barracks to a maker of sails, nine years after the last soldiers left them.",
		"Rowan Teale, who owns the firm, wants to bring two hundred jobs to the halls before the year is out.",
		"Hollin had asked for four million and got less than three, as Teale was the only one who offered.",
	},
	{
		"Three drones were found in a field near Saltmere by a farmer who took the first of them for a dead swan.",
		"Police from Dunwick closed the road for five hours while the batteries were taken out and carried off in sand.",
		"Nobody in Saltmere had heard them come down, and Dunwick police would not say whose they were.",
	},
	{
		"Work on the third dock at Fenhaven stops for a month because the crane that came in March lifts too little.",
		"Its makers, Orrin and Sons, have promised another one by October and will pay for what is lost until then.",
		"Fenhaven has waited for the dock since the flood, and Orrin has never built a crane of that size before.",
	},
}

const about = "The Coast Gazette has told the news of the islands every morning since its founding. Write to the editors if you know more."

// paper returns stories of one site with these paragraphs.
func paper(pages ...[]string) []*news.Story {
	stories := make([]*news.Story, len(pages))
	for i, page := range pages {
		stories[i] = &news.Story{Hostname: "www.coastgazette.example", SiteName: "The Coast Gazette", Title: fmt.Sprintf("Page %d", i)}
		for _, text := range page {
			b := news.Block{Kind: news.Paragraph, Text: text}
			if rest, ok := strings.CutPrefix(text, "# "); ok {
				b = news.Block{Kind: news.Heading, Text: rest}
			}
			stories[i].Blocks = append(stories[i].Blocks, b)
		}
	}
	return stories
}

// setOf returns the boilerplate of stories.
func setOf(stories []*news.Story) Set {
	having := map[uint64][]*news.Story{}
	for _, s := range stories {
		for _, line := range Lines(s) {
			for _, key := range line.Keys {
				having[key] = append(having[key], s)
			}
		}
	}
	set := Set{}
	for key, all := range having {
		set[key] = Recurs(key, all)
	}
	return set
}

// with returns paragraphs with others inserted; at -1 is the end.
func with(page []string, at int, lines ...string) []string {
	if at < 0 {
		at = len(page)
	}
	return slices.Insert(slices.Clone(page), at, lines...)
}

const (
	background = "The dispute began when the harbour board of the islands raised its fees without a vote, and it has gone through two courts and one strike of the pilots since then, while the ferries ran late and the price of bread went up."
	quoted     = "Captain Ilse Marrow said the Tern had lost its rudder in the swell."
)

var boilerplateCases = []struct {
	name  string
	pages [][]string
	gone  [][]string // of each page
}{
	{
		"a line at the end of three stories is cut",
		[][]string{with(own[0], -1, about), with(own[1], -1, about), with(own[2], -1, about), own[3]},
		[][]string{{about}, {about}, {about}, {}},
	},
	{
		"at the end of two it stays",
		[][]string{with(own[0], -1, about), with(own[1], -1, about), own[2]},
		[][]string{{}, {}, {}},
	},
	{
		"a line before the text, and case and signs make no difference",
		[][]string{with(own[0], 0, "From our harbour desk"), with(own[1], 0, "FROM OUR HARBOUR DESK"), with(own[2], 0, "From our harbour desk …")},
		[][]string{{"From our harbour desk"}, {"FROM OUR HARBOUR DESK"}, {"From our harbour desk …"}},
	},
	{
		"a line set into the text",
		[][]string{with(own[0], 1, "Get the tide table in your mailbox every Friday."), with(own[1], 1, "Get the tide table in your mailbox every Friday."),
			with(own[3], 1, "Get the tide table in your mailbox every Friday.")},
		[][]string{{"Get the tide table in your mailbox every Friday."}, {"Get the tide table in your mailbox every Friday."}, {"Get the tide table in your mailbox every Friday."}},
	},
	{
		"a counter, whatever it counts",
		[][]string{with(own[0], -1, "123 people read this"), with(own[1], -1, "4 people read this"), with(own[2], -1, "88 people read this")},
		[][]string{{"123 people read this"}, {"4 people read this"}, {"88 people read this"}},
	},
	{
		"figures of three stories",
		[][]string{with(own[0], -1, "Net 14 vs 9"), with(own[1], -1, "Net 3 vs 8"), with(own[2], -1, "Hurt: 12"), with(own[3], -1, "Hurt: 4"), with(own[3], 0, "Hurt: 7")},
		[][]string{{}, {}, {}, {}, {}},
	},
	{
		"a heading goes with what is under it",
		[][]string{with(own[0], -1, "# Who we are", about), with(own[1], -1, "# Who we are", about), with(own[2], -1, "# Who we are", about)},
		[][]string{{"Who we are", about}, {"Who we are", about}, {"Who we are", about}},
	},
	{
		"a heading stays with what is under it",
		[][]string{with(own[0], 2, "# What comes next"), with(own[1], 2, "# What comes next"), with(own[2], 2, "# What comes next")},
		[][]string{{}, {}, {}},
	},
	{
		"copies of one story are one",
		[][]string{with(own[0], -1, "The investigation goes on."), with(own[0], -1, "The investigation goes on."), with(own[0], 0, "Again from the start:"), own[1]},
		[][]string{{}, {}, {}, {}},
	},
	{
		"the days of a series are one",
		[][]string{
			{"On day 31 the staff counted 14 drones over the strait.", "In the harbour 3 boats were hit and 12 houses lost their roofs, the staff wrote, while the ferries ran on time.", "The staff writes again tomorrow."},
			{"On day 32 the staff counted 9 drones over the strait.", "In the harbour 5 boats were hit and 2 houses lost their roofs, the staff wrote, while the ferries ran on time.", "The staff writes again tomorrow."},
			{"On day 33 the staff counted 21 drones over the strait.", "In the harbour 1 boats were hit and 7 houses lost their roofs, the staff wrote, while the ferries ran on time.", "The staff writes again tomorrow."},
		},
		[][]string{{}, {}, {}},
	},
	{
		"a story's own sentence stays when others end with it",
		[][]string{with(own[0], -1, quoted), with(own[1], -1, quoted), with(own[2], -1, quoted), with(own[3], -1, quoted)},
		[][]string{{}, {quoted}, {quoted}, {quoted}},
	},
	{
		"of two sentences after the text, each story has one at its end",
		[][]string{with(own[0], -1, "It rains on all of us alike, as the old song has it.", about), with(own[1], -1, "It rains on all of us alike, as the old song has it.", about),
			with(own[2], -1, about), with(own[3], -1, "It rains on all of us alike, as the old song has it.", about)},
		[][]string{{"It rains on all of us alike, as the old song has it.", about}, {"It rains on all of us alike, as the old song has it.", about},
			{about}, {"It rains on all of us alike, as the old song has it.", about}},
	},
	{
		"what others end with stays before the end of its own story",
		[][]string{with(own[0], 2, "It was the third night of rain in a row, and nobody was hurt."), with(own[1], -1, "It was the third night of rain in a row, and nobody was hurt."),
			with(own[2], -1, "It was the third night of rain in a row, and nobody was hurt."), with(own[3], -1, "It was the third night of rain in a row, and nobody was hurt.")},
		[][]string{{}, {"It was the third night of rain in a row, and nobody was hurt."}, {"It was the third night of rain in a row, and nobody was hurt."}, {"It was the third night of rain in a row, and nobody was hurt."}},
	},
	{
		"its first sentence stays when others lead to it",
		[][]string{own[0], with(own[1], -1, own[0][0]), with(own[2], -1, own[0][0]), with(own[3], -1, own[0][0])},
		[][]string{{}, {own[0][0]}, {own[0][0]}, {own[0][0]}},
	},
	{
		"the background that every follow-up repeats",
		[][]string{with(own[0], 2, background), with(own[1], 2, background), with(own[2], 2, background), with(own[3], 2, background)},
		[][]string{{}, {}, {}, {}},
	},
	{
		"a sentence at different positions",
		[][]string{with(own[0], 1, "Nobody was hurt."), with(own[1], 2, "Nobody was hurt."), with(with(own[2], 3, "Nobody was hurt."), -1, own[2][0], own[2][1])},
		[][]string{{}, {}, {}},
	},
	{
		"what would be half of the story",
		[][]string{{own[0][1], about + " " + about}, {own[1][1], about + " " + about}, {own[2][1], about + " " + about}},
		[][]string{{}, {}, {}},
	},
	{
		"another script",
		[][]string{{"渡轮周日晚在港口外搁浅,船上九十人天亮前全部上岸。", "船长说风浪中失去了舵,潮水把船推上了沙洲,没有人受伤。", "关注我们的公众号获取每日新闻"},
			{"议会把旧兵营卖给了一家帆布厂,最后的士兵九年前离开。", "厂主希望年底前带来两百个工作岗位,并修复所有的大厅。", "关注我们的公众号获取每日新闻"},
			{"农民在田里发现三架无人机,起初以为是一只死天鹅。", "警察封路五个小时,把电池取出来放进沙子里运走。", "关注我们的公众号获取每日新闻"}},
		[][]string{{"关注我们的公众号获取每日新闻"}, {"关注我们的公众号获取每日新闻"}, {"关注我们的公众号获取每日新闻"}},
	},
}

func TestBoilerplate(t *testing.T) {
	for _, c := range boilerplateCases {
		t.Run(c.name, func(t *testing.T) {
			stories := paper(c.pages...)
			set := setOf(stories)
			for i, s := range stories {
				before := slices.Clone(s.Blocks)
				left := set.Cut(s)
				gone := []string{}
				for _, r := range left.Removals {
					gone = append(gone, r.Text)
					if r.Rule != news.BoilerplateRule || r.Why == "" {
						t.Errorf("page %d: %+v", i, r)
					}
				}
				if !slices.Equal(gone, c.gone[i]) {
					t.Errorf("page %d: gone %q, want %q", i, gone, c.gone[i])
				}
				if len(left.Blocks)+len(gone) != len(before) || !slices.Equal(s.Blocks, before) {
					t.Errorf("page %d: of %d blocks %d stay and %d go; the story itself has %d", i, len(before), len(left.Blocks), len(gone), len(s.Blocks))
				}
			}
		})
	}
}

func TestSitesDoNotShareLines(t *testing.T) {
	stories := paper(with(own[0], -1, about), with(own[1], -1, about), with(own[2], -1, about))
	stories[0].Hostname = "coastgazette.example" // the same site
	if set := setOf(stories); len(set.Blocks(stories[0])) != 1 {
		t.Error("with and without www are two sites")
	}
	stories[0].Hostname = "another.example"
	if set := setOf(stories); len(set.Blocks(stories[1])) != 0 {
		t.Error("another site's story counts")
	}
}

// FuzzBoilerplate checks that lines are in the order of the blocks, that boilerplate
// is the smaller part of a story, and that more stories make no line less of it.
func FuzzBoilerplate(f *testing.F) {
	for _, page := range own {
		f.Add(strings.Join(page, "\n"), strings.Join(own[0], "\n")+"\n"+about, strings.Join(page, "\n")+"\n"+about)
	}
	f.Add("# A\n12 views\n:", "a\nb\nc\nd\ne\nf", "\xff\n\n渡轮")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		stories := paper(strings.Split(a, "\n"), strings.Split(b, "\n"), strings.Split(c, "\n"), own[3])
		set := setOf(stories)
		for _, s := range stories {
			lines := Lines(s)
			if len(lines) > headBlocks+maxMiddle+tailBlocks {
				t.Fatalf("%d lines", len(lines))
			}
			for k, line := range lines {
				if k > 0 && line.Block <= lines[k-1].Block {
					t.Fatalf("blocks %d, %d", lines[k-1].Block, line.Block)
				}
				if !set[line.Keys[0]] && Recurs(line.Keys[0], stories[:MinStories]) {
					t.Fatal("a line recurs in some stories, but not in more")
				}
			}
			all, gone := 0, 0
			for i, at := 0, set.Blocks(s); i < len(s.Blocks); i++ {
				all += letters.CountWords(s.Blocks[i].Text)
				if slices.Contains(at, i) {
					gone += letters.CountWords(s.Blocks[i].Text)
				}
			}
			if gone > 0 && 2*gone >= all {
				t.Fatalf("%d of %d words are boilerplate", gone, all)
			}
		}
	})
}

func BenchmarkLines(b *testing.B) {
	s := paper(slices.Concat(own[0], own[1], own[2], own[3], []string{about}))[0]
	size := len(s.Text())
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		Lines(s)
	}
}
