package dedupe

import "testing"

func TestTitlesOfRoundups(t *testing.T) {
	c := checker(t)
	for _, tt := range []struct {
		title string
		want  bool
	}{
		{"Friday roundup: satellites and a dog", true},
		{"Defence Round-Up", true},
		{"The week in five minutes", true},
		{"This week in drones", true},
		{"Third strike this week in the harbour", false},
		{"Digest of the day", true},
		{"Reader's digest sold", false},
		{"Digest of laws is published", false},
		{"Police round up 40 suspects", false},
		{"Maker of Roundup settles", false},
		{"Today in court: the captain denies all", false},
		{"Ministry's morning briefing draws questions", false},
		{"Дайджест: главное о флоте", true},
		{"Главное за неделю", true},
		{"Підсумки тижня на фронті", true},
		{"Wochenrückblick", true},
		{"L’essentiel de la semaine", true},
		{"军事要闻汇总", true},
		{"موجز الأنباء ليوم الثلاثاء", true},
		{"", false},
	} {
		if got := c.isRoundup(tt.title); got != tt.want {
			t.Errorf("%q: %v", tt.title, got)
		}
	}
}

// A roundup that was copied is a copy, whatever the other title says, and so is
// one of two roundups that was cut.
func TestRoundupsAreCopiedToo(t *testing.T) {
	c := checker(t)
	part, roundup, _ := readPair(t, "testdata/pairs/roundup-by-its-title.txtar")
	other := roundup
	other.ID, other.Host, other.Title = "c", "other.example", "Guards sold goggles to shepherds"
	other.Text += "\n\nWrite to us."
	if e, ok := c.Compare(roundup, other); !ok || !joins(e.Relation) {
		t.Errorf("a roundup under another title: %+v", e)
	}
	part.Title = roundup.Title
	if e, ok := c.Compare(part, roundup); !ok || !joins(e.Relation) {
		t.Errorf("a part under the title of the roundup: %+v", e)
	}
}
