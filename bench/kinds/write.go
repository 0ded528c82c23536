package main

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
)

// An invented page is a story or a list of stories in one of many markups, in
// syllables that mean nothing. Stories and lists have the same heads, menus and
// boxes around them, so that these tell nothing.

// scripts have the syllables of words, and what is between words and sentences.
var scripts = []struct {
	syllables   string
	space, stop string
	upper       bool
}{
	{"ka lo mi ren tas vo del ser an por tik u gra ne sto li ban ha", " ", ".", true},
	{"ко ма ри тен сав го до лю пе на стра вы би ше рук ян", " ", ".", true},
	{"κα λο μι ρε τα σων δε πο νη θα στι ου", " ", ".", true},
	{"با سل مي نور دا كت قا رف هو ين لم شر", " ", ".", false},
	{"בא של מי נור דא כת קא רף הו ין", " ", ".", false},
	{"का लो मी रा न स त दे ही पु वि शा", " ", "।", false},
	{"가 나 다 라 마 사 아 자 한 국 선 박 해 군", " ", ".", false},
	{"海 军 舰 船 港 部 长 日 新 大 会 国 说 年 东", "", "。", false},
	{"の は を に 艦 港 隊 発 表 し た 新 型 海 上", "", "。", false},
}

// writer writes one page.
type writer struct {
	*rand.Rand
	script int
	salt   string // of class names; "" for none at all
	names  []string
}

func (w *writer) word() string {
	s := &scripts[w.script]
	syllables := strings.Fields(s.syllables)
	out := ""
	for range 1 + w.IntN(3) {
		out += syllables[w.IntN(len(syllables))]
	}
	return out
}

func (w *writer) phrase(from, to int) string {
	s := &scripts[w.script]
	words := make([]string, from+w.IntN(to-from+1))
	for i := range words {
		words[i] = w.word()
	}
	out := strings.Join(words, s.space)
	if s.upper {
		r := []rune(out)
		out = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return out
}

func (w *writer) sentence() string { return w.phrase(7, 18) + scripts[w.script].stop }

func (w *writer) para(sentences int) string {
	out := make([]string, sentences)
	for i := range out {
		out[i] = w.sentence()
	}
	return strings.Join(out, scripts[w.script].space)
}

// class returns a class attribute for a role, " " and quotes included: a telling
// name, a hashed one, or none.
func (w *writer) class(role string) string {
	switch w.salt {
	case "":
		return ""
	case "plain":
		return fmt.Sprintf(" class=%q", role)
	}
	h := uint32(2166136261)
	for _, c := range w.salt + role {
		h = (h ^ uint32(c)) * 16777619
	}
	return fmt.Sprintf(" class=%q", fmt.Sprintf("_%x", h))
}

func (w *writer) date() string {
	d, m, y := 1+w.IntN(28), 1+w.IntN(12), 2018+w.IntN(8)
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("%02d.%02d.%d", d, m, y)
	case 1:
		return fmt.Sprintf("%d %s %d, %02d:%02d", d, w.word(), y, w.IntN(24), w.IntN(60))
	case 2:
		return fmt.Sprintf("%s %d, %d", w.phrase(1, 1), d, y)
	}
	return fmt.Sprintf("%d-%02d-%02d", y, m, d)
}

// href returns the address of another story.
func (w *writer) href() string {
	switch len(w.salt) % 3 {
	case 0:
		return fmt.Sprintf("/%d/%02d/%s-%s.html", 2018+w.IntN(8), 1+w.IntN(12), w.slug(), w.slug())
	case 1:
		return fmt.Sprintf("/n/%d", 1000+w.IntN(90000))
	}
	return fmt.Sprintf("/%s-%s-%s/", w.slug(), w.slug(), w.slug())
}

func (w *writer) slug() string {
	latin := strings.Fields(scripts[0].syllables)
	return latin[w.IntN(len(latin))] + latin[w.IntN(len(latin))]
}

func (w *writer) headline() string { return w.phrase(4, 11) }

// teaserForms are markups of one teaser: %[1]s its address, %[2]s its headline,
// %[3]s its text, %[4]s its date, %[5]s "read on", %[6]s to %[8]s class attributes.
var teaserForms = []string{
	`<article%[6]s><h2><a href="%[1]s">%[2]s</a></h2><p>%[3]s</p></article>`,
	`<div%[6]s><a href="%[1]s"><b>%[2]s</b></a><div%[7]s>%[3]s</div><div%[8]s>%[4]s</div></div>`,
	`<a href="%[1]s">%[2]s</a> <font size=1>%[4]s</font><br>%[3]s<br><br>`,
	`<div%[6]s>%[4]s <a href="%[1]s">%[2]s</a><div%[7]s>%[3]s</div></div>`,
	`<p><a href="%[1]s">%[2]s</a> &mdash; %[3]s</p>`,
	`<h3>%[2]s</h3><p>%[3]s <a href="%[1]s">%[5]s</a></p>`,
	`<li><a href="%[1]s"%[6]s><img src="a.jpg"><span%[7]s>%[2]s</span></a><time>%[4]s</time></li>`,
	`<a%[6]s href="%[1]s"><div><h3>%[2]s</h3><p>%[3]s</p><span>%[4]s</span></div></a>`,
	`<tr><td>%[4]s</td><td><a href="%[1]s">%[2]s</a></td></tr>`,
	`<div%[6]s><div%[7]s>%[4]s</div><h4><a href="%[1]s">%[2]s</a></h4>%[3]s <a href="%[1]s">%[5]s</a></div>`,
	`<li><a href="%[1]s">%[2]s</a></li>`,
	`<dt><a href="%[1]s">%[2]s</a></dt><dd>%[3]s</dd>`,
}

// list returns a list of stories.
func (w *writer) list(form int) string {
	var b strings.Builder
	f, more := teaserForms[form], w.phrase(1, 3)
	open, end := "<div"+w.class("list")+">", "</div>"
	switch {
	case strings.HasPrefix(f, "<li"):
		open, end = "<ul"+w.class("list")+">", "</ul>"
	case strings.HasPrefix(f, "<tr"):
		open, end = "<table>", "</table>"
	case strings.HasPrefix(f, "<dt"):
		open, end = "<dl>", "</dl>"
	}
	n := 3 + w.IntN(3)
	if w.IntN(3) > 0 {
		n += w.IntN(25)
	}
	if strings.Count(f, "%[3]s") == 0 {
		n += 5
	}
	sentences := 1 + w.IntN(2)
	b.WriteString(open)
	for range n {
		text := w.para(sentences)
		if sentences == 1 && n%2 == 0 {
			text = strings.TrimSuffix(text, scripts[w.script].stop) + "…"
		}
		fmt.Fprintf(&b, f, w.href(), w.headline(), text, w.date(), more, w.class("card"), w.class("text"), w.class("date"))
	}
	b.WriteString(end)
	return b.String()
}

// storyForms are markups of a paragraph and of what is around them all.
var storyForms = []struct{ around, para string }{
	{"<article%s>%s</article>", "<p>%s</p>"},
	{"<div%s>%s</div>", "<p>%s</p>"},
	{"<div%s>%s</div>", "<div>%s</div>"},
	{"<table%s><tr><td>%s</td></tr></table>", "%s<br><br>"},
	{"<section%s>%s</section>", "<p><span>%s</span></p>"},
	{"<main%s>%s</main>", "<div><p>%s</p></div>"},
	{"<div%s><div><div>%s</div></div></div>", "%s<br>"},
}

// story returns the paragraphs of a story, some with links in them.
func (w *writer) story(form int) string {
	var b strings.Builder
	f := storyForms[form%len(storyForms)]
	paras := 1 + w.IntN(4)
	if w.IntN(3) == 0 {
		paras += w.IntN(12)
	}
	linked := w.IntN(3)
	for i := range paras {
		text := w.para(1 + w.IntN(4))
		switch {
		case linked == 1 && w.IntN(2) == 0:
			text = fmt.Sprintf(`%s <a href="%s">%s</a> %s`, w.phrase(3, 8), w.href(), w.phrase(2, 5), text)
		case linked == 2 && i%2 == 1:
			text = fmt.Sprintf(`<a href="%s">%s</a> %s`, w.href(), w.phrase(3, 5), strings.ToLower(w.phrase(4, 9))+". "+text)
		}
		fmt.Fprintf(&b, f.para, text)
		if paras > 4 && i%4 == 2 && w.IntN(2) == 0 {
			fmt.Fprintf(&b, "<h2>%s</h2>", w.phrase(2, 6))
		}
	}
	return fmt.Sprintf(f.around, w.class("body"), b.String())
}

// page returns a page with its kind and address.
func (w *writer) page(isStory bool, form int) (body, address string) {
	var b strings.Builder
	site, title := w.phrase(1, 3), w.headline()
	if !isStory {
		title = w.phrase(1, 3)
	}
	if w.IntN(4) > 0 {
		fmt.Fprintf(&b, "<html><head><title>%s - %s</title>", html.EscapeString(title), site)
		if w.IntN(2) == 0 {
			fmt.Fprintf(&b, `<meta name="description" content="%s">`, w.sentence())
		}
		if w.IntN(2) == 0 {
			kind := "website"
			if isStory && w.IntN(3) > 0 {
				kind = "article"
			}
			fmt.Fprintf(&b, `<meta property="og:type" content="%s">`, kind)
		}
		b.WriteString("</head><body>")
	}
	if w.IntN(3) > 0 {
		b.WriteString("<div" + w.class("menu") + ">")
		for range 3 + w.IntN(12) {
			fmt.Fprintf(&b, `<a href="/%s">%s</a> `, w.slug(), w.phrase(1, 2))
		}
		b.WriteString("</div>")
	}
	if w.IntN(4) > 0 {
		fmt.Fprintf(&b, "<h1>%s</h1>", title)
	}
	if isStory && w.IntN(3) > 0 {
		fmt.Fprintf(&b, "<div%s>%s %s</div>", w.class("byline"), w.phrase(2, 2), w.date())
	}
	if isStory {
		b.WriteString(w.story(form))
	} else {
		b.WriteString(w.list(form))
	}
	for range w.IntN(3) { // boxes with other stories
		fmt.Fprintf(&b, "<div%s><h3>%s</h3>", w.class("box"), w.phrase(1, 3))
		for range 3 + w.IntN(8) {
			fmt.Fprintf(&b, `<div%s><a href="%s">%s</a></div>`, w.class("entry"), w.href(), w.headline())
		}
		b.WriteString("</div>")
	}
	if w.IntN(2) == 0 {
		fmt.Fprintf(&b, "<footer>%s</footer>", w.para(1))
	}
	path := w.href()
	switch {
	case !isStory && w.IntN(2) == 0:
		path = "/" + w.slug() + "/"
	case w.IntN(6) == 0:
		path = fmt.Sprintf("/%d/page.html", 2018+w.IntN(8))
	}
	return b.String(), "https://" + w.slug() + ".example" + path
}
