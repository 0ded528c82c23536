package siteprofile

// skipOthers marks the units of other stories on the pages, and reports whether there
// are any.
func (p *Profile) skipOthers(views []*view) (any bool) {
	for _, v := range views {
		j := &judge{Profile: p, v: v}
		v.skip = make([]bool, len(v.units))
		for _, i := range j.otherStories() {
			v.skip[i], any = true, true
		}
	}
	return any
}

// cutOthers cuts the other stories on the page: the next one of an endless page, the
// neighbours in a messenger's channel.
func (j *judge) cutOthers() {
	for _, i := range j.otherStories() {
		j.out[i] = Decision{Why: "another story on the page, which has its own page on this site"}
	}
}

// otherStories returns the units of the other stories on the page. Their prose is in
// another instance of a container, with the headline of another story in it or
// before it.
func (j *judge) otherStories() (units []int) {
	own := j.ownInstance()
	if own < 0 {
		return nil
	}
	headline, begun := -1, false // the last headline of another story since the last prose
	others := map[int32]bool{}
	for i := range j.v.units {
		u := &j.v.units[i]
		in := j.instance(u.elem)
		if in == own {
			begun, headline = true, -1
			continue
		}
		if j.isHeadline(u) && (begun || in >= 0) {
			headline = i
		}
		if u.flags&unitProse == 0 || in < 0 || headline < 0 || others[in] {
			continue
		}
		others[in] = true
		for k := headline; k < i; k++ {
			units = append(units, k)
		}
	}
	for i := range j.v.units {
		if in := j.instance(j.v.units[i].elem); in >= 0 && others[in] {
			units = append(units, i)
		}
	}
	return units
}

// instance returns the outermost container around an element, and -1 if there is
// none.
func (j *judge) instance(e int32) int32 {
	out := int32(-1)
	for ; e >= 0; e = j.v.elems[e].parent {
		if j.isContainer(j.v.sigs[e]) {
			out = e
		}
	}
	return out
}

// ownInstance returns the instance that holds the page's own story: the one with its
// title in it or right before it, else the first with prose. It returns -1 if there
// is none.
func (j *judge) ownInstance() int32 {
	withProse := map[int32]bool{}
	for i := range j.v.units {
		if u := &j.v.units[i]; u.flags&unitProse != 0 {
			withProse[j.instance(u.elem)] = true
		}
	}
	first, titled := int32(-1), false
	for i := range j.v.units {
		u := &j.v.units[i]
		in := j.instance(u.elem)
		if j.v.hasTitle(u.exact) && u.flags&unitLinked == 0 {
			if in >= 0 && withProse[in] {
				return in
			}
			titled = true
			continue
		}
		if u.flags&unitProse == 0 || in < 0 {
			continue
		}
		if titled {
			return in
		}
		if first < 0 {
			first = in
		}
	}
	return first
}

// isHeadline reports whether a unit is the headline of another story: the title of
// another page, or what is where the pages of this site have theirs.
func (j *judge) isHeadline(u *unit) bool {
	if j.v.hasTitle(u.exact) || u.flags&unitProse != 0 {
		return false
	}
	return j.isOthersTitle(j.v.Sketch, u.exact) || j.headline[j.v.sigs[u.elem]] && u.letters >= minTitle
}
