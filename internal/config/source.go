package config

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
	"winnow/clean/siterules"

	yaml "go.yaml.in/yaml/v4"
)

// nameForm keeps names usable on a command line and in reports; nameSchema is
// the same in the words of JSON Schema.
var nameForm = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)

const nameSchema = `^[\p{L}\p{N}][\p{L}\p{N}._-]*$`

// sourceParts are the values of a source that are read together, at its end:
// the others refer to its site, and mistakes to its name.
type sourceParts struct{ name, site, feeds, sitemaps, sections *yaml.Node }

// sourceFields returns the keys of a source.
func (d *decoder) sourceFields(s *Source, parts *sourceParts) []field {
	later := func(to **yaml.Node, s schema) value {
		return value{schema: s, read: func(n *yaml.Node, _ string) { *to = target(n) }}
	}
	text := schema{Type: []string{"string", "null"}}
	delay := d.duration(&s.Delay, 0, maxDelay, "2s")
	delay.schema.Default = nil // that of fetch.delay
	return append([]field{
		{"name", "Unique; letters, digits, '.', '_' and '-'. \"backfill\" and \"files\" are reserved.", later(&parts.name, schema{Type: []string{"string", "number"}, Pattern: nameSchema, MaxLength: longestName, Examples: []any{"example"}})},
		{"site", "The start page. Feeds, sitemaps and robots.txt are found from here.", later(&parts.site, schema{Type: []string{"string"}, Pattern: "^[Hh][Tt][Tt][Pp][Ss]?://", Examples: []any{"https://news.example/"}})},
		{"feeds", "RSS and Atom feeds that the site does not announce; addresses, or paths of the site.", later(&parts.feeds, listSchema(text, []any{"/rss.xml"}))},
		{"sitemaps", "Sitemaps that robots.txt does not name.", later(&parts.sitemaps, listSchema(text, []any{"/news-sitemap.xml"}))},
		{"sections", "Pages whose links are followed on every pass.", later(&parts.sections, listSchema(text, []any{"/naval/"}))},
		{"include", "Regular expressions on the path. A page must match one of them; empty means every page of the site.", d.patterns(&s.Include)},
		{"exclude", "Regular expressions on the path. A page must match none of them. Goes before include.", d.patterns(&s.Exclude)},
		{"schedule", "When winnow schedule runs the source: @hourly and the like, @every 90m, or minute, hour, day, month, weekday; CRON_TZ=Europe/Paris before them names a time zone.", d.schedule(&s.Schedule)},
		{"delay", "Between two requests to a host; fetch.delay if it is not given. A longer Crawl-delay of the site goes first.", delay},
		{"max_pages", "Sections and articles fetched in one pass, the newest first. 0 is no limit.", d.integer(&s.MaxPages, 0, maxNumber)},
		{"max_lists", "Feeds and sitemaps fetched in one pass, those of the latest news first. 0 is no limit.", d.integer(&s.MaxLists, 0, maxNumber)},
		{"max_pages_per_host", "max_pages for each host of the site. 0 is no limit.", d.integer(&s.MaxPagesPerHost, 0, maxNumber)},
		{"max_time", "A pass makes no new request for the source after this time; the next one goes on there. 0 is fetch.max_time; under winnow schedule, if that is not given either, an hour.", d.duration(&s.MaxTime, 0, maxPass, "20m")},
		{"max_depth", "How many links from the start page are followed.", d.integer(&s.MaxDepth, 0, maxDepth)},
		{"rules", "Extraction rules for this site, one a line, as in ftr-site-config files.", d.rules(&s.Rules)},
		{"text", "Where stories are read from: their pages, or feeds that have them whole (pages are then requested only for the others), or these and the API of WordPress. Where a page has no story, that of a feed is taken anyway.", d.choice(&s.Text, "page", "feed", "api")},
		{"paid_links", "Follow links marked rel=sponsored.", d.truth(&s.PaidLinks)},
		{"offsite", "Also take pages of other sites that feeds and sitemaps name.", d.truth(&s.Offsite)},
	}, d.access(&s.Access)...)
}

// source reads one source and reports whether it is without mistakes.
func (d *decoder) source(s *Source, n *yaml.Node, key string, names map[string]int) bool {
	const exampleSite = "e.g. https://news.example/"
	before := len(d.mistakes)
	at := target(n)
	var parts sourceParts
	if !d.mapping(n, key, d.sourceFields(s, &parts)) {
		if isNull(at) {
			d.mistake(at, key, "write name: … and site: …, or take the dash away", "it is empty")
		}
		return false
	}
	if parts.name == nil || isNull(parts.name) {
		d.mistake(at, key, "write e.g. name: example", "it has no name")
	} else {
		d.name(&s.Name, parts.name, key+".name", names)
	}
	var base *url.URL
	if parts.site == nil || isNull(parts.site) {
		d.mistake(at, key, "write "+strings.Replace(exampleSite, "e.g. ", "e.g. site: ", 1), "it has no site")
	} else if base = d.web(parts.site, key+".site", nil, exampleSite); base != nil {
		s.Site = base.String()
	}
	for _, l := range []struct {
		node *yaml.Node
		to   *[]string
		key  string
	}{{parts.feeds, &s.Feeds, ".feeds"}, {parts.sitemaps, &s.Sitemaps, ".sitemaps"}, {parts.sections, &s.Sections, ".sections"}} {
		if l.node != nil {
			d.list(l.node, key+l.key, "[https://news.example/…]", func(n *yaml.Node, key string) {
				if u := d.web(n, key, base, "e.g. https://news.example/world/, or /world/ for a page of the site"); u != nil {
					*l.to = append(*l.to, u.String())
				}
			})
		}
	}
	return len(d.mistakes) == before
}

func (d *decoder) name(to *string, n *yaml.Node, key string, names map[string]int) {
	const example = "letters, digits, '.', '_' and '-', such as example"
	s, at, ok := d.scalar(n, key, example)
	if !ok {
		return
	}
	if !nameForm.MatchString(s) || utf8.RuneCountInString(s) > longestName {
		d.mistake(at, key, "write "+example, "%q is not a name", brief(s))
		return
	}
	if s == "backfill" || s == "files" {
		d.mistake(at, key, "give it another name", "the name %q is reserved for what came from lists and files", s)
		return
	}
	if line, twice := names[s]; twice {
		d.mistake(at, key, "give one of them another name", "the source in line %d has the name %q too", line, s)
		return
	}
	names[s] = at.Line
	*to = s
}

// web reads a URL; nil if there is a mistake.
func (d *decoder) web(n *yaml.Node, key string, base *url.URL, example string) *url.URL {
	s, at, ok := d.scalar(n, key, example)
	if !ok {
		if isNull(at) {
			d.mistake(at, key, "write "+example, "it is empty")
		}
		return nil
	}
	u, err := parseWeb(s, base)
	if err != nil {
		d.mistake(at, key, "write "+example, "%s", err)
		return nil
	}
	return u
}

func (d *decoder) patterns(to *[]string) value {
	s := listSchema(schema{Type: []string{"string", "null"}}, []any{"^/news/"})
	return value{schema: s, read: func(n *yaml.Node, key string) {
		d.list(n, key, `['^/news/']`, func(n *yaml.Node, key string) {
			s, at, ok := d.scalar(n, key, `a regular expression on the path, such as '^/news/'`)
			if !ok {
				return
			}
			if _, err := regexp.Compile(s); err != nil {
				d.mistake(at, key, `write one for the path, such as '^/news/\d+'`,
					"%q is not a regular expression: %s", brief(s), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
				return
			}
			*to = append(*to, s)
		})
	}}
}

func (d *decoder) schedule(to *string) value {
	const example = `e.g. "@hourly", "@every 90m", or "30 6 * * 1-5" (minute, hour, day, month, weekday)`
	s := textSchema("@every 90m", "30 6 * * 1-5", "CRON_TZ=Europe/Paris 0 9 * * *")
	s.Default = *to
	return value{schema: s, read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		s = strings.Join(strings.Fields(s), " ")
		if err := checkSchedule(s); err != nil {
			d.mistake(at, key, "write "+example, "%s", brief(err.Error()))
			return
		}
		*to = s
	}}
}

// rules reads site rules: a block of lines, or one line.
func (d *decoder) rules(to *Rules) value {
	const example = "rules: | and below it one rule a line, such as body: //div[@id='story']"
	return value{schema: schema{Type: []string{"string", "null"}, Examples: []any{"body: //div[@id='story']"}}, read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		r := Rules{Text: s, File: d.file, Line: at.Line}
		switch {
		case at.Style&yaml.LiteralStyle != 0:
			r.Line++ // the text begins below the bar
		case strings.Contains(strings.TrimSpace(s), "\n") || at.Style&yaml.FoldedStyle != 0:
			d.mistake(at, key, "write "+example, "the lines of the rules are joined")
			return
		}
		_, wrong := siterules.Parse(d.file, r.Line, s)
		for _, m := range wrong {
			d.mistakes = append(d.mistakes, Mistake{File: m.File, Line: m.Line, Column: 1, Key: key, What: m.What})
		}
		if strings.TrimSpace(s) != "" {
			*to = r
		}
	}}
}
