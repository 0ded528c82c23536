package clean

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/feature"
	"winnow/clean/siteprofile"
	"winnow/clean/siterules"
	"winnow/clean/textprofile"
	"winnow/news"
)

// paragraphs of a story that takes the place of the dots in an example.
var exampleStory = []string{
	bridgeOne, bridgeTwo,
	"The river has fallen by a hand since Sunday, and the old stone bridge at Upper Karrow will be looked at by divers as soon as they can work there.",
	"Until then the bakers of both villages have agreed to bake on alternate days, which nobody remembers to have happened before.",
	"The district pays for the diesel. Who pays for the trucks is still a matter of letters between two ministries, the clerk of the council said.",
	"A second company will come from the coast at the end of the month and bring boats, in case the water rises once more.",
}

// examplePage puts an example to a page, or to scraped text.
func examplePage(example string) (body string, isText bool) {
	next := 0
	isText = !strings.Contains(example, "<")
	dots := strings.Count(example, "…")
	var b strings.Builder
	for k, part := range strings.Split(example, "…") {
		if k > 0 {
			take := len(exampleStory) / max(dots, 1)
			for _, p := range exampleStory[next : next+take] {
				switch {
				case isText:
					fmt.Fprintf(&b, "%s\n\n", p)
				case strings.Contains(example, "articleBody"):
					fmt.Fprintf(&b, "%s ", html.EscapeString(p))
				default:
					fmt.Fprintf(&b, "<p>%s</p>", p)
				}
			}
			next += take
		}
		b.WriteString(part)
	}
	if isText {
		return b.String(), true
	}
	heading := "<h1>Bridge stays until April</h1>"
	if strings.Contains(example, "<h1>") {
		heading = ""
	}
	return "<html><head><title>Bridge stays until April</title><meta name=author content='Ann Wells'></head><body>" + heading + b.String() + "</body></html>", false
}

// otherStories returns pages or texts as an example has it, with other stories.
func otherStories(page *news.Page) (pages []*news.Page) {
	for n := range 12 {
		body := strings.ReplaceAll(string(page.Body), "Bridge stays until April", coastTitle(n))
		for k, p := range exampleStory {
			body = strings.Replace(body, p, coastParagraph(n, k), 1)
		}
		pages = append(pages, &news.Page{URL: fmt.Sprintf("https://coast.example/s/%d", n), Source: page.Source, Body: []byte(body)})
	}
	return pages
}

func TestEveryRuleCutsItsExample(t *testing.T) {
	file, wrong := siterules.Parse("coast.example.txt", 1, "strip: //div[@class='partner-box']")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	// The others are shown without a model; it with one question, which what was
	// learned last does not change.
	models := map[string]*blockmodel.Model{news.ModelRule: oneQuestion(t, feature.LinkShare, 5, blockmodel.OddsUnit, -blockmodel.OddsUnit)}
	for _, r := range Rules() {
		if r.ID == news.HouseRule {
			continue // of records that older versions made
		}
		if r.ID != news.ModelRule {
			models[r.ID] = &blockmodel.Model{}
		}
		t.Run(r.ID, func(t *testing.T) {
			var sites *siterules.Rules
			if r.ID == siterules.StripRule {
				sites = sites.WithSource("coast", file)
			}
			x := New(Options{Sites: sites, Model: models[r.ID], DropEmbeds: r.ID == elemrules.EmbedRule})
			body, isText := examplePage(r.Example)
			page := &news.Page{URL: "https://coast.example/2024/05/03/bridge", Source: "coast", Body: []byte(body)}
			extract := x.Extract
			if isText {
				extract = x.ExtractText
			}
			switch r.ID {
			case siteprofile.Rule:
				extract = func(ctx context.Context, page *news.Page) (news.Story, error) {
					e, err := x.ExtractFrom(ctx, page, profileOf(t, x, otherStories(page)))
					return e.Story, err
				}
			case textprofile.Rule:
				extract = func(ctx context.Context, page *news.Page) (news.Story, error) {
					var sample textprofile.Sample
					for _, text := range otherStories(page) {
						sample.Add(SketchText(text))
					}
					return x.ExtractTextFrom(ctx, page, sample.Profile())
				}
			}
			story, err := extract(context.Background(), page)
			if err != nil {
				t.Fatal(err)
			}
			if r.ID == PartRule {
				page := &news.Page{URL: page.URL + "/2", Body: []byte(strings.Replace(body, "1 of 3", "2 of 3", 1))}
				second, err := extract(context.Background(), page)
				if err != nil {
					t.Fatal(err)
				}
				story = x.Join([]news.Story{story, second}, "")
			}
			if !slices.ContainsFunc(story.Removals, func(c news.Removal) bool { return c.Rule == r.ID }) {
				t.Errorf("%s\nis cut by %v\nkept: %s", r.Example, story.Removals, story.Text())
			}
			if r.Of == "" || r.Why == "" {
				t.Errorf("%+v tells too little", r)
			}
			if kept := strings.Count(story.Text(), "the "); kept < 3 {
				t.Errorf("the story went with it: %q", story.Text())
			}
		})
	}
}

func TestEveryRemovalIsOfAListedRule(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range Rules() {
		listed[r.ID] = true
	}
	x := New(Options{})
	for _, c := range goldenCases(t) {
		for _, r := range extractCase(t, x, c).Removals {
			if !listed[r.Rule] {
				t.Errorf("%s: the rule %s is not in the list", c.name, r.Rule)
			}
		}
	}
}

func TestCategoriesNameRules(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range Rules() {
		listed[r.ID] = true
		if r.Category == "" {
			t.Errorf("%s is in no category", r.ID)
		}
	}
	for category, rules := range ruleCategories {
		for _, id := range rules {
			if !listed[id] || CategoryOf(id) != category {
				t.Errorf("%s: %s is no rule, or also in %s", category, id, CategoryOf(id))
			}
		}
	}
}
