package letters

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"in order already", "yard to close", "yard to close"},
		{"capitals", "Yard TO Close", "yard to close"},
		{"white space", " Yard\t to\u00a0close ", "yard to close"},
		{"quotes and dashes", "“Yard” – the ‘last’ one", "\"yard\" - the 'last' one"},
		{"a bullet before it", "● Yard", "yard"},
		{"bullets within", "Yard · Port ● Crew", "yard • port • crew"},
		{"ё", "Ещё Ёлка", "еще елка"},
		{"soft hyphen", "ship\u00adyard", "shipyard"},
		{"wide signs", "来源：（新华）", "来源:(新华)"},
		{"signs alone", "☆ →", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Fold(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrefixKey(t *testing.T) {
	for _, tt := range []struct {
		name, text, key string
		n               int
		ok              bool
	}{
		{"all of it", "The Yard — Closed!", "theyardclosed", 13, true},
		{"its beginning", "THE YARD …", "theyardclosed", 7, true},
		{"longer", "The yard closed today", "theyardclosed", 0, false},
		{"another", "The port", "theyardclosed", 0, false},
		{"Cyrillic", "Верфь", "верфьзакрыта", 10, true},
		{"signs alone", "— …", "theyard", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, ok := PrefixKey(tt.text, tt.key)
			if n != tt.n || ok != tt.ok {
				t.Errorf("%d %v, want %d %v", n, ok, tt.n, tt.ok)
			}
			if same := SameKey(tt.text, tt.key); same != (Key(tt.text) == tt.key) {
				t.Errorf("SameKey is %v, Key is %q", same, Key(tt.text))
			}
		})
	}
}

func TestCountWords(t *testing.T) {
	for text, want := range map[string]int{
		"":                          0,
		"The yard's twenty-one men": 4,
		"it’s 2,418 tons":           4,
		"— … —":                     0,
		"верфь закрыта":             2,
		"工兵分队在清河":                   4,
		"第3营 and 2 more":            5,
	} {
		if got := CountWords(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestMaskNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"views":           "views",
		"2 418 views":     "# views",
		"3.5k views":      "# views",
		"1,093.5 and 7":   "# and #",
		"room 12 345 678": "room #",
		"12 34":           "# #",
		"3km":             "#km",
	} {
		if got := MaskNumbers(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{"2 418": true, "(+12)": true, "-3": true, "3 men": false, "": false, "()": false} {
		if got := IsNumber(text); got != want {
			t.Errorf("IsNumber(%q) is %v", text, got)
		}
	}
}

func TestHasClock(t *testing.T) {
	for text, want := range map[string]bool{"at 9.54": true, "15:03 MSK": true, "24:00": false, "9.5": false, "1.2.30.4": false, "12:345": false, "12:60": false} {
		if got := HasClock(text); got != want {
			t.Errorf("HasClock(%q) is %v", text, got)
		}
	}
}

func TestSentenceEnds(t *testing.T) {
	for _, tt := range []struct {
		text             string
		sentence, clause bool
	}{
		{"It held.", true, true},
		{"It held.”) ", true, true},
		{"Did it hold?", true, true},
		{"他说。", true, true},
		{"Read also:", false, true},
		{"It held;", false, true},
		{"It held", false, false},
		{"", false, false},
	} {
		if s, c := EndsLikeSentence(tt.text), EndsClause(tt.text); s != tt.sentence || c != tt.clause {
			t.Errorf("%q: sentence %v, clause %v", tt.text, s, c)
		}
	}
}

func TestScripts(t *testing.T) {
	for text, want := range map[string]Script{
		"The yard": Latin, "Верфь закрыта в Ford": Cyrillic, "حوض": Arabic, "工兵 3": Unspaced, "조선소": OtherScript, "12:30": NoScript, "yard верфь": NoScript,
	} {
		if got := CountScripts(text).Main(); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for n, want := range []string{"", "a", "a", "aж", "aж"} {
		if got := Truncate("aж", n); got != want {
			t.Errorf("%d bytes: %q, want %q", n, got, want)
		}
	}
}

func TestLineAfter(t *testing.T) {
	l := NewLine("İstanbul: Yard to close") // the folded form has other bytes
	at := strings.IndexByte(l.Fold, ':')
	if got := l.After(at + 1); got != " Yard to close" {
		t.Errorf("%q", got)
	}
}

// FuzzNormalize checks that what makes text equal does it once and for all, and
// that the quick checks for text in order agree with the work.
func FuzzNormalize(f *testing.F) {
	for _, s := range []string{" a  b\u00a0c", "“Ё” – ●", "\u200b", "a\xffb", "İ K", "x\r\ny", "`´"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		space := NormalizeSpace(s)
		if again := NormalizeSpace(space); again != space {
			t.Fatalf("NormalizeSpace: %q, then %q", space, again)
		}
		var b TextBuilder
		b.Add(s)
		if isNormalized(s) != (b.String() == s) {
			t.Fatalf("isNormalized(%q) is %v, the builder makes %q", s, isNormalized(s), b.String())
		}
		if signs := FoldSigns(s); FoldSigns(signs) != signs || hasFoldedSigns(s) && signs != s {
			t.Fatalf("FoldSigns: %q, then %q", signs, FoldSigns(signs))
		}
		key := Key(s)
		if n, ok := PrefixKey(s, key); !ok || n != len(key) {
			t.Fatalf("PrefixKey of its own key %q: %d %v", key, n, ok)
		}
		if words, runes := CountWords(s), utf8.RuneCountInString(s); words < 0 || words > runes {
			t.Fatalf("%d words in %d characters", words, runes)
		}
	})
}

func TestWithoutFrame(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"all within", "[ Related: Yard to close ]", "Related: Yard to close"},
		{"a label first", "[Related] Yard to close", "Related: Yard to close"},
		{"a label with its colon", "[Related:] Yard to close", "Related: Yard to close"},
		{"a word put into a quotation", "[The]se ships are old", "[The]se ships are old"},
		{"brackets later", "Yard [in the north] to close", "Yard [in the north] to close"},
		{"no end", "[Related Yard to close", "[Related Yard to close"},
		{"nothing within", "[] Yard to close", "[] Yard to close"},
		{"two frames", "[[Related] Yard]", "[[Related] Yard]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := withoutFrame(c.line); got != c.want {
				t.Errorf("%q: got %q, want %q", c.line, got, c.want)
			}
		})
	}
}
