package dedupe

import "testing"

func TestDay(t *testing.T) {
	for _, tt := range []struct {
		name, date string
		want       int
	}{
		{"a date", "2026-03-02", 20514},
		{"a date and time", "2026-03-02T23:59:59+09:00", 20514},
		{"before the epoch", "1969-12-31", -1},
		{"none", "", 0},
		{"no such day", "2026-02-30", 0},
		{"a year", "2026", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Day(tt.date); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// Whether two stories share enough prints is the same for either of them.
func TestEnoughPrints(t *testing.T) {
	of := func(n, day int) asking { return asking{day: day, prints: prints{all: make([]uint64, n)}} }
	for _, tt := range []struct {
		name       string
		a, b       int // prints
		dayA, dayB int
		shared     int
		want       bool
	}{
		{"two, of the same days", 50, 60, 100, 103, 2, true},
		{"one, of the same days", 50, 60, 100, 103, 1, false},
		{"two, days apart", 50, 60, 100, 104, 2, false},
		{"two in five less four, days apart", 50, 60, 100, 104, 16, true},
		{"one less, days apart", 50, 60, 100, 104, 15, false},
		{"a short text in a long one, days apart", 17, 300, 100, 4000, 2, true},
		{"two, a date missing", 50, 60, 100, 0, 2, true},
		{"a part of two long texts, of the same days", 500, 400, 100, 100, 11, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := of(tt.a, tt.dayA), of(tt.b, tt.dayB)
			if got := a.enough(Candidate{Shared: tt.shared, Prints: tt.b, Day: tt.dayB}); got != tt.want {
				t.Errorf("A asks: %v", got)
			}
			if got := b.enough(Candidate{Shared: tt.shared, Prints: tt.a, Day: tt.dayA}); got != tt.want {
				t.Errorf("B asks: %v", got)
			}
		})
	}
}
