package pagemodel

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"winnow/clean/blockmodel"
)

// Write writes the model. The first line is its Origin as JSON. What follows is
// little-endian: for each question and each of its trees the number of its nodes
// (uint16); then the nodes of all, each with feature and threshold (a byte each),
// left, right and points (int16 each).
func (m *Model) Write(w io.Writer) error {
	var out bytes.Buffer
	head, err := json.Marshal(m.Origin)
	if err != nil {
		return err
	}
	out.Write(append(head, '\n'))
	for q := range m.forests {
		for k := range m.forests[q].roots {
			from, to := m.forests[q].tree(k)
			out.Write(binary.LittleEndian.AppendUint16(nil, uint16(to-from)))
		}
	}
	for q := range m.forests {
		if err := binary.Write(&out, binary.LittleEndian, m.forests[q].nodes); err != nil {
			return err
		}
	}
	_, err = w.Write(out.Bytes())
	return err
}

// maxTrees bounds the trees of a question that are read of a file.
const maxTrees = 1 << 12

// Read returns the model that [Model.Write] has written as data. The error is
// [ErrModel] for anything else, and for a model of other features.
func Read(data []byte) (*Model, error) {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	m := &Model{}
	if err := json.Unmarshal(head, &m.Origin); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	trees := m.Origin.Trees
	if trees <= 0 || trees > maxTrees || len(rest) < 2*trees*Questions {
		return nil, fmt.Errorf("%w: %d trees in %d bytes", ErrModel, trees, len(rest))
	}
	var nodes [Questions]int
	for q := range m.forests {
		for range trees {
			m.forests[q].roots = append(m.forests[q].roots, int32(nodes[q]))
			nodes[q] += int(binary.LittleEndian.Uint16(rest))
			rest = rest[2:]
		}
	}
	for q := range m.forests {
		size := nodes[q] * binary.Size(blockmodel.Node{})
		if size > len(rest) {
			return nil, fmt.Errorf("%w: %d bytes for %d nodes", ErrModel, len(rest), nodes[q])
		}
		m.forests[q].nodes = make([]blockmodel.Node, nodes[q])
		if _, err := binary.Decode(rest[:size], binary.LittleEndian, m.forests[q].nodes); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrModel, err)
		}
		rest = rest[size:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes after the last node", ErrModel, len(rest))
	}
	return m, m.validate()
}

//go:embed weights/pages.model
var shippedWeights []byte

// Shipped returns the model that is part of the program. It is read once.
var Shipped = sync.OnceValue(func() *Model {
	m, err := Read(shippedWeights)
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	return m
})
