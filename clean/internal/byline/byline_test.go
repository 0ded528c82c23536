package byline

import (
	"slices"
	"testing"
	"time"
)

func TestReadHeader(t *testing.T) {
	for _, tt := range []struct {
		name, line, language string
		names                []string
		date, clock          string
		header               bool
	}{
		{"author, date, duration", "By Ann Lee • 17 April 2023 • 0:32", "en", []string{"Ann Lee"}, "2023-04-17", "00:32", true},
		{"two authors", "By Ann Lee and Joris van der Berg | April 17, 2023 3:04 PM", "en", []string{"Ann Lee", "Joris van der Berg"}, "2023-04-17", "15:04", true},
		{"a role before the name", "Reporter: Ann Lee | 17 April 2023", "en", []string{"Ann Lee"}, "2023-04-17", "", true},
		{"a name before a count", "17.04.2023 Ann Wells Views: 1 093", "en", []string{"Ann Wells"}, "2023-04-17", "", true},
		{"Russian, with the time apart", "17 апреля 2023 года | 12:44 МСК | Иван Петров", "ru", []string{"Иван Петров"}, "2023-04-17", "09:44", true},
		{"Chinese, blanks between all", "2023-04-17 10:20 记者 王小明", "zh", []string{"王小明"}, "2023-04-17", "10:20", true},
		{"signs in place of a role", "News | ☆: Ann Wells | 3 May 2024", "en", nil, "2024-05-03", "", false},
		{"a section beside the date", "17 April 2023 | On the coast", "en", nil, "2023-04-17", "", true},
		{"a place alone", "Lower Karrow", "en", nil, "", "", false},
		{"a sentence", "The brigade moved its bridging company to the river on 17 April 2023 before noon.", "en", nil, "2023-04-17", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := ReadHeader(tt.line, tt.language)
			date, at := h.Published()
			clock := ""
			if !at.IsZero() {
				clock = at.Format("15:04")
			}
			if !slices.Equal(h.Names, tt.names) || date != tt.date || clock != tt.clock || h.IsHeader() != tt.header {
				t.Errorf("names %q, date %s, clock %s, header %v: %+v", h.Names, date, clock, h.IsHeader(), h)
			}
		})
	}
}

func TestPublishedTakesTheTimeOfTheSameDay(t *testing.T) {
	h := ReadHeader("Posted 17 April 2023 | Updated 18 April 2023 09:00", "en")
	if date, at := h.Published(); date != "2023-04-17" || at != (time.Time{}) {
		t.Errorf("%s %s", date, at)
	}
}

func TestParseNames(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"and", "Ann Lee and Ole av Dahl", []string{"Ann Lee", "Ole av Dahl"}},
		{"capitals", "ANN LEE AND OLE DAHL", []string{"ANN LEE", "OLE DAHL"}},
		{"other languages", "Anne d'Aubigny et Carl af Klint, Jean du Plessis", []string{"Anne d'Aubigny", "Carl af Klint", "Jean du Plessis"}},
		{"role left out", "Ann Lee, Staff Writer", []string{"Ann Lee"}},
		{"rank and suffix", "Capt. John Hale (ret.)", []string{"Capt. John Hale (ret.)"}},
		{"place of the report", "王小明/基隆報導", []string{"王小明"}},
		{"particle first", "van der Berg", nil},
		{"a sentence", "The ships sailed on Monday", nil},
		{"a month", "March", nil},
		{"digits", "Reader 17", nil},
		{"signs alone", "☆☆", nil},
		{"nothing", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ParseNames(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
