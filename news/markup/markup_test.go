package markup

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

const (
	russian   = "Сапёрная рота расчистила подходы к переправе за три часа. Командир батальона сообщил, что техника выдержала испытание холодом и грязью."
	ukrainian = "Сапери випробували нову машину на засніженому полі. За словами командира, її екіпаж знайшов усі міни, які заклали напередодні."
	chinese   = "运输机组在高原机场完成了夜间空投训练。指挥员表示，所有物资都准确落在预定区域内，天气条件十分复杂。"
	taiwanese = "運輸機組在高原機場完成了夜間空投訓練。指揮員表示，所有物資都準確落在預定區域內，天氣條件十分複雜。"
	japanese  = "輸送部隊は高原の飛行場で夜間の投下訓練を終えた。指揮官によると、すべての物資が予定の区域に正確に落ちたという。"
	korean    = "수송 부대는 고원 비행장에서 야간 투하 훈련을 마쳤다. 지휘관은 모든 물자가 예정된 구역에 정확히 떨어졌다고 말했다."
	polish    = "Żołnierze ćwiczyli przeprawę przez rzekę. Dowódca brygady powiedział, że most wytrzymał próbę ciężkiego sprzętu, choć woda była wyjątkowo wysoka. Źle zaczął się tylko pierwszy dzień."
	czech     = "Vojáci nacvičovali přechod řeky. Velitel praporu řekl, že můstek vydržel zkoušku těžkou technikou, ačkoli voda byla neobyčejně vysoká a břehy příliš měkké."
	french    = "La frégate a été réparée à quai. D'après le préfet maritime, l'équipage a reçu de nouveaux équipements et reprendra la mer dès la fin de l'été, où que ce soit."
	german    = "Die Fähre überquerte den Fluss in dreißig Minuten. Der Kommandeur erklärte, dass die Brücke auch für schwere Geräte tragfähig sei und länger halten müsse."
	turkish   = "Fırkateynin bakımı tamamlandı. Komutan, gemide görevli personelin yeni teçhizatı beğendiğini ve önümüzdeki ay denize açılacağını söyledi."
	greek     = "Η φρεγάτα επέστρεψε στο λιμάνι μετά από τρεις μήνες. Ο κυβερνήτης δήλωσε ότι το πλήρωμα ήταν πολύ ικανοποιημένο."
	hebrew    = "הספינה חזרה לנמל אחרי שלושה חודשים בים. המפקד אמר כי הצוות היה מרוצה מאוד מן הציוד החדש."
	arabic    = "عادت السفينة إلى الميناء بعد ثلاثة أشهر في البحر. وقال القائد إن الطاقم كان راضيا جدا عن المعدات الجديدة."
)

func encode(t testing.TB, name, text string) []byte {
	t.Helper()
	enc, _ := charset.Lookup(name)
	out, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

func TestDecode(t *testing.T) {
	meta := func(label string) string { return `<meta charset="` + label + `">` }
	tests := []struct {
		name, served, header, meta, text, want string
	}{
		{"utf-8 undeclared", "utf-8", "", "", russian, "utf-8"},
		{"utf-8 behind a wrong latin header", "utf-8", "text/html; charset=ISO-8859-1", "", french, "utf-8"},
		{"utf-8 behind a wrong cyrillic meta", "utf-8", "", meta("windows-1251"), russian, "utf-8"},
		{"windows-1251 by header", "windows-1251", "text/html; charset=windows-1251", "", russian, "windows-1251"},
		{"windows-1251 by meta", "windows-1251", "text/html", meta("cp1251"), russian, "windows-1251"},
		{"windows-1251 undeclared", "windows-1251", "", "", russian, "windows-1251"},
		{"windows-1251 undeclared, Ukrainian", "windows-1251", "", "", ukrainian, "windows-1251"},
		{"windows-1251 declared utf-8", "windows-1251", "text/html; charset=utf-8", "", russian, "windows-1251"},
		{"windows-1251 declared latin", "windows-1251", "text/html; charset=iso-8859-1", "", russian, "windows-1251"},
		{"windows-1251, header latin, meta right", "windows-1251", "text/html; charset=iso-8859-1", meta("windows-1251"), russian, "windows-1251"},
		{"windows-1251 declared koi8-r", "windows-1251", "text/html; charset=koi8-r", "", russian, "windows-1251"},
		{"koi8-r undeclared", "koi8-r", "", "", russian, "koi8-r"},
		{"ibm866 undeclared", "ibm866", "", "", russian, "ibm866"},
		{"iso-8859-5 undeclared", "iso-8859-5", "", "", russian, "iso-8859-5"},
		{"gb18030 by meta", "gb18030", "", meta("gb18030"), chinese, "gb18030"},
		{"gb18030 undeclared", "gb18030", "", "", chinese, "gb18030"},
		{"gb18030 declared latin", "gb18030", "text/html; charset=iso-8859-1", "", chinese, "gb18030"},
		{"big5 undeclared", "big5", "", "", taiwanese, "big5"},
		{"euc-jp undeclared", "euc-jp", "", "", japanese, "euc-jp"},
		{"shift_jis undeclared", "shift_jis", "", "", japanese, "shift_jis"},
		{"iso-2022-jp undeclared", "iso-2022-jp", "", "", japanese, "iso-2022-jp"},
		{"euc-kr undeclared", "euc-kr", "", "", korean, "euc-kr"},
		{"iso-8859-2 undeclared", "iso-8859-2", "", "", polish, "iso-8859-2"},
		{"iso-8859-2 declared latin", "iso-8859-2", "text/html; charset=iso-8859-1", "", polish, "iso-8859-2"},
		{"windows-1250 undeclared", "windows-1250", "", "", polish, "windows-1250"},
		{"windows-1250 undeclared, Czech", "windows-1250", "", "", czech, "windows-1250"},
		{"windows-1252 undeclared, French", "windows-1252", "", "", french, "windows-1252"},
		{"windows-1252 undeclared, German", "windows-1252", "", "", german, "windows-1252"},
		{"windows-1252 declared utf-8", "windows-1252", "text/html; charset=utf-8", "", french, "windows-1252"},
		{"windows-1254 undeclared", "windows-1254", "", "", turkish, "windows-1254"},
		{"windows-1253 undeclared", "windows-1253", "", "", greek, "windows-1253"},
		{"windows-1255 undeclared", "windows-1255", "", "", hebrew, "windows-1255"},
		{"windows-1256 undeclared", "windows-1256", "", "", arabic, "windows-1256"},
		{"windows-1256 by header", "windows-1256", "text/html; charset=windows-1256", "", arabic, "windows-1256"},
		{"unknown name in the header", "windows-1251", "text/html; charset=klingon", meta("windows-1251"), russian, "windows-1251"},
		{"plain ASCII", "utf-8", "text/html; charset=windows-1251", "", "Nothing but plain words.", "utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := append([]byte("<html><head>"+tt.meta+"<title>x</title></head><body><p class=\"lead\">"), encode(t, tt.served, tt.text)...)
			body = append(body, "</p></body></html>"...)
			got, name := Decode(body, tt.header)
			if !strings.Contains(string(got), tt.text) {
				t.Errorf("read as %s: %.300s", name, got)
			}
			if name != tt.want {
				t.Errorf("charset %s, want %s", name, tt.want)
			}
		})
	}
}

// Bytes that UTF-8 never has do not change the encoding of a text that is otherwise
// ASCII, or has a few valid sequences.
func TestDecodeDamaged(t *testing.T) {
	for name, text := range map[string]string{
		"ASCII":     "The yard is silent. %s The gate is shut.",
		"sequences": "The yard is silent – so they say. %s The gate is shut.",
	} {
		t.Run(name, func(t *testing.T) {
			for _, header := range []string{"text/html; charset=utf-8", "text/html", "text/html; charset=iso-8859-2"} {
				got, charset := Decode(fmt.Appendf(nil, "<p>"+text, "\xff\xfe"), header)
				if want := fmt.Sprintf("<p>"+text, "\uFFFD"); string(got) != want || charset != UTF8 {
					t.Errorf("%s: %q in %s, want %q", header, got, charset, want)
				}
			}
		})
	}
}

func TestDecodeMarksAndBreaks(t *testing.T) {
	wide := func(name, text string) []byte { return encode(t, name, text) }
	page := "<html><body><p>" + russian + " Plain words follow, so that there is enough of markup and of ASCII in this page to tell one from another.</p></body></html>"
	ascii := "<html><head><title>A page in sixteen bit units</title></head><body><p>" + strings.Repeat("Plain words. ", 20) + "</p></body></html>"
	tests := []struct {
		name string
		body []byte
		want string
		text string
	}{
		{"UTF-8 mark", append([]byte("\xef\xbb\xbf"), page...), "utf-8", page},
		{"UTF-16LE mark", append([]byte("\xff\xfe"), wide("utf-16le", page)...), "utf-16le", page},
		{"UTF-16BE mark", append([]byte("\xfe\xff"), wide("utf-16be", page)...), "utf-16be", page},
		{"UTF-16LE without a mark", wide("utf-16le", ascii), "utf-16le", ascii},
		{"UTF-8 with one broken byte", []byte(strings.Replace(page, "три", "т\xd1и", 1)), "utf-8", strings.Replace(page, "три", "т\uFFFDи", 1)},
		{"UTF-8 cut inside a letter", []byte(page + "\xd0"), "utf-8", page + "\uFFFD"},
		{"a mark and nothing else", []byte("\xef\xbb\xbf"), "utf-8", ""},
		{"nothing", nil, "utf-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, name := Decode(tt.body, "")
			if string(got) != tt.text || name != tt.want {
				t.Errorf("%s: %.200q", name, got)
			}
		})
	}
}

func TestCharsetOf(t *testing.T) {
	for header, want := range map[string]string{
		"text/html; charset=utf-8":             "utf-8",
		"text/html;charset='windows-1251'":     "windows-1251",
		"text/html; Charset = koi8-r; x":       "koi8-r",
		"text/html":                            "",
		"":                                     "",
		"charset":                              "",
		"text/html; charset=\"gb2312\"; a=b":   "gb2312",
		"text/html, text/html; charset=big5 x": "big5",
	} {
		if got := charsetOf(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

// textOf returns the text of a tree, and its depth, without recursion.
func textOf(root *html.Node) (text string, depth int) {
	var b strings.Builder
	for n, d := root, 0; n != nil; {
		depth = max(depth, d)
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		switch {
		case n.FirstChild != nil:
			n, d = n.FirstChild, d+1
			continue
		}
		for n != nil && n != root && n.NextSibling == nil {
			n, d = n.Parent, d-1
		}
		if n == nil || n == root {
			break
		}
		n = n.NextSibling
	}
	return b.String(), depth
}

func TestParseHostile(t *testing.T) {
	tests := []struct {
		name, page string
		keep       []string
	}{
		{"nested 100,000 deep", strings.Repeat("<div>", 100_000) + "<p>The core of it.</p>" + strings.Repeat("</div>", 100_000) + "<p>And after.</p>", []string{"The core of it.", "And after."}},
		{"nested spans with text at each level", strings.Repeat("<span>w ", 20_000), []string{"w w w"}},
		{"10,000 attributes", "<p " + strings.Repeat("a=b ", 10_000) + ">Words.</p>", []string{"Words."}},
		{"unclosed formatting, reopened by each block", strings.Repeat("<font size=1 color=x><b>", 300) + strings.Repeat("<p>x</p>", 50_000) + "<p>The end.", []string{"The end."}},
		{"unclosed formatting, each of its own kind", formattingStorm() + strings.Repeat("<p>x", 50_000) + "<p>The end.", []string{"The end."}},
		{"text joined over end tags", strings.Repeat("some text</x>", 200_000) + "The end.", []string{"The end."}},
		{"text fostered before a table", "<table>" + strings.Repeat("some text<tr>", 200_000) + "The end.", []string{"The end."}},
		{"cells without a table", strings.Repeat("some text<td>", 200_000) + "The end.", []string{"The end."}},
		{"many html elements", strings.Repeat("<html a><body b>", 100_000) + "The end.", []string{"The end."}},
		{"many html elements, attributes of their own", manyRoots() + "The end.", []string{"The end."}},
		{"a million tags", strings.Repeat("<i>a</i><br>", 300_000) + "The end.", []string{"The end."}},
		{"select", "<select>" + strings.Repeat("text<p>", 100_000) + "The end.", []string{"The end."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			root, _, err := Parse([]byte(tt.page), "")
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v for %d bytes", took, len(tt.page))
			}
			text, depth := textOf(root)
			if depth > 520 {
				t.Errorf("depth %d", depth)
			}
			for _, want := range tt.keep {
				if !strings.Contains(text, want) {
					t.Errorf("%q is lost", want)
				}
			}
		})
	}
}

func formattingStorm() string {
	var b strings.Builder
	for i := range 400 {
		b.WriteString("<font size=" + strings.Repeat("1", i%7+1) + " id=f" + strings.Repeat("x", i) + ">")
	}
	return b.String()
}

func manyRoots() string {
	var b strings.Builder
	for i := range 20_000 {
		b.WriteString("<body a" + strings.Repeat("x", i%13) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + ">")
	}
	return b.String()
}

func TestParseKeepsOrdinaryTrees(t *testing.T) {
	page := `<!doctype html><html lang="en"><head><title>T</title></head><body><table><tr><td>One<td>Two</table><p>A<p>B</body></html>`
	root, name, err := Parse([]byte(page), "text/html; charset=utf-8")
	if err != nil || name != UTF8 {
		t.Fatal(name, err)
	}
	var out bytes.Buffer
	if err := html.Render(&out, root); err != nil {
		t.Fatal(err)
	}
	want := `<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><table><tbody><tr><td>One</td><td>Two</td></tr></tbody></table><p>A</p><p>B</p></body></html>`
	if out.String() != want {
		t.Errorf("got %s", out.String())
	}
}

func TestFlattenKeepsStructure(t *testing.T) {
	page := `<html lang=ru><head><title>T</title><meta name=a content=b></head><body class=c><div><p>One<p>Two</div><ul><li>x<li>y</ul></i><br>tail</body></html>`
	var out bytes.Buffer
	if err := html.Render(&out, flatten([]byte(page))); err != nil {
		t.Fatal(err)
	}
	want := `<html lang="ru"><head><title>T</title><meta name="a" content="b"/></head><body class="c"><div><p>One</p><p>Two</p></div><ul><li>x</li><li>y</li></ul><br/>tail</body></html>`
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

func TestParseEmpty(t *testing.T) {
	for _, body := range []string{"", " \n\t "} {
		if _, _, err := Parse([]byte(body), ""); err != ErrEmpty {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("<p>Hello</p>"), "text/html; charset=utf-8")
	f.Add([]byte("<meta charset=gb2312>\xc4\xe3\xba\xc3"), "")
	f.Add([]byte("\xff\xfe<\x00p\x00"), "")
	f.Add([]byte("\x1b$B$3\x1b(B"), "text/html; charset=iso-2022-jp")
	f.Add([]byte("<table><b><tr><select><svg><p></table>"), "charset=")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, name := Decode(body, contentType)
		if !utf8.Valid(text) {
			t.Fatalf("%s: not UTF-8", name)
		}
		again, name2 := Decode(body, contentType)
		if !bytes.Equal(text, again) || name != name2 {
			t.Fatal("two answers for one page")
		}
		if enc, _ := charset.Lookup(name); enc == nil {
			t.Fatalf("unknown charset %q", name)
		}
		if root, _, err := Parse(body, contentType); (err != nil) != (root == nil) {
			t.Fatal("a tree or an error, not both")
		}
		if _, depth := textOf(flatten(text)); depth > maxDepth+3 {
			t.Fatalf("depth %d", depth)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	page, err := os.ReadFile("testdata/ordinary.html")
	if err != nil {
		b.Fatal(err)
	}
	cyrillic := bytes.Repeat(encode(b, "windows-1251", "<p>"+russian+"</p>\n"), 200)
	for name, body := range map[string][]byte{"ordinary": page, "windows-1251": cyrillic, "deep": bytes.Repeat([]byte("<div>x"), 20_000)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Parse(body, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
