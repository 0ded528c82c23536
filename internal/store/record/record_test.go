package record

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"winnow/news"
)

func newCodec(t testing.TB) *Codec {
	c, err := NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// fill sets every field of a struct to a different value.
func fill(v reflect.Value, name string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 8, len(name)%60, 0, 0, time.UTC)))
	case v.Kind() == reflect.String:
		v.SetString(name)
	case v.Kind() == reflect.Int:
		v.SetInt(int64(len(name)))
	case v.Kind() == reflect.Float64:
		v.SetFloat(float64(len(name)) / 64)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range v.Len() {
			fill(v.Index(i), fmt.Sprint(name, " ", i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), name+"."+v.Type().Field(i).Name)
		}
	default:
		panic("a field of a kind that fill does not know: " + name)
	}
}

func TestRecordsKeepStories(t *testing.T) {
	var whole news.Story
	fill(reflect.ValueOf(&whole).Elem(), "story")
	c := newCodec(t)
	for name, story := range map[string]news.Story{
		"whole":        whole,
		"empty":        {},
		"empty blocks": {Title: "Ferry", Blocks: []news.Block{}},
		"texts of all kinds": {Blocks: []news.Block{{}, {Kind: news.Code, Text: "a\n\tb\x00\u2028"}, {Text: strings.Repeat("渡轮 ", 1000)}},
			Removals: []news.Removal{{Part: -1}, {Text: "<p>&amp;"}}},
	} {
		t.Run(name, func(t *testing.T) {
			record, sha, err := c.Pack(&story)
			if err != nil || len(sha) != 64 {
				t.Fatal(sha, err)
			}
			got, err := c.Unpack(record)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, story) {
				t.Errorf("got %+v\nwant %+v", got, story)
			}
		})
	}
}

func TestRecordsOfNoUTF8(t *testing.T) {
	c := newCodec(t)
	record, _, err := c.Pack(&news.Story{Title: "a\xff\xfeb", Blocks: []news.Block{{Text: "a\xff\xfeb"}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Unpack(record)
	if err != nil || got.Blocks[0].Text != "a\uFFFD\uFFFDb" || got.Title != got.Blocks[0].Text {
		t.Errorf("%q, %q, %v", got.Title, got.Blocks, err)
	}
}

// FuzzReadRecord holds that what is read is written again and read the same.
func FuzzReadRecord(f *testing.F) {
	c := newCodec(f)
	var whole news.Story
	fill(reflect.ValueOf(&whole).Elem(), "story")
	for _, story := range []news.Story{whole, {}} {
		record, _, err := c.Pack(&story)
		if err != nil {
			f.Fatal(err)
		}
		raw, err := c.dec.DecodeAll(record, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Add("\x02{}\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Fuzz(func(t *testing.T, raw string) {
		story, err := read(raw)
		if err != nil {
			return
		}
		record, _, err := c.Pack(&story)
		if err != nil {
			return // a year beyond those of JSON
		}
		again, err := c.Unpack(record)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(story)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			t.Errorf("read %s\nthen %s", a, b)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	c := newCodec(b)
	story := news.Story{Title: "The ferry runs again", Kind: news.KindStory}
	for i := range 30 {
		story.Blocks = append(story.Blocks, news.Block{Kind: news.Paragraph, Text: strings.Repeat(fmt.Sprintf("The %d ferries of the harbour ran in every one of %d weeks. ", i, i*i), 5)})
		story.Removals = append(story.Removals, news.Removal{Rule: "related-links", Why: "lists of other stories are not this story", Text: fmt.Sprint("More of the harbour ", i)})
	}
	record, _, err := c.Pack(&story)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("pack", func(b *testing.B) {
		for b.Loop() {
			c.Pack(&story)
		}
	})
	b.Run("unpack", func(b *testing.B) {
		for b.Loop() {
			c.Unpack(record)
		}
	})
}
