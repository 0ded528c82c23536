package clean

import "strconv"

// smallOpinion is the share of a region's worth under which another opinion of
// it is taken for a miss. Chosen on real pages: 0.08 and 0.35 do worse.
const smallOpinion = 0.15

// mix makes one region of two opinions. Where both agree on a stretch of the
// page, all that stands in the stretch is story: a reader of the whole tree
// misses fewer paragraphs. Beyond the stretch of the second opinion, blocks stay
// only where they stand side by side with story.
func (f *regionFinder) mix(own, other region) region {
	if len(other.spans) == 0 {
		return own
	}
	if len(own.spans) == 0 {
		return other
	}
	inOther := make([]bool, len(f.blocks))
	parents := map[int32]bool{}
	alike := map[string]bool{}
	worth, shared := 0.0, 0.0
	for _, s := range other.spans {
		for i := s.from; i < s.to; i++ {
			inOther[i] = true
			v := max(0, f.value[i+1]-f.value[i])
			worth += v
			if own.has(i) {
				shared += v
			}
			if b := &f.blocks[i]; runs(b) {
				parents[f.o.elems[b.elem].parent] = true
				parents[b.elem] = true
				alike[f.o.build(b.elem)] = true
			}
		}
	}
	if shared < 0.5*worth {
		if worth > own.score {
			return other
		}
		return own
	}
	if shared < smallOpinion*own.score {
		return own
	}
	first, last := other.spans[0].from, other.spans[len(other.spans)-1].to
	r := region{elem: own.elem, score: own.score}
	for i := range f.blocks {
		k := int32(i)
		if f.blocks[i].cut != 0 || !own.has(k) {
			continue
		}
		e := f.blocks[i].elem
		if k >= first && k < last || parents[e] || parents[f.o.elems[e].parent] || alike[f.o.build(e)] {
			r.add(k)
		}
	}
	return r
}

// add puts the next block into the region.
func (r *region) add(i int32) {
	if k := len(r.spans); k > 0 && r.spans[k-1].to == i {
		r.spans[k-1].to++
		return
	}
	r.spans = append(r.spans, span{i, i + 1})
}

// has says whether block i is in the region.
func (r *region) has(i int32) bool {
	for _, s := range r.spans {
		if i >= s.from && i < s.to {
			return true
		}
	}
	return false
}

// build is how the place of a block is built: its element and the one around
// it, by name and class. Bare elements are alike everywhere, so they have none.
func (o *outline) build(i int32) string {
	e := &o.elems[i]
	if e.parent < 0 {
		return ""
	}
	p := &o.elems[e.parent]
	if attr(p.node, "class") == "" {
		return strconv.Itoa(int(i))
	}
	return signature(p) + ">" + signature(e)
}
