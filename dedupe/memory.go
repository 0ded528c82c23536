package dedupe

import (
	"context"
	"slices"
	"sync"
)

// Memory is an [Index] in the memory of this process. The zero value is empty and
// ready for use. It is safe for concurrent use.
type Memory struct {
	mu       sync.RWMutex
	docs     map[string]entry
	postings map[uint64][]string
}

type entry struct {
	doc    Doc
	prints []uint64
}

// Put adds a story with its prints (see [Checker.Prints]), or replaces the one of
// the same id.
func (m *Memory) Put(d Doc, prints []uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(d.ID)
	if m.docs == nil {
		m.docs = make(map[string]entry)
		m.postings = make(map[uint64][]string)
	}
	prints = slices.Compact(slices.Sorted(slices.Values(prints)))
	m.docs[d.ID] = entry{d, prints}
	for _, p := range prints {
		m.postings[p] = append(m.postings[p], d.ID)
	}
}

// Remove removes a story. An unknown id changes nothing.
func (m *Memory) Remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(id)
}

func (m *Memory) remove(id string) {
	e, ok := m.docs[id]
	if !ok {
		return
	}
	delete(m.docs, id)
	for _, p := range e.prints {
		ids := m.postings[p]
		if i := slices.Index(ids, id); i >= 0 {
			ids = slices.Delete(ids, i, i+1)
		}
		if len(ids) == 0 {
			delete(m.postings, p)
		} else {
			m.postings[p] = ids
		}
	}
}

// Len returns the number of stories in the index.
func (m *Memory) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.docs)
}

// Candidates implements [Index]. It fails only when ctx has ended.
func (m *Memory) Candidates(ctx context.Context, q Query) ([]Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	same, shared := map[string]bool{}, map[string]int{}
	for _, p := range q.Prints {
		ids := m.postings[p]
		for _, id := range ids {
			if p == q.Exact {
				same[id] = true
				shared[id] += 0
			}
			if len(ids) <= q.Common {
				shared[id]++
			}
		}
	}
	var out []Candidate
	for id, n := range shared {
		e := m.docs[id]
		c := Candidate{Same: same[id], Shared: n, Prints: len(e.prints), Day: Day(e.doc.Date)}
		if id != q.ID && q.takes(c) {
			c.ID = id
			out = append(out, c)
		}
	}
	slices.SortFunc(out, compareCandidates)
	return out, nil
}

// Docs implements [Index]. It fails only when ctx has ended.
func (m *Memory) Docs(ctx context.Context, ids []string) ([]Doc, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make([]Doc, 0, len(ids))
	for _, id := range ids {
		if e, ok := m.docs[id]; ok {
			out = append(out, e.doc)
		}
	}
	return out, nil
}
