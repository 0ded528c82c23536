package linerules

import (
	"slices"
	"testing"

	"winnow/news"
)

const (
	storyA = "The brigade moved its bridging company to the river on Monday, and the first trucks crossed before noon, the district said."
	storyB = "Colonel Hester Vane told reporters that the bridge at Lower Karrow would stay until the water falls, which may take the whole of April."
)

// rulesOf applies the line rules to two paragraphs with lines before, between and
// after them, and returns the rules that cut those lines ("" for kept).
func rulesOf(before, between, after []string) []string {
	var lines []Line
	add := func(texts ...string) {
		for _, t := range texts {
			lines = append(lines, Line{Block: news.Block{Kind: news.Paragraph, Text: t}, Group: len(lines)})
		}
	}
	add(before...)
	add(storyA)
	add(between...)
	add(storyB)
	add(after...)
	kept, removals := Apply(lines, Context{Title: "Bridge stays", Language: "en", Authors: []string{"Ann Lee Marrow"}})
	var out []string
	for _, text := range slices.Concat(before, between, after) {
		rule := "lost"
		if slices.ContainsFunc(kept, func(b news.Block) bool { return b.Text == text }) {
			rule = ""
		}
		for _, r := range removals {
			if r.Text == text {
				rule = r.Rule
			}
		}
		out = append(out, rule)
	}
	for _, text := range []string{storyA, storyB} {
		if !slices.ContainsFunc(kept, func(b news.Block) bool { return b.Text == text }) {
			out = append(out, "story lost")
		}
	}
	return out
}

func TestApplyBetweenParagraphs(t *testing.T) {
	tests := []struct {
		name string
		line string
		want string
	}{
		{"related with a colon", "RELATED: Letter of the week: on the matter of hats", "line-related"},
		{"related with a dash", "Read also — The goat of Karrow", "line-related"},
		{"related in Russian", "По теме: Старый форт отдадут под сыроварню", "line-related"},
		{"related in German", "Mehr zum Thema: Der Deich", "line-related"},
		{"the same word in a sentence", "По теме переговоров стороны не договорились, рассказал дипломат.", ""},
		{"read more in a sentence", "Read more books, the colonel advised the cadets, and fewer orders.", ""},
		{"see also as advice", "See also that the tank is full before the convoy leaves.", ""},
		{"credit alone", "Photo: Ministry handout", "line-caption"},
		{"credit behind a caption", "Crews line up before the inspection. Credit: Nils Aaberg/Northlight", "line-caption"},
		{"caption without a point", "Crews line up before the inspection Photo: Ministry handout", "line-caption"},
		{"credit in capitals", "PHOTO BY D. KLEIN/POLARIS PRESS VIA AGENCY POOL", "line-caption"},
		{"image courtesy", "Image courtesy of the press office", "line-caption"},
		{"Russian credit", "Фото из архива редакции", "line-caption"},
		{"agency", "REUTERS/Ann Marrow", "line-caption"},
		{"photo by photo", "Photo by photo, the archive shows how the station lost its paint.", ""},
		{"an agency in a sentence", "The suit against Getty Images was dropped on Monday, its lawyers said.", ""},
		{"picture in a sentence", "Pictures from the drone showed that the bridge had moved by a metre.", ""},
		{"share", "Share this article", "line-share"},
		{"networks", "Facebook Twitter WhatsApp", "line-share"},
		{"share in a sentence", "Share prices fell on Tuesday.", ""},
		{"newsletter", "Sign up for our weekly dispatch and never miss a hull number.", "line-newsletter"},
		{"newsletter that promises", "Get the morning briefing. Five stories and a cartoon, before coffee.", "line-newsletter"},
		{"newsletter in another language", "Suscríbete al boletín y recibe lo mejor de la semana.", "line-newsletter"},
		{"newsletter in Norwegian", "Meld deg på nyhetsbrevet vårt.", "line-newsletter"},
		{"a briefing", "The morning briefing was cancelled because of the fog.", ""},
		{"a newsletter in the news", "The union will stop its newsletter in May, its chairman said.", ""},
		{"login", "Войти", "line-login"},
		{"articles left", "Il vous reste 1 article gratuit ce mois-ci.", "line-login"},
		{"days left in a sentence", "Il vous reste 3 jours pour évacuer le port.", ""},
		{"facts", "Справка «МР». Буксир построен в 1989 году, экипаж — девять человек.", "line-facts"},
		{"a certificate in a sentence", "Справка «о доходах» капитану больше не нужна.", ""},
		{"number", "9586", "line-count"},
		{"views", "Просмотров: 2 418", "line-count"},
		{"views in a sentence", "Views of the harbour will be lost.", ""},
		{"slot", "ADVERTISEMENT", "line-ad"},
		{"slot in Chinese", "广告", "line-ad"},
		{"an advertisement in a sentence", "Advertisement for the post closed in March.", ""},
		{"sponsored alone", "Sponsored", "line-sponsored"},
		{"sponsored in a sentence", "The exercise was sponsored", ""},
		{"a heading with a year", "What comes after 2024", ""},
		{"a short sentence", "It held.", ""},
		{"a quotation", "“We like it here,” he said.", ""},
		{"byline-like sentence", "By Monday the troops had left.", ""},
		{"by a person in a sentence", "By Ann Marrow's account the bridge never moved.", ""},
		{"a question", "Do you want to hear it again?", ""},
		{"a live time", "14.52 BST", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rulesOf(nil, []string{tt.line}, nil); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
			}
		})
	}
}

func TestApplyAtTheEdges(t *testing.T) {
	tests := []struct {
		name          string
		before, after []string
		want          []string
	}{
		{"dotted byline", []string{"By Ann Lee • 17 April 2023 • 0:32"}, nil, []string{"line-header"}},
		{"title again", []string{"BRIDGE STAYS"}, nil, []string{"line-title"}},
		{"piped header", []string{"2 May 2024, 12:44 | Ann Lee | 8,120 views | 2 comments"}, nil, []string{"line-header"}},
		{"a short standfirst stays", []string{"Nobody had asked the river."}, nil, []string{""}},
		{"a place stays", []string{"PORT ELLERY, May 3. The frigate is back."}, nil, []string{""}},
		{"rights", nil, []string{"The rights to this material belong to Ford Gazette"}, []string{"line-rights"}},
		{"rights in Russian", nil, []string{"При использовании материалов ссылка на сайт обязательна. Права на данный материал принадлежат редакции."}, []string{"line-rights"}},
		{"tags", nil, []string{"Tags: bridges, rivers"}, []string{"line-tags"}},
		{"hash tags", nil, []string{"#bridges #rivers"}, []string{"line-tags"}},
		{"bio of the author", nil, []string{"Ann Lee Marrow has covered bridges for eleven years and keeps a small boat."}, []string{"line-bio"}},
		{"bio under a label", nil, []string{"About the author: Ann Lee Marrow is a staff writer. Send tips through the usual channel."}, []string{"line-bio"}},
		{"bio with a dash", nil, []string{"Ann Lee Marrow — our land correspondent and a lapsed trombonist."}, []string{"line-bio"}},
		{"the author as a witness stays", nil, []string{"Ann Lee Marrow said that she had seen it too."}, []string{""}},
		{"another script", nil, []string{"Музей флота открыл зал карт"}, []string{"line-language"}},
		{"invitation and thread", nil, []string{"Do you want to leave a comment? Register and/or Log in", "Good piece, but the author forgets the ferry."}, []string{"line-thread", "line-thread"}},
		{"thanks", nil, []string{"Thank you for taking the time to read this article."}, []string{"line-closing"}},
		{"cookies", nil, []string{"We use cookies and similar tools to run this site. Accept all"}, []string{"line-consent"}},
		{"a last short sentence stays", nil, []string{"Nobody has counted the frogs."}, []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rulesOf(tt.before, nil, tt.after); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestApplyToSponsored(t *testing.T) {
	const pitch = "Our mattress arrives in a box the size of a suitcase and a hundred nights later you can still send it back. More than a million backs have been convinced. Yours could be next."
	all := func(n int) []string { return slices.Repeat([]string{"line-sponsored"}, n) }
	tests := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"headline, label, pitch", []string{"Sleep like it is Sunday", "Sponsored", pitch}, all(3)},
		{"label, headline, pitch", []string{"Partner content", "Sleep like it is Sunday", pitch}, all(3)},
		{"headline twice around the label", []string{"Sleep like it is Sunday", "Pillow Club Sponsored", "Sleep like it is Sunday", pitch}, all(4)},
		{"slot label before a pitch", []string{"Advertisement", pitch}, []string{"line-ad", "line-sponsored"}},
		{"slot label before the story", []string{"The long way round", "Advertisement"}, []string{"", "line-ad"}},
		{"label before a paragraph of the story", []string{"Sponsored", "The brigade said that the bridge on the river would be taken down when the water falls, the colonel told reporters."}, []string{"line-sponsored", ""}},
		{"Russian pitch", []string{"Окна, из которых не дует", "На правах рекламы", "Поставим за один день и увезём старые рамы бесплатно. До пятницы действует скидка на балконы, а сетка от комаров — в подарок каждому."}, all(3)},
		{"label with the advertiser's data", []string{"Реклама. ООО «Ромашка», erid: 2VtzqwXYZ"}, all(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rulesOf(nil, tt.lines, nil); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestApplyKeepsTimelines(t *testing.T) {
	lines := []string{
		"3 March 2024",
		"The first convoy left the depot with eleven trucks and came back with nine, because two had been lent to the fire brigade of Lower Karrow.",
		"5 March 2024",
		"The second convoy found the road under water and waited two days at the mill, where the miller's wife fed sixty soldiers on one pig.",
	}
	if got := rulesOf(nil, lines, nil); !slices.Equal(got, []string{"", "", "", ""}) {
		t.Errorf("%q", got)
	}
}
