package siteprofile

import (
	"cmp"
	"slices"
	"strings"

	"winnow/clean/internal/letters"
)

// pointsFrom reports whether a unit has a sentence that leads to another page: its
// link is the title of one, or several pages have the label before it.
func (p *Profile) pointsFrom(s *Sketch, u *unit) bool {
	return u.link != 0 && (p.isOthersTitle(s, u.link) || u.label != 0 && p.labels[u.label] >= p.atLeast(labelFloor, labelShare))
}

// cutPointers cuts sentences that lead to other pages out of the blocks that stay.
func (j *judge) cutPointers() {
	const why = "leads to another page of this site"
	for i := range j.out {
		u := &j.v.units[i]
		if !j.out[i].Keep || !j.pointsFrom(j.v.Sketch, u) || j.v.hasTitle(u.exact) {
			continue
		}
		b := &j.page.Blocks[i]
		p, ok := findPointer(j.page.Doc, b)
		if !ok || hash(letters.Key(p.link)) != u.link {
			continue
		}
		if letters.Count(b.Text[:p.from])+letters.Count(b.Text[p.to:]) < minLinkText {
			j.out[i] = Decision{Why: why}
			continue
		}
		j.out[i].Inner = append(j.out[i].Inner, Range{p.from, p.to, why})
	}
}

// cutParts cuts parts that recur out of the blocks that stay.
func (j *judge) cutParts() {
	for i := range j.v.parts {
		u := &j.v.parts[i]
		d := &j.out[u.of]
		if !d.Keep {
			continue
		}
		why := j.recurs(u, j.anyContainer(j.v, u.elem))
		if why == "" {
			continue
		}
		for _, part := range findParts(j.page.Doc, &j.page.Blocks[u.of]) {
			overlaps := slices.ContainsFunc(d.Inner, func(r Range) bool { return part.from < r.To && r.From < part.to })
			if hash(letters.Key(part.text)) == u.exact && !overlaps {
				d.Inner = append(d.Inner, Range{part.from, part.to, why})
				break
			}
		}
		slices.SortFunc(d.Inner, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	}
}

// Lengths of echoes, in letters.
const (
	minEcho = 25
	maxEcho = 400
)

// cutEchoes cuts a block whose whole text is in a longer block that stays: a pull
// quote, or a copy of the first sentence. The longer one must be in an element that
// more pages have.
func (j *judge) cutEchoes() {
	keys := make([]string, len(j.out))
	for i := range j.out {
		if j.out[i].Keep {
			keys[i] = letters.Key(j.page.Blocks[i].Text)
		}
	}
	for i := range j.out {
		u := &j.v.units[i]
		if !j.out[i].Keep || u.letters < minEcho || u.letters > maxEcho || u.flags&(unitCell|unitItem) != 0 {
			continue
		}
		for k := range j.out {
			if k != i && j.out[k].Keep && j.isEcho(i, k, keys) {
				j.out[i] = Decision{Why: "the same words are in a longer text of the story"}
				break
			}
		}
	}
}

// isEcho reports whether block i repeats a part of block k.
func (j *judge) isEcho(i, k int, keys []string) bool {
	u, o := &j.v.units[i], &j.v.units[k]
	if len(keys[k]) < len(keys[i]) || len(keys[k]) == len(keys[i]) && k > i || !strings.Contains(keys[k], keys[i]) {
		return false
	}
	echo, original := j.v.sigs[u.elem], j.v.sigs[o.elem]
	return echo != original && j.common[echo] <= j.common[original]
}
