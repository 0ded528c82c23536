package dedupe

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// whole puts the parts of a stretch together.
func whole(s Stretch) string {
	var b strings.Builder
	for _, p := range s.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// checkExplanation tests what holds of every explanation.
func checkExplanation(t *testing.T, c *Checker, a, b Doc) Explanation {
	t.Helper()
	x := c.Explain(a, b)
	e, ok := c.Compare(a, b)
	relation, shareA, shareB := e.Relation, e.ShareA, e.ShareB
	if !ok {
		relation = RelationDistinct
	} else if a.ID != e.A {
		relation, shareA, shareB = mirrored(e.Relation), e.ShareB, e.ShareA
	}
	if x.Relation != relation || ok && (x.Rule != e.Rule || x.A.Share != shareA || x.B.Share != shareB || x.Names != e.Names || x.Numbers != e.Numbers) {
		t.Errorf("explained as %+v, compared as %+v, %v", x, e, ok)
	}
	held := 0
	for _, l := range x.Limits {
		if l.Holds {
			held++
		}
		if l.Figure == "" || l.Bound != AtLeast && l.Bound != AtMost {
			t.Errorf("limit %+v", l)
		}
	}
	if ok != (held == len(x.Limits)) && x.Why != "one of them has no words" {
		t.Errorf("%s, but of %+v %d hold", x.Relation, x.Limits, held)
	}
	if x.Why == "" || x.Rule != "" && x.Nearest != "" {
		t.Errorf("no reason: %+v", x)
	}
	for i, p := range x.Passages {
		for _, side := range []struct {
			text string
			s    Stretch
		}{{a.Text, p.A}, {b.Text, p.B}} {
			if side.text[side.s.From:side.s.To] != whole(side.s) {
				t.Errorf("the parts %q are not the text %q", whole(side.s), side.text[side.s.From:side.s.To])
			}
			for j, part := range side.s.Parts {
				if part.Text == "" || j > 0 && part.Same == side.s.Parts[j-1].Same {
					t.Errorf("part %d of %+v", j, side.s.Parts)
				}
			}
		}
		if i > 0 && p.A.From < x.Passages[i-1].A.From {
			t.Errorf("passage %d is before the one listed before it", i)
		}
	}
	return x
}

func TestExplainPairs(t *testing.T) {
	c := checker(t)
	for _, file := range pairFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, b, _ := readPair(t, file)
			x, y := checkExplanation(t, c, a, b), checkExplanation(t, c, b, a)
			if x.Rule != y.Rule || x.Nearest != y.Nearest || len(x.Passages) != len(y.Passages) || x.Relation != mirrored(y.Relation) {
				t.Errorf("one way %+v\nthe other %+v", x, y)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	text := "The cutter Nordvind left Holm at dawn with nine sailors and a crane, and reached the yard at Vann before noon in spite of the ice."
	longer := text + " Her captain, Egil Strand, would not say what the crane was for, and the harbour master did not ask him twice."
	for _, tt := range []struct {
		name, a, b              string
		relation, rule, nearest string
	}{
		{"the same", text, strings.ToUpper(text), "same", "same-text", ""},
		{"no words", text, " … ", "distinct", "", ""},
		{"nothing shared", text, "Bread prices rose in the valley for a third week while bakers waited for flour from across the pass.", "distinct", "unlike", ""},
		{"another yard, another cutter", text, strings.NewReplacer("Nordvind", "Solveig", "Holm", "Torr", "Vann", "Oss", "crane", "boat", "noon", "ten").Replace(text), "distinct", "other-lead", ""},
		{"other numbers", "On Monday 14 drones and 3 missiles were shot down over the region, 5 people were hurt and 21 houses damaged, the staff said.",
			"On Monday 9 drones and 7 missiles were shot down over the region, 2 people were hurt and 60 houses damaged, the staff said.", "distinct", "template", ""},
		{"a lone sentence is too short", text, longer, "distinct", "", "revised"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := checkExplanation(t, checker(t), Doc{ID: "b", Text: tt.a}, Doc{ID: "a", Text: tt.b})
			if x.Relation != tt.relation || x.Rule != tt.rule || x.Nearest != tt.nearest {
				t.Errorf("got %s by %q, nearest %q: %+v", x.Relation, x.Rule, x.Nearest, x.Limits)
			}
		})
	}
}

// Words between passages are counted, and what differs is marked.
func TestExplainPassages(t *testing.T) {
	a := "The cutter Nordvind left Holm at dawn with nine sailors and a heavy crane aboard."
	b := "Harbour news. The cutter Nordvind left Holm at dusk with nine sailors and a heavy crane aboard. More follows."
	x := checkExplanation(t, checker(t), Doc{ID: "a", Text: a}, Doc{ID: "b", Text: b})
	if len(x.Passages) != 1 {
		t.Fatalf("%+v", x.Passages)
	}
	p := x.Passages[0]
	if p.A.Before > 1 || p.B.Before < 2 {
		t.Errorf("words before: %d and %d", p.A.Before, p.B.Before)
	}
	differs := func(s Stretch) string {
		var out []string
		for _, part := range s.Parts {
			if !part.Same {
				out = append(out, strings.TrimSpace(part.Text))
			}
		}
		return strings.Join(out, "|")
	}
	if !strings.HasPrefix(differs(p.A), "dawn") || !strings.HasPrefix(differs(p.B), "dusk") {
		t.Errorf("differ %q and %q", differs(p.A), differs(p.B))
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("The cutter Nordvind left Holm at dawn.", "The cutter Nordvind left Holm at dusk.")
	f.Add("坦克炮弹运输车在高原", "坦克炮弹运输车在平原")
	f.Add("a'b\xff1.2\u00AD", "ﬁ 1,234 Ǆ")
	c := checker(f)
	f.Fuzz(func(t *testing.T, a, b string) {
		checkExplanation(t, c, Doc{ID: "a", Text: a}, Doc{ID: "b", Text: b})
	})
}

func BenchmarkExplain(b *testing.B) {
	x, y, _ := readPair(b, "testdata/pairs/cut-to-half.txtar")
	c := checker(b)
	r := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		if r.IntN(2) == 0 {
			x, y = y, x
		}
		c.Explain(x, y)
	}
}
