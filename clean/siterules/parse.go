package siterules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// siteParser reads one file.
type siteParser struct {
	file     string
	out      *File
	mistakes []Mistake
	line     int
	rules    int
	find     *siteReplacement // a find_string that waits for its replace_string
	findLine int
	link     *[]sitePath // the list whose last path an if_page_contains is for
	linkLine int
}

// Parse reads the text of a site file. name and firstLine are for
// messages and reasons: the line that the text begins in, 1 for a file of its
// own. It always gives a file, without the lines that are wrong.
func Parse(name string, firstLine int, text string) (*File, []Mistake) {
	p := &siteParser{file: name, line: firstLine - 1, out: &File{digest: digest(text)}}
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		p.line++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case len(line) > maxSiteLine:
			p.wrong("the line is longer than %d bytes", maxSiteLine)
		case !utf8.ValidString(line):
			p.wrong("the line is no UTF-8")
		case p.rules >= MaxSiteRules:
			p.wrong("there are more than %d rules; the rest of the file is not read", MaxSiteRules)
			return p.end()
		default:
			p.read(line)
		}
	}
	return p.end()
}

func (p *siteParser) end() (*File, []Mistake) {
	p.unpaired()
	return p.out, p.mistakes
}

func (p *siteParser) wrong(format string, args ...any) { p.wrongAt(p.line, format, args...) }

func (p *siteParser) wrongAt(line int, format string, args ...any) {
	p.mistakes = append(p.mistakes, Mistake{File: p.file, Line: line, What: fmt.Sprintf(format, args...)})
}

// unpaired tells of a find_string whose replace_string never came.
func (p *siteParser) unpaired() {
	if p.find != nil {
		p.wrongAt(p.findLine, "no replace_string follows this find_string")
		p.find = nil
	}
}

// siteReplace is how a line begins that has both strings in it.
const siteReplace = "replace_string("

func (p *siteParser) read(line string) {
	if rest, ok := strings.CutPrefix(line, siteReplace); ok {
		find, put, ok := strings.Cut(rest, "):")
		if !ok || find == "" {
			p.wrong("write replace_string(old): new")
			return
		}
		p.unpaired()
		p.replacement(siteReplacement{siteAt(p.file, p.line), find, strings.TrimSpace(put)})
		return
	}
	command, value, ok := strings.Cut(line, ":")
	if !ok {
		p.wrong("there is no colon; a rule is a command, a colon and a value")
		return
	}
	command, value = strings.TrimSpace(command), strings.TrimSpace(value)
	name, _, _ := strings.Cut(command, "(")
	switch {
	case siteIgnored[name] || strings.HasPrefix(name, "login_") || strings.HasPrefix(name, "test_"):
		return
	case value == "" && command != "replace_string":
		p.wrong("%s has no value", command)
		return
	}
	if command != "replace_string" {
		p.unpaired()
	}
	p.command(command, value)
}

// siteIgnored are commands that other readers of these files know and that
// change nothing in a text, or only how a page is fetched. The general way is
// always taken where a rule finds nothing, whatever autodetect_on_failure says:
// many files say no and are years old.
var siteIgnored = map[string]bool{
	"tidy": true, "parser": true, "autodetect_on_failure": true, "http_header": true, "requires_login": true,
	"not_logged_in_xpath": true, "strip_attr": true, "src_lazy_load_attr": true, "insert_detected_image": true,
	"wrap_in": true, "move_into": true, "dissolve": true, "footnotes": true, "convert_double_br_tags": true,
	"skip_json_ld": true, "native_ad_clue": true, "autodetect_next_page": true, "strip_comments": true,
	"skip_id_or_class": true, "post_process": true, "cookie": true, "user_agent": true,
}

// siteCommands are the commands that are followed, for messages.
var siteCommands = []string{"body", "title", "author", "date", "strip", "strip_id_or_class", "strip_image_src",
	"next_page_link", "single_page_link", "if_page_contains", "find_string", "replace_string", "prune"}

func (p *siteParser) command(command, value string) {
	f, at := p.out, siteAt(p.file, p.line)
	switch command {
	case "title":
		p.path(&f.Title, value, false)
	case "author":
		p.path(&f.Author, value, false)
	case "date":
		p.path(&f.Date, value, false)
	case "body":
		p.path(&f.Body, value, true)
	case "strip":
		p.path(&f.Strip, value, true)
	case "next_page_link":
		p.linkPath(&f.NextPage, value)
	case "single_page_link":
		p.linkPath(&f.SinglePage, value)
	case "if_page_contains":
		p.condition(value)
	case "strip_id_or_class":
		p.word(&f.StripNames, siteWord{at, value})
	case "strip_image_src":
		p.word(&f.StripImages, siteWord{at, value})
	case "find_string":
		p.find, p.findLine = &siteReplacement{at: at, find: value}, p.line
	case "replace_string":
		if p.find == nil {
			p.wrong("no find_string stands before this replace_string")
			return
		}
		p.find.put = value
		p.replacement(*p.find)
		p.find = nil
	case "prune":
		p.yesOrNo(command, value, &f.prune)
	default:
		p.wrong("%q is no command; commands are %s", letters.Truncate(command, 40), strings.Join(siteCommands, ", "))
	}
}

func (p *siteParser) replacement(r siteReplacement) {
	p.rules++
	p.out.Replace = append(p.out.Replace, r)
}

// path reads an XPath expression. One for elements must give nodes; others may
// give a text as well.
func (p *siteParser) path(to *[]sitePath, value string, elements bool) bool {
	path, err := compileSitePath(siteAt(p.file, p.line), value, elements)
	if err != nil {
		p.wrong("%v", err)
		return false
	}
	p.rules++
	*to = append(*to, path)
	return true
}

func (p *siteParser) linkPath(to *[]sitePath, value string) {
	p.link = nil
	if p.path(to, value, false) {
		p.link = to
	}
	p.linkLine = p.line
}

// condition reads what must be on the page for the link before it to be looked
// for. When it is wrong the link goes too: it would be looked for everywhere.
func (p *siteParser) condition(value string) {
	if p.link == nil {
		if p.linkLine == 0 {
			p.wrong("no single_page_link or next_page_link stands before this if_page_contains")
		}
		return
	}
	links := *p.link
	path, err := compileSitePath(siteAt(p.file, p.line), value, false)
	if err != nil {
		p.wrong("%v; the link of line %d is not looked for either", err, p.linkLine)
		*p.link, p.link = links[:len(links)-1], nil
		return
	}
	p.rules++
	links[len(links)-1].only = append(links[len(links)-1].only, path)
}

// word reads a part of a name. One letter would be in nearly every name.
func (p *siteParser) word(to *[]siteWord, w siteWord) {
	w.word = strings.NewReplacer("'", "", `"`, "").Replace(w.word)
	if len(w.word) < 2 {
		p.wrong("%q is too short: it is part of too many names", w.word)
		return
	}
	p.rules++
	*to = append(*to, w)
}

func (p *siteParser) yesOrNo(command, value string, to *siteSwitch) {
	switch strings.ToLower(value) {
	case "yes", "true":
		*to = "yes"
	case "no", "false":
		*to = "no"
	default:
		p.wrong("%s is yes or no, not %q", command, letters.Truncate(value, 40))
	}
}
