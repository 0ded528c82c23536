package config

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"

	"winnow/clean/siterules"
)

// Bounds of settings. They are wide; what lies outside is a slip of the pen.
const (
	maxWorkers  = 256
	maxTimeout  = time.Hour
	maxDelay    = day
	maxPass     = 365 * day
	maxRetries  = 100
	maxWindow   = 100 * 365 * day
	minBody     = 1 << 10
	maxNumber   = 1_000_000_000
	maxDepth    = 100
	longestName = 64 // characters of a source's name
)

// Parse reads the bytes of a file; file is only the name for messages. The
// error is a Mistakes.
func Parse(file string, data []byte) (*Config, error) {
	d := &decoder{file: file}
	c := Default()
	var root yaml.Node
	if !utf8.Valid(data) {
		line, column := invalidAt(data)
		return nil, Mistakes{{File: file, Line: line, Column: column, What: "this is no UTF-8 text", Write: "save the file as UTF-8"}}
	}
	if strings.TrimSpace(string(data)) == "" {
		return c, nil
	}
	if err := yaml.Load(data, &root); err != nil {
		return nil, Mistakes{syntaxMistake(file, err)}
	}
	if len(root.Content) > 0 {
		d.config(c, root.Content[0])
	}
	if len(d.mistakes) > 0 {
		return nil, d.mistakes.sorted()
	}
	return c, nil
}

// invalidAt is the place of the first byte that is no UTF-8.
func invalidAt(data []byte) (line, column int) {
	line, column = 1, 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		data = data[n:]
	}
	return line, column
}

func (d *decoder) config(c *Config, n *yaml.Node) {
	var sources *yaml.Node
	d.mapping(n, "", []field{
		{"sources", func(n *yaml.Node, _ string) { sources = n }},
		{"user_agent", d.agent(&c.UserAgent)},
		{"corpus", d.path(&c.Corpus, "a folder, such as ./corpus")},
		{"state", d.state(&c.State)},
		{"fetch", func(n *yaml.Node, key string) { d.fetch(&c.Fetch, n, key) }},
		{"robots", func(n *yaml.Node, key string) {
			d.mapping(n, key, []field{
				{"forbidden", d.choice(&c.Robots.Forbidden, "allow", "deny")},
				{"noindex", d.truth(&c.Robots.NoIndex)},
				{"nofollow", d.truth(&c.Robots.NoFollow)},
				{"noarchive", d.truth(&c.Robots.NoArchive)},
			})
		}},
		{"archive", func(n *yaml.Node, key string) { d.archive(&c.Archive, n, key) }},
		{"clean", func(n *yaml.Node, key string) {
			d.mapping(n, key, []field{
				{"min_words", d.integer(&c.Clean.MinWords, 0, maxNumber)},
				{"site_rules", d.path(&c.Clean.SiteRules, "a folder of files such as news.example.txt, e.g. ./site-rules")},
				{"truncated", d.choice(&c.Clean.Truncated, TeasersLeave, TeasersKeep)},
			})
		}},
		{"dedupe", func(n *yaml.Node, key string) {
			d.mapping(n, key, []field{
				{"window", d.duration(&c.Dedupe.Window, day, maxWindow, "90d")},
				{"keep", d.choice(&c.Dedupe.Keep, "fullest", "first", "ranked")},
			})
		}},
		{"output", func(n *yaml.Node, key string) { d.output(&c.Output, n, key) }},
		{"forget_gone", d.truth(&c.ForgetGone)},
	})
	// Sources come last: fetch.delay is their default, wherever it stands.
	if sources == nil {
		return
	}
	names := map[string]int{}
	d.list(sources, "sources", "- name: … and site: … for each", func(n *yaml.Node, key string) {
		s := c.DefaultSource("", "")
		if d.source(&s, n, key, names) {
			c.Sources = append(c.Sources, s)
		}
	})
}

// agentForm is a product token first: robots.txt groups are matched with it
// (RFC 9309, section 2.2.1), and it goes into a header, so no control bytes.
var agentForm = regexp.MustCompile(`^[A-Za-z_-]+(?:[/ ;(][\x20-\x7e]*)?$`)

func (d *decoder) agent(to *string) func(*yaml.Node, string) {
	const example = "a name that robots.txt files can call you by, such as winnow/1.0 (+https://example.org/winnow)"
	return func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		if !agentForm.MatchString(s) || len(s) > 500 {
			d.mistake(at, key, "write "+example, "%q does not begin with a product name of letters, '-' and '_', or is no plain ASCII", brief(s))
			return
		}
		*to = s
	}
}

func (d *decoder) state(to *string) func(*yaml.Node, string) {
	const example = "a file such as ./state/winnow.db, or postgres://user@host/database"
	return func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		if err := checkState(strings.TrimSpace(s)); err != nil {
			d.mistake(at, key, "write "+example, "%v", err)
			return
		}
		*to = strings.TrimSpace(s)
	}
}

func (d *decoder) fetch(f *Fetch, n *yaml.Node, key string) {
	d.mapping(n, key, []field{
		{"workers", d.integer(&f.Workers, 1, maxWorkers)},
		{"timeout", d.duration(&f.Timeout, time.Millisecond, maxTimeout, "30s")},
		{"max_body", d.size(&f.MaxBody, minBody, "10MiB")},
		{"delay", d.duration(&f.Delay, 0, maxDelay, "1s")},
		{"chromium", d.path(&f.Chromium, "the path of a program, such as /usr/bin/chromium")},
		{"delay_factor", d.number(&f.DelayFactor, 0, 100)},
		{"retries", d.integer(&f.Retries, 0, maxRetries)},
		{"max_time", d.duration(&f.MaxTime, 0, maxPass, "30m")},
		{"allow_private", func(n *yaml.Node, key string) {
			d.list(n, key, "[127.0.0.0/8]", func(n *yaml.Node, key string) {
				s, at, ok := d.scalar(n, key, "e.g. 127.0.0.0/8")
				if !ok {
					return
				}
				network, err := parseNetwork(s)
				if err != nil {
					d.mistake(at, key, "write e.g. 127.0.0.0/8", "%v", err)
					return
				}
				f.AllowPrivate = append(f.AllowPrivate, network)
			})
		}},
		{"resolve", func(n *yaml.Node, key string) { d.resolve(f.Resolve, n, key) }},
	})
}

func (d *decoder) resolve(to map[string]string, n *yaml.Node, key string) {
	const write = "write e.g. news.example: 127.0.0.1:8080"
	n = target(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.mistake(n, key, write, "%s where host: address belongs", describe(n))
		return
	}
	for i := 0; i+1 < len(n.Content) && !d.spent(n); i += 2 {
		host := strings.ToLower(target(n.Content[i]).Value)
		at := key + "." + host
		address, place, ok := d.scalar(n.Content[i+1], at, "e.g. 127.0.0.1:8080")
		if !ok {
			continue
		}
		switch _, twice := to[host]; {
		case !isHost(host):
			d.mistake(n.Content[i], at, write, "%q is no host", brief(host))
		case twice:
			d.mistake(n.Content[i], at, "leave one of the two", "the host is there twice")
		case !isHost(address):
			d.mistake(place, at, write, "%q is no address", brief(address))
		default:
			to[host] = address
		}
	}
}

func (d *decoder) archive(a *Archive, n *yaml.Node, key string) {
	d.mapping(n, key, []field{
		{"keep", func(n *yaml.Node, key string) {
			const example = "all, none or a time such as 90d"
			s, at, ok := d.scalar(n, key, example)
			if !ok {
				return
			}
			if s == KeepAll || s == KeepNone {
				a.Keep, a.KeepFor = s, 0
				return
			}
			keep, err := ParseDuration(s)
			if err != nil || keep < day {
				d.mistake(at, key, "write "+example, "%q is neither all, none nor a day or more", brief(s))
				return
			}
			a.Keep, a.KeepFor = KeepFor, keep
		}},
		{"max_size", d.size(&a.MaxSize, 0, "10GiB")},
	})
}

func (d *decoder) output(o *Output, n *yaml.Node, key string) {
	d.mapping(n, key, []field{
		{"formats", func(n *yaml.Node, key string) {
			chosen := map[string]bool{}
			d.list(n, key, "[txt, jsonl]", func(n *yaml.Node, key string) {
				word := ""
				if d.choice(&word, "txt", "jsonl")(n, key); word != "" {
					chosen[word] = true
				}
			})
			if target(n).Kind == yaml.SequenceNode {
				o.Formats = nil
				for _, name := range []string{"txt", "jsonl"} {
					if chosen[name] {
						o.Formats = append(o.Formats, name)
					}
				}
			}
		}},
		{"headline", d.truth(&o.Headline)},
		{"minhash", d.truth(&o.MinHash)},
	})
}

// nameForm keeps names usable on a command line and in reports.
var nameForm = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)

// source reads one source and says whether it may be kept.
func (d *decoder) source(s *Source, n *yaml.Node, key string, names map[string]int) bool {
	const exampleSite = "e.g. https://news.example/"
	before := len(d.mistakes)
	at := target(n)
	var name, site *yaml.Node
	var feeds, sitemaps, sections *yaml.Node
	keep := func(to **yaml.Node) func(*yaml.Node, string) {
		return func(n *yaml.Node, _ string) { *to = target(n) }
	}
	if !d.mapping(n, key, append([]field{
		{"name", keep(&name)},
		{"site", keep(&site)},
		{"feeds", keep(&feeds)},
		{"sitemaps", keep(&sitemaps)},
		{"sections", keep(&sections)},
		{"include", d.patterns(&s.Include)},
		{"exclude", d.patterns(&s.Exclude)},
		{"schedule", d.schedule(&s.Schedule)},
		{"delay", d.duration(&s.Delay, 0, maxDelay, "2s")},
		{"max_pages", d.integer(&s.MaxPages, 0, maxNumber)},
		{"max_pages_per_host", d.integer(&s.MaxPagesPerHost, 0, maxNumber)},
		{"max_depth", d.integer(&s.MaxDepth, 0, maxDepth)},
		{"rules", d.rules(&s.Rules)},
		{"paid_links", d.truth(&s.PaidLinks)},
		{"offsite", d.truth(&s.Offsite)},
	}, d.access(&s.Access)...)) {
		if isNull(at) {
			d.mistake(at, key, "write name: … and site: …, or take the dash away", "it is empty")
		}
		return false
	}
	if name == nil || isNull(name) {
		d.mistake(at, key, "write e.g. name: example", "it has no name")
	} else {
		d.name(&s.Name, name, key+".name", names)
	}
	var base *url.URL
	if site == nil || isNull(site) {
		d.mistake(at, key, "write "+strings.Replace(exampleSite, "e.g. ", "e.g. site: ", 1), "it has no site")
	} else if base = d.web(site, key+".site", nil, exampleSite); base != nil {
		s.Site = base.String()
	}
	for _, l := range []struct {
		node *yaml.Node
		to   *[]string
		key  string
	}{{feeds, &s.Feeds, ".feeds"}, {sitemaps, &s.Sitemaps, ".sitemaps"}, {sections, &s.Sections, ".sections"}} {
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
		d.mistake(at, key, "write "+example, "%q is no name", brief(s))
		return
	}
	if s == "backfill" || s == "files" {
		d.mistake(at, key, "give it another name", "winnow itself calls by the name %q what came from lists and files", s)
		return
	}
	if line, twice := names[s]; twice {
		d.mistake(at, key, "give one of them another name", "the source of line %d has the name %q too", line, s)
		return
	}
	names[s] = at.Line
	*to = s
}

// web reads a URL; it is nil when it is not right.
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

func (d *decoder) patterns(to *[]string) func(*yaml.Node, string) {
	return func(n *yaml.Node, key string) {
		d.list(n, key, `['^/news/']`, func(n *yaml.Node, key string) {
			s, at, ok := d.scalar(n, key, `a regular expression on the path, such as '^/news/'`)
			if !ok {
				return
			}
			if _, err := regexp.Compile(s); err != nil {
				d.mistake(at, key, `write one for the path, such as '^/news/\d+'`,
					"%q is no regular expression: %s", brief(s), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
				return
			}
			*to = append(*to, s)
		})
	}
}

func (d *decoder) schedule(to *string) func(*yaml.Node, string) {
	const example = `e.g. "@hourly", "@every 90m", or "30 6 * * 1-5" (minute, hour, day, month, weekday)`
	return func(n *yaml.Node, key string) {
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
	}
}

// rules reads site rules: a block of lines, or one line.
func (d *decoder) rules(to *Rules) func(*yaml.Node, string) {
	const example = "rules: | and below it one rule a line, such as body: //div[@id='story']"
	return func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		r := Rules{Text: s, File: d.file, Line: at.Line}
		switch {
		case at.Style&yaml.LiteralStyle != 0:
			r.Line++ // the text begins below the bar
		case strings.Contains(strings.TrimSpace(s), "\n") || at.Style&yaml.FoldedStyle != 0:
			d.mistake(at, key, "write "+example, "the lines of the rules are not kept apart")
			return
		}
		_, wrong := siterules.Parse(d.file, r.Line, s)
		for _, m := range wrong {
			d.mistakes = append(d.mistakes, Mistake{File: m.File, Line: m.Line, Column: 1, Key: key, What: m.What})
		}
		if strings.TrimSpace(s) != "" {
			*to = r
		}
	}
}
