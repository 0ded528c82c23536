package blockmodel

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"winnow/clean/internal/forest"
)

// Write writes the model. The first line is its Origin as JSON. What follows is
// little-endian: for each tree the number of its nodes (uint16); the nodes, each
// with feature and threshold (a byte each), left, right and points (int16 each);
// the hashes of the words, ascending (uint32 each); their weights (int8 each).
func (m *Model) Write(w io.Writer) error {
	out, err := json.Marshal(m.Origin)
	if err != nil {
		return err
	}
	out = m.trees.AppendNodes(m.trees.AppendSizes(append(out, '\n')))
	hashes := slices.Sorted(maps.Keys(m.Lexicon))
	for _, h := range hashes {
		out = binary.LittleEndian.AppendUint32(out, h)
	}
	for _, h := range hashes {
		out = append(out, byte(m.Lexicon[h]))
	}
	_, err = w.Write(out)
	return err
}

// maxWords bounds the lexicon that is read of a file.
const maxWords = 1 << 20

// Read returns the model that [Model.Write] has written as data. The error is
// [ErrModel] for anything else, and for a model of other features.
func Read(data []byte) (*Model, error) {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	m := &Model{}
	if err := json.Unmarshal(head, &m.Origin); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	forests := []forest.Forest{{}}
	rest, err := forest.Read(rest, forests, m.Origin.Trees)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m.trees = forests[0]
	words := m.Origin.Words
	if words < 0 || words > maxWords || len(rest) != 5*words {
		return nil, fmt.Errorf("%w: %d bytes for %d words", ErrModel, len(rest), words)
	}
	m.Lexicon = make(Lexicon, words)
	for k := range words {
		m.Lexicon[binary.LittleEndian.Uint32(rest[4*k:])] = int8(rest[4*words+k])
	}
	if len(m.Lexicon) != words {
		return nil, fmt.Errorf("%w: a word occurs twice", ErrModel)
	}
	return m, m.validate()
}

//go:embed weights/blocks.model
var shippedWeights []byte

// Shipped returns the model that is part of the program. It is read once.
var Shipped = sync.OnceValue(func() *Model {
	m, err := Read(shippedWeights)
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	return m
})
