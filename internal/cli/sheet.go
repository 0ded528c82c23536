package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"winnow/dedupe"
	"winnow/news"
)

// columns is the width of a terminal; false for anything else.
func columns(w io.Writer) (int, bool) {
	f, ok := fileOf(w)
	if !ok {
		return 0, false
	}
	n, _, err := term.GetSize(int(f.Fd()))
	return n, err == nil && n > 0
}

// sheet shows an explanation to a person: what differs inside a passage stands in
// [brackets], or in colour.
type sheet struct {
	width int // columns
	color bool
}

// findings say what A is to B.
var findings = map[string]string{
	news.RelationSame:            "A and B have the same text",
	news.RelationCopy:            "A and B are near-identical copies",
	news.RelationCut:             "A is cut from B",
	news.RelationFuller:          "A holds B and more",
	news.RelationRespun:          "A and B are one story in other words",
	dedupe.RelationContains:      "A holds B, but is no copy of it",
	dedupe.RelationContained:     "A stands in B, but is no copy of it",
	dedupe.RelationDistinct:      "A and B are distinct",
	"said " + dedupe.SaySame:     "a person said that they are one story, which goes first",
	"said " + dedupe.SayDistinct: "a person said that they are distinct, which goes first",
}

// figureNames say what is held against a limit.
var figureNames = map[string]string{
	dedupe.FigureWords:      "content words of the shorter text",
	dedupe.FigureSpan:       "share of a text inside the passages",
	dedupe.FigureSpanOther:  "the same of the other text",
	dedupe.FigureDensity:    "words inside the passages that both have",
	dedupe.FigureNames:      "names that agree",
	dedupe.FigureOtherNames: "names that stand against another name",
	dedupe.FigureNumbers:    "numbers that agree",
	dedupe.FigureOtherNums:  "numbers that stand against another number",
	dedupe.FigureDays:       "days between the dates",
	dedupe.FigureOneOutlet:  "of one outlet",
	dedupe.FigureFirstName:  "the first name of one stands in the other",
}

func (s *sheet) print(w io.Writer, x *explained) error {
	out := bufio.NewWriter(w)
	s.heads(out, x)
	s.figures(out, x)
	for _, p := range x.Passages {
		s.passage(out, &p)
	}
	return out.Flush()
}

func (s *sheet) heads(out io.Writer, x *explained) {
	for i, side := range []dedupe.Side{x.A, x.B} {
		fmt.Fprintf(out, "%c  %s\n", 'A'+i, shown(side.ID))
		for _, line := range []string{side.Title, side.URL, strings.TrimSpace(side.Date + "  " + side.Host)} {
			if line = shown(line); line != "" && line != shown(side.ID) {
				fmt.Fprintf(out, "   %s\n", line)
			}
		}
		fmt.Fprintf(out, "   %s, %.0f %% of the content found in %c\n", count(side.Words, "word"), 100*side.Share, 'B'-i)
	}
	fmt.Fprintf(out, "\n%s", s.strong(findings[x.Relation]))
	if x.Rule != "" {
		fmt.Fprintf(out, " (rule %s)", x.Rule)
	}
	fmt.Fprintln(out)
	for _, said := range x.Said {
		if id, ok := strings.CutPrefix(said, dedupe.SayKeep+":"); ok {
			fmt.Fprintf(out, "a person said that %s stays\n", id)
		} else {
			fmt.Fprintln(out, findings["said "+said])
		}
	}
	if x.Nearest != "" {
		fmt.Fprintf(out, "no rule holds; the nearest is %s: %s\n", x.Nearest, x.Why)
	} else {
		fmt.Fprintln(out, x.Why)
	}
}

func (s *sheet) figures(out io.Writer, x *explained) {
	fmt.Fprintln(out)
	for _, l := range x.Limits {
		mark := "   "
		if !l.Holds {
			mark = " ! "
		}
		fmt.Fprintf(out, "%s%-42s %8s  %s %s\n", mark, figureNames[l.Figure], figure(l.Value), l.Bound, figure(l.Limit))
	}
}

// figure is a share with two digits, or a whole number.
func figure(f float64) string {
	if f == float64(int(f)) {
		return fmt.Sprint(int(f))
	}
	return fmt.Sprintf("%.2f", f)
}

func (s *sheet) strong(line string) string {
	if s.color {
		return "\x1b[1m" + line + "\x1b[0m"
	}
	return line
}

func (s *sheet) passage(out io.Writer, p *dedupe.Passage) {
	fmt.Fprintf(out, "\n%s", s.strong(fmt.Sprintf("── %s in both", count(p.Words, "content word"))))
	for _, side := range []struct {
		name string
		n    int
	}{{"A", p.A.Before}, {"B", p.B.Before}} {
		if side.n > 0 {
			fmt.Fprintf(out, ", before it %d of %s alone", side.n, side.name)
		}
	}
	fmt.Fprintln(out)
	if s.width < sideBySide {
		for i, side := range []dedupe.Stretch{p.A, p.B} {
			for _, l := range s.wrap(side.Parts, s.width-2) {
				fmt.Fprintf(out, "%c %s\n", 'A'+i, l.text)
			}
		}
		return
	}
	column := (s.width - 3) / 2
	a, b := s.wrap(p.A.Parts, column), s.wrap(p.B.Parts, column)
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
func (s *sheet) wrap(parts []dedupe.Part, columns int) []row {
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
			if s.color && differs {
				piece = "\x1b[33m" + piece + "\x1b[0m"
			}
			cur.text += strings.Repeat(" ", gap) + piece
		}
	}
	for _, p := range parts {
		words := strings.Fields(shown(p.Text))
		if !p.Same && !s.color && len(words) > 0 {
			words[0] = "[" + words[0]
			words[len(words)-1] += "]"
		}
		for _, word := range words {
			put(word, !p.Same)
		}
	}
	return append(rows, cur)
}

// fitting is how many bytes of a word fit into so many columns, one character at
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

// shown is strangers' text on one line without what a terminal would obey.
func shown(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}
