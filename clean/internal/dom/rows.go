package dom

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// Bounds of tables that are made of other elements than table.
const (
	longGrid     = 4000 // letters of the table
	minGridRows  = 3    // rows, the first of which may be the head; 2 where roles say what they are
	minGridCells = 2    // cells of a row
	maxGridCells = 10
	longGridCell = 60 // letters of a cell
)

// markRows notes that an element is a table of data and its children are the rows, if
// they are built as those of one: each with the same number of short cells, and figures
// in more than half of the rows below the head.
func (doc *Doc) markRows(i int32) {
	e := &doc.Elements[i]
	if e.Letters == 0 || e.Letters > longGrid || e.LinkLetters > 0 || e.In&(InHeading|InItem|InQuote) != 0 || !isGrid(e.Node.DataAtom) {
		return
	}
	rows, cells, figures, role := 0, 0, 0, false
	for k := i + 1; k < e.End; k = doc.Elements[k].End {
		r := &doc.Elements[k]
		if r.Letters == 0 {
			continue
		}
		n, hasFigure := doc.gridCells(k)
		if n < minGridCells || n > maxGridCells || rows > 0 && n != cells {
			return
		}
		role = role || Attr(r.Node, "role") == "row"
		cells = n
		if rows++; rows > 1 && hasFigure {
			figures++
		}
	}
	if rows < minGridRows && !(role && rows == minGridRows-1) || figures*2 <= rows-1 {
		return
	}
	e.IsData = true
	for k := i + 1; k < e.End; k = doc.Elements[k].End {
		doc.Elements[k].IsRow = doc.Elements[k].Letters > 0
	}
}

// isGrid reports whether an element can be a table, or a row, by its name.
func isGrid(a atom.Atom) bool {
	switch a {
	case atom.Div, atom.Section, atom.Figure, 0:
		return true
	}
	return false
}

// gridCells returns how many cells an element has if it is built as a row, and whether
// one of them is a figure; 0 if it is built otherwise.
func (doc *Doc) gridCells(row int32) (n int, figure bool) {
	r := &doc.Elements[row]
	if !r.IsBlock || !isGrid(r.Node.DataAtom) {
		return 0, false
	}
	sum := int32(0)
	for k := row + 1; k < r.End; k = doc.Elements[k].End {
		c := &doc.Elements[k]
		if c.Letters == 0 {
			continue
		}
		if !c.IsBlock || c.Letters > longGridCell || c.In&InHeading != 0 || c.Node.DataAtom == atom.P && c.Prose > 0 {
			return 0, false
		}
		n++
		sum += c.Letters
		figure = figure || n > 1 && doc.hasDigit(c.Tokens)
	}
	if sum != r.Letters {
		return 0, false
	}
	return n, figure
}

// hasDigit reports whether a text has a digit.
func (doc *Doc) hasDigit(tokens Span) bool {
	for k := tokens.From; k < tokens.To; k++ {
		if t := &doc.Tokens[k]; t.Kind == TextToken && strings.ContainsAny(t.Text, "0123456789") {
			return true
		}
	}
	return false
}
