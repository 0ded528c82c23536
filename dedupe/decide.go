package dedupe

import "winnow/news"

// figures are what a decision rests on. All are between 0 and 1.
type figures struct {
	shareA, shareB float64 // of the content words, matched in order
	spanA, spanB   float64 // of the content words, inside a passage, matched or not
	names          float64 // agreement within the passages; 1 where there are none
	numbers        float64
}

// measure compares two texts.
func measure(a, b *Doc, pa, pb *prepared) figures {
	al := align(pa, pb)
	var f figures
	f.shareA, f.spanA = shares(pa, al.matchA, al.skip[:len(pa.hash)], al.passages, func(p passage) (int32, int32) { return p.fromA, p.toA })
	f.shareB, f.spanB = shares(pb, al.matchB, al.skip[len(pa.hash):], al.passages, func(p passage) (int32, int32) { return p.fromB, p.toB })
	insideA := inside(len(pa.hash), al.passages, func(p passage) (int32, int32) { return p.fromA, p.toA })
	insideB := inside(len(pb.hash), al.passages, func(p passage) (int32, int32) { return p.fromB, p.toB })
	f.names = min(agreement(pa, al.matchA, insideA, isName), agreement(pb, al.matchB, insideB, isName))
	f.numbers = min(agreement(pa, al.matchA, insideA, isNumber), agreement(pb, al.matchB, insideB, isNumber))
	return f
}

// inside marks the places that lie in a passage.
func inside(n int, passages []passage, ends func(passage) (int32, int32)) []bool {
	in := make([]bool, n)
	for _, p := range passages {
		from, to := ends(p)
		for i := from; i <= to; i++ {
			in[i] = true
		}
	}
	return in
}

func shares(p *prepared, matched []int32, skip []bool, passages []passage, ends func(passage) (int32, int32)) (share, span float64) {
	in := inside(len(p.hash), passages, ends)
	var all, hit, covered float64
	for i := range p.hash {
		if skip[i] {
			continue
		}
		w := float64(p.weight[i])
		all += w
		if matched[i] >= 0 {
			hit += w
		}
		if in[i] {
			covered += w
		}
	}
	if all == 0 {
		return 0, 0
	}
	return hit / all, covered / all
}

// agreement is the share of the words of a kind inside the passages that have a
// partner.
func agreement(p *prepared, matched []int32, in []bool, kind uint8) float64 {
	n, hit := 0, 0
	for i, flag := range p.flag {
		if flag&kind != 0 && in[i] {
			n++
			if matched[i] >= 0 {
				hit++
			}
		}
	}
	if n == 0 {
		return 1
	}
	return float64(hit) / float64(n)
}

// decide gives the relation seen from a and the rule that decided, or "".
func (c *Checker) decide(f figures, a, b *Doc) (relation, rule string) {
	small := max(f.spanA, f.spanB)
	if small < .75 || f.numbers < .5 || f.names < .6 || !c.inWindow(a.Date, b.Date) {
		return "", ""
	}
	switch {
	case f.spanA >= .7 && f.spanB >= .7:
		return news.RelationCopy, "near-copy"
	case f.spanA > f.spanB && f.spanB >= .25:
		return news.RelationCut, "cut"
	case f.spanB > f.spanA && f.spanA >= .25:
		return news.RelationFuller, "cut"
	case f.spanA > f.spanB:
		return RelationContained, "part"
	}
	return RelationContains, "part"
}
