package show

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// leastLast is the width to which the last column of a table may be wrapped, in
// columns of the terminal.
const leastLast = 20

// Table is a table for people.
type Table struct {
	Head []string // names of the columns
	rows []table.Row
}

// Row adds a row, a cell for each column. Numbers are aligned on the right.
func (t *Table) Row(cells ...any) {
	for i, cell := range cells {
		if s, ok := cell.(string); ok {
			cells[i] = Line(s)
		}
	}
	t.rows = append(t.rows, cells)
}

// Print prints the table. On a terminal it fits the width: the last column is
// wrapped, or, where that is not enough, each row becomes a paragraph. Elsewhere
// a row is one line, however long.
func (t *Table) Print(w io.Writer) error {
	width, limited := Columns(w)
	if !limited {
		width = 0
	}
	_, err := io.WriteString(w, t.render(width))
	return err
}

// render lays the table out in so many columns; 0 for no limit.
func (t *Table) render(width int) string {
	grid := t.grid(0)
	wide := text.LongestLineLen(grid)
	if width <= 0 || wide <= width {
		return grid + "\n"
	}
	last := len(t.Head) - 1
	longest := text.StringWidth(t.Head[last])
	for _, row := range t.rows {
		longest = max(longest, text.StringWidth(fmt.Sprint(row[last])))
	}
	if room := longest - (wide - width); room >= leastLast {
		return t.grid(room) + "\n"
	}
	return t.paragraphs(width)
}

// grid draws the table with its last column wrapped to a width; 0 for no limit.
func (t *Table) grid(last int) string {
	tw := table.NewWriter()
	tw.SetStyle(table.StyleLight)
	tw.SetColumnConfigs([]table.ColumnConfig{{Number: len(t.Head), WidthMax: last, WidthMaxEnforcer: text.WrapSoft}})
	head := make(table.Row, len(t.Head))
	for i, name := range t.Head {
		head[i] = name
	}
	tw.AppendHeader(head)
	tw.AppendRows(t.rows)
	return tw.Render()
}

// paragraphs prints each row by the name and value of its cells, in lines of at
// most so many columns. Empty cells are left out.
func (t *Table) paragraphs(width int) string {
	const indent = "  "
	var b strings.Builder
	for _, cells := range t.rows {
		if first := fmt.Sprint(cells[0]); first != "" { // else the row goes on with the one before
			b.WriteString(text.Trim(first, width) + "\n")
		}
		line := indent
		for i, cell := range cells[1:] {
			value := fmt.Sprint(cell)
			if value == "" {
				continue
			}
			item := t.Head[i+1] + " " + value
			if line != indent && text.StringWidth(line)+len(", ")+text.StringWidth(item) > width {
				b.WriteString(line + ",\n")
				line = indent
			}
			if line != indent {
				line += ", "
			}
			line += item
		}
		// A single item may be too long.
		for part := range strings.Lines(text.WrapSoft(strings.TrimPrefix(line, indent), max(width-len(indent), 1))) {
			b.WriteString(indent + strings.TrimRight(part, " \n") + "\n")
		}
	}
	return b.String()
}
