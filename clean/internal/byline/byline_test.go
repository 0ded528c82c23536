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
		{"two dates and a note", "Published February 24, 2020 Last updated July 21, 2022 This article is more than 2 years old.", "en", nil, "2020-02-24", "", true},
		{"a sentence with two dates", "The report, published 24 February 2020 and updated on 21 July 2022, is out.", "en", nil, "2020-02-24", "", false},
		{"a word for a change alone", "Updates", "en", nil, "", "", false},
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
		language   string
		want       []string
	}{
		{"and", "Ann Lee and Ole av Dahl", "", []string{"Ann Lee", "Ole av Dahl"}},
		{"capitals", "ANN LEE AND OLE DAHL", "", []string{"ANN LEE", "OLE DAHL"}},
		{"other languages", "Anne d'Aubigny et Carl af Klint, Jean du Plessis", "", []string{"Anne d'Aubigny", "Carl af Klint"}},
		{"comma, then and", "Jean du Plessis, Anne d'Aubigny et Carl af Klint", "fr", []string{"Jean du Plessis", "Anne d'Aubigny", "Carl af Klint"}},
		{"two people and a place of two words", "Radim Vlček a Iveta Hořínková, Horní Brod", "cs", []string{"Radim Vlček", "Iveta Hořínková"}},
		{"a place behind one name", "Mads Kjærgaard, Nordhavn", "da", []string{"Mads Kjærgaard"}},
		{"mononyms", "Linny and Peter", "en", []string{"Linny", "Peter"}},
		{"a degree", "Robert Moffat, Ph.D.", "en", []string{"Robert Moffat, Ph.D."}},
		{"an agency", "Sahil Dasgarth / NNT / Updated", "en", []string{"Sahil Dasgarth"}},
		{"Hebrew, and glued", "דנה לוינסקי ויוסי ברקוביץ", "he", []string{"דנה לוינסקי", "יוסי ברקוביץ"}},
		{"Hindi, and a place", "हरीश किलेदार और अजय टीलावत, वेलसुंद", "hi", []string{"हरीश किलेदार", "अजय टीलावत"}},
		{"Korean, one role", "류서준, 최유리 기자", "ko", []string{"류서준", "최유리"}},
		{"Korean, role glued", "박지훈기자", "ko", []string{"박지훈"}},
		{"Korean, a role alone", "국방 전문기자", "ko", nil},
		{"Korean, a phrase", "어려운 해에 지휘봉 잡다", "ko", nil},
		{"Korean, a word", "수정", "ko", nil},
		{"Japanese, role behind", "佐藤健一 記者", "ja", []string{"佐藤健一"}},
		{"role before the rest", "Ximena Arancibia, enviada especial a Iquitos", "es", []string{"Ximena Arancibia"}},
		{"Korean, a dot between", "오지훈·백수민 기자", "ko", []string{"오지훈", "백수민"}},
		{"Japanese, family name apart", "高橋 美咲", "ja", []string{"高橋 美咲"}},
		{"Dutch and in a Slovene name", "Bas van In", "nl", []string{"Bas van In"}},
		{"role left out", "Ann Lee, Staff Writer", "", []string{"Ann Lee"}},
		{"rank and suffix", "Capt. John Hale (ret.)", "", []string{"Capt. John Hale (ret.)"}},
		{"place of the report", "王小明/基隆報導", "", []string{"王小明"}},
		{"particle first", "van der Berg", "", nil},
		{"a sentence", "The ships sailed on Monday", "", nil},
		{"a month", "March", "", nil},
		{"digits", "Reader 17", "", nil},
		{"signs alone", "☆☆", "", nil},
		{"nothing", "", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ParseNames(tt.text, tt.language); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
