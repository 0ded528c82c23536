package dedupe

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/news"
)

// edge is a copy edge between two ids.
func edge(a, b string) Edge {
	if a > b {
		a, b = b, a
	}
	return Edge{A: a, B: b, Relation: news.RelationCopy, ShareA: .95, ShareB: .95}
}

func kept(verdicts []news.Verdict) string {
	var out []string
	for _, v := range verdicts {
		out = append(out, v.ID+">"+cmp.Or(v.DuplicateOf, "-"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestResolveKeeps(t *testing.T) {
	long, short := "one two three four five", "one two three four"
	all := []Edge{edge("a", "b"), edge("b", "c"), edge("a", "c")}
	for _, tt := range []struct {
		name  string
		o     Options
		docs  []Doc
		edges []Edge
		want  string
	}{
		{"the fullest", Options{}, []Doc{{ID: "a", Text: short, Date: "2026-01-01"}, {ID: "b", Text: long, Date: "2026-01-02"}}, all, "a>b b>-"},
		{"the earliest of equals", Options{}, []Doc{{ID: "a", Text: short, Date: "2026-01-02"}, {ID: "b", Text: short, Date: "2026-01-01"}}, all, "a>b b>-"},
		{"a missing date is late", Options{}, []Doc{{ID: "a", Text: short}, {ID: "b", Text: short, Date: "2026-01-01"}}, all, "a>b b>-"},
		{"the source listed first", Options{Sources: []string{"y", "x"}}, []Doc{{ID: "a", Text: short, Source: "x"}, {ID: "b", Text: short, Source: "y"}, {ID: "c", Text: short, Source: "z"}}, all, "a>b b>- c>b"},
		{"the smaller URL", Options{}, []Doc{{ID: "a", Text: short, URL: "https://b.example/"}, {ID: "b", Text: short, URL: "https://a.example/"}}, all, "a>b b>-"},
		{"first: the earliest, though shorter", Options{Keep: KeepFirst}, []Doc{{ID: "a", Text: long, Date: "2026-01-02"}, {ID: "b", Text: short, Date: "2026-01-01"}}, all, "a>b b>-"},
		{"ranked: the better source, though shorter", Options{Keep: KeepRanked, Sources: []string{"y"}}, []Doc{{ID: "a", Text: long, Source: "x"}, {ID: "b", Text: short, Source: "y"}}, all, "a>b b>-"},
		{"the latest of one outlet", Options{}, []Doc{{ID: "a", Text: short, Host: "h", Date: "2026-01-01"}, {ID: "b", Text: short, Host: "h", Date: "2026-01-03"}, {ID: "c", Text: short, Host: "i", Date: "2026-01-02"}}, all, "a>b b>- c>b"},
		{"the fullest of one outlet before the latest", Options{}, []Doc{{ID: "a", Text: long, Host: "h", Date: "2026-01-01"}, {ID: "b", Text: short, Host: "h", Date: "2026-01-03"}}, all, "a>- b>a"},
		{"the latest of one outlet only with the same copies", Options{}, []Doc{{ID: "a", Text: short, Host: "h", Date: "2026-01-01"}, {ID: "b", Text: short, Host: "h", Date: "2026-01-03"}, {ID: "c", Text: short, Host: "i", Date: "2026-01-02"}}, []Edge{edge("a", "b"), edge("a", "c")}, "a>- b>a c>a"},
		{"no chain", Options{}, []Doc{{ID: "a", Text: long}, {ID: "b", Text: long}, {ID: "c", Text: long}}, []Edge{edge("a", "b"), edge("b", "c")}, "a>- b>a c>-"},
		{"a chain of the same text", Options{}, []Doc{{ID: "a", Text: long}, {ID: "b", Text: long}, {ID: "c", Text: long}}, []Edge{sameEdge("a", "b"), sameEdge("c", "b")}, "a>- b>a c>a"},
		{"contains joins nothing", Options{}, []Doc{{ID: "a", Text: long}, {ID: "b", Text: short}}, []Edge{{A: "a", B: "b", Relation: RelationContains}}, "a>- b>-"},
		{"edges of strangers", Options{}, []Doc{{ID: "a", Text: long}}, []Edge{edge("a", "x"), edge("x", "y"), edge("a", "a")}, "a>-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := New(tt.o)
			if err != nil {
				t.Fatal(err)
			}
			for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
				var docs []Doc
				for _, i := range order {
					if i < len(tt.docs) {
						docs = append(docs, tt.docs[i])
					}
				}
				edges := slices.Clone(tt.edges)
				rand.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
				if got := kept(c.Resolve(docs, edges)); got != tt.want {
					t.Errorf("order %v: got %s, want %s", order, got, tt.want)
				}
			}
		})
	}
}

func TestResolveFigures(t *testing.T) {
	c := checker(t)
	e := Edge{A: "a", B: "b", Relation: news.RelationCut, ShareA: .99, ShareB: .4, Names: .9, Numbers: .8, Rule: "cut"}
	got := c.Resolve([]Doc{{ID: "b", Text: "one two three"}, {ID: "a", Text: "one"}}, []Edge{e})
	want := []news.Verdict{
		{ID: "b", Cluster: "b", Version: Version()},
		{ID: "a", DuplicateOf: "b", Cluster: "b", Relation: news.RelationCut, CopiedShare: .99, KeptShare: .4, Names: .9, Numbers: .8, Rule: "cut", Version: Version()},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	first, _ := New(Options{Keep: KeepFirst})
	v := first.Resolve([]Doc{{ID: "a", Text: "one", Date: "2026-01-01"}, {ID: "b", Text: "one two", Date: "2026-01-02"}}, []Edge{e})[1]
	if v.DuplicateOf != "a" || v.Relation != news.RelationFuller || v.CopiedShare != .4 || v.KeptShare != .99 {
		t.Errorf("the other way round: %+v", v)
	}
}

// A roundup of two stories joins neither of them, and not the two; a story that
// was cut in two ways keeps both cuts.
func TestRoundups(t *testing.T) {
	c := checker(t)
	sea, round, _ := readPair(t, "testdata/pairs/roundup-and-part.txtar")
	_, air, _ := readPair(t, "testdata/pairs/unrelated.txtar")
	full, _, _ := readPair(t, "testdata/pairs/cut-to-half.txtar")
	sea.ID, round.ID, air.ID, full.ID = "sea", "round", "air", "full"
	paragraphs := strings.Split(full.Text, "\n\n")
	top, bottom := full, full
	top.ID, top.Host, top.Text = "top", "c.example", strings.Join(paragraphs[:4], "\n\n")
	bottom.ID, bottom.Host, bottom.Text = "bottom", "d.example", strings.Join(paragraphs[2:], "\n\n")
	for _, tt := range []struct {
		name string
		docs []Doc
		want string
	}{
		{"roundup", []Doc{sea, round, air}, "air>- round>- sea>-"},
		{"two cuts of one story", []Doc{full, top, bottom}, "bottom>full full>- top>full"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := kept(c.Resolve(tt.docs, edgesOf(t, c, tt.docs))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A report and its copy elsewhere are copies, and the later story that ends with the
// report is none of them, whichever outlet has it.
func TestBackgroundIsNoCopy(t *testing.T) {
	c := checker(t)
	report, later, _ := readPair(t, "testdata/pairs/background-elsewhere.txtar")
	report.ID, later.ID = "report", "later"
	reprint := report
	reprint.ID, reprint.Host, reprint.Text = "reprint", "skargardsbladet.example", strings.Replace(report.Text, "larmat", "ringt", 1)
	for _, host := range []string{report.Host, reprint.Host, later.Host} {
		later.Host = host
		docs := []Doc{report, later, reprint}
		got := kept(c.Resolve(docs, edgesOf(t, c, docs)))
		if want := "later>- report>- reprint>report"; got != want {
			t.Errorf("on %s: got %s, want %s", host, got, want)
		}
	}
}

// edgesOf finds the edges of docs through an index.
func edgesOf(t testing.TB, c *Checker, docs []Doc) []Edge {
	t.Helper()
	var ix Memory
	for _, d := range docs {
		ix.Put(d, c.Prints(d.Title, d.Text, d.Language))
	}
	var out []Edge
	for _, d := range docs {
		edges, err := c.Edges(t.Context(), d, &ix)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range edges {
			if e.A >= e.B || e.A != d.ID && e.B != d.ID {
				t.Fatalf("edge %+v of %s", e, d.ID)
			}
			if !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
	}
	return out
}

// corpus is all the texts of testdata, and cuts and mixtures of them.
func corpus(t testing.TB) []Doc {
	t.Helper()
	var docs []Doc
	add := func(d Doc, text string) {
		d.ID = fmt.Sprintf("d%03d", len(docs))
		d.URL = "https://" + d.Host + "/" + d.ID
		d.Text = text
		docs = append(docs, d)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i, file := range pairFiles(t) {
		a, b, _ := readPair(t, file)
		add(a, a.Text)
		add(b, b.Text)
		pa, pb := strings.Split(a.Text, "\n\n"), strings.Split(b.Text, "\n\n")
		a.Host, a.Date = fmt.Sprintf("h%d.example", i%5), fmt.Sprintf("2026-03-%02d", 1+i%9)
		add(a, strings.Join(pa[:1+r.IntN(len(pa))], "\n\n"))
		add(a, strings.Join(append(slices.Clone(pa), pb[r.IntN(len(pb)):]...), "\n\n"))
	}
	return docs
}

// Which copy stays is a function of the set of stories, not of their order.
func TestOutcomeDoesNotDependOnOrder(t *testing.T) {
	docs := corpus(t)
	for _, keep := range []string{KeepFullest, KeepFirst, KeepRanked} {
		t.Run(keep, func(t *testing.T) {
			c, err := New(Options{Keep: keep, Sources: []string{"b.example"}})
			if err != nil {
				t.Fatal(err)
			}
			want, joined := "", 0
			for seed := range uint64(3) {
				r := rand.New(rand.NewPCG(seed, 7))
				r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
				edges := edgesOf(t, c, docs)
				r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
				verdicts := c.Resolve(docs, edges)
				got := kept(verdicts)
				if want == "" {
					want = got
				}
				if got != want {
					t.Fatalf("seed %d:\ngot  %s\nwant %s", seed, got, want)
				}
				joined = checkVerdicts(t, verdicts, edges)
			}
			if joined < 20 {
				t.Errorf("only %d copies among %d docs", joined, len(docs))
			}
		})
	}
}

// checkVerdicts tests that each copy has a direct edge to a story that is kept
// and that clusters bear the id of the kept story, and counts the copies.
func checkVerdicts(t *testing.T, verdicts []news.Verdict, edges []Edge) int {
	t.Helper()
	of, heads, n := map[string]news.Verdict{}, map[string]bool{}, 0
	for _, v := range verdicts {
		of[v.ID] = v
	}
	for _, v := range verdicts {
		if v.DuplicateOf == "" {
			continue
		}
		n++
		heads[v.DuplicateOf] = true
		if of[v.DuplicateOf].DuplicateOf != "" || v.Cluster != v.DuplicateOf || of[v.DuplicateOf].Cluster != v.DuplicateOf {
			t.Errorf("%+v is a copy of %+v", v, of[v.DuplicateOf])
		}
		e := edge(v.ID, v.DuplicateOf)
		if !slices.ContainsFunc(edges, func(o Edge) bool { return o.A == e.A && o.B == e.B && joins(o.Relation) }) {
			t.Errorf("%s has no edge to %s", v.ID, v.DuplicateOf)
		}
	}
	for _, v := range verdicts {
		if v.DuplicateOf == "" && (v.Cluster != "") != heads[v.ID] {
			t.Errorf("%+v: kept for copies: %v", v, heads[v.ID])
		}
	}
	return n
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []Options{{Window: -1}, {Keep: "longest"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
