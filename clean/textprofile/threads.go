package textprofile

// Bounds of a comment.
const (
	maxComment  = 8 // lines from its stamp to the line that closes it
	minComments = 2 // in a text, with the same line at the end
)

// setAside marks the prose that is of no story: comments, and the words of boxes.
func (p *Profile) setAside(v *view) {
	v.aside = make([]string, len(v.lines))
	p.findThreads(v)
	p.findPitches(v)
}

// findThreads marks comments: from a line with a name and a time to a line that closes
// comments in the source.
func (p *Profile) findThreads(v *view) {
	type comment struct{ from, to int }
	var found []comment
	closed := map[uint64]int{} // key of a closing line → comments
	for i := range v.lines {
		if !p.isCommentStamp(v, i) {
			continue
		}
		for k := i + 1; k < len(v.lines) && k <= i+maxComment && !p.isCommentStamp(v, k); k++ {
			if v.recurs[k] != unique && v.lines[k].flags&(lineProse|lineSentence|lineNumber) == 0 {
				found = append(found, comment{i, k})
				closed[v.key(k)]++
				break
			}
		}
	}
	for _, c := range found {
		if closed[v.key(c.to)] < minComments {
			continue
		}
		for i := c.from; i <= c.to; i++ {
			v.aside[i] = "a comment: between a name with a time and a line that closes comments in this source"
		}
	}
}

// isCommentStamp reports whether line i is a name with a date and a time.
func (p *Profile) isCommentStamp(v *view, i int) bool {
	l := &v.lines[i]
	return i > v.title && l.flags&lineStamp != 0 && l.flags&lineTimed != 0 && l.masked != 0 && l.flags&lineFigure == 0 && !p.pointer(v, i)
}
