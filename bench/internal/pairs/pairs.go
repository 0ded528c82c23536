// Package pairs scores a clustering of documents pair by pair.
package pairs

// Pair are two documents by ID.
type Pair struct{ A, B string }

// Figures are the counts of pairs and what follows from them.
type Figures struct {
	Right     int     // pairs that are copies and were joined
	Joined    int     // pairs that were joined, undecided ones apart
	Copies    int     // pairs that are copies
	Precision float64 // Right of Joined; 1 when none was joined
	Recall    float64 // Right of Copies; 1 when there are none
	F1        float64
}

// Score compares two clusterings, both from document to cluster. A document
// that found leaves out is alone. Undecided pairs of different true clusters
// do not count against it.
func Score(truth, found map[string]string, undecided []Pair) Figures {
	type cell struct{ truth, found string }
	cells, inTruth, inFound := map[cell]int{}, map[string]int{}, map[string]int{}
	for id, cluster := range truth {
		inTruth[cluster]++
		if got, ok := found[id]; ok {
			cells[cell{cluster, got}]++
			inFound[got]++
		}
	}
	var f Figures
	for _, n := range cells {
		f.Right += n * (n - 1) / 2
	}
	for _, n := range inTruth {
		f.Copies += n * (n - 1) / 2
	}
	for _, n := range inFound {
		f.Joined += n * (n - 1) / 2
	}
	for _, p := range undecided {
		if a, ok := found[p.A]; ok && truth[p.A] != truth[p.B] {
			if b, ok := found[p.B]; ok && a == b {
				f.Joined--
			}
		}
	}
	f.Precision, f.Recall = share(f.Right, f.Joined), share(f.Right, f.Copies)
	if f.Precision+f.Recall > 0 {
		f.F1 = 2 * f.Precision * f.Recall / (f.Precision + f.Recall)
	}
	return f
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
