package dedupe_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"winnow/dedupe"
)

// The agency's story, an outlet's copy that was shortened, and what another
// newsroom wrote of the same event.
var (
	agency = dedupe.Doc{ID: "agency", Host: "press.example", Date: "2026-03-02", Title: "Cutter reaches the yard", Text: `The cutter Nordvind left Holm at dawn on Monday with nine sailors and a crane, and reached the yard at Vann before noon in spite of the ice, the coastguard said.

Her captain, Egil Strand, would not say what the crane was for, and the harbour master did not ask him twice. It weighs 14 tonnes and was bought from a shipbreaker in Torr last autumn.

Two tugs waited for the cutter outside the breakwater. One of them, the Solveig, had lost a propeller to a log on Friday and needed six hours for the last four miles.`}

	shortened = dedupe.Doc{ID: "shortened", Host: "daily.example", Date: "2026-03-03", Title: "Nordvind in Vann", Text: `The cutter Nordvind left Holm at dawn on Monday with nine sailors and a crane, and reached the yard at Vann before noon in spite of the ice.

Her captain, Egil Strand, would not say what the crane was for, and the harbour master did not ask him twice. It weighs 14 tonnes and was bought from a shipbreaker in Torr last autumn.`}

	other = dedupe.Doc{ID: "other", Host: "herald.example", Date: "2026-03-03", Title: "What is in the crate?", Text: `Nobody at Vann would talk about the crane that came in on Monday. The yard has had no order for one since its owners went to court over the dry dock.

Harbour watchers counted nine people aboard the coastguard's Nordvind, and two tugs that came to meet her. Ice has closed the fjord to all but the largest ships for three weeks.`}
)

func newChecker() *dedupe.Checker {
	c, err := dedupe.New(dedupe.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// From stories to verdicts: prints for the index, edges from it, and of each group
// of copies the one that stays.
func Example() {
	c := newChecker()
	docs := []dedupe.Doc{agency, shortened, other}
	var index dedupe.Memory
	for _, d := range docs {
		index.Put(d, c.Prints(d.Title, d.Text, d.Language))
	}
	var edges []dedupe.Edge
	for _, d := range docs {
		found, err := c.Edges(context.Background(), d, &index)
		if err != nil {
			log.Fatal(err)
		}
		edges = append(edges, found...) // those between two of the docs come twice, which does not matter
	}
	for _, v := range c.Resolve(docs, edges) {
		if v.DuplicateOf == "" {
			fmt.Println(v.ID, "stays")
		} else {
			fmt.Printf("%s is a copy of %s: %s, %.0f %% of it\n", v.ID, v.DuplicateOf, v.Relation, 100*v.CopiedShare)
		}
	}
	// Output:
	// agency stays
	// shortened is a copy of agency: cut, 100 % of it
	// other stays
}

func ExampleChecker_Compare() {
	c := newChecker()
	for _, b := range []dedupe.Doc{shortened, other} {
		e, ok := c.Compare(agency, b)
		fmt.Printf("copies: %v; %q by the rule %q; shares %.2f and %.2f\n", ok, e.Relation, e.Rule, e.ShareA, e.ShareB)
	}
	// Output:
	// copies: true; "fuller" by the rule "revised"; shares 0.63 and 1.00
	// copies: false; "" by the rule ""; shares 0.00 and 0.00
}

// The reports of two days in the same words: too many of their numbers differ.
func ExampleChecker_Explain() {
	x := newChecker().Explain(
		dedupe.Doc{ID: "monday", Text: "The staff said 14 drones and 3 missiles were shot down over the region, 5 people were hurt and 21 houses damaged."},
		dedupe.Doc{ID: "tuesday", Text: "The staff said 9 drones and 7 missiles were shot down over the region, 2 people were hurt and 60 houses damaged."},
	)
	fmt.Printf("%s by the rule %q: %s\n", x.Relation, x.Rule, x.Why)
	for _, l := range x.Limits {
		fmt.Printf("%s: %.2f, limit %s %.2f, holds: %v\n", l.Figure, l.Value, l.Bound, l.Limit, l.Holds)
	}
	for _, part := range x.Passages[0].A.Parts[:5] {
		fmt.Printf("%v %q\n", part.Same, part.Text)
	}
	// Output:
	// distinct by the rule "template": two or more numbers differ: two events reported in the same words
	// other_numbers: 1.00, limit at most 0.20, holds: false
	// true "staff said "
	// false "14"
	// true " drones and "
	// false "3"
	// true " missiles were shot down over the region, "
}

// Of the prints of a story that was shortened many are among those of the whole.
func ExampleChecker_Prints() {
	c := newChecker()
	whole := map[uint64]bool{}
	for _, p := range c.Prints(agency.Title, agency.Text, "en") {
		whole[p] = true
	}
	shared := 0
	part := c.Prints(shortened.Title, shortened.Text, "en")
	for _, p := range part {
		if whole[p] {
			shared++
		}
	}
	fmt.Printf("%d prints of the whole, %d of the part, %d in common\n", len(whole), len(part), shared)
	// Output: 17 prints of the whole, 17 of the part, 8 in common
}

// An index answers a story that is not in it, too.
func ExampleChecker_Edges() {
	c := newChecker()
	var index dedupe.Memory
	for _, d := range []dedupe.Doc{agency, other} {
		index.Put(d, c.Prints(d.Title, d.Text, d.Language))
	}
	edges, err := c.Edges(context.Background(), shortened, &index)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range edges {
		fmt.Println(e.A, e.B, e.Relation, e.Rule)
	}
	// Output:
	// agency shortened fuller revised
}

// A person's word takes precedence over what the texts say.
func ExampleChecker_Resolve() {
	c := newChecker()
	docs := []dedupe.Doc{agency, shortened}
	edge, _ := c.Compare(agency, shortened)
	keep, err := dedupe.NewOverride(dedupe.SayKeep, shortened.ID, "")
	if err != nil {
		log.Fatal(err)
	}
	for _, said := range [][]dedupe.Override{nil, {keep}} {
		for _, v := range c.Resolve(docs, []dedupe.Edge{edge}, said...) {
			fmt.Printf("%s: duplicate of %q, rule %q\n", v.ID, v.DuplicateOf, v.Rule)
		}
	}
	// Output:
	// agency: duplicate of "", rule ""
	// shortened: duplicate of "agency", rule "revised"
	// agency: duplicate of "", rule ""
	// shortened: duplicate of "", rule "undropped"
}

func ExampleMemory_Put() {
	c := newChecker()
	var index dedupe.Memory
	index.Put(agency, c.Prints(agency.Title, agency.Text, agency.Language))
	changed := agency
	changed.Text = other.Text
	index.Put(changed, c.Prints(changed.Title, changed.Text, changed.Language)) // replaces it
	edges, err := c.Edges(context.Background(), shortened, &index)
	fmt.Println(index.Len(), len(edges), err)
	// Output:
	// 1 0 <nil>
}

func ExampleChecker_Filter() {
	in := `{"id": "a", "text": "The harbour of Sund reopened on Friday."}
{"id": "b", "text": "The harbour of Sund reopened on Friday!"}
{"id": "c"}
`
	problem := func(line int, what string) { fmt.Printf("line %d: %s\n", line, what) }
	out := new(strings.Builder)
	sum, err := newChecker().Filter(context.Background(), strings.NewReader(in), out, dedupe.FilterOptions{Problem: problem})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d records, %d copies, %d answers\n", sum.Records, sum.Copies, strings.Count(out.String(), "\n"))
	// Output:
	// line 3: the record has no "text"; give it one, "" where there is none
	// 2 records, 1 copies, 2 answers
}

func ExampleChecker_Fingerprint() {
	c := newChecker()
	fmt.Println(c.Fingerprint("“Nordvind” leaves Holm!") == c.Fingerprint("NORDVIND leaves\nHolm"))
	// Output: true
}
