package dedupe

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"winnow/dedupe/internal/align"
	"winnow/dedupe/minhash"
)

// hostile are texts that are made to cost time, by their number of words.
var hostile = []struct {
	name string
	text func(n int) string
}{
	{"one word", func(n int) string { return strings.Repeat("tank ", n) }},
	{"one word in capitals", func(n int) string { return strings.Repeat("Tank ", n) }},
	{"two words by turns", func(n int) string { return strings.Repeat("tank gun ", n/2) }},
	{"a round of ten", func(n int) string {
		return strings.Repeat("alpha bravo charlie delta foxtrot golf hotel juliet kilo lima ", n/10)
	}},
	{"a round of a hundred", func(n int) string { return strings.Repeat(numbered(100), n/100) }},
	{"no two words alike", numbered},
	{"one beginning", func(n int) string { return strings.ReplaceAll(numbered(n), " ", " Tanke") }},
	{"one sentence", func(n int) string { return strings.Repeat("The gun of the tank is on the hill. ", n/9) }},
	{"one number", func(n int) string { return strings.Repeat("14 ", n) }},
	{"no space in letters", func(n int) string { return strings.Repeat("tanks", n) }},
	{"no space in digits", func(n int) string { return strings.Repeat("1,234", n) }},
	{"one character", func(n int) string { return strings.Repeat("坦", n) }},
	{"two characters by turns", func(n int) string { return strings.Repeat("坦克", n/2) }},
	{"marks", func(n int) string { return "a" + strings.Repeat("\u0301", n) }},
	{"apostrophes", func(n int) string { return strings.Repeat("п'", n) }},
	{"no UTF-8", func(n int) string { return strings.Repeat("\xff", n) }},
}

// spent is the processor time that this thread takes for work, the lesser of
// two times.
func spent(t testing.TB, work func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() time.Duration {
		var u syscall.Rusage
		const thread = 1 // RUSAGE_THREAD
		if err := syscall.Getrusage(thread, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	least := time.Duration(0)
	for i := range 2 {
		from := now()
		work()
		if took := now() - from; i == 0 || took < least {
			least = took
		}
	}
	return least
}

// TestTimeStaysNearLinear runs every part of the stage on eight times the text. In
// a quadratic part that takes 64 times the time; what is allowed leaves room for
// caches that overflow and for a busy machine. It is processor time: waiting for
// others does not count.
func TestTimeStaysNearLinear(t *testing.T) {
	const small, large, most = 4_000, 8 * 4_000, 30
	c, sign := checker(t), minhash.New()
	for _, part := range []struct {
		name string
		of   func(a, b string)
	}{
		{"compare", func(a, b string) { c.Compare(Doc{ID: "a", Text: a}, Doc{ID: "b", Text: b}) }},
		{"second pass", func(a, b string) {
			pa, pb := c.lexicon.Prepare(a), c.lexicon.Prepare(b)
			al := align.Texts(pa, pb)
			c.likenessOf(pa, pb, &al)
		}},
		{"explain", func(a, b string) { c.Explain(Doc{ID: "a", Text: a}, Doc{ID: "b", Text: b}) }},
		{"prints", func(a, _ string) { c.Prints("", a, "") }},
		{"count", func(a, _ string) { WordCount(a) }},
		{"minhash", func(a, _ string) { sign.Signature(a) }},
	} {
		for _, h := range hostile {
			t.Run(part.name+" "+h.name, func(t *testing.T) {
				a, b := h.text(small), h.text(large)
				few := spent(t, func() { part.of(a, a+" end") })
				many := spent(t, func() { part.of(b, b+" end") })
				if least := 2 * time.Millisecond; many > most*max(few, least) {
					t.Errorf("%v for %d words, %v for %d", few, small, many, large)
				}
			})
		}
	}
}

// BenchmarkHostile compares two hostile texts of a million words.
func BenchmarkHostile(b *testing.B) {
	c := checker(b)
	for _, h := range hostile {
		text := h.text(1_000_000)
		b.Run(h.name, func(b *testing.B) {
			b.SetBytes(2 * int64(len(text)))
			for b.Loop() {
				c.Compare(Doc{ID: "a", Text: text}, Doc{ID: "b", Text: text + " end"})
			}
		})
	}
}
