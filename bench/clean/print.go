package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"winnow/internal/training"
)

// print writes the report for people.
func (r *report) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s, %s, GOMAXPROCS %d: %d pages, mean %d KB\n\n", r.Date, r.Go, r.CPUs, r.Pages, r.Bytes/int64(r.Pages)/1000)
	sets := setNames(r.Tools)
	fmt.Fprint(t, "tool\tpages/s\tMB/s\twinnow is\tallocs/page\tKB/page\tpeak MB\tfailed\t")
	for _, name := range sets {
		fmt.Fprintf(t, "F1 %s\t", name)
	}
	fmt.Fprintln(t)
	for _, row := range r.Tools {
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%s\t%.0f\t%.0f\t%.0f\t%d\t", row.Tool, row.PagesPerSecond, row.MBPerSecond, times(row.Ratio), row.AllocsPerPage, row.BytesPerPage/1e3, float64(row.PeakBytes)/1e6, row.Errors)
		for _, name := range sets {
			fmt.Fprintf(t, "%s\t", f1(row.Sets[name]))
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\npages/s and MB/s: of processor time. winnow is: how many times as fast as the tool, the median of the batches. F1 in italics: of segments.")
	if r.Scaling != nil {
		fmt.Fprintf(w, "\nTwo processors beside one: %.1f and %.1f pages/s of wall-clock time, %.2f times\n", r.Scaling.Two, r.Scaling.One, r.Scaling.Ratio)
	}
	if err := r.printStress(w); err != nil || r.Growth == nil {
		return err
	}
	fmt.Fprintf(w, "\nwinnow's time by size of page:")
	for i := range r.Growth.Bytes {
		fmt.Fprintf(w, " %.2g MB %s;", float64(r.Growth.Bytes[i])/(1<<20), short(r.Growth.CPU[i]))
	}
	_, err := fmt.Fprintf(w, " it grows with size to the power of %.2f\n", r.Growth.Exponent)
	return err
}

func (r *report) printStress(w io.Writer) error {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	for _, c := range r.Stress {
		fmt.Fprintf(w, "\nHard page %q, %.1f MB\n", c.Name, float64(c.Bytes)/1e6)
		fmt.Fprintln(t, "tool\ttime\tpeak MB\ttext\t")
		for _, row := range c.Tools {
			took := short(row.CPU)
			if row.TimedOut {
				took = "over " + limit.String()
			}
			fmt.Fprintf(t, "%s\t%s\t%.0f\t%d\t %s\n", row.Tool, took, float64(row.Peak)/1e6, row.Letters, row.Error)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// setNames are the sets that some tool was scored on, sorted.
func setNames(tools []result) []string {
	var names []string
	for _, t := range tools {
		for name := range t.Sets {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// f1 is the F1 of a set: of the texts where they are known whole, else of the
// segments, in italics.
func f1(s training.Score) string {
	switch {
	case s.Body.Pages > 0:
		return bare(s.Body.F1)
	case s.Segments.Pages > 0:
		return "*" + bare(s.Segments.F1) + "*"
	}
	return "–"
}

func bare(share float64) string {
	return strings.TrimPrefix(fmt.Sprintf("%.4f", share), "0")
}

// times is how much faster winnow is, from the ratio of times.
func times(ratio float64) string {
	if ratio == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f ×", 1/ratio)
}

func short(d time.Duration) string {
	return d.Round(time.Millisecond).String()
}
