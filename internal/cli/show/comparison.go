package show

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"winnow/dedupe"
	"winnow/news"
)

// Widths of a comparison, in columns.
const (
	pipedWidth = 100 // where the output is not a terminal
	leastWidth = 20
	mostWidth  = 160
	sideBySide = 60 // narrower, the two texts are below each other
)

// comparison prints what two documents are to each other. What differs inside a
// passage is in [brackets], or in colour.
type comparison struct {
	x     *dedupe.Explanation
	said  []string // what a person said of the two: same, distinct, keep:ID
	width int      // columns
	color bool
}

// Comparison prints what two documents are to each other, the passages that they
// share side by side, as wide as the terminal is. said is what a person said of
// the two: same, distinct, keep:ID.
func Comparison(w io.Writer, x *dedupe.Explanation, said []string) error {
	c := comparison{x: x, said: said, width: pipedWidth, color: InColor(w)}
	if n, ok := Columns(w); ok {
		c.width = min(max(n, leastWidth), mostWidth)
	}
	return c.print(w)
}

// findings say what A is to B.
var findings = map[string]string{
	news.RelationSame:            "A and B have the same text",
	news.RelationCopy:            "A and B are near-identical copies",
	news.RelationCut:             "A is cut from B",
	news.RelationFuller:          "A contains B and more",
	news.RelationRespun:          "A and B are the same story, reworded",
	dedupe.RelationContains:      "A contains B, but is not a copy of it",
	dedupe.RelationContained:     "A is contained in B, but is not a copy of it",
	dedupe.RelationDistinct:      "A and B are distinct",
	"said " + dedupe.SaySame:     "a person decided that they are one story; that goes first",
	"said " + dedupe.SayDistinct: "a person decided that they are distinct; that goes first",
}

// figureNames say what is compared with a limit.
var figureNames = map[string]string{
	dedupe.FigureWords:      "content words of the shorter text",
	dedupe.FigureSpan:       "share of a text inside the passages",
	dedupe.FigureSpanOther:  "the same of the other text",
	dedupe.FigureBefore:     "share of the longer text before the first passage",
	dedupe.FigureDensity:    "words inside the passages that both have",
	dedupe.FigureNames:      "names that agree",
	dedupe.FigureOtherNames: "names that differ",
	dedupe.FigureNumbers:    "numbers that agree",
	dedupe.FigureOtherNums:  "numbers that differ",
	dedupe.FigureDays:       "days between the dates",
	dedupe.FigureOneOutlet:  "of one outlet",
	dedupe.FigureFirstName:  "the first name of one is in the other",
}

func (c *comparison) print(w io.Writer) error {
	out := bufio.NewWriter(w)
	c.heads(out)
	c.figures(out)
	for _, p := range c.x.Passages {
		c.passage(out, &p)
	}
	return out.Flush()
}

func (c *comparison) heads(out io.Writer) {
	for i, side := range []dedupe.Side{c.x.A, c.x.B} {
		fmt.Fprintf(out, "%c  %s\n", 'A'+i, Line(side.ID))
		for _, line := range []string{side.Title, side.URL, strings.TrimSpace(side.Date + "  " + side.Host)} {
			if line = Line(line); line != "" && line != Line(side.ID) {
				fmt.Fprintf(out, "   %s\n", line)
			}
		}
		fmt.Fprintf(out, "   %s, %.0f %% of the content found in %c\n", Count(side.Words, "word"), 100*side.Share, 'B'-i)
	}
	fmt.Fprintf(out, "\n%s", c.strong(findings[c.x.Relation]))
	if c.x.Rule != "" {
		fmt.Fprintf(out, " (rule %s)", c.x.Rule)
	}
	fmt.Fprintln(out)
	for _, said := range c.said {
		if id, ok := strings.CutPrefix(said, dedupe.SayKeep+":"); ok {
			fmt.Fprintf(out, "a person decided to keep %s\n", id)
		} else {
			fmt.Fprintln(out, findings["said "+said])
		}
	}
	if c.x.Nearest != "" {
		fmt.Fprintf(out, "no rule holds; the nearest is %s: %s\n", c.x.Nearest, c.x.Why)
	} else {
		fmt.Fprintln(out, c.x.Why)
	}
}

func (c *comparison) figures(out io.Writer) {
	fmt.Fprintln(out)
	for _, l := range c.x.Limits {
		mark := "   "
		if !l.Holds {
			mark = " ! "
		}
		fmt.Fprintf(out, "%s%-42s %8s  %s %s\n", mark, figureNames[l.Figure], figure(l.Value), l.Bound, figure(l.Limit))
	}
}

// figure writes a share with two digits, and other figures as whole numbers.
func figure(f float64) string {
	if f == float64(int(f)) {
		return fmt.Sprint(int(f))
	}
	return fmt.Sprintf("%.2f", f)
}

func (c *comparison) strong(line string) string {
	if c.color {
		return "\x1b[1m" + line + "\x1b[0m"
	}
	return line
}

func (c *comparison) passage(out io.Writer, p *dedupe.Passage) {
	fmt.Fprintf(out, "\n%s", c.strong(fmt.Sprintf("── %s in both", Count(p.Words, "content word"))))
	for _, side := range []struct {
		name string
		n    int
	}{{"A", p.A.Before}, {"B", p.B.Before}} {
		if side.n > 0 {
			fmt.Fprintf(out, ", before it %d of %s alone", side.n, side.name)
		}
	}
	fmt.Fprintln(out)
	if c.width < sideBySide {
		for i, side := range []dedupe.Stretch{p.A, p.B} {
			for _, l := range c.wrap(side.Parts, c.width-2) {
				fmt.Fprintf(out, "%c %s\n", 'A'+i, l.text)
			}
		}
		return
	}
	column := (c.width - 3) / 2
	a, b := c.wrap(p.A.Parts, column), c.wrap(p.B.Parts, column)
	for i := range max(len(a), len(b)) {
		var left, right row
		if i < len(a) {
			left = a[i]
		}
		if i < len(b) {
			right = b[i]
		}
		line := left.text + strings.Repeat(" ", column-left.columns) + " │ " + right.text
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// row is one line of a column.
type row struct {
	text    string // with marks
	columns int
}

// wrap lays parts out in rows of at most so many columns.
func (c *comparison) wrap(parts []dedupe.Part, columns int) []row {
	var rows []row
	var cur row
	put := func(word string, differs bool) {
		for word != "" {
			n := text.StringWidth(word)
			gap := min(cur.columns, 1)
			if cur.columns+gap+n > columns && cur.columns > 0 {
				rows, cur = append(rows, cur), row{}
				continue
			}
			piece := word
			if n > columns {
				piece = word[:fitting(word, columns)]
			}
			word = word[len(piece):]
			cur.columns += gap + text.StringWidth(piece)
			if c.color && differs {
				piece = "\x1b[33m" + piece + "\x1b[0m"
			}
			cur.text += strings.Repeat(" ", gap) + piece
		}
	}
	for _, p := range parts {
		words := strings.Fields(Line(p.Text))
		if !p.Same && !c.color && len(words) > 0 {
			words[0] = "[" + words[0]
			words[len(words)-1] += "]"
		}
		for _, word := range words {
			put(word, !p.Same)
		}
	}
	return append(rows, cur)
}

// fitting returns how many bytes of a word fit into so many columns, one character at
// least.
func fitting(word string, columns int) int {
	width := 0
	for i, r := range word {
		if width += text.RuneWidth(r); width > columns && i > 0 {
			return i
		}
	}
	return len(word)
}
