package textprofile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// Shares of prose that recurs less than the source's.
const pitchShare = 0.1

// minPitch is on how many texts such prose must be.
const minPitch = 3

// findPitches marks prose that is in a part of the texts, where these share nothing
// else: the words of a box. The background of a story is shared with more of it.
func (p *Profile) findPitches(v *view) {
	for i := range v.lines {
		l := &v.lines[i]
		if v.aside[i] != "" || !v.isProse(i) {
			continue
		}
		others := p.exact[l.exact].without(v.self)
		n := others.len() + 1
		if n < minPitch && !(n > 1 && p.isBoxed(v, i, others)) || float64(n) < pitchShare*float64(p.known(v)) || p.sharesMore(v, i, others) {
			continue
		}
		v.aside[i] = fmt.Sprintf("is in %d of %d texts of this source, which share no other prose", n, p.known(v))
	}
}

// isBoxed reports whether a short line next to line i recurs in the same other texts.
func (p *Profile) isBoxed(v *view, i int, others set) bool {
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(v.lines) && v.recurs[k] == byText && v.lines[k].flags&(lineProse|lineNumber) == 0 && p.exact[v.lines[k].exact].without(v.self) == others {
			return true
		}
	}
	return false
}

// sharesMore reports whether half of some texts share another rare line of prose with
// this one.
func (p *Profile) sharesMore(v *view, i int, others set) bool {
	for k := range v.lines {
		if k == i || !v.isProse(k) || v.lines[k].exact == v.lines[i].exact {
			continue
		}
		both := p.exact[v.lines[k].exact].without(v.self)
		for w := range both {
			both[w] &= others[w]
		}
		if 2*both.len() >= others.len() {
			return true
		}
	}
	return false
}

// minEcho is the length of a line that repeats another, in letters.
const minEcho = 24

// maxEchoLines is how many lines are compared with each other.
const maxEchoLines = 1000

// cutEchoes cuts lines that are within another line of the story: pull quotes, and
// first sentences that are there twice.
func (j *judge) cutEchoes() {
	keys := make([]string, min(len(j.v.lines), maxEchoLines))
	for i := range keys {
		if j.why[i] == "" && i != j.v.title {
			keys[i] = letters.Key(j.text.Lines[i])
		}
	}
	for i, key := range keys {
		if int(j.v.lines[i].letters) < minEcho || key == "" || j.safe[i] {
			continue
		}
		for k, other := range keys {
			if k != i && j.why[k] == "" && strings.Contains(other, key) && (len(other) > len(key) || k < i) {
				j.cut(i, "is within another line of the text")
				break
			}
		}
	}
}

// minPointing is the length of a line with a sentence of the story and a title, in
// letters.
const minPointing = 40

// maxInnerLabel is the length of what is before the title of another text within a
// line, in letters.
const maxInnerLabel = 34

// cutInner cuts sentences within lines that point to another text by its title.
func (j *judge) cutInner() {
	if len(j.words) == 0 {
		return
	}
	for i, text := range j.text.Lines {
		if j.why[i] != "" || i == j.v.title || j.v.lines[i].letters < minPointing {
			continue
		}
		j.inner[i] = j.pointersIn(text)
	}
}

// pointersIn returns the ranges of a line with a label and the title of another text.
func (j *judge) pointersIn(text string) (ranges []Range) {
	from := 0 // of the sentence
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		at += size
		if !strings.ContainsRune(".!?…。！？।؟:：—–-", r) {
			continue
		}
		rest := strings.TrimLeft(text[at:], " «“„\"")
		start := len(text) - len(rest)
		n, h := j.titleAt(rest)
		if n > 0 && (j.v.title < 0 || h != j.v.lines[j.v.title].exact) {
			begin := start
			if strings.ContainsRune(":：—–-", r) && letters.Count(text[from:at]) <= maxInnerLabel {
				begin = from
			}
			end := start + n
			if tail, _ := utf8.DecodeRuneInString(text[end:]); strings.ContainsRune(".!?»”\"", tail) && end < len(text) {
				end += utf8.RuneLen(tail)
			}
			if begin < start || strings.ContainsRune(".!?…。！？।؟", r) {
				ranges = append(ranges, Range{begin, end, "points to another text of this source"})
				at, from = end, end
				continue
			}
		}
		if strings.ContainsRune(".!?…。！？।؟", r) && (at == len(text) || text[at] == ' ' || letters.IsUnspaced(rune0(text[at:]))) {
			from = at + len(text[at:]) - len(strings.TrimLeft(text[at:], " "))
		}
	}
	return ranges
}
