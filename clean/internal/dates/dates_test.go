package dates

import (
	"testing"
)

func TestFindDates(t *testing.T) {
	tests := []struct {
		text, language, want, clock string
	}{
		{"2023-04-17", "en", "2023-04-17", ""},
		{"date 2023-04-17 By Ann Lee • 17 April 2023", "en", "2023-04-17", ""},
		{"2024-08-15T09:30:00+08:00", "", "2024-08-15", "01:30"},
		{"2024/8/5", "", "2024-08-05", ""},
		{"17 April 2023 • 0:32", "en", "2023-04-17", "00:32"},
		{"April 26th, 2024", "en", "2024-04-26", ""},
		{"Sept. 5, 2021 at 3:04 PM EDT", "en", "2021-09-05", "19:04"},
		{"the 3rd of May 2020", "en", "2020-05-03", ""},
		{"Mon, 01/02/2006 - 15:04", "en", "2006-01-02", "15:04"},
		{"25/12/2019", "en", "2019-12-25", ""},
		{"02/01/2006", "fr", "2006-01-02", ""},
		{"19 августа 2024, 12:44", "ru", "2024-08-19", "12:44"},
		{"1 января 2020 года в 09:05", "ru", "2020-01-01", "09:05"},
		{"09.10.2024 08:15", "ru", "2024-10-09", "08:15"},
		{"22 січня 2025", "uk", "2025-01-22", ""},
		{"2024年8月15日 10:20", "zh", "2024-08-15", "10:20"},
		{"7 أبريل 2025", "ar", "2025-04-07", ""},
		{"12 كانون الأول 2023", "ar", "2023-12-12", ""},
		{"1er janvier 2024 à 18h05", "fr", "2024-01-01", "18:05"},
		{"3. März 2022, 14:00 Uhr", "de", "2022-03-03", "14:00"},
		{"2 de enero de 2023", "es", "2023-01-02", ""},
		{"5 września 2023", "pl", "2023-09-05", ""},
		{"17-Apr-2023", "en", "2023-04-17", ""},
		{"14.52 BST, 12 September 2024", "en", "2024-09-12", ""},
		{"TSAMTO, April 26th.", "en", "", ""},
		{"07.07 17:49", "ru", "", "17:49"},
		{"31 February 2024", "en", "none", ""},
		{"version 1.2.3.4", "en", "none", ""},
		{"a range of 20 to 30.5 km", "en", "none", ""},
		{"in May 2024", "en", "none", ""},
		{"17 April 1802", "en", "", ""},
		{"17 marines", "en", "none", ""},
		{"", "en", "none", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			found := Find(tt.text, tt.language)
			if tt.want == "none" {
				if len(found) > 0 {
					t.Fatalf("found %+v", found)
				}
				return
			}
			if len(found) == 0 {
				t.Fatal("nothing found")
			}
			d := found[0]
			clock := ""
			if d.Timed {
				clock = d.Time().UTC().Format("15:04")
			}
			if d.ISO() != tt.want || clock != tt.clock {
				t.Errorf("%s %s", d.ISO(), clock)
			}
		})
	}
}

func FuzzFindDates(f *testing.F) {
	for _, s := range []string{"17 April 2023 • 0:32", "2024年8月15日", "09.10.24 08:15", "1er janvier", "2006-01-02T15:04:05.000Z", "14.52 BST"} {
		f.Add(s, "en")
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		end := 0
		for _, d := range Find(text, language) {
			if d.Start < end || d.End <= d.Start || d.End > len(text) {
				t.Fatalf("bounds %d to %d after %d of %d", d.Start, d.End, end, len(text))
			}
			end = d.End
			if !d.valid() {
				t.Fatalf("no such day: %+v", d)
			}
		}
	})
}
