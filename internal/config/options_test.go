package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"winnow/crawler"
	"winnow/dedupe"
)

func TestOptionsOfThePackages(t *testing.T) {
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
	if diff := cmp.Diff([]string{"gazette.example:8443"}, c.CrawlerOptions().Ports); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

// What the file allows, the packages take.
func TestPackagesTakeTheOptions(t *testing.T) {
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
