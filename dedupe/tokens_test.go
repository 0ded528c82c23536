package dedupe

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func TestSplitFolds(t *testing.T) {
	for _, tt := range []struct{ name, a, b string }{
		{"case", "NATO Navy", "nato navy"},
		{"quotes and dashes", "“It’s — over”", "\"It's\" - over"},
		{"soft hyphen and zero width", "mine\u00adhunter \u200bship\ufeff", "minehunter ship"},
		{"accents", "Şırnak, Brannø, Łódź, façade", "Sirnak Branno Lodz facade"},
		{"decomposed", "cafe\u0301 И\u0306од", "café Йод"},
		{"ligatures", "oﬀ the ﬁrst ﬂeet, Oﬃcer, baﬄe, Æther", "off the first fleet officer baffle aether"},
		{"full width", "Ｔ－９０　ｔａｎｋ", "T-90 tank"},
		{"letters and digits part", "F35 and T-90", "F-35 and T90"},
		{"thousands", "1,234 men", "1234 men"},
		{"decimal comma", "3,5 mln", "3.5 mln"},
		{"yo and short i", "ёлка Йод", "елка Иод"},
		{"Ukrainian apostrophe", "Прем’єрка п'ять", "Премєрка пʼять"},
		{"Arabic", "أُحُد إلى آخر ٣٤ ـمدرسة", "احد الي اخر 34 مدرسه"},
		{"Devanagari digits", "१२ टैंक", "12 टैंक"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a, b := split(tt.a).hash, split(tt.b).hash; !slices.Equal(a, b) {
				t.Errorf("%q is %x, %q is %x", tt.a, a, tt.b, b)
			}
		})
	}
}

func TestSplitTellsApart(t *testing.T) {
	for _, tt := range []struct{ name, a, b string }{
		{"one and a half, fifteen", "1.5", "15"},
		{"Ukrainian i", "і", "и"},
		{"order", "tank gun", "gun tank"},
		{"characters", "坦克", "克坦"},
		{"a decimal and two numbers", "3.5", "3 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if slices.Equal(split(tt.a).hash, split(tt.b).hash) {
				t.Errorf("%q and %q are the same", tt.a, tt.b)
			}
		})
	}
}

func TestSplitFlags(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []uint8
	}{
		{"names", "The ship Brannock left. Vike stayed", []uint8{isTitle, 0, isTitle | isName, 0, isTitle, 0}},
		{"numbers touch no letter", "14 knots, T90, 5mm, 1.5", []uint8{isNumber, 0, 0, 0, 0, 0, isNumber}},
		{"pairs of characters", "坦克炮 弹", []uint8{isEast, isEast, isEast}},
		{"a line starts a sentence", "ends here\nVike left", []uint8{0, 0, isTitle, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := split(tt.text).flag; !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// The tables must say what Unicode says.
func TestFoldAgainstUnicode(t *testing.T) {
	checked := 0
	for _, span := range [][2]rune{{0xC0, 0x240}, {0x1E00, 0x1F00}} {
		for r := span[0]; r < span[1]; r++ {
			if !unicode.IsLetter(r) {
				continue
			}
			var want []rune
			for _, x := range norm.NFKD.String(strings.ToLower(string(r))) {
				if !unicode.Is(unicode.Mn, x) {
					want = append(want, x)
				}
			}
			if len(want) == 0 || len(want) > 2 || slices.ContainsFunc(want, func(x rune) bool { return x > 'z' }) {
				continue // no decomposition into Latin letters
			}
			checked++
			want = append(want, 0)
			if c, a, b := fold(r); c != letter || a != want[0] || b != want[1] {
				t.Errorf("%c folds to %c%c, want %c", r, a, b, want)
			}
		}
	}
	if checked < 400 {
		t.Errorf("only %d letters were checked", checked)
	}
}

func TestWordCount(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{"", 0}, {"— …", 0}, {"The F-35 isn't late.", 4}, {"3,8 миллиона крон", 3}, {"坦克和tank", 4}, {"a\n\nb", 2},
	} {
		if got := WordCount(tt.text); got != tt.want {
			t.Errorf("%q has %d words, want %d", tt.text, got, tt.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", probe, "п'ять ’ 'a 1.2.3,", "\xff坦a1克", "І\u0301\u00ad", "eﬀ İ ǅ 𝟘𝟙 ①"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := split(s)
		if len(w.hash) != len(w.flag) {
			t.Fatalf("%d words, %d flags", len(w.hash), len(w.flag))
		}
		if n := len([]rune(s)); len(w.hash) > n || WordCount(s) > n {
			t.Errorf("%d words, %d counted, in %d characters", len(w.hash), WordCount(s), n)
		}
		// What separates words stays outside them.
		twice := split(s + "\n\n" + s)
		if !slices.Equal(twice.hash, append(slices.Clone(w.hash), w.hash...)) {
			t.Errorf("%q alone is %x, twice %x", s, w.hash, twice.hash)
		}
		if soft := split(strings.ToValidUTF8(s, " ") + "\u00ad"); len(soft.hash) != len(split(strings.ToValidUTF8(s, " ")).hash) {
			t.Errorf("a soft hyphen at the end makes another text")
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	for _, name := range []string{"agency-tag", "russian-edited", "chinese-edited"} {
		d, _, _ := readPair(b, "testdata/pairs/"+name+".txtar")
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(d.Text)))
			for b.Loop() {
				split(d.Text)
			}
		})
	}
}
