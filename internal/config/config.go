// Package config reads config.yaml. It is strict: an unknown key or a value out of
// bounds is a mistake, and all mistakes are reported in one go, each with its line
// and column and what to write instead. Relative paths are relative to the folder
// of the file, wherever winnow is started.
//
//   - config.go: [Config], the settings with their defaults, and [Load]; start here.
//   - parse.go, source.go, access.go: the keys, and what reads each; decode.go has
//     the types of values, values.go what their texts mean.
//   - mistakes.go: [Mistakes], the error of a wrong file.
//   - schema.go: [Schema], the same keys as a JSON Schema for editors.
//   - options.go: the settings as the Options of the other packages.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"winnow/crawler"
)

// DefaultPath is the file that is read when none is named.
const DefaultPath = "config.yaml"

// maxFile bounds the size of the file, in bytes: a thousand sources take a
// tenth of it.
const maxFile = 4 << 20

// Config is config.yaml with its defaults filled in and every value checked.
type Config struct {
	UserAgent  string // sent with each request; robots.txt groups are found by its first word
	Corpus     string // folder of the corpus; absolute after Load
	State      string // path of a SQLite file, absolute after Load, or a postgres:// URL
	Sources    []Source
	Fetch      Fetch
	Robots     Robots
	Archive    Archive
	Clean      Clean
	Dedupe     Dedupe
	Output     Output
	ForgetGone bool // take a story out while its page answers 404 or 410; false keeps its text
}

// Source is a site to be kept up to date.
type Source struct {
	Name            string        // unique; letters, digits, '.', '_' and '-'
	Site            string        // absolute http or https URL: feeds, sitemaps and robots.txt are found from here
	Feeds           []string      // absolute URLs, beside those that the site announces
	Sitemaps        []string      // likewise
	Sections        []string      // absolute URLs of pages whose links are followed
	Include         []string      // regular expressions on the path and query; empty means everything of the site
	Exclude         []string      // likewise; goes before Include
	Schedule        string        // cron line of five fields, or @hourly, @daily, @every 90m …
	Delay           time.Duration // between two requests to a host; fetch.delay when it is not given
	MaxPages        int           // sections and articles fetched in a run; 0 means no limit
	MaxLists        int           // feeds and sitemaps fetched in a run; 0 means no limit
	MaxPagesPerHost int           // MaxPages of each host
	MaxTime         time.Duration // of a pass over the source; 0 means that of the whole pass
	MaxDepth        int           // links followed from the site's start; 0 is the start alone
	Rules           Rules         // of its pages; they go before those of Clean.SiteRules

	Text      string // where stories are read from: page, feed or api
	PaidLinks bool   // links marked rel=sponsored are followed
	Offsite   bool   // pages of other sites that feeds and sitemaps name are fetched

	Access crawler.Access // what its requests need; values of the environment are filled in, Site is left empty
}

// Rules are site rules in the file itself, as [winnow/clean/siterules.Parse]
// reads them. They have no mistakes. The zero value is none.
type Rules struct {
	Text string
	File string // name of the configuration
	Line int    // of it, in which the text begins
}

// Fetch has the settings of the crawler.
type Fetch struct {
	Workers      int               // hosts talked to at the same time, 1 to 256
	Timeout      time.Duration     // of one request as a whole
	MaxBody      int64             // bytes of a body after decompression; a larger one is refused, never cut
	Delay        time.Duration     // between two requests to a host, for sources without their own
	Chromium     string            // path of the browser that renders pages, absolute after Load, or a name to be found in PATH; "" means the one that is found
	DelayFactor  float64           // a host rests for so many times as long as it takes to answer; 0 means for Delay alone
	MaxTime      time.Duration     // of a pass: then nothing more is fetched; 0 means no limit
	Retries      int               // more tries after a failure that may pass; 0 means none
	AllowPrivate []netip.Prefix    // addresses that may be fetched though they are not public; for tests
	Resolve      map[string]string // host or host:port → address or address:port to connect to; for tests
}

// Robots has the settings for robots directives. robots.txt is always obeyed.
type Robots struct {
	Forbidden string // what a robots.txt answered by 401 or 403 means: "allow" (RFC 9309) or "deny"
	NoIndex   bool   // pages that say noindex are not kept as stories
	NoFollow  bool   // links that say nofollow are not followed
	NoArchive bool   // pages that say noarchive are not archived
}

// Archive has the settings for the pages as fetched.
type Archive struct {
	Keep    string        // KeepAll, KeepNone or KeepFor
	KeepFor time.Duration // with KeepFor: files older than this go
	MaxSize int64         // bytes of all files; the oldest go first; 0 means no limit
}

// Values of Archive.Keep.
const (
	KeepAll  = "all"
	KeepNone = "none"
	KeepFor  = "for" // written as a duration in the file
)

// Clean has the settings for what counts as a story.
type Clean struct {
	MinWords  int    // a page with fewer words is not kept as a story; 0 means one word is enough
	SiteRules string // folder of ftr-site-config files, absolute after Load; "" for none
	Embeds    string // EmbedsKeep or EmbedsDrop: what to do with posts of networks that a story quotes
	Truncated string // TeasersLeave or TeasersKeep: what to do with a paid story of which only the teaser can be read
}

// Values of Clean.Embeds.
const (
	EmbedsKeep = "keep"
	EmbedsDrop = "drop"
)

// Values of Clean.Truncated.
const (
	TeasersLeave = "leave"
	TeasersKeep  = "keep"
)

// Dedupe has the settings for what counts as a copy, and which copy is kept.
type Dedupe struct {
	Window time.Duration // between the dates of two stories; exact and strong copies are found beyond it
	Keep   string        // "fullest", "first" or "ranked"
}

// Output has the settings for what is written.
type Output struct {
	Formats  []string // of "txt" and "jsonl", in this order
	Headline bool     // the headline is the first line of a .txt
	MinHash  bool     // records bear a MinHash signature
}

// HasFormat reports whether files of the format are written.
func (o Output) HasFormat(name string) bool {
	for _, f := range o.Formats {
		if f == name {
			return true
		}
	}
	return false
}

// Default returns the configuration of an empty file: no sources, every default.
func Default() *Config {
	return &Config{
		UserAgent: "winnow/1.0 (+https://example.org/winnow)",
		Corpus:    "./corpus",
		State:     "./state/winnow.db",
		Fetch: Fetch{
			Workers: 8,
			Timeout: 30 * time.Second,
			MaxBody: 10 << 20,
			Delay:   time.Second,
			Retries: 3,

			DelayFactor: 2,
			Resolve:     map[string]string{},
		},
		Robots:  Robots{Forbidden: "allow", NoIndex: true, NoFollow: true, NoArchive: true},
		Archive: Archive{Keep: KeepAll},
		Clean:   Clean{MinWords: 40, Embeds: EmbedsKeep, Truncated: TeasersLeave},
		Dedupe:  Dedupe{Window: 90 * day, Keep: "fullest"},
		Output:  Output{Formats: []string{"txt", "jsonl"}, Headline: true},
	}
}

// DefaultSource returns a source of which only the name and the site are given:
// the settings for a host that no configured source covers.
func (c *Config) DefaultSource(name, site string) Source {
	return Source{Name: name, Site: site, Schedule: "@hourly", Delay: c.Fetch.Delay, MaxPages: 500, MaxLists: 100, MaxDepth: 3, Text: "page"}
}

// Source returns the source with a name; false if there is none.
func (c *Config) Source(name string) (Source, bool) {
	for _, s := range c.Sources {
		if s.Name == name {
			return s, true
		}
	}
	return Source{}, false
}

// Load reads and checks a file. The error is a [*MissingError] if there is no
// file, and [Mistakes] if it has any.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{Path: path}
	}
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("the configuration %s cannot be read: %w", path, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("the configuration %s is larger than %d MiB; is it the right file?", path, maxFile>>20)
	}
	c, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	if err := c.resolve(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("the paths of %s cannot be resolved: %w", path, err)
	}
	return c, nil
}

// resolve makes relative paths absolute; they are relative to folder.
func (c *Config) resolve(folder string) error {
	paths := []*string{&c.Corpus}
	if !strings.Contains(c.State, "://") {
		paths = append(paths, &c.State)
	}
	if c.Clean.SiteRules != "" {
		paths = append(paths, &c.Clean.SiteRules)
	}
	if strings.ContainsRune(c.Fetch.Chromium, filepath.Separator) { // else the name of a program
		paths = append(paths, &c.Fetch.Chromium)
	}
	for _, path := range paths {
		if filepath.IsAbs(*path) {
			continue
		}
		absolute, err := filepath.Abs(filepath.Join(folder, *path))
		if err != nil {
			return err
		}
		*path = absolute
	}
	return nil
}

// MissingError is the error for a configuration file that does not exist. It says
// what to do.
type MissingError struct {
	Path string
}

func (e *MissingError) Error() string {
	path := e.Path
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return fmt.Sprintf(`there is no %s. Write one such as

    sources:
      - name: example
        site: https://news.example/

or name another file by -c FILE or WINNOW_CONFIG. To see winnow at work without one: winnow demo`, path)
}

// Is makes errors.Is(err, fs.ErrNotExist) true.
func (e *MissingError) Is(target error) bool { return target == fs.ErrNotExist }
