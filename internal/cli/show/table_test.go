package show

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
)

func TestTable(t *testing.T) {
	table := Table{Head: []string{"source", "pages", "last error"}}
	table.Row("gazette", 1204, "")
	table.Row("vestnik", 7, "robots.txt cannot be read: connection refused\x1b[2J")
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"no limit", 0, `
┌─────────┬───────┬───────────────────────────────────────────────────┐
│ SOURCE  │ PAGES │ LAST ERROR                                        │
├─────────┼───────┼───────────────────────────────────────────────────┤
│ gazette │  1204 │                                                   │
│ vestnik │     7 │ robots.txt cannot be read: connection refused [2J │
└─────────┴───────┴───────────────────────────────────────────────────┘
`},
		{"the last column is wrapped", 50, `
┌─────────┬───────┬──────────────────────────────┐
│ SOURCE  │ PAGES │ LAST ERROR                   │
├─────────┼───────┼──────────────────────────────┤
│ gazette │  1204 │                              │
│ vestnik │     7 │ robots.txt cannot be read:   │
│         │       │ connection refused [2J       │
└─────────┴───────┴──────────────────────────────┘
`},
		{"paragraphs", 36, `
gazette
  pages 1204
vestnik
  pages 7,
  last error robots.txt cannot be
  read: connection refused [2J
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := table.render(c.width)
			if got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got\n%s", got)
			}
			if n := text.LongestLineLen(got); c.width > 0 && n > c.width {
				t.Errorf("%d columns wide", n)
			}
		})
	}
}
