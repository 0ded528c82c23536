package text

import (
	"strings"
	"testing"
)

// forms returns the normalized tokens of a text, numbers in brackets.
func forms(l *Lexicon, text string) string {
	var out []string
	for _, t := range l.Tokens(text) {
		if t.Flag&IsNumber != 0 {
			t.Form = "[" + t.Form + "]"
		}
		out = append(out, t.Form)
	}
	return strings.Join(out, " ")
}

func TestTokensReadNumbers(t *testing.T) {
	l := NewLexicon()
	for _, tt := range []struct{ name, text, want string }{
		{"a word", "killed twelve sailors", "killed [12] sailors"},
		{"begins a sentence", "Twelve sailors", "[12] sailors"},
		{"tens and ones", "forty-one drones", "[41] drones"},
		{"hundreds", "three hundred and two hundred twenty five tanks", "[300] [225] tanks"},
		{"separators", "1,234 tonnes, 1.234 Tonnen", "[1234] tonnes [1234] tonnen"},
		{"decimals", "3.5 and 3,5 metres", "[3.5] [3.5] metres"},
		{"thousands in Russian", "6,4 тысячи, 6,4 тыс. и 6400 рублей", "[6400] [6400] [6400] рублеи"},
		{"thousands in Turkish", "3 bin 700 ve 3.700 kilometre", "[3700] [3700] kilometre"},
		{"thousands in Spanish", "180 mil litros", "[180000] litros"},
		{"Russian, inflected", "около пятисот сварщиков", "около [500] сварщиков"},
		{"Ukrainian", "сорок п'ять машин", "[45] машин"},
		{"German", "dreihundert Stellen", "[300] stellen"},
		{"Arabic digits", "٣٢٠ فنيا", "[320] فنيا"},
		{"a list is no sum", "twenty, five ships", "[20] [5] ships"},
		{"one alone", "one ship", "ship"},
		{"two numbers", "twenty thirty ships", "[20] [30] ships"},
		{"a name", "the frigate Seven sank", "frigate seven sank"},
		{"a thousand without a number", "thousands fled", "thousands fled"},
		{"too large", "99999999999999999999 thousand", "[99999999999999999999] thousand"},
		{"touching letters", "T90 tank", "90 tank"},
		{"a year before thousands", "In 2024 thousands of people", "[2024] thousands people"},
		{"a distance", "six miles, 250 miles", "[6] miles [250] miles"},
		{"a calibre behind a count", "10 тысяч 152-мм снарядов, two thousand 122 mm rockets", "[10000] [152] мм снарядов [2000] [122] mm rockets"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := forms(l, tt.text); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestSimilar(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"spelling", "defence", "defense", true},
		{"transliteration", "hryhorenko", "hryhorenka", true},
		{"ending in Russian", "заозерске", "заозерск", true},
		{"ending in Ukrainian", "виробникам", "виробники", true},
		{"ending in Turkish", "ucaginin", "ucagi", true},
		{"misread", "coastguard", "coastgnard", true},
		{"read as two letters", "metres", "rnetres", false},
		{"a stem, long endings", "commander", "commanding", true},
		{"too short", "war", "was", false},
		{"four letters, one differs", "ship", "shop", true},
		{"other names", "hallam", "harlan", false},
		{"other beginning", "nation", "ration", false},
		{"a beginning only", "interview", "intercontinental", false},
		{"too long", strings.Repeat("a", mostLetters+1), strings.Repeat("a", mostLetters+1), false},
		{"nothing", "", "ship", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := similar(tt.a, tt.b, perMistake); got != tt.want {
				t.Errorf("similar(%q, %q) = %v", tt.a, tt.b, got)
			}
		})
	}
}

func TestNamesOfOneLetterLess(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"iran", "iraq", false}, {"slovakia", "slovenia", false}, {"australia", "austria", false}, {"tuesday", "thursday", false},
		{"hryhorenko", "hryhorenka", true}, {"заозерске", "заозерск", true},
	} {
		a, b := Token{Form: tt.a, Flag: IsName}, Token{Form: tt.b, Flag: IsName}
		if got := Same(&a, &b); got != tt.want {
			t.Errorf("%q and %q are one name: %v", tt.a, tt.b, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"крейсер", "крейсера", 1}, {"ab", "ba", 2},
	} {
		if got := distance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("from %q to %q %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// Tokens name content words in their order, no word twice, and their numbers are
// figures.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"forty-one drones of 6,4 тыс.", "3 bin 700", "two hundred thousand 12", "坦克 12 坦", "İki yüz", "\xff12 thousand"} {
		f.Add(s)
	}
	l := NewLexicon()
	f.Fuzz(func(t *testing.T, text string) {
		p := l.Prepare(text)
		last := int32(-1)
		for _, token := range l.Tokens(text) {
			if token.At <= last || int(token.At) >= len(p.Hash) {
				t.Fatalf("token %+v behind word %d of %d", token, last, len(p.Hash))
			}
			last = token.At
			if token.Form == "" {
				t.Errorf("token %+v has no letters", token)
			}
			if token.Flag&IsNumber != 0 && strings.Trim(token.Form, "0123456789.") != "" {
				t.Errorf("%q is no number", token.Form)
			}
		}
	})
}

func FuzzSimilar(f *testing.F) {
	f.Add("defence", "defense")
	f.Add("бригада", "бригади")
	f.Add("\xff\xffxyz", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		if similar(a, b, perMistake) != similar(b, a, perMistake) {
			t.Errorf("%q and %q are not as similar the other way round", a, b)
		}
		if n := len([]rune(a)); leastLetters <= n && n <= mostLetters && !similar(a, a, perNameMistake) {
			t.Errorf("%q is not similar to itself", a)
		}
	})
}
