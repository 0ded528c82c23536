package textprofile

// Bounds of tables and lists.
const (
	minTable     = 6   // lines
	tableNumbers = 0.3 // of them that are numbers
	maxList      = 14  // lines behind a colon
	minPoints    = 2   // lines of key points
	maxPoints    = 8   // the same
	minPoint     = 14  // letters
	maxCommon    = 0.2 // of the texts that have a line of the story's
	minRigid     = 3   // texts with two lines one behind the other
	rigidShare   = 0.6 // of the texts with a line that have the same line next to it
)

// keepTables keeps tables of data, lists behind a colon and key points: their lines
// are short and recur, but the lines around them are not the same from text to text,
// as those of a box are.
func (j *judge) keepTables() {
	j.safe = make([]bool, len(j.v.lines))
	v := j.v
	first := v.firstProse(v.from)
	for i := v.from; i < j.end; i++ {
		if !j.isShort(i) {
			continue
		}
		to, numbers := i, 0
		for to < j.end && j.isShort(to) {
			if v.lines[to].flags&lineNumber != 0 && v.lines[to].letters > 0 {
				numbers++
			}
			to++
		}
		switch n := to - i; {
		case i > first && n >= minTable && float64(numbers) >= tableNumbers*float64(n):
			j.keep(i, to)
		case i > first && v.lines[i-1].flags&lineColon != 0 && !j.isRigid(i-1):
			j.keepList(i, min(to, i+maxList))
		default:
			j.keepPoints(i, to)
		}
		i = to
	}
}

// isShort reports whether line i can be a cell or an item.
func (j *judge) isShort(i int) bool {
	l := &j.v.lines[i]
	return l.flags&(lineProse|lineStamp|lineTimed) == 0 && l.letters > 0
}

// isRigid reports whether line i has the same line before or behind it in most texts
// that have it.
func (j *judge) isRigid(i int) bool {
	v := j.v
	all := j.on(j.exact, v.lines[i].exact, v.self)
	if m := v.lines[i].masked; m != 0 {
		all = j.on(j.masked, m, v.self)
	}
	next := func(a, b int) bool {
		if a < 0 || b >= len(v.lines) {
			return false
		}
		both := j.on(j.pairs, mix(v.lines[a].form(), v.lines[b].form()), v.self)
		return both >= minRigid && float64(both) >= rigidShare*float64(all)
	}
	return next(i-1, i) || next(i, i+1)
}

func (j *judge) keep(from, to int) {
	for i := from; i < to; i++ {
		if i != j.v.title {
			j.why[i], j.safe[i] = "", true
		}
	}
}

// keepList keeps the line before a list and its items.
func (j *judge) keepList(from, to int) {
	to = from + j.loose(from, to)
	if to == from {
		return
	}
	for i := from - 1; i < to; i++ {
		if j.v.aside[i] == "" {
			j.keep(i, i+1)
		}
	}
}

// loose returns how many lines from line from on are in no box and lead nowhere.
func (j *judge) loose(from, to int) (n int) {
	for i := from; i < to && !j.isRigid(i) && !j.pointer(j.v, i); i++ {
		n++
	}
	return n
}

// keepPoints keeps the lines of a run that few texts have, where the others are in no
// text but this one.
func (j *judge) keepPoints(from, to int) {
	for i := from; i < to; i++ {
		n, own := 0, 0
		for k := i; k < to && j.isPoint(k); k++ {
			if j.v.recurs[k] == unique {
				own++
			}
			n++
		}
		if n >= minPoints && n <= maxPoints && own > 0 {
			for k := i; k < i+n; k++ {
				j.why[k] = ""
			}
		}
		i += n
	}
}

// isPoint reports whether line i can be one of the key points of a story.
func (j *judge) isPoint(i int) bool {
	l := &j.v.lines[i]
	return i > j.v.title && i > j.head && l.letters >= minPoint && !j.isRigid(i) && !j.pointer(j.v, i) && j.v.aside[i] == "" &&
		float64(j.on(j.exact, l.exact, j.v.self)) < maxCommon*float64(j.known(j.v))
}
