package dedupe

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winnow/dedupe/internal/weights"
)

// The results for the fixed texts, by the revision that they came with. What was
// released stays: a new result needs a new revision.
var (
	verdictsOf = map[int]string{
		3: "9124f59a6416034b411cf4343448be15b963ded73609fbbbe0d1d695f3942d77",
		4: "11164cd5f4330adf54b7b6ccde6bc4fa6ddcf205e54ed9e7f80bd1c5d4275830",
	}
	printsOf = map[int]string{
		2: "a14ee342684a6ca3c28e5e17fc0b9289c6abb70272eb9236e3799677d152aab6",
	}
)

// TestRevisions fails when verdicts or prints come out differently under an old
// revision: then an upgraded program would leave the stories of a state as they
// were judged.
func TestRevisions(t *testing.T) {
	docs := fixedTexts(t)
	for _, r := range []struct {
		results, name string
		revision      int
		known         map[int]string
		got           string
	}{
		{"verdicts", "verdictsRevision", verdictsRevision, verdictsOf, verdictsHash(t, docs)},
		{"prints", "printsRevision", printsRevision, printsOf, printsHash(t, docs)},
	} {
		if r.known[r.revision] == r.got {
			continue
		}
		t.Errorf("the %s of the fixed texts have changed: raise %s in version.go to %d, and add to %sOf in version_test.go\n\t%d: %q,",
			r.results, r.name, slices.Max(append(keys(r.known), 0))+1, r.results, slices.Max(append(keys(r.known), 0))+1, r.got)
	}
}

func keys(m map[int]string) []int {
	var out []int
	for k := range m {
		out = append(out, k)
	}
	return out
}

// fixedPairs are the pairs of testdata/pairs that fixedTexts uses. Their texts do not
// change, and pairs that come later are not among them.
const fixedPairs = `
agency-tag arabic-briefing arabic-cut arabic-marks brief-of-a-desk briefing-copied
briefing-told-elsewhere chinese-briefing chinese-cut chinese-edited chinese-other
chinese-reported correction cut-to-half daily-briefing-elsewhere daily-briefing extended
follow-up-half-background follow-up german-reordered house-text-and-numerals
misread-and-house-text misread-short misread notice-of-other-days-told
notice-of-other-days paragraphs-moved respun roundup-and-part roundup-by-its-title
russian-briefing russian-edited russian-respun same-event same-typography
second-lot-told shared-quote trials-told-alike turkish-reordered ukrainian-briefing
ukrainian-cut unrelated year-later-reworded year-later-verbatim
`

// fixedTexts are the texts of the judged pairs, halves and mixtures of them, and
// texts that repeat themselves, so that every rule and every limit of the
// alignment is met.
func fixedTexts(t *testing.T) []Doc {
	t.Helper()
	var docs []Doc
	add := func(d Doc, text string) {
		d.ID = fmt.Sprintf("d%03d", len(docs))
		d.URL = "https://" + d.Host + "/" + d.ID
		d.Source = d.Host
		d.Text = text
		docs = append(docs, d)
	}
	for i, name := range strings.Fields(fixedPairs) {
		a, b, _ := readPair(t, "testdata/pairs/"+name+".txtar")
		add(a, a.Text)
		add(b, b.Text)
		pa, pb := strings.Split(a.Text, "\n\n"), strings.Split(b.Text, "\n\n")
		a.Host, a.Date = fmt.Sprintf("h%d.example", i%5), fmt.Sprintf("2026-03-%02d", 1+i%9)
		add(a, strings.Join(pa[:(len(pa)+1)/2], "\n\n"))
		add(a, strings.Join(append(slices.Clone(pa), pb[len(pb)/2:]...), "\n\n"))
	}
	for _, text := range []string{
		strings.Repeat("tank gun ", 900), strings.Repeat("gun tank tank ", 700),
		strings.Repeat(numbered(100), 12), numbered(300), numbered(299) + "end",
		strings.ToUpper(docs[0].Text), "坦克炮弹 " + docs[0].Text,
	} {
		add(docs[0], text)
	}
	return docs
}

func verdictsHash(t *testing.T, docs []Doc) string {
	t.Helper()
	h := sha256.New()
	for i := 0; i < len(docs); i += 4 { // the judged pairs, whatever the index finds
		e, ok := checker(t).Compare(docs[i], docs[min(i+1, len(docs)-1)])
		fmt.Fprintln(h, e, ok)
	}
	said := []Override{{docs[0].ID, docs[1].ID, SayDistinct}, {docs[4].ID, docs[9].ID, SaySame}, {docs[13].ID, "", SayKeep}}
	for _, o := range []Options{{}, {Keep: KeepFirst, Window: 5 * day}, {Keep: KeepRanked, Sources: []string{"b.example", "h3.example"}}} {
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		edges := edgesOf(t, c, docs)
		fmt.Fprintln(h, edges)
		for _, verdicts := range [][]Override{nil, said} {
			for _, v := range c.Resolve(docs, edges, verdicts...) {
				v.Version = ""
				fmt.Fprintln(h, v)
			}
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func printsHash(t *testing.T, docs []Doc) string {
	t.Helper()
	c, h := checker(t), sha256.New()
	for _, d := range docs {
		fmt.Fprintln(h, c.Prints(d.Title, d.Text, d.Language), c.Fingerprint(d.Text))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// Constants that no verdict rests on.
var neutral = []string{
	"MaxLine", "progressEvery", "cacheWords", "wordsOfEmpty", "pairSlots", // a Filter's memory and speed
	"day", "verdictsRevision", "printsRevision",
	"latinExtended", "latinAdditional", "latinPairs", // tables of the tokeniser, see probe
}

// Every number that decides has a name, and every number that has one is counted
// in the version or neutral.
func TestVersionCountsLimits(t *testing.T) {
	for _, dir := range []string{".", "internal/text", "internal/align"} {
		limits, counted := constants(t, dir)
		if len(limits) < 5 {
			t.Errorf("%s: only %v found", dir, limits)
		}
		for _, name := range limits {
			if !counted[name] && !slices.Contains(neutral, name) {
				t.Errorf("%s: %s is in no list of limits, see Limits and version.go", dir, name)
			}
		}
	}
}

// constants returns the numeric constants of a package, less those of a row of
// iota, and the identifiers in its lists of limits.
func constants(t *testing.T, dir string) (limits []string, counted map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	counted = map[string]bool{}
	count := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			counted[id.Name] = true
		}
		return true
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					if x, ok := n.(*ast.BasicLit); ok && x.Kind == token.FLOAT {
						t.Errorf("%s: %s in %s has no name", file, x.Value, fn.Name.Name)
					}
					return true
				})
				if fn.Name.Name == "Limits" {
					ast.Inspect(fn.Body, count)
				}
			}
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				v, ok := s.(*ast.ValueSpec)
				switch {
				case !ok:
				case g.Tok == token.VAR && strings.HasSuffix(v.Names[0].Name, "Limits"):
					ast.Inspect(v.Values[0], count)
				case g.Tok == token.CONST && len(v.Values) > 0 && numeric(v.Values[0]):
					limits = append(limits, v.Names[0].Name)
				}
			}
		}
	}
	return limits, counted
}

// numeric reports whether an expression holds no string and no iota.
func numeric(e ast.Expr) bool {
	is := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit:
			is = is && x.Kind != token.STRING
		case *ast.Ident:
			is = is && x.Name != "iota"
		}
		return true
	})
	return is
}

// A version changes with what its verdicts or prints rest on, and with nothing else.
func TestVersionsAreDerived(t *testing.T) {
	was := deriveVersions()
	if Version() != was.verdicts || !strings.HasPrefix(was.verdicts, fmt.Sprintf("dedupe/%d-", verdictsRevision)) ||
		PrintsVersion() != was.prints || !strings.HasPrefix(was.prints, fmt.Sprintf("prints/%d-", printsRevision)) {
		t.Errorf("versions %s and %s, derived %+v", Version(), PrintsVersion(), was)
	}
	add := func(s *string, line string) func() {
		old := *s
		*s += line
		return func() { *s = old }
	}
	for _, tt := range []struct {
		name             string
		change           func() (undo func())
		verdicts, prints bool // changed
	}{
		{"nothing", func() func() { return func() {} }, false, false},
		{"a stop word", func() func() { return add(&weights.Stopwords, "xx: xyzzy\n") }, true, true},
		{"a numeral", func() func() { return add(&weights.Numerals, "xx: 7 xyzzy\n") }, true, false},
		{"a title", func() func() { return add(&weights.Roundups, "xx: xyzzy\n") }, true, false},
		{"a comment", func() func() { return add(&weights.Stopwords, "# more\n") }, false, false},
		{"the phrases", func() func() {
			old := weights.Phrases
			weights.Phrases = old[:len(old)-1]
			return func() { weights.Phrases = old }
		}, true, true},
		{"a limit of a rule", func() func() { old := rules[3]; rules[3].span += .01; return func() { rules[3] = old } }, true, false},
		{"a limit of a second rule", func() func() { secondRules[1].known++; return func() { secondRules[1].known-- } }, true, false},
		{"the wording of a rule", func() func() { return add(&rules[3].why, " or so") }, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			undo := tt.change()
			defer undo()
			is := deriveVersions()
			if (is.verdicts != was.verdicts) != tt.verdicts || (is.prints != was.prints) != tt.prints {
				t.Errorf("from %+v to %+v", was, is)
			}
		})
	}
	if is := deriveVersions(); is != was {
		t.Errorf("not undone: %+v", is)
	}
}
