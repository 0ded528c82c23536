package pagemodel

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"winnow/clean/internal/forest"
)

// Write writes the model. The first line is its Origin as JSON. What follows is
// little-endian: for each question and each of its trees the number of its nodes
// (uint16); then the nodes of all, each with feature and threshold (a byte each),
// left, right and points (int16 each).
func (m *Model) Write(w io.Writer) error {
	out, err := json.Marshal(m.Origin)
	if err != nil {
		return err
	}
	out = append(out, '\n')
	for q := range m.forests {
		out = m.forests[q].AppendSizes(out)
	}
	for q := range m.forests {
		out = m.forests[q].AppendNodes(out)
	}
	_, err = w.Write(out)
	return err
}

// Read returns the model that [Model.Write] has written as data. The error is
// [ErrModel] for anything else, and for a model of other features.
func Read(data []byte) (*Model, error) {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	m := &Model{}
	if err := json.Unmarshal(head, &m.Origin); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	rest, err := forest.Read(rest, m.forests[:], m.Origin.Trees)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
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
