package region

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
)

// The scoring is that of Arc90, which Mozilla keeps in Readability.js (read as of
// version 0.6), done on the flattened DOM and not on a separate tree. Each
// paragraph gives points to the elements around it, fewer the farther away; the
// element with the most points is the story, with those of its siblings that look
// like it, and without the parts in it that are mostly links, forms and pictures.
// Constants and words are those of Readability.js. Its lengths are in characters,
// these in letters: five letters make about six characters.
const (
	minScored          = 20  // letters of a paragraph that gives points
	minVote            = 208 // letters under which what was found is one box of many, and no vote
	enoughText         = 416 // letters under which the search is repeated less strictly
	charactersOfLetter = 1.2
	nameWeight         = 25 // points for a good name, or against a bad one
)

// strictness is a set of bits: what a search does beyond counting points.
type strictness uint8

const (
	dropUnlikely strictness = 1 << iota // leave out elements with unlikely names
	weighNames                          // give points for names
	cleanParts                          // leave out parts of the story that look like something else
)

// scorer is the state of the search.
type scorer struct {
	doc        *dom.Doc
	blocks     []dom.Block
	texts      []textSums  // over the blocks before each block
	elements   []tagSums   // over the elements before each element
	images     []int32     // tokens that are pictures
	candidates []candidate // by element
	dropped    []bool      // by block: left out as unlikely
	strictness strictness
}

// textSums and tagSums are running sums, so that the sum over a range is a
// difference.
type textSums struct {
	letters, linkLetters, headingLetters int32
	commas, paragraphs                   int32
}

type tagSums struct{ items, inputs int32 }

// candidate is what is known of one element.
type candidate struct {
	score  float64
	scored bool
	names  NameKind
	leaf   bool // no block element is in it
}

// readElements reads what does not change from search to search.
func (s *scorer) readElements() {
	doc := s.doc
	for i := range doc.Elements {
		e, sums := &doc.Elements[i], s.elements[i]
		if e.Cut == 0 {
			switch e.Node.DataAtom {
			case atom.Li:
				sums.items++
			case atom.Input:
				sums.inputs++
			}
		}
		s.elements[i+1] = sums
		s.candidates[i].leaf = true
		if e.Cut != 0 || !e.IsBlock {
			continue
		}
		for up := e.Parent; up >= 0 && s.candidates[up].leaf; up = doc.Elements[up].Parent {
			s.candidates[up].leaf = false
		}
		s.candidates[i].names = KindsOfNames(e.Node)
	}
	for k := range doc.Tokens {
		if t := &doc.Tokens[k]; t.Kind == dom.ImageToken && t.Elem >= 0 && doc.Elements[t.Elem].Cut == 0 {
			s.images = append(s.images, int32(k))
		}
	}
}

// sumTexts sums up the blocks that stay in a search, and resets the scores.
func (s *scorer) sumTexts() {
	doc := s.doc
	clear(s.dropped)
	for i := int32(0); i < int32(len(doc.Elements)); i++ {
		c, e := &s.candidates[i], &doc.Elements[i]
		c.score, c.scored = 0, false
		if s.strictness&dropUnlikely == 0 || c.names&(unlikelyName|savingName) != unlikelyName || e.Node.DataAtom == atom.Body || e.In&dom.InCode != 0 || doc.InTable(i) {
			continue
		}
		for k := e.Blocks.From; k < e.Blocks.To && !s.dropped[k]; k++ {
			s.dropped[k] = true
		}
	}
	for i := range s.blocks {
		b, sums := &s.blocks[i], s.texts[i]
		if b.Cut == 0 && !s.dropped[i] {
			sums.letters += b.Letters
			sums.linkLetters += b.LinkLetters
			sums.commas += commas(b.Text)
			switch a := doc.Elements[b.Elem].Node.DataAtom; {
			case b.In&dom.InHeading != 0:
				sums.headingLetters += b.Letters
			case a == atom.P || a == atom.Div:
				sums.paragraphs++
			}
		}
		s.texts[i+1] = sums
	}
}

// commas counts the commas of all scripts.
func commas(s string) int32 {
	n := strings.Count(s, ",")
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return int32(n + strings.Count(s, "،") + strings.Count(s, "，") + strings.Count(s, "、"))
		}
	}
	return int32(n)
}

// textIn returns the sums over the blocks of element i.
func (s *scorer) textIn(i int32) textSums {
	e := &s.doc.Elements[i]
	a, b := &s.texts[e.Blocks.From], &s.texts[e.Blocks.To]
	return textSums{
		letters: b.letters - a.letters, linkLetters: b.linkLetters - a.linkLetters, headingLetters: b.headingLetters - a.headingLetters,
		commas: b.commas - a.commas, paragraphs: b.paragraphs - a.paragraphs,
	}
}

// linkShare returns the share of the letters in links, 0 to 1.
func (t *textSums) linkShare() float64 {
	if t.letters == 0 {
		return 0
	}
	return float64(t.linkLetters) / float64(t.letters)
}

// imagesIn counts the pictures in element i.
func (s *scorer) imagesIn(i int32) int32 {
	e := &s.doc.Elements[i]
	from, _ := slices.BinarySearch(s.images, e.Tokens.From)
	to, _ := slices.BinarySearch(s.images, e.Tokens.To)
	return int32(to - from)
}

// scoreAll gives the points of every paragraph to the elements around it.
func (s *scorer) scoreAll() {
	doc := s.doc
	for i := range doc.Elements {
		e := &doc.Elements[i]
		if e.Cut != 0 || !e.IsBlock {
			continue
		}
		switch e.Node.DataAtom {
		case atom.Section, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Td, atom.Pre:
			t := s.textIn(int32(i))
			s.addPoints(e.Parent, t.letters, t.commas)
		}
	}
	for i := range s.blocks {
		b := &s.blocks[i]
		e := &doc.Elements[b.Elem]
		if b.Cut != 0 || s.dropped[i] || e.Node.DataAtom == atom.P {
			continue
		}
		switch e.Node.DataAtom {
		case atom.Section, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Td, atom.Pre:
			if e.Blocks.To-e.Blocks.From > 1 {
				s.addPoints(b.Elem, b.Letters, commas(b.Text))
			}
		case atom.Div:
			if s.candidates[b.Elem].leaf {
				s.addPoints(e.Parent, b.Letters, commas(b.Text))
			} else {
				s.addPoints(b.Elem, b.Letters, commas(b.Text))
			}
		}
	}
	for i := range doc.Elements {
		if s.candidates[i].scored {
			t := s.textIn(int32(i))
			s.candidates[i].score *= 1 - t.linkShare()
		}
	}
}

const (
	paragraphPoints = 2   // for being a paragraph; as many points more as it has commas
	pointCharacters = 100 // characters that make one more point
	maxLengthPoints = 3
	scoredAncestors = 5 // how many elements around a paragraph get points
)

// addPoints gives the points of a paragraph to element i and those around it: all
// to the first, half to the second, a third of that and less to the others.
func (s *scorer) addPoints(i, letters, commas int32) {
	if letters < minScored {
		return
	}
	points := paragraphPoints + float64(commas) + min(maxLengthPoints, float64(letters)*charactersOfLetter/pointCharacters)
	for level := 0; i >= 0 && level < scoredAncestors; i = s.doc.Elements[i].Parent {
		e := &s.doc.Elements[i]
		if !e.IsBlock || e.Cut != 0 {
			continue
		}
		c := &s.candidates[i]
		s.startScore(i)
		switch level {
		case 0:
			c.score += points
		case 1:
			c.score += points / 2
		default:
			c.score += points / float64(level*3)
		}
		level++
	}
}

// startScore gives element i the points that it has for its tag and its names,
// once.
func (s *scorer) startScore(i int32) {
	if c := &s.candidates[i]; !c.scored {
		c.scored = true
		c.score = tagPoints(s.doc.Elements[i].Node.DataAtom) + s.namePoints(i)
	}
}

func (s *scorer) namePoints(i int32) float64 {
	points, names := 0.0, s.candidates[i].names
	if s.strictness&weighNames == 0 {
		return 0
	}
	if names&goodName != 0 {
		points += nameWeight
	}
	if names&badName != 0 {
		points -= nameWeight
	}
	return points
}

func tagPoints(a atom.Atom) float64 {
	switch a {
	case atom.Div:
		return 5
	case atom.Pre, atom.Td, atom.Blockquote:
		return 3
	case atom.Address, atom.Ol, atom.Ul, atom.Dl, atom.Dd, atom.Dt, atom.Li, atom.Form:
		return -3
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Th:
		return -5
	}
	return 0
}
