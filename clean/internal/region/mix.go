package region

// smallOpinion is the share of a region's worth under which another opinion of
// it is taken for a miss. Chosen on real pages: 0.08 and 0.35 do worse.
const smallOpinion = 0.15

// mix makes one region of two opinions. Where both agree on a stretch of the
// page, all that stands in the stretch is story: a reader of the whole tree
// misses fewer paragraphs. Beyond the stretch of the second opinion, blocks stay
// only where they stand side by side with story.
func (f *finder) mix(own, other Region) Region {
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
		for i := s.From; i < s.To; i++ {
			inOther[i] = true
			v := max(0, f.value[i+1]-f.value[i])
			worth += v
			if own.has(i) {
				shared += v
			}
			if b := &f.blocks[i]; b.IsRunningText() {
				parents[f.doc.Elements[b.Elem].Parent] = true
				parents[b.Elem] = true
				alike[f.doc.PairSignature(b.Elem)] = true
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
	first, last := other.spans[0].From, other.spans[len(other.spans)-1].To
	r := Region{Elem: own.Elem, score: own.score}
	for i := range f.blocks {
		k := int32(i)
		if f.blocks[i].Cut != 0 || !own.has(k) {
			continue
		}
		e := f.blocks[i].Elem
		if k >= first && k < last || parents[e] || parents[f.doc.Elements[e].Parent] || alike[f.doc.PairSignature(e)] {
			r.Add(k)
		}
	}
	return r
}
