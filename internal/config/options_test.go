package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"winnow/crawler"
	"winnow/dedupe"
)

func TestOptionsOfThePackages(t *testing.T) {
	environment(t)
	c, err := Load("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"gazette", "вестник"}, c.DedupeOptions().Sources); diff != "" {
		t.Errorf("order of sources (-want +got):\n%s", diff)
	}
	if got := c.CleanOptions(nil).MinWords; got != 1 {
		t.Errorf("min_words: 0 became %d words for the clean stage, want 1", got)
	}
	if diff := cmp.Diff([]string{"api.example:8443", "gazette.example:8443"}, c.CrawlerOptions().Ports); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

// What the file allows, the packages take.
func TestPackagesTakeTheOptions(t *testing.T) {
	environment(t)
	for _, file := range []string{"testdata/full.yaml", "../../config.yaml"} {
		c, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		fetching, err := crawler.New(c.CrawlerOptions())
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else {
			fetching.Close()
		}
		for _, keep := range []string{"fullest", "first", "ranked"} {
			o := c.DedupeOptions()
			o.Keep = keep
			if _, err := dedupe.New(o); err != nil {
				t.Errorf("%s: dedupe.keep %s: %v", file, keep, err)
			}
		}
		for _, s := range c.Sources {
			if _, err := crawler.NewScope(s.Site, s.Include, s.Exclude); err != nil {
				t.Errorf("%s: source %s: %v", file, s.Name, err)
			}
		}
	}
}

func TestAccessBelongsToTheSite(t *testing.T) {
	environment(t)
	c, err := Load("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	access := c.CrawlerOptions().Access["gazette"]
	if access.Site != "https://gazette.example:8443/en/" || access.Password != "s3cret" {
		t.Errorf("site %q, password as set: %v", access.Site, access.Password == "s3cret")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, *c); strings.Contains(text, "s3cret") || strings.Contains(text, "733363726574") {
			t.Errorf("%s shows a password: %s", verb, text)
		}
	}
}

func TestStateNameHidesThePassword(t *testing.T) {
	for _, row := range []struct{ state, want string }{
		{"./state/winnow.db", "./state/winnow.db"},
		{"postgres://host.example/db", "postgres://host.example/db"},
		{"postgres://me:s3cret@host.example/db", "postgres://me:xxxxx@host.example/db"},
	} {
		c := Default()
		c.State = row.state
		if got := c.StateName(); got != row.want {
			t.Errorf("%s is shown as %s", row.state, got)
		}
	}
}
