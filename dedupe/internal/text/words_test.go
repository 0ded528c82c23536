package text

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
		{"mathematical digits", "𝟘𝟙 𝟮𝟿", "01 29"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a, b := Split(tt.a).Hash, Split(tt.b).Hash; !slices.Equal(a, b) {
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
			if slices.Equal(Split(tt.a).Hash, Split(tt.b).Hash) {
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
		{"names", "The ship Brannock left. Vike stayed", []uint8{IsTitle, 0, IsTitle | IsName, 0, IsTitle, 0}},
		{"numbers touch no letter", "14 knots, T90, 5mm, 1.5", []uint8{IsNumber, 0, 0, 0, 0, 0, IsNumber}},
		{"pairs of characters", "坦克炮 弹", []uint8{isEast, isEast, isEast}},
		{"a line starts a sentence", "ends here\nVike left", []uint8{0, 0, IsTitle, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Split(tt.text).Flag; !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// The tables must agree with Unicode.
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

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{"", 0}, {"— …", 0}, {"The F-35 isn't late.", 4}, {"3,8 миллиона крон", 3}, {"坦克和tank", 4}, {"a\n\nb", 2},
	} {
		if got := Count(tt.text); got != tt.want {
			t.Errorf("%q has %d words, want %d", tt.text, got, tt.want)
		}
	}
}

// Each word must be found at its place.
func TestSplitPlaces(t *testing.T) {
	texts := []string{"Ferry d'Holm, 1,234.5 t; Su-57's", "坦克炮弹 на 5мм دبابات", "ﬁne \u00ADsoft\u00ADly \xff x"}
	for _, name := range []string{"agency-tag", "arabic-marks", "chinese-edited", "russian-edited", "turkish-reordered", "german-reordered"} {
		texts = append(texts, story(t, name))
	}
	for _, text := range texts {
		plain, placed := Split(text), SplitPlaces(text)
		if len(plain.Hash) != len(placed.Hash) || len(placed.Place) != len(placed.Hash) || plain.Place != nil {
			t.Fatalf("%d words, %d with places", len(plain.Hash), len(placed.Place))
		}
		end := 0
		for i, at := range placed.Place {
			if at.From < end || at.To <= at.From || at.To > len(text) {
				t.Fatalf("%q: word %d is at %+v", text, i, at)
			}
			end = at.From
			if w := Split(text[at.From:at.To]); len(w.Hash) == 0 || w.Hash[0] != placed.Hash[i] {
				t.Fatalf("%q: word %d is not %q", text, i, text[at.From:at.To])
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", probe, "п'ять ’ 'a 1.2.3,", "\xff坦a1克", "І\u0301\u00ad", "eﬀ İ ǅ 𝟘𝟙 ①"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := Split(s)
		if len(w.Hash) != len(w.Flag) {
			t.Fatalf("%d words, %d flags", len(w.Hash), len(w.Flag))
		}
		if n := len([]rune(s)); len(w.Hash) > n || Count(s) > n {
			t.Errorf("%d words, %d counted, in %d characters", len(w.Hash), Count(s), n)
		}
		// What separates words stays outside them.
		twice := Split(s + "\n\n" + s)
		if !slices.Equal(twice.Hash, append(slices.Clone(w.Hash), w.Hash...)) {
			t.Errorf("%q alone is %x, twice %x", s, w.Hash, twice.Hash)
		}
		if soft := Split(strings.ToValidUTF8(s, " ") + "\u00ad"); len(soft.Hash) != len(Split(strings.ToValidUTF8(s, " ")).Hash) {
			t.Errorf("a soft hyphen at the end makes another text")
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	for _, name := range []string{"agency-tag", "russian-edited", "chinese-edited"} {
		d := story(b, name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(d)))
			for b.Loop() {
				Split(d)
			}
		})
	}
}
