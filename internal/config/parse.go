package config

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// Bounds of settings. They are wide; what is outside is a slip of the pen.
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
	maxAgent    = 500 // bytes of the user agent
	longestName = 64  // characters of a source's name
)

// Parse reads the bytes of a file; file is only the name for messages. The
// error is a Mistakes.
func Parse(file string, data []byte) (*Config, error) {
	d := &decoder{file: file}
	c := Default()
	var root yaml.Node
	if !utf8.Valid(data) {
		line, column := invalidAt(data)
		return nil, Mistakes{{File: file, Line: line, Column: column, What: "not UTF-8 text", Write: "save the file as UTF-8"}}
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

// invalidAt returns the place of the first byte that is not UTF-8.
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
	d.mapping(n, "", d.fields(c, &sources))
	// Sources come last: fetch.delay is their default, wherever it is.
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

// fields returns the keys of the file. The list of sources is put aside, to be
// read last.
func (d *decoder) fields(c *Config, sources **yaml.Node) []field {
	example := c.DefaultSource("", "")
	return []field{
		{"sources", "The sites to be kept up to date, one item each.", value{
			read:   func(n *yaml.Node, _ string) { *sources = n },
			schema: listSchema(notNull(objectSchema(d.sourceFields(&example, new(sourceParts)), "name", "site"))),
		}},
		{"user_agent", "Sent with each request. It begins with a product name, by which robots.txt files address you. Put an address in it at which you can be reached.", d.agent(&c.UserAgent)},
		{"corpus", "Folder of texts, records and the archive.", d.path(&c.Corpus, "a folder, such as ./corpus")},
		{"state", "The durable state: a SQLite file, or the postgres:// URL of a database that several machines share.", d.state(&c.State)},
		{"fetch", "How pages are fetched.", d.fetch(&c.Fetch)},
		{"robots", "Which robots directives of pages are obeyed; robots.txt itself always is.", d.object([]field{
			{"forbidden", "What a robots.txt answered with 401 or 403 means. RFC 9309 says allow; deny closes the site.", d.choice(&c.Robots.Forbidden, "allow", "deny")},
			{"noindex", "A page that says noindex is not kept as a story.", d.truth(&c.Robots.NoIndex)},
			{"nofollow", "Links marked nofollow, and all links of a page that says nofollow, are not followed.", d.truth(&c.Robots.NoFollow)},
			{"noarchive", "A page that says noarchive is not archived. Its story cannot be cleaned again later.", d.truth(&c.Robots.NoArchive)},
		})},
		{"archive", "How long pages are kept as fetched.", d.archive(&c.Archive)},
		{"clean", "What counts as a story.", d.object([]field{
			{"min_words", "A page with fewer words is not kept as a story.", d.integer(&c.Clean.MinWords, 0, maxNumber)},
			{"site_rules", "Folder of extraction rules for single sites (ftr-site-config files).", d.path(&c.Clean.SiteRules, "a folder of files such as news.example.txt, e.g. ./site-rules")},
			{"truncated", "What to do with a paid story of which only the teaser can be read: leave it out, or keep it with the mark truncated.", d.choice(&c.Clean.Truncated, TeasersLeave, TeasersKeep)},
			{"embeds", "What to do with posts of networks that a story quotes: keep them as quotes, or drop them.", d.choice(&c.Clean.Embeds, EmbedsKeep, EmbedsDrop)},
		})},
		{"dedupe", "What counts as a copy, and which copy stays.", d.object([]field{
			{"window", "How far apart the dates of two stories may be for one to be a cut, edited or reworded copy of the other.", d.duration(&c.Dedupe.Window, day, maxWindow, "90d")},
			{"keep", "Which copy stays: the fullest text, the first by date, or the one whose source is ranked first by the order of sources.", d.choice(&c.Dedupe.Keep, "fullest", "first", "ranked")},
		})},
		{"output", "What is written.", d.output(&c.Output)},
		{"forget_gone", "Take a story out of the corpus while its page answers 404 or 410.", d.truth(&c.ForgetGone)},
	}
}

// agentForm is a product token first: robots.txt groups are matched with it
// (RFC 9309, section 2.2.1), and it goes into a header, so no control bytes.
var agentForm = regexp.MustCompile(`^[A-Za-z_-]+(?:[/ ;(][\x20-\x7e]*)?$`)

func (d *decoder) agent(to *string) value {
	const example = "a name that robots.txt files can call you by, such as winnow/1.0 (+https://example.org/winnow)"
	s := schema{Type: []string{"string", "null"}, Pattern: agentForm.String(), MaxLength: maxAgent, Default: *to}
	return value{schema: s, read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		if !agentForm.MatchString(s) || len(s) > maxAgent {
			d.mistake(at, key, "write "+example, "%q does not begin with a product name of letters, '-' and '_', or is not plain ASCII", brief(s))
			return
		}
		*to = s
	}}
}

func (d *decoder) state(to *string) value {
	const example = "a file such as ./state/winnow.db, or postgres://user@host/database"
	s := textSchema("postgres://user@host/database")
	s.Default = *to
	return value{schema: s, read: func(n *yaml.Node, key string) {
		s, at, ok := d.scalar(n, key, example)
		if !ok {
			return
		}
		if err := checkState(strings.TrimSpace(s)); err != nil {
			d.mistake(at, key, "write "+example, "%v", err)
			return
		}
		*to = strings.TrimSpace(s)
	}}
}

func (d *decoder) fetch(f *Fetch) value {
	return d.object([]field{
		{"workers", "Hosts that are talked to at the same time. There is never more than one request to a host at a time.", d.integer(&f.Workers, 1, maxWorkers)},
		{"timeout", "Of one request as a whole.", d.duration(&f.Timeout, time.Millisecond, maxTimeout, "30s")},
		{"max_body", "Of the body of a page or feed after decompression. A larger one is refused, never cut.", d.size(&f.MaxBody, minBody, "10MiB")},
		{"delay", "Between two requests to a host, for sources without their own delay.", d.duration(&f.Delay, 0, maxDelay, "1s")},
		{"chromium", "The browser for sources with render: true. Without it winnow looks for one.", d.path(&f.Chromium, "the path of a program, such as /usr/bin/chromium")},
		{"delay_factor", "A host that takes time to answer rests for that time multiplied by this, at most 30s. 0 turns it off.", d.number(&f.DelayFactor, 0, 100)},
		{"retries", "More attempts within a pass after a failure that may be temporary.", d.integer(&f.Retries, 0, maxRetries)},
		{"max_time", "A pass makes no new request after this time. 0 is no limit.", d.duration(&f.MaxTime, 0, maxPass, "30m")},
		{"allow_private", "Private networks that may be fetched from. For tests.", value{
			schema: listSchema(schema{Type: []string{"string", "null"}}, []any{"127.0.0.0/8"}),
			read: func(n *yaml.Node, key string) {
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
			},
		}},
		{"resolve", "Connect to this address instead of the host's, like curl's --connect-to. For tests.", d.resolve(f.Resolve)},
	})
}

func (d *decoder) resolve(to map[string]string) value {
	const example = "news.example: 127.0.0.1:8080"
	s := mapSchema(schema{Type: []string{"string"}}, map[string]string{"news.example": "127.0.0.1:8080"})
	return value{schema: s, read: func(n *yaml.Node, key string) {
		d.names(n, key, example, func(name, value *yaml.Node, key string) {
			host := strings.ToLower(name.Value)
			address, place, ok := d.scalar(value, key, "e.g. 127.0.0.1:8080")
			if !ok {
				return
			}
			switch _, twice := to[host]; {
			case !isHost(host):
				d.mistake(name, key, "write e.g. "+example, "%q is not a host", brief(host))
			case twice:
				d.mistake(name, key, "leave one of the two", "the host occurs twice")
			case !isHost(address):
				d.mistake(place, key, "write e.g. "+example, "%q is not an address", brief(address))
			default:
				to[host] = address
			}
		})
	}}
}

func (d *decoder) archive(a *Archive) value {
	keep := durationSchema(0, "90d")
	keep.Type, keep.Minimum, keep.Maximum, keep.Default = []string{"string", "null"}, nil, nil, KeepAll
	keep.Pattern = "^(" + KeepAll + "|" + KeepNone + `|(\d+(\.\d+)?(ms|w|d|h|m|s))+)$`
	return d.object([]field{
		{"keep", "How long pages are kept as fetched: all, none, or a time of at least one day.", value{schema: keep, read: func(n *yaml.Node, key string) {
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
		}}},
		{"max_size", "Of all archive files together. The oldest files are removed first. 0 is no limit.", d.size(&a.MaxSize, 0, "10GiB")},
	})
}

func (d *decoder) output(o *Output) value {
	formats := listSchema(wordSchema("", "txt", "jsonl"))
	formats.Items.Default, formats.Default = nil, o.Formats
	return d.object([]field{
		{"formats", "txt for a file a story, jsonl for compressed JSON Lines.", value{schema: formats, read: func(n *yaml.Node, key string) {
			chosen := map[string]bool{}
			d.list(n, key, "[txt, jsonl]", func(n *yaml.Node, key string) {
				word := ""
				if d.choice(&word, "txt", "jsonl").read(n, key); word != "" {
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
		}}},
		{"headline", "Begin each text file with the headline and an empty line.", d.truth(&o.Headline)},
		{"minhash", "Add MinHash signatures to the records, for joining very large corpora.", d.truth(&o.MinHash)},
	})
}
