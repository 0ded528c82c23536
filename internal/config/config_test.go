package config

import (
	"errors"
	"flag"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"winnow/crawler"
)

func TestShippedFileLoads(t *testing.T) {
	c, err := Load("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Sources); n < 12 {
		t.Errorf("%d sources, a dozen are promised", n)
	}
	// What the file says of the settings apart from sources is what is true without it.
	c.Sources = nil
	want := Default()
	if err := want.resolve("../.."); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, c, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("the shipped settings are not the defaults (-default +shipped):\n%s", diff)
	}
}

var update = flag.Bool("update", false, "write what the tests expect anew")

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// environment sets the variables that testdata/full.yaml calls for.
func environment(t *testing.T) {
	t.Setenv("WINNOW_TEST_KEY", "93")
	t.Setenv("WINNOW_TEST_USER", "reader")
	t.Setenv("WINNOW_TEST_PASSWORD", "s3cret")
	t.Setenv("WINNOW_TEST_PROXY", "socks5://u:s3cret@10.0.0.1:1080")
}

func TestEverySettingIsRead(t *testing.T) {
	environment(t)
	c, err := Load("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		UserAgent: "gleaner/2 (+https://corpus.example/)",
		Corpus:    "/data/corpus",
		State:     "postgres://reader@db.example/winnow",
		Sources: []Source{
			{
				Name: "gazette", Site: "https://gazette.example:8443/en/",
				Feeds:    []string{"https://gazette.example:8443/rss.xml"},
				Sitemaps: []string{"https://maps.example/news.xml"},
				Sections: []string{"https://gazette.example:8443/fleet/?p=1"},
				Include:  []string{`^/en/\d+`}, Exclude: []string{"/video/"},
				Schedule: "CRON_TZ=Europe/Paris 5 4 * * *", Delay: 1500 * time.Millisecond, MaxPages: 20, MaxLists: 100, MaxPagesPerHost: 5, MaxDepth: 1, Text: "feed",
				Rules:     Rules{Text: "# where the story stands\nbody: //div[@id='story']\n", File: "testdata/full.yaml", Line: 20},
				PaidLinks: true, Offsite: true,
				Access: crawler.Access{
					Headers:     map[string]crawler.Secret{"Accept-Language": "en, fr", "X-Key": "k-93"},
					Cookies:     map[string]crawler.Secret{"consent": "1"},
					KeepCookies: true,
					User:        "reader", Password: "s3cret",
					Proxy:       "socks5://u:s3cret@10.0.0.1:1080",
					Render:      true,
					RenderHosts: []string{"cdn.example", "api.example:8443"},
				},
			},
			{Name: "вестник", Site: "http://vestnik.test/", Schedule: "@hourly", Delay: 5 * time.Second, MaxPages: 500, MaxLists: 100, MaxDepth: 3, Text: "page"},
		},
		Fetch: Fetch{
			Workers: 3, Timeout: time.Minute, MaxBody: 2_500_000, Delay: 5 * time.Second, Retries: 0, MaxTime: 90 * time.Minute, DelayFactor: 1.5, Chromium: "/opt/chromium",
			AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
			Resolve:      map[string]string{"gazette.example:8443": "127.0.0.1:9000", "vestnik.test": "::1"},
		},
		Robots:     Robots{Forbidden: "deny"},
		Archive:    Archive{Keep: KeepFor, KeepFor: 14 * day, MaxSize: 3 << 29},
		Clean:      Clean{MinWords: 0, SiteRules: filepath.Join(folder, "site-rules"), Embeds: EmbedsDrop, Truncated: TeasersKeep},
		Dedupe:     Dedupe{Window: 30 * day, Keep: "first"},
		Output:     Output{Formats: []string{"jsonl"}, Headline: false, MinHash: true},
		ForgetGone: true,
	}
	if diff := cmp.Diff(want, c, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"api.example:8443", "gazette.example:8443"}, c.Ports()); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

// Paths are relative to the folder of the file, not to that of the process.
func TestPathsAreRelativeToTheFile(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(folder, name)
	}
	type places struct{ Corpus, State, SiteRules, Chromium string }
	below := func(path string) string { return filepath.Join(folder, path) }
	for _, c := range []struct {
		name, text string
		want       places
	}{
		{"defaults", "", places{below("corpus"), below("state/winnow.db"), "", ""}},
		{"relative", "corpus: ../texts\nstate: s.db\nclean: {site_rules: rules/}\nfetch: {chromium: bin/chromium}\n",
			places{below("../texts"), below("s.db"), below("rules"), below("bin/chromium")}},
		{"absolute", "corpus: /data/corpus\nstate: /data/s.db\nclean: {site_rules: /data/rules}\nfetch: {chromium: /bin/chromium}\n",
			places{"/data/corpus", "/data/s.db", "/data/rules", "/bin/chromium"}},
		{"no paths", "state: postgres://db.example/winnow\nfetch: {chromium: chromium}\n",
			places{below("corpus"), "postgres://db.example/winnow", "", "chromium"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write("config.yaml", c.text)
			t.Chdir("/")
			got, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, places{got.Corpus, got.State, got.Clean.SiteRules, got.Fetch.Chromium}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestASourceNeedsOnlyNameAndSite(t *testing.T) {
	c, err := Parse("c.yaml", []byte("sources:\n  - name: a\n    site: https://a.example\n    feeds:\n    delay: ~\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Source{{Name: "a", Site: "https://a.example/", Schedule: "@hourly", Delay: time.Second, MaxPages: 500, MaxLists: 100, MaxDepth: 3, Text: "page"}}
	if diff := cmp.Diff(want, c.Sources); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file in testdata/bad holds mistakes; the .want beside it what is said of them.
func TestEveryMistakeIsTold(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files with mistakes", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("config.yaml", data)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".want", err.Error()+"\n")
		})
	}
}

func TestAMissingFileTellsTheWayOut(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "no.yaml"))
	var missing *MissingError
	if !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %T %v", err, err)
	}
	for _, part := range []string{"no.yaml", "site: https://", "winnow demo"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in the message:\n%s", part, err)
		}
	}
	// The example in the message is itself right.
	example := err.Error()[strings.Index(err.Error(), "    sources"):]
	example, _, _ = strings.Cut(example, "\n\n")
	if c, err := Parse("example", []byte(example)); err != nil || len(c.Sources) != 1 {
		t.Errorf("the example of the message does not load: %v", err)
	}
}

func TestAFolderIsNoConfiguration(t *testing.T) {
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a folder was read as a configuration")
	}
}

func TestAPasswordIsNotShown(t *testing.T) {
	_, err := Parse("c.yaml", []byte("state: \"postgres://u:s3cret@%zz/x\"\nsources: [{name: a, site: 'https://u:s3cret@a.example/', proxy: 'http://u:s3cret@p.example', basic_auth: {user: u, password: s3cret}, headers: {Authorization: s3cret, X: \"s3cret${\"}, cookies: {c: \"s3cret\\u0007\"}}]\n"))
	if err == nil {
		t.Fatal("it was taken as right")
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the message shows a password: %v", err)
	}
}

func TestAliasesOfAliasesEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("sources:\n- &s {name: a, site: https://a.example, feeds: &f [")
	for range 2000 {
		b.WriteString("/x,")
	}
	b.WriteString("]}\n")
	for range 2000 {
		b.WriteString("- *s\n")
	}
	start := time.Now()
	if _, err := Parse("c.yaml", []byte(b.String())); err == nil {
		t.Error("four million values were taken")
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := Parse("c.yaml", []byte("sources: &x [*x]\n")); err == nil {
		t.Error("a list that holds itself was taken")
	}
}

func TestParseDuration(t *testing.T) {
	for _, row := range []struct {
		text string
		want time.Duration
		bad  bool
	}{
		{text: "0"},
		{text: "0s"},
		{text: "2s", want: 2 * time.Second},
		{text: "250ms", want: 250 * time.Millisecond},
		{text: "1h30m", want: 90 * time.Minute},
		{text: "1.5h", want: 90 * time.Minute},
		{text: "90d", want: 2160 * time.Hour},
		{text: "2w", want: 336 * time.Hour},
		{text: "1w12h", want: 180 * time.Hour},
		{text: "", bad: true},
		{text: "2", bad: true},
		{text: "2x", bad: true},
		{text: "-2s", bad: true},
		{text: "d", bad: true},
		{text: "2 s", bad: true},
		{text: "2s!", bad: true},
		{text: "99999999d", bad: true},
	} {
		t.Run(row.text, func(t *testing.T) {
			got, err := ParseDuration(row.text)
			if got != row.want || (err != nil) != row.bad {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestParseSize(t *testing.T) {
	for _, row := range []struct {
		text string
		want int64
		bad  bool
	}{
		{text: "0"},
		{text: "4096", want: 4096},
		{text: "10MiB", want: 10 << 20},
		{text: "10 mib", want: 10 << 20},
		{text: "1.5GiB", want: 3 << 29},
		{text: "10MB", want: 10_000_000},
		{text: "64kB", want: 64_000},
		{text: "2B", want: 2},
		{text: "", bad: true},
		{text: "10M", bad: true},
		{text: "MiB", bad: true},
		{text: "-1", bad: true},
		{text: "1e9", bad: true},
		{text: "9999999999TiB", bad: true},
	} {
		t.Run(row.text, func(t *testing.T) {
			got, err := ParseSize(row.text)
			if got != row.want || (err != nil) != row.bad {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestCheckSchedule(t *testing.T) {
	for _, row := range []struct {
		line string
		bad  bool
	}{
		{line: "@hourly"},
		{line: "@every 90m"},
		{line: "0 0 29 2 *"}, // comes every four years
		{line: "*/10 6-22 * * MON-FRI"},
		{line: "TZ=Europe/Paris 30 2 * * *"},
		{line: "TZ=Europe/Paris", bad: true},
		{line: "CRON_TZ=Nowhere/Land 0 0 * * *", bad: true},
		{line: "0 0 31 2 *", bad: true},
		{line: "@every 90d", bad: true},
		{line: "@every 1ms", bad: true},
		{line: "@every -1h", bad: true},
		{line: "@reboot", bad: true},
		{line: "0 0 0 * * *", bad: true},
		{line: "61 * * * *", bad: true},
		{line: "hourly", bad: true},
		{line: "", bad: true},
	} {
		t.Run(row.line, func(t *testing.T) {
			if err := checkSchedule(row.line); (err != nil) != row.bad {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whatever the bytes: no panic; a configuration or mistakes, never both; places
// inside the file; and what loads keeps the promises that the stages rely on.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range append(files, "testdata/full.yaml", "../../config.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("c.yaml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("configuration %v with error %v", c, err)
		}
		if err != nil {
			var mistakes Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) == 0 {
				t.Fatalf("not a list of mistakes: %v", err)
			}
			lines := strings.Count(string(data), "\n") + 1
			for _, m := range mistakes {
				if m.What == "" || m.Line < 0 || m.Line > lines+1 {
					t.Errorf("in a file of %d lines: %+v", lines, m)
				}
			}
			return
		}
		seen := map[string]bool{}
		for _, s := range c.Sources {
			if s.Name == "" || seen[s.Name] || !strings.HasPrefix(s.Site, "http") || s.Delay < 0 {
				t.Errorf("a source that must not be: %+v", s)
			}
			seen[s.Name] = true
			if err := checkSchedule(s.Schedule); err != nil {
				t.Errorf("schedule %q: %v", s.Schedule, err)
			}
		}
		if c.Fetch.Workers < 1 || c.Fetch.MaxBody < minBody || c.Fetch.Timeout <= 0 || c.Dedupe.Window <= 0 || c.UserAgent == "" || c.State == "" || c.Corpus == "" {
			t.Errorf("a setting out of bounds: %+v", c)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("../../config.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
