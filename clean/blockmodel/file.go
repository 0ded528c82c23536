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
)

// Write writes the model. The first line is its Origin as JSON. What follows is
// little-endian: for each tree the number of its nodes (uint16); the nodes, each
// with feature and threshold (a byte each), left, right and points (int16 each);
// the hashes of the words, ascending (uint32 each); their weights (int8 each).
func (m *Model) Write(w io.Writer) error {
	var out bytes.Buffer
	head, err := json.Marshal(m.Origin)
	if err != nil {
		return err
	}
	out.Write(append(head, '\n'))
	for k := range m.roots {
		from, to := m.tree(k)
		out.Write(binary.LittleEndian.AppendUint16(nil, uint16(to-from)))
	}
	if err := binary.Write(&out, binary.LittleEndian, m.nodes); err != nil {
		return err
	}
	hashes := slices.Sorted(maps.Keys(m.Lexicon))
	for _, h := range hashes {
		out.Write(binary.LittleEndian.AppendUint32(nil, h))
	}
	for _, h := range hashes {
		out.WriteByte(byte(m.Lexicon[h]))
	}
	_, err = w.Write(out.Bytes())
	return err
}

// Bounds of what is read of a file.
const (
	maxTrees = 1 << 14
	maxWords = 1 << 20
)

// Read returns the model that [Model.Write] has written as data. The error is
// [ErrModel] for anything else, and for a model of other features.
func Read(data []byte) (*Model, error) {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	m := &Model{}
	if err := json.Unmarshal(head, &m.Origin); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	trees := m.Origin.Trees
	if trees <= 0 || trees > maxTrees || len(rest) < 2*trees {
		return nil, fmt.Errorf("%w: %d trees in %d bytes", ErrModel, trees, len(rest))
	}
	total := 0
	for range trees {
		m.roots = append(m.roots, int32(total))
		total += int(binary.LittleEndian.Uint16(rest))
		rest = rest[2:]
	}
	words, nodes := m.Origin.Words, total*binary.Size(Node{})
	if words < 0 || words > maxWords || len(rest) != nodes+5*words {
		return nil, fmt.Errorf("%w: %d bytes for %d nodes and %d words", ErrModel, len(rest), total, words)
	}
	m.nodes = make([]Node, total)
	if _, err := binary.Decode(rest[:nodes], binary.LittleEndian, m.nodes); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m.Lexicon = make(Lexicon, words)
	for k, rest := 0, rest[nodes:]; k < words; k++ {
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
