package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"winnow/bench/internal/child"
	"winnow/bench/internal/pages"
	"winnow/internal/training"
)

// batch is how many pages a tool cleans before the next has its turn: few
// enough for all to meet the same minutes, enough for the garbage collector's
// work to fall to the tool whose garbage it is.
const batch = 24

// spent is what a tool has used.
type spent struct {
	cpu, wall     time.Duration
	allocs, bytes uint64
}

// meter sums up a tool's batches.
type meter struct {
	total  spent
	cpu    []float64 // seconds of each batch
	errors int
	texts  map[string]string // by page, of the first round
}

// compare runs the tools over the pages, batch by batch, the first one changing
// from batch to batch.
func compare(all []tool, list []pages.Page, rounds int, truth map[string]training.Truth) []result {
	meters := make([]meter, len(all))
	for i := range meters {
		meters[i].texts = make(map[string]string, len(list))
		meters[i].batch(all[i], list[:min(3, len(list))]) // what is loaded at the first use
		meters[i] = meter{texts: make(map[string]string, len(list))}
	}
	turn, bytes := 0, 0
	for round := range rounds {
		for part := range slices.Chunk(list, batch) {
			for k := range all {
				i := (turn + k) % len(all)
				meters[i].batch(all[i], part)
			}
			if turn++; turn%16 == 0 {
				notice("  round %d of %d: %d of %d pages", round+1, rounds, min((turn-round*((len(list)+batch-1)/batch))*batch, len(list)), len(list))
			}
		}
	}
	for _, p := range list {
		bytes += len(p.HTML)
	}
	results := make([]result, len(all))
	for i := range all {
		m := &meters[i]
		n := float64(len(list) * rounds)
		results[i] = result{Tool: all[i].name,
			PagesPerSecond: n / m.total.cpu.Seconds(), MBPerSecond: float64(bytes*rounds) / 1e6 / m.total.cpu.Seconds(), WallPerSecond: n / m.total.wall.Seconds(),
			Ratio:         medianRatio(meters[0].cpu, m.cpu),
			AllocsPerPage: float64(m.total.allocs) / n, BytesPerPage: float64(m.total.bytes) / n,
			Errors: m.errors / rounds,
		}
		if all[i].name != parseOnly {
			results[i].Sets = m.scores(list, truth)
		}
	}
	return results
}

// scores are those of the pages with a truth, by set.
func (m *meter) scores(list []pages.Page, truth map[string]training.Truth) map[string]training.Score {
	var truths []training.Truth
	var texts []string
	for _, p := range list {
		if t, known := truth[p.ID]; known {
			truths, texts = append(truths, t), append(texts, m.texts[p.ID])
		}
	}
	sets := map[string]training.Score{}
	for _, s := range training.Scores(truths, texts) {
		sets[s.Set] = s
	}
	return sets
}

// batch runs a tool over a few pages and notes what that cost.
func (m *meter) batch(t tool, list []pages.Page) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu, wall := child.CPU(), time.Now()
	for i := range list {
		text, err := safely(t, &list[i])
		if err != nil {
			m.errors++
		}
		m.texts[list[i].ID] = text
	}
	used := spent{cpu: child.CPU() - cpu, wall: time.Since(wall)}
	runtime.ReadMemStats(&after)
	m.total.cpu += used.cpu
	m.total.wall += used.wall
	m.total.allocs += after.Mallocs - before.Mallocs
	m.total.bytes += after.TotalAlloc - before.TotalAlloc
	m.cpu = append(m.cpu, used.cpu.Seconds())
}

// safely returns a panic as an error: some pages make extractors fail.
func safely(t tool, p *pages.Page) (text string, err error) {
	defer func() {
		if v := recover(); v != nil {
			text, err = "", fmt.Errorf("panic: %v", v)
		}
	}()
	return t.text(p)
}

// medianRatio is the median of own over other, batch by batch.
func medianRatio(own, other []float64) float64 {
	ratios := make([]float64, len(own))
	for i := range own {
		ratios[i] = own[i] / other[i]
	}
	return median(ratios)
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	half := len(list) / 2
	if len(list)%2 == 1 {
		return list[half]
	}
	return (list[half-1] + list[half]) / 2
}
