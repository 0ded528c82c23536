package textprofile

// findOpenings finds where the story of each text of the sample ends at the latest:
// where the title of another text is followed by its prose.
func (p *Profile) findOpenings(views []*view) {
	for _, v := range views {
		if v.title < 0 {
			continue
		}
		if i := v.firstProse(v.title); i < len(v.lines) {
			addTo(p.opening, v.lines[i].exact, v.self)
		}
	}
	for _, v := range views {
		p.bound(v)
	}
}

// minChromeRun is how many lines before the opening of another story are chrome, where
// its title is not known.
const minChromeRun = 5

// bound sets where the text's own story may be.
func (p *Profile) bound(v *view) {
	if v.title >= 0 {
		v.from = v.title
	}
	begun, run := false, 0
	for i := v.from; i < len(v.lines); i++ {
		if i != v.title && begun && p.isOthersTitle(v, i) && p.continues(v, i, run) {
			v.to = i
			return
		}
		if v.isProse(i) {
			if begun && run >= minChromeRun && p.opening[v.lines[i].exact].without(v.self).len() > 0 {
				v.to = i
				return
			}
			begun, run = true, 0
			continue
		}
		run++
	}
}

// isOthersTitle reports whether line i is the title of another text.
func (p *Profile) isOthersTitle(v *view, i int) bool {
	l := &v.lines[i]
	if v.title >= 0 && l.exact == v.lines[v.title].exact {
		return false
	}
	_, known := p.titles[l.exact]
	return known
}

// maxHead is how many lines may be between a title and the first prose.
const maxHead = 8

// continues reports whether the prose of another story follows its title, line i: the
// prose that its own text begins with; or any, where the title is behind a run of lines
// of chrome or in the place of titles. In a box within the story, the story goes on
// behind a title.
func (p *Profile) continues(v *view, i, run int) bool {
	for k := i + 1; k < len(v.lines) && k <= i+maxHead; k++ {
		if v.isProse(k) {
			begins, theirs := p.opening[v.lines[k].exact].without(v.self), p.titles[v.lines[i].exact]
			for w := range begins {
				if begins[w]&theirs[w] != 0 {
					return true
				}
			}
			return run >= minChromeRun || p.slotShare(v, i) >= sureSlot
		}
		if p.isOthersTitle(v, k) || p.pointer(v, k) {
			return false
		}
	}
	return false
}

// Shares of anchors.
const (
	anchorProse = 0.85 // of a text's prose that is on the side of the story
	anchorTexts = 0.8  // of the texts that have the line for which this holds
)

// findAnchors finds the lines that end stories, and those that begin them.
func (p *Profile) findAnchors(views []*view) {
	type tally struct{ ends, begins, all set }
	tallies := map[uint64]*tally{}
	for _, v := range views {
		all := v.proseIn(v.from, v.to)
		if all == 0 {
			continue
		}
		before := int32(0)
		seen := map[uint64]bool{}
		for i := 0; i < v.to; i++ {
			if v.isProse(i) && i >= v.from {
				before += v.lines[i].letters
			}
			if v.recurs[i] == unique || v.lines[i].flags&lineStamp != 0 || v.lines[i].letters == 0 || seen[v.key(i)] || p.pointer(v, i) {
				continue
			}
			seen[v.key(i)] = true
			t := tallies[v.key(i)]
			if t == nil {
				t = &tally{}
				tallies[v.key(i)] = t
			}
			t.all.add(v.self)
			if float64(before) >= anchorProse*float64(all) {
				t.ends.add(v.self)
			}
			if float64(all-before) >= anchorProse*float64(all) {
				t.begins.add(v.self)
			}
		}
	}
	for key, t := range tallies {
		n := t.all.len()
		if n < lineShare.needs(p.texts) {
			continue
		}
		if float64(t.ends.len()) >= anchorTexts*float64(n) {
			p.ends[key] = true
		}
		if float64(t.begins.len()) >= anchorTexts*float64(n) {
			p.begins[key] = true
		}
	}
}

// proseIn returns the letters of prose in lines from up to to, to excluded.
func (v *view) proseIn(from, to int) (n int32) {
	for i := from; i < to; i++ {
		if v.isProse(i) {
			n += v.lines[i].letters
		}
	}
	return n
}

// Bounds of the end of a story.
const (
	endProse   = 0.7 // of the text's prose that is before the end
	endLines   = 8   // lines from the end on
	endChrome  = 3   // of them that recur
	sureAnchor = 0.5 // of the source's texts
)

// end returns the line at which the text's story ends by an anchor, v.to if none
// shows it.
func (p *Profile) end(v *view) int {
	all, before := v.proseIn(v.from, v.to), int32(0)
	for i := v.from; i < v.to; i++ {
		if v.isProse(i) {
			before += v.lines[i].letters
		}
		if v.recurs[i] == unique || !p.ends[v.key(i)] || float64(before) < endProse*float64(all) || before == 0 {
			continue
		}
		chrome := 0
		for k := i; k < min(i+endLines, len(v.lines)); k++ {
			if v.recurs[k] != unique || p.pointer(v, k) {
				chrome++
			}
		}
		if chrome >= min(endChrome, len(v.lines)-i) {
			return i
		}
	}
	return v.to
}

// begin returns the line behind the last anchor before the story's first prose, 0 if
// there is none.
func (p *Profile) begin(v *view) int {
	for i := v.firstProse(v.from) - 1; i >= 0; i-- {
		if v.recurs[i] != unique && p.begins[v.key(i)] {
			return i + 1
		}
	}
	return 0
}
