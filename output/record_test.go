package output

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"winnow/news"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 123456789, time.FixedZone("", 3*3600))

func story() news.Story {
	return news.Story{
		ID: "0123456789abcdef0123456789abcdef", URL: "https://harbour.example/news/1?a=1&b=2", FetchedURL: "https://harbour.example/amp/1",
		Title: "Two <boats>\u2028left port", Description: "A\tpatrol.", Image: "https://harbour.example/1.jpg",
		Authors: []string{"Anna  Berg", " "}, Tags: []string{"navy"}, Date: "2024-03-05", Published: noon, Modified: noon.Add(time.Hour),
		Language: "en", LanguageSure: 0.97, SiteName: "Harbour Watch", Hostname: "Harbour.example", Source: "harbour", Origin: "TSAMTO",
		Rights: []string{"noarchive"}, Kind: news.KindStory, Marks: []string{news.MarkShort},
		Blocks: []news.Block{
			{Kind: news.Paragraph, Text: "Two boats left & returned."},
			{Kind: news.ListItem, Text: "Orlan\u0085one"}, {Kind: news.ListItem, Text: "Sokol"},
			{Kind: news.TableRow, Text: "Name | Tons"},
			{Kind: news.Code, Text: "a\r\n\tb"},
		},
		Removals: []news.Removal{{Rule: "ad", Text: "Buy"}}, Extractor: "winnow-clean/1", Rules: "r1", Rendered: true,
	}
}

func TestRecordGolden(t *testing.T) {
	v := news.Verdict{ID: story().ID, DuplicateOf: "ff", Cluster: "ff", Relation: "cut", CopiedShare: 0.875, KeptShare: 0.5, Names: 1, Numbers: 0.75, Rule: "cut", Version: "d1"}
	r := NewRecord(story(), v, RecordExtra{Revision: 2, Crawled: noon, WARC: PlaceInArchive("a.warc.gz", 17), Fingerprint: "beef", MinHash: []string{"0a", "0b"}})
	got, err := r.Line()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"0123456789abcdef0123456789abcdef",` +
		`"text":"Two boats left & returned.\n\nOrlan one\nSokol\n\nName | Tons\n\na\n\tb",` +
		`"url":"https://harbour.example/news/1?a=1&b=2","title":"Two <boats> left port","description":"A patrol.",` +
		`"image":"https://harbour.example/1.jpg","authors":["Anna Berg"],"categories":[],"tags":["navy"],` +
		`"date":"2024-03-05","date_published":"2024-03-05T09:00:00Z","date_modified":"2024-03-05T10:00:00Z","date_crawled":"2024-03-05T09:00:00Z",` +
		`"language":"en","language_score":0.97,"sitename":"Harbour Watch","hostname":"harbour.example","source":"harbour","origin":"TSAMTO",` +
		`"license":"","rights":["noarchive"],"kind":"story","marks":["short"],` +
		// printf 'Two boats left & returned.\n\nOrlan one\nSokol\n\nName | Tons\n\na\n\tb' | sha256sum
		`"text_sha256":"ac73893985289b5e3052f46c4037891e4c35a3b86eebfe52c5d66ab3fd427df3","fingerprint":"beef",` +
		`"duplicate_of":"ff","cluster":"ff","relation":"cut","copied_share":0.875,"kept_share":0.5,"names_agreement":1,"numbers_agreement":0.75,"dedupe_rule":"cut","minhash":["0a","0b"],"revision":2,"word_count":11,` +
		`"extractor":"winnow-clean/1","rules_version":"r1+d1","warc_record":"a.warc.gz:17","rendered":true,"parts":[],"part_records":[],"schema_version":"1"}` + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestRecordOfNothing(t *testing.T) {
	r := NewRecord(news.Story{}, news.Verdict{}, RecordExtra{})
	got, err := r.Line()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"","text":"","url":"","title":"","description":"","image":"","authors":[],"categories":[],"tags":[],` +
		`"date":null,"date_published":null,"date_modified":null,"date_crawled":null,"language":"","language_score":0,` +
		`"sitename":"","hostname":"","source":"","origin":"","license":"","rights":[],"kind":"","marks":[],` +
		// the SHA-256 of nothing
		`"text_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","fingerprint":"",` +
		`"duplicate_of":null,"cluster":null,"relation":null,"copied_share":null,"kept_share":null,"names_agreement":null,"numbers_agreement":null,"dedupe_rule":null,"minhash":[],"revision":0,"word_count":0,` +
		`"extractor":"","rules_version":"","warc_record":"","rendered":false,"parts":[],"part_records":[],"schema_version":"1"}` + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestRecordOddities(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*news.Story, *news.Verdict)
		want   string
	}{
		{"kept story of a cluster", func(s *news.Story, v *news.Verdict) { v.Cluster = s.ID },
			`"duplicate_of":null,"cluster":"0123456789abcdef0123456789abcdef","relation":null,"copied_share":null`},
		{"copy without a word of it", func(_ *news.Story, v *news.Verdict) { v.DuplicateOf = "ff" }, `"copied_share":0,`},
		{"share that is no number", func(_ *news.Story, v *news.Verdict) { v.DuplicateOf, v.CopiedShare = "ff", math.NaN() }, `"copied_share":0,`},
		{"share above 1", func(_ *news.Story, v *news.Verdict) { v.DuplicateOf, v.CopiedShare = "ff", 1.5 }, `"copied_share":1,`},
		{"kept by a person's word", func(_ *news.Story, v *news.Verdict) { v.Rule = "undropped" }, `"dedupe_rule":"undropped",`},
		{"year unknown", func(s *news.Story, _ *news.Verdict) { s.Date = "03-05" }, `"date":null,`},
		{"day that is none", func(s *news.Story, _ *news.Verdict) { s.Date = "2023-02-29" }, `"date":null,`},
		{"year 12024", func(s *news.Story, _ *news.Verdict) { s.Published = s.Published.AddDate(10000, 0, 0) }, `"date_published":null,`},
		{"broken UTF-8", func(s *news.Story, _ *news.Verdict) { s.Title = "a\xffb" }, `"title":"a` + "\ufffd" + `b",`},
		{"control characters", func(s *news.Story, _ *news.Verdict) { s.Blocks = []news.Block{{Text: "a\x00b\u2029c\x1bd"}} }, `"text":"a b c d",`},
		{"rules only", func(_ *news.Story, v *news.Verdict) { v.Version = "" }, `"rules_version":"r1",`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, v := story(), news.Verdict{Version: "d1"}
			test.change(&s, &v)
			r := NewRecord(s, v, RecordExtra{})
			got, err := r.Line()
			if err != nil || !strings.Contains(string(got), test.want) {
				t.Errorf("%s, %v\nlacks %s", got, err, test.want)
			}
		})
	}
}

// keys of the record in their order, as JSON has them.
func keys(t *testing.T) []string {
	t.Helper()
	var names []string
	record := reflect.TypeFor[Record]()
	for i := range record.NumField() {
		tag := record.Field(i).Tag.Get("json")
		if tag == "" || strings.Contains(tag, ",") {
			t.Errorf("%s is not always written: %q", record.Field(i).Name, tag)
		}
		names = append(names, tag)
	}
	return names
}

func TestRecordKeys(t *testing.T) {
	for _, key := range keys(t) {
		if key != "id" && strings.HasSuffix(key, "id") || strings.Contains(key, ".") {
			t.Errorf("search engines stumble over %q", key)
		}
	}
	var columns []string
	for _, f := range features() {
		columns = append(columns, f.Name)
	}
	if diff := cmp.Diff(keys(t), columns); diff != "" {
		t.Errorf("the card's columns are not the record's keys: %s", diff)
	}
}

func TestRecordRoundTrip(t *testing.T) {
	want := NewRecord(story(), news.Verdict{DuplicateOf: "ff", Relation: "copy"}, RecordExtra{Crawled: noon})
	line, err := want.Line()
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatal(err)
	}
	again, err := r.Line()
	if err != nil || !bytes.Equal(line, again) {
		t.Errorf("%s, %v\nwas\n%s", again, err, line)
	}
}

func TestCountWords(t *testing.T) {
	for _, test := range []struct {
		text string
		want int
	}{
		{"", 0},
		{" \n\t – — ... ", 0},
		{"Two boats left.", 3},
		{"well-known 3,000-ton boats", 3},
		{"one—two", 2},
		{"one\u00a0two\u3000three", 3},
		{"don’t won't", 2},
		{"Name | Tons", 2},
		{"Две лодки — в море", 4},
		{"غادر زورقان الميناء", 3},
		{"两艘艇离港。", 5},
		{"潜水艦がでた", 6},
		{"F-16战机", 3},
		{"สองลำออก", 2},
		{"가나 다라", 2},
		{"№ 5", 1},
	} {
		if got := CountWords(test.text); got != test.want {
			t.Errorf("%q: %d, want %d", test.text, got, test.want)
		}
	}
}

func TestTextPath(t *testing.T) {
	for _, test := range []struct{ name, host, date, id, want string }{
		{"plain", "news.example", "2024-03-05", "0a1b", "text/news.example/2024/03/20240305-0a1b.txt"},
		{"undated", "news.example", "", "0a1b", "text/news.example/undated/0a1b.txt"},
		{"a day that is none", "news.example", "2024-03-99", "0a1b", "text/news.example/undated/0a1b.txt"},
		{"date with a path", "news.example", "../../etc", "0a1b", "text/news.example/undated/0a1b.txt"},
		{"upper case", "News.Example", "", "0a1b", "text/news.example/undated/0a1b.txt"},
		{"Cyrillic", "Новости.рф", "", "0a1b", "text/xn--b1amnebsh.xn--p1ai/undated/0a1b.txt"},
		{"final dot", "news.example.", "", "0a1b", "text/news.example/undated/0a1b.txt"},
		{"no host", "", "", "0a1b", "text/unknown/undated/0a1b.txt"},
		{"dots", "..", "", "0a1b", "text/unknown/undated/0a1b.txt"},
		{"climbing", "../../etc/passwd", "", "0a1b", "text/-.-etc-passwd/undated/0a1b.txt"},
		{"NUL and spaces", "a\x00b c", "", "0a1b", "text/a-b-c/undated/0a1b.txt"},
		{"IPv6", "2001:db8::1", "", "0a1b", "text/2001-db8--1/undated/0a1b.txt"},
		{"id with a path", "news.example", "", "../x", "text/news.example/undated/" + short("../x") + ".txt"},
		{"no id", "news.example", "", "", "text/news.example/undated/e3b0c44298fc1c14.txt"},
		{"year 1", "news.example", "0001-01-02", "0a1b", "text/news.example/0001/01/00010102-0a1b.txt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Record{Hostname: test.host, ID: test.id, Date: orNull(test.date)}
			if got := TextPath(r); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	long := TextPath(Record{Hostname: strings.Repeat("a.", 500), ID: "0a1b"})
	other := TextPath(Record{Hostname: strings.Repeat("a.", 501), ID: "0a1b"})
	if len(long) > 300 || long == other {
		t.Errorf("long hosts: %s and %s", long, other)
	}
}

func FuzzTextPath(f *testing.F) {
	f.Add("news.example", "2024-03-05", "0a1b")
	f.Add("xn--0.рф", "", "..")
	f.Add("..\\..", "0000-01-01", "con")
	f.Fuzz(func(t *testing.T, host, date, id string) {
		path := TextPath(Record{Hostname: host, ID: id, Date: &date})
		parts := strings.Split(path, "/")
		if n := len(parts); parts[0] != "text" || n != 4 && n != 5 || !strings.HasSuffix(path, ".txt") {
			t.Fatalf("%q", path)
		}
		for _, part := range parts {
			if part == "" || strings.HasPrefix(part, ".") || len(part) > 255 || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" {
				t.Fatalf("%q in %q", part, path)
			}
		}
		folder := Folder{dir: "corpus"}
		if _, err := folder.place(path); err != nil {
			t.Fatal(err)
		}
	})
}

func TestText(t *testing.T) {
	for _, test := range []struct {
		name, title, text string
		headline          bool
		want              string
	}{
		{"with headline", "T", "a\n\nb", true, "T\n\na\n\nb\n"},
		{"without", "T", "a\n\nb", false, "a\n\nb\n"},
		{"no title", "", "a", true, "a\n"},
		{"no text", "T", "", true, "T\n"},
		{"nothing", "", "", true, ""},
		{"ends in a line feed", "", "a\n", false, "a\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(Record{Title: test.title, Text: test.text}, test.headline); string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func BenchmarkRecordLine(b *testing.B) {
	s := story()
	for range 40 {
		s.Blocks = append(s.Blocks, news.Block{Kind: news.Paragraph, Text: strings.Repeat("The ministry said that the unit had arrived. ", 6)})
	}
	b.ReportAllocs()
	for b.Loop() {
		r := NewRecord(s, news.Verdict{}, RecordExtra{Crawled: noon})
		if _, err := r.Line(); err != nil {
			b.Fatal(err)
		}
	}
}
