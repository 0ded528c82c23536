package testweb

import (
	"embed"
	"fmt"
	"strings"
	"time"
)

//go:embed stories/*.txt
var storyFiles embed.FS

// story is a text as one site publishes it.
type story struct {
	site     int
	number   int // on the site, from 1, in the order of the site's list
	slug     string
	title    string
	author   string
	date     time.Time
	section  string
	tags     []string
	paras    []string
	day      int    // since which it is there
	update   string // paragraph added on day 2; "" for a story that does not change
	flaky    bool   // the first two answers have status 500
	moved    bool   // links have an old address that redirects
	cluster  string // slug of the first story of its group of copies; "" without copies
	edit     string // what was done to a copy: verbatim, light or cut; "" for an original
	origin   int    // for a copy: the site it was taken from
	series   string // stories of one template with other figures; "" for none
	copies   []string
	altTitle string // headline of a light edit
}

// changed reports whether the story's text on the day has the update.
func (s *story) changed(day int) bool { return s.update != "" && day >= 2 && s.day < 2 }

// text returns the story's paragraphs on a day.
func (s *story) text(day int) []string {
	if s.changed(day) {
		return append(s.paras[:len(s.paras):len(s.paras)], s.update)
	}
	return s.paras
}

// modified returns when the story was last changed, as of a day.
func (s *story) modified(day int) time.Time {
	if s.changed(day) {
		return dayStart(2).Add(3 * time.Hour)
	}
	return s.date
}

// dayStart returns the midnight of a day of the web. Dates are fixed, so that texts,
// addresses and validators are the same in every run.
func dayStart(day int) time.Time {
	return time.Date(2025, time.September, 9+day, 0, 0, 0, 0, time.UTC)
}

// catalog returns all stories of all days: those of the files, their copies on other
// sites, and the series.
func catalog() []*story {
	var all []*story
	for i, site := range sites {
		data, err := storyFiles.ReadFile("stories/" + site.key + ".txt")
		if err != nil {
			panic("unreachable: the file is embedded: " + err.Error())
		}
		for _, block := range strings.Split("\n"+string(data), "\n== ")[1:] {
			s, err := parseStory(block)
			if err != nil {
				panic("unreachable, the stories are checked by a test: " + err.Error())
			}
			s.site = i
			all = append(all, s)
		}
	}
	for _, s := range all[:len(all):len(all)] {
		for _, word := range s.copies {
			all = append(all, s.copied(word))
		}
	}
	all = append(all, briefings()...)
	numbers := make([]int, len(sites))
	for _, s := range all {
		numbers[s.site]++
		s.number = numbers[s.site]
	}
	return all
}

// parseStory reads a slug, its head of "name: value" lines, and paragraphs.
func parseStory(block string) (*story, error) {
	head, body, ok := strings.Cut(block, "\n\n")
	lines := strings.Split(head, "\n")
	s := &story{slug: strings.TrimSpace(lines[0]), day: 1}
	if !ok || s.slug == "" {
		return nil, fmt.Errorf("%q has no text", s.slug)
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "title":
			s.title = value
		case "light-title":
			s.altTitle = value
		case "author":
			s.author = value
		case "section":
			s.section = value
		case "tags":
			s.tags = strings.Split(value, ", ")
		case "copies":
			s.copies = strings.Split(value, ", ")
			s.cluster = s.slug
		case "update":
			s.update = value
		case "flaky":
			s.flaky = true
		case "redirect":
			s.moved = true
		case "follow":
			// For readers of the file; the pages have a related link.
		case "day":
			s.day = 2
		case "date":
			date, err := time.Parse("2006-01-02T15:04", value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.slug, err)
			}
			s.date = date
		default:
			return nil, fmt.Errorf("%s: the field %q is not known", s.slug, name)
		}
	}
	s.paras = strings.Split(strings.TrimSpace(body), "\n\n")
	if s.title == "" || s.date.IsZero() || s.section == "" {
		return nil, fmt.Errorf("%s: title, date or section is missing", s.slug)
	}
	return s, nil
}

// copied returns the story as another site republishes it; word is "site edit".
func (s *story) copied(word string) *story {
	key, edit, _ := strings.Cut(word, " ")
	c := *s
	c.site, c.edit, c.origin = siteIndex(key), edit, s.site
	c.date = s.date.Add(3*time.Hour + 12*time.Minute)
	c.copies, c.update, c.flaky, c.moved = nil, "", false, false
	c.author, c.section = sites[c.site].copyAuthor, sites[c.site].copySection
	switch edit {
	case "verbatim":
	case "light":
		c.slug += "-2"
		c.title = s.altTitle
		c.paras = append([]string(nil), s.paras...)
		c.paras[0] = "(" + sites[s.site].Name + ") " + c.paras[0]
		last := c.paras[len(c.paras)-1]
		if i := strings.LastIndex(strings.TrimSuffix(last, "."), ". "); i > 0 {
			c.paras[len(c.paras)-1] = last[:i+1]
		}
	case "cut":
		c.slug += "-brief"
		c.paras = s.paras[:(len(s.paras)+1)/2]
	default:
		panic("unreachable, the stories are checked by a test: edit " + edit)
	}
	return &c
}

// briefings returns two daily series: the same words every day, with other figures.
// They are similar, and not copies of each other.
func briefings() []*story {
	var out []*story
	for i, f := range [][7]int{
		{8, 41, 3, 17, 5, 26, 1}, {9, 38, 7, 22, 4, 31, 2}, {10, 52, 2, 19, 6, 24, 4}, {11, 47, 5, 28, 3, 29, 3},
	} {
		out = append(out, &story{
			site: 0, slug: fmt.Sprintf("strait-watch-%d-september", f[0]), series: "strait-watch",
			title:  fmt.Sprintf("Strait watch: %d September", f[0]),
			author: "Watch desk", section: "fleet", tags: []string{"strait watch"}, day: 1 + i/3,
			date: time.Date(2025, time.September, f[0], 18, 0, 0, 0, time.UTC),
			paras: []string{
				fmt.Sprintf("The strait control room logged %d merchant ships in the twenty-four hours to noon on %d September, of which %d were asked for their papers by radio.", f[1], f[0], f[2]),
				fmt.Sprintf("Patrol aircraft flew %d hours over the southern lane. %d sightings of unlit fishing boats were passed on to the coastguard, and the pilot station at Garrow moved %d vessels through the narrows.", f[3], f[4], f[5]),
				fmt.Sprintf("Wind and sea allowed boarding for all but %d hours. No ship was turned back, and the next convoy forms off the light vessel at dawn.", f[6]),
			},
		})
	}
	for i, f := range [][6]int{{9, 14, 212, 3, 38, 6}, {10, 11, 187, 5, 44, 9}, {11, 17, 240, 2, 35, 7}} {
		out = append(out, &story{
			site: 3, slug: fmt.Sprintf("svodka-%d-sentyabrya", f[0]), series: "svodka",
			title:  fmt.Sprintf("Сводка поисково-спасательной службы за %d сентября", f[0]),
			author: "Дежурный редактор", section: "flot", tags: []string{"сводка"}, day: 1 + i/2,
			date: time.Date(2025, time.September, f[0], 17, 30, 0, 0, time.UTC),
			paras: []string{
				fmt.Sprintf("За сутки %d сентября поисково-спасательная служба приняла %d сигналов бедствия, проверила %d маломерных судов; с мели снято катеров: %d.", f[0], f[1], f[2], f[3]),
				fmt.Sprintf("Вертолёты дежурных звеньев провели в воздухе %d часов. Спасатели доставили на берег %d человек, помощь врачей не потребовалась никому из них.", f[4], f[5]),
				"Службы продолжают работать в обычном режиме. Капитанов просят проверять аварийные буи перед выходом и сообщать о плавучих брёвнах по каналу береговой связи.",
			},
		})
	}
	return out
}
