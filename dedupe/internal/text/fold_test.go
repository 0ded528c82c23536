package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"
)

// TestFoldIsDone: whatever comes of a character is folded no further, so that a
// text and its folded form have the same words.
func TestFoldIsDone(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		class, folded, pair := fold(r)
		for n := 0; ; n++ {
			if n == 4 {
				t.Fatalf("%U folds without end", r)
			}
			switch class {
			case letter, ideograph:
				if folded == 0 {
					t.Fatalf("%U is a letter and folds to nothing", r)
				}
			case digit:
				if folded < '0' || folded > '9' || pair != 0 {
					t.Fatalf("%U is a digit and folds to %q, %q", r, folded, pair)
				}
			default:
				if folded != 0 || pair != 0 {
					t.Fatalf("%U is no letter and folds to %q, %q", r, folded, pair)
				}
			}
			if class == letter || class == digit || class == ideograph {
				if again, f, p := fold(folded); again != class || f != folded || p != 0 {
					t.Fatalf("%U folds to %U, and that to %U and %U of the class %d, not %d", r, folded, f, p, again, class)
				}
			}
			if pair == 0 {
				break
			}
			_, folded, pair = fold(pair)
		}
	}
}

// Every decimal digit of Unicode folds to its value. The last word of its name is
// that value too.
func TestFoldDigits(t *testing.T) {
	values := []string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"}
	checked := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		class, folded, pair := fold(r)
		if class != digit || folded < '0' || folded > '9' || pair != 0 {
			t.Errorf("%U folds to %q and %q of the class %d", r, folded, pair, class)
			continue
		}
		name := runenames.Name(r)
		if !strings.Contains(name, "DIGIT") { // of a later version of Unicode than the names
			continue
		}
		checked++
		if value := values[folded-'0']; !strings.HasSuffix(name, " "+value) {
			t.Errorf("%U %s folds to %q", r, name, folded)
		}
	}
	if checked < 650 {
		t.Errorf("only %d digits were checked", checked)
	}
}

// folded is a text with each letter in its folded form, and nothing else
// changed.
func folded(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		c, f, pair := fold(r)
		if c != letter {
			b.WriteString(text[i : i+size])
		}
		for ; c == letter && f != 0; _, f, pair = fold(pair) {
			b.WriteRune(f)
			if pair == 0 {
				break
			}
		}
		i += size
	}
	return b.String()
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Şırnak ﬃ Æther", "Прем’єрка ЙЁ", "أُحُد إلى ٣٤", "坦克Ｔ－９０", "ΆΈ ς", "\xff\u0301a\u00adb", "1.234,5 Ǆ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		was, is := Split(s), Split(folded(s))
		if len(was.Hash) != len(is.Hash) {
			t.Fatalf("%q has %d words, folded as %q %d", s, len(was.Hash), folded(s), len(is.Hash))
		}
		for i := range was.Hash {
			if was.Hash[i] != is.Hash[i] || was.Flag[i]&(IsNumber|isEast) != is.Flag[i]&(IsNumber|isEast) {
				t.Fatalf("%q: word %d is another when it is folded as %q", s, i, folded(s))
			}
		}
	})
}
