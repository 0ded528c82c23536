package textprofile

// Bounds of tables and lists.
const (
	minTable      = 6   // lines
	tableNumbers  = 0.3 // of them that are numbers
	maxList       = 14  // lines behind a colon
	maxListRecurs = 0.5 // of the lines of a table that recur word for word
)

// keepTables keeps tables of data and lists behind a colon in the midst of the story:
// their lines are short, and recur in form.
func (j *judge) keepTables() {
	j.safe = make([]bool, len(j.v.lines))
	v := j.v
	for i := v.firstProse(v.from); i < j.end; i++ {
		if !j.isShort(i) {
			continue
		}
		to, numbers, same := i, 0, 0
		for to < j.end && j.isShort(to) {
			if v.lines[to].flags&lineNumber != 0 && v.lines[to].letters > 0 {
				numbers++
			}
			if v.recurs[to] == byText {
				same++
			}
			to++
		}
		n := to - i
		switch {
		case n >= minTable && float64(numbers) >= tableNumbers*float64(n):
			j.keep(i, to)
		case i > 0 && v.lines[i-1].flags&lineColon != 0 && j.why[i-1] == "":
			j.keepList(i, min(to, i+maxList))
		}
		i = to
	}
}

// isShort reports whether line i can be a cell or an item.
func (j *judge) isShort(i int) bool {
	l := &j.v.lines[i]
	return l.flags&(lineProse|lineStamp|lineTimed) == 0 && l.letters > 0
}

func (j *judge) keep(from, to int) {
	for i := from; i < to; i++ {
		if i != j.v.title {
			j.why[i], j.safe[i] = "", true
		}
	}
}

// keepList keeps the items of a list that recur only in form.
func (j *judge) keepList(from, to int) {
	for i := from; i < to && j.v.recurs[i] != byText && !j.pointer(j.v, i); i++ {
		j.keep(i, i+1)
	}
}
