package show

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"winnow/internal/pipeline/explain"
)

// Site prints what is known of a site, with up to limit boxes and texts of each kind; 0
// prints all.
func Site(w io.Writer, s *explain.Site, limit int) {
	Printf(w, "%s\n", s.Host)
	Field(w, "learned", "from %s, %d with a story", Count(s.Pages, "page"), s.Stories)
	if !s.Decides {
		Field(w, "used", "not yet: too few pages with a story")
	} else if !s.Settled {
		Field(w, "used", "from the end of the next pass on")
	}
	if !s.Changed.IsZero() {
		Field(w, "template", "another one since the stories of %s", s.Changed.Format(time.DateOnly))
	}
	for _, c := range s.Containers {
		what := "further parts of a story"
		if c.Main {
			what = "stories"
		}
		Printf(w, "%s: %s on %s\n", what, elementName(c.Name), Count(c.Pages, "page"))
		printExamples(w, c.Examples)
	}
	for _, m := range s.Metadata {
		if m.Has == "clock" {
			Printf(w, "no date of a story: %s\n", elementName(m.Name))
		} else {
			Printf(w, "%s: %s on %d of %s\n", m.Has, elementName(m.Name), m.Pages, Counts(s.Stories, "story", "stories"))
		}
		printExamples(w, m.Examples)
	}
	for i, a := range s.Addresses {
		if limit > 0 && i == limit {
			break
		}
		Printf(w, "addresses: %s on %s, %d of them stories, %d named by a feed\n", a.Form, Count(a.Pages, "page"), a.Stories, a.Named)
	}
	for _, cut := range []bool{true, false} {
		left := limit
		what := "not cut"
		if cut {
			what = "cut"
		}
		for _, b := range s.Boxes {
			if b.Cut != cut {
				continue
			}
			if left--; limit > 0 && left < 0 {
				break
			}
			Printf(w, "%s: %s on %d of %s, %.0f %% of its text recurs\n", what, elementName(b.Name), b.Pages, Count(s.Pages, "page"), 100*b.Repetition)
			printExamples(w, b.Examples)
		}
	}
	for i, t := range s.Texts {
		if limit > 0 && i == limit {
			break
		}
		other := ""
		if t.Numbers {
			other = " with other numbers"
		}
		Printf(w, "cut: text on %d of %s%s\n", t.Pages, Count(s.Pages, "page"), other)
		if t.Text != "" {
			printExamples(w, []string{t.Text})
		}
	}
}

func elementName(name string) string {
	return cmp.Or(name, "an element of which no page is archived")
}

// exampleWidth is how many characters of an example are shown.
const exampleWidth = 100

func printExamples(w io.Writer, examples []string) {
	for _, text := range examples {
		fmt.Fprintf(w, "    %s\n", Clip(Line(text), exampleWidth))
	}
}
