package dedupe

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/news"
)

func say(what, a, b string) Override { return Override{A: a, B: b, Say: what} }

func TestOverrides(t *testing.T) {
	docs := []Doc{{ID: "a", Text: "one two three four"}, {ID: "b", Text: "one two three"}, {ID: "c", Text: "one two"}}
	all := []Edge{edge("a", "b"), edge("b", "c"), edge("a", "c")}
	same := []Edge{sameEdge("a", "b"), sameEdge("b", "c"), sameEdge("a", "c")}
	for _, tt := range []struct {
		name  string
		edges []Edge
		said  []Override
		want  string // id>of rule
	}{
		{"nothing said", all, nil, "a>- b>a c>a"},
		{"undropped", all, []Override{say(SayKeep, "b", "")}, "a>- b>- undropped c>a"},
		{"undropped what would stay", all, []Override{say(SayKeep, "a", "")}, "a>- undropped b>a c>a"},
		{"all undropped", all, []Override{say(SayKeep, "a", ""), say(SayKeep, "b", ""), say(SayKeep, "c", "")}, "a>- undropped b>- undropped c>- undropped"},
		{"of an undropped one there are copies", []Edge{edge("a", "b"), edge("b", "c")}, []Override{say(SayKeep, "b", "")}, "a>- b>- undropped c>b"},
		{"distinct", all[:1], []Override{say(SayDistinct, "a", "b")}, "a>- pinned-distinct b>- pinned-distinct c>-"},
		{"distinct, and both as like a third", all, []Override{say(SayDistinct, "b", "c")}, "a>- b>a c>- pinned-distinct"},
		{"distinct, and both like a third, though not each other", []Edge{edge("a", "b"), edge("a", "c")}, []Override{say(SayDistinct, "b", "c")}, "a>- b>a c>- pinned-distinct"},
		{"distinct, and one more like a third", []Edge{edge("a", "b"), sameEdge("a", "c")}, []Override{say(SayDistinct, "b", "c")}, "a>- b>- pinned-distinct c>a"},
		{"distinct, one of them the same as a third", []Edge{edge("a", "b")}, []Override{say(SayDistinct, "b", "c"), say(SaySame, "a", "c")}, "a>- b>- pinned-distinct c>a pinned-same"},
		{"distinct from the one that stays, and from a copy of it", []Edge{edge("a", "b"), edge("a", "c")}, []Override{say(SayDistinct, "b", "c"), say(SayDistinct, "a", "c")}, "a>- pinned-distinct b>a c>- pinned-distinct"},
		{"distinct from the one that stays", all, []Override{say(SayDistinct, "a", "b")}, "a>- pinned-distinct b>- pinned-distinct c>a"},
		{"distinct of the same text", same, []Override{say(SayDistinct, "a", "b")}, "a>- pinned-distinct b>- pinned-distinct c>a"},
		{"distinct though a chain of the same text ties them", []Edge{sameEdge("a", "c"), sameEdge("b", "c")}, []Override{say(SayDistinct, "a", "b")}, "a>- pinned-distinct b>- pinned-distinct c>a"},
		{"the same", nil, []Override{say(SaySame, "b", "c")}, "a>- b>- c>b pinned-same"},
		{"the same goes before what was found", all[:1], []Override{say(SaySame, "a", "b")}, "a>- b>a pinned-same c>-"},
		{"the same as a copy of another", []Edge{edge("a", "b")}, []Override{say(SaySame, "b", "c")}, "a>- b>a c>a pinned-same"},
		{"the same as a story of the same text", []Edge{sameEdge("b", "c")}, []Override{say(SaySame, "a", "b")}, "a>- b>a pinned-same c>a pinned-same"},
		{"a chain of the same", nil, []Override{say(SaySame, "a", "b"), say(SaySame, "b", "c")}, "a>- b>a pinned-same c>a pinned-same"},
		{"a chain of the same, its ends distinct", nil, []Override{say(SaySame, "a", "b"), say(SaySame, "b", "c"), say(SayDistinct, "a", "c")}, "a>- pinned-distinct b>a pinned-same c>- pinned-distinct"},
		{"the same, though undropped", nil, []Override{say(SaySame, "a", "b"), say(SayKeep, "b", "")}, "a>- b>- undropped c>-"},
		{"of strangers", all[:1], []Override{say(SaySame, "a", "x"), say(SayDistinct, "x", "b"), say(SayKeep, "y", "")}, "a>- b>a c>-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := checker(t)
			for range 5 {
				docs, edges, said := slices.Clone(docs), slices.Clone(tt.edges), slices.Clone(tt.said)
				rand.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
				rand.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
				rand.Shuffle(len(said), func(i, j int) { said[i], said[j] = said[j], said[i] })
				var got []string
				for _, v := range c.Resolve(docs, edges, said...) {
					line := v.ID + ">" + cmp.Or(v.DuplicateOf, "-")
					if v.Rule == RulePinnedSame || v.Rule == RulePinnedDistinct || v.Rule == RuleUndropped {
						line += " " + v.Rule
					}
					got = append(got, line)
				}
				slices.Sort(got)
				if got := strings.Join(got, " "); got != tt.want {
					t.Fatalf("got %s, want %s", got, tt.want)
				}
			}
		})
	}
}

// Copies by a person's word have the figures of their texts.
func TestPinnedFigures(t *testing.T) {
	c := checker(t)
	whole, half, _ := readPair(t, "testdata/pairs/cut-to-half.txtar")
	_, other, _ := readPair(t, "testdata/pairs/unrelated.txtar")
	whole.ID, half.ID, other.ID = "whole", "half", "other"
	verdicts := c.Resolve([]Doc{whole, half, other}, nil, say(SaySame, "half", "whole"), say(SaySame, "other", "whole"))
	if v := verdicts[1]; v.DuplicateOf != "whole" || v.Relation != news.RelationCut || v.CopiedShare < .9 || v.KeptShare > .8 || v.KeptShare == 0 {
		t.Errorf("a cut: %+v", v)
	}
	if v := verdicts[2]; v.DuplicateOf != "whole" || v.Relation != news.RelationCopy || v.CopiedShare > .2 {
		t.Errorf("another story: %+v", v)
	}
}

// With a person's words too the outcome is a function of the sets alone.
func TestOverridesDoNotDependOnOrder(t *testing.T) {
	c := checker(t)
	docs := corpus(t)
	edges := edgesOf(t, c, docs)
	r := rand.New(rand.NewPCG(5, 7))
	var said []Override
	for i := range 30 {
		o, err := NewOverride([]string{SaySame, SayDistinct}[i%2], docs[r.IntN(len(docs))].ID, docs[r.IntN(len(docs))].ID)
		if i%3 == 0 {
			e := edges[r.IntN(len(edges))]
			o, err = NewOverride(SayDistinct, e.B, e.A)
		} else if i%3 == 1 {
			o, err = NewOverride(SayKeep, docs[r.IntN(len(docs))].ID, "")
		}
		if err == nil {
			said = append(said, o)
		}
	}
	want := ""
	for range 20 {
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		r.Shuffle(len(said), func(i, j int) { said[i], said[j] = said[j], said[i] })
		verdicts := c.Resolve(docs, edges, said...)
		got := kept(verdicts)
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		of := map[string]string{}
		for _, v := range verdicts {
			of[v.ID] = v.DuplicateOf
		}
		for _, o := range said {
			switch {
			case o.Say == SayKeep && of[o.A] != "":
				t.Errorf("%s was dropped", o.A)
			case o.Say == SayDistinct && (of[o.A] == o.B || of[o.B] == o.A):
				t.Errorf("of %s and %s one was dropped for the other", o.A, o.B)
			case o.Say == SayDistinct && of[o.A] != "" && of[o.A] == of[o.B]:
				t.Errorf("%s and %s were both dropped for %s", o.A, o.B, of[o.A])
			}
		}
	}
}

func TestNewOverride(t *testing.T) {
	if o, err := NewOverride(SaySame, "b", "a"); err != nil || o != say(SaySame, "a", "b") {
		t.Errorf("%+v, %v", o, err)
	}
	for _, o := range []Override{say("", "a", "b"), say(SaySame, "a", "a"), say(SayDistinct, "a", ""), say(SayKeep, "a", "b"), say(SayKeep, "", "")} {
		if _, err := NewOverride(o.Say, o.A, o.B); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
