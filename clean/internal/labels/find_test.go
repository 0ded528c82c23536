package labels

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// slowInside finds labels of form '~' one by one, each at each place.
func slowInside(f *Finder, fold string) []wordlists.Section {
	var all []label
	for _, labels := range f.inside {
		all = append(all, labels...)
	}
	slices.SortFunc(all, func(a, b label) int { return int(a.order - b.order) })
	var sections []wordlists.Section
	for _, l := range all {
		for i := range fold {
			before, _ := utf8.DecodeLastRuneInString(fold[:i])
			first, _ := utf8.DecodeRuneInString(l.text)
			if strings.HasPrefix(fold[i:], l.text) && endsWord(fold, i+len(l.text)) && (i == 0 || !letters.IsWordRune(before) || !letters.IsWordRune(first) || letters.IsUnspaced(first)) {
				sections = append(sections, l.section)
				break
			}
		}
	}
	return sections
}

func checkInside(t *testing.T, f *Finder, text string) {
	t.Helper()
	fold := letters.Fold(text)
	var got []wordlists.Section
	for _, h := range f.findInside(fold, nil) {
		got = append(got, h.Section)
	}
	if want := slowInside(f, fold); !slices.Equal(got, want) {
		t.Errorf("%q: found %v, want %v", text, got, want)
	}
}

func TestFindInsideEveryLabel(t *testing.T) {
	table := All()
	for _, f := range []*Finder{table.all, table.Credits, table.Sources} {
		for _, labels := range f.inside {
			for _, l := range labels {
				for _, frame := range []string{"", "x", " ", ". ", "字", "ж", "5"} {
					checkInside(t, f, frame+l.text+frame)
					checkInside(t, f, "the "+l.text+frame+" and "+frame+l.text)
				}
			}
		}
	}
}

func FuzzFindInside(f *testing.F) {
	table := All()
	f.Add("Sign up for our newsletter and follow us on Twitter")
	f.Add("© 2031 All rights reserved. Все права защищены")
	f.Add("本文 转载 请注明 \xff出处")
	f.Fuzz(func(t *testing.T, text string) { checkInside(t, table.all, text) })
}
