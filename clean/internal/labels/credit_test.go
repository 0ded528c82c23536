package labels

import "testing"

func TestIsCredit(t *testing.T) {
	for text, want := range map[string]bool{
		"Photo: Ann Wells":                      true,
		"© 2024 Coast Paper":                    true,
		"REUTERS/Ann Marrow":                    true,
		"Фото: Пётр Заозёрный":                  true,
		"Photo":                                 false,
		"The photo shows the yard before dawn.": false,
		"Reuters first told of the yard's end in a long report on the coast": false,
		"": false,
	} {
		if got := All().IsCredit(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestCreditAt(t *testing.T) {
	for _, tt := range []struct{ name, text, credit string }{
		{"behind a sentence", "Crews line up at the yard. Photo: Ann Wells", "Photo: Ann Wells"},
		{"in brackets", "Crews line up at the yard (Photo: Ann Wells/Coast Paper)", "(Photo: Ann Wells/Coast Paper)"},
		{"in capitals", "Crews line up at the yard PHOTO: Ann Wells", "PHOTO: Ann Wells"},
		{"behind an initial", "Crews line up. Photo: D. Klein", "Photo: D. Klein"},
		{"no credit", "Crews line up at the yard. It was cold.", ""},
		{"a credit alone", "Photo: Ann Wells", ""},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if at := All().CreditAt(tt.text); at > 0 {
				got = tt.text[at:]
			}
			if got != tt.credit {
				t.Errorf("got %q, want %q", got, tt.credit)
			}
		})
	}
}
