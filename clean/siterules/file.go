package siterules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// File has the rules of one site file.
type File struct {
	title, author, date, body []expression
	strip                     []expression
	stripNames, stripImages   []namePart
	nextPage, singlePage      []expression
	replace                   []replacement
	prune                     choice
	digest                    string // see digest
}

// namePart is a part of a class name, an id or the address of a picture.
type namePart struct{ at, part string }

// replacement replaces a string in the page's HTML.
type replacement struct{ at, find, put string }

// choice is "yes", "no" or, when nothing is said, "".
type choice string

// Len returns the number of rules that are followed.
func (f *File) Len() int {
	return len(f.title) + len(f.author) + len(f.date) + len(f.body) + len(f.strip) + len(f.stripNames) +
		len(f.stripImages) + len(f.nextPage) + len(f.singlePage) + len(f.replace)
}

// before returns the rules of two files, those of f first.
func (f *File) before(g *File) *File {
	out := &File{
		title: slices.Concat(f.title, g.title), author: slices.Concat(f.author, g.author),
		date: slices.Concat(f.date, g.date), body: slices.Concat(f.body, g.body),
		strip: slices.Concat(f.strip, g.strip), stripNames: slices.Concat(f.stripNames, g.stripNames),
		stripImages: slices.Concat(f.stripImages, g.stripImages), nextPage: slices.Concat(f.nextPage, g.nextPage),
		singlePage: slices.Concat(f.singlePage, g.singlePage), replace: slices.Concat(f.replace, g.replace),
		prune: f.prune, digest: f.digest + g.digest,
	}
	if out.prune == "" {
		out.prune = g.prune
	}
	return out
}

// digest returns the first 8 hexadecimal digits of the SHA-256 of a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// Mistake is a line of a site file that is ignored.
type Mistake struct {
	File string
	Line int    // from 1; 0 for the file as a whole
	What string // the reason
}

// Error returns the reason with file and line before it.
func (m Mistake) Error() string {
	if m.Line == 0 {
		return m.File + ": " + m.What
	}
	return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.What)
}

// Bounds of one site file. The largest of the community's two thousand has 20 KB.
const (
	// MaxRules is the number of rules that are read of one file.
	MaxRules = 500

	maxLine  = 4096 // bytes
	maxShown = 40   // bytes of a file's text in a message
)

// Parse reads the text of a site file. name is for messages and reasons, and so is
// firstLine, the line of its file that the text begins in: 1 unless it is part of
// another file. Parse always returns a file, without the lines that are wrong.
func Parse(name string, firstLine int, text string) (*File, []Mistake) {
	p := &parser{name: name, line: firstLine - 1, file: &File{digest: digest(text)}}
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		p.line++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case len(line) > maxLine:
			p.wrong("the line is longer than %d bytes", maxLine)
		case !utf8.ValidString(line):
			p.wrong("the line is not UTF-8")
		case p.rules >= MaxRules:
			p.wrong("there are more than %d rules; the rest of the file is not read", MaxRules)
			return p.end()
		default:
			p.read(line)
		}
	}
	return p.end()
}

// parser reads one file.
type parser struct {
	name     string
	file     *File
	mistakes []Mistake
	line     int
	rules    int
	find     *replacement  // a find_string that waits for its replace_string
	findLine int           // where it is
	link     *[]expression // the list whose last link an if_page_contains is for
	linkLine int           // where the last link is, 0 for none
}

func (p *parser) end() (*File, []Mistake) {
	p.endFind()
	return p.file, p.mistakes
}

func (p *parser) wrong(format string, args ...any) { p.wrongAt(p.line, format, args...) }

func (p *parser) wrongAt(line int, format string, args ...any) {
	p.mistakes = append(p.mistakes, Mistake{File: p.name, Line: line, What: fmt.Sprintf(format, args...)})
}

// at returns file and line, for reasons and reports.
func (p *parser) at() string { return fmt.Sprintf("%s:%d", path.Base(p.name), p.line) }

// endFind reports a find_string that no replace_string follows.
func (p *parser) endFind() {
	if p.find != nil {
		p.wrongAt(p.findLine, "no replace_string follows this find_string")
		p.find = nil
	}
}

// read reads a line: a command, a colon and a value, or a replacement of the form
// "replace_string(old): new".
func (p *parser) read(line string) {
	if rest, ok := strings.CutPrefix(line, "replace_string("); ok {
		find, put, ok := strings.Cut(rest, "):")
		if !ok || find == "" {
			p.wrong("write replace_string(old): new")
			return
		}
		p.endFind()
		p.replacement(replacement{p.at(), find, strings.TrimSpace(put)})
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
	case ignoredCommands[name] || strings.HasPrefix(name, "login_") || strings.HasPrefix(name, "test_"):
		return
	case value == "" && command != "replace_string":
		p.wrong("%s has no value", command)
		return
	}
	if command != "replace_string" {
		p.endFind()
	}
	p.command(command, value)
}

// ignoredCommands are commands that other readers of these files know and that
// change nothing in a text, or only how a page is fetched. Where a rule finds
// nothing the general rules are followed, whatever autodetect_on_failure says: many
// files say no and are years old.
var ignoredCommands = map[string]bool{
	"tidy": true, "parser": true, "autodetect_on_failure": true, "http_header": true, "requires_login": true,
	"not_logged_in_xpath": true, "strip_attr": true, "src_lazy_load_attr": true, "insert_detected_image": true,
	"wrap_in": true, "move_into": true, "dissolve": true, "footnotes": true, "convert_double_br_tags": true,
	"skip_json_ld": true, "native_ad_clue": true, "autodetect_next_page": true, "strip_comments": true,
	"skip_id_or_class": true, "post_process": true, "cookie": true, "user_agent": true,
}

// commands are the commands that are followed, for messages.
var commands = []string{"body", "title", "author", "date", "strip", "strip_id_or_class", "strip_image_src",
	"next_page_link", "single_page_link", "if_page_contains", "find_string", "replace_string", "prune"}

func (p *parser) command(command, value string) {
	f := p.file
	switch command {
	case "title":
		p.expression(&f.title, value, false)
	case "author":
		p.expression(&f.author, value, false)
	case "date":
		p.expression(&f.date, value, false)
	case "body":
		p.expression(&f.body, value, true)
	case "strip":
		p.expression(&f.strip, value, true)
	case "next_page_link":
		p.linkExpression(&f.nextPage, value)
	case "single_page_link":
		p.linkExpression(&f.singlePage, value)
	case "if_page_contains":
		p.condition(value)
	case "strip_id_or_class":
		p.namePart(&f.stripNames, value)
	case "strip_image_src":
		p.namePart(&f.stripImages, value)
	case "find_string":
		p.find, p.findLine = &replacement{at: p.at(), find: value}, p.line
	case "replace_string":
		if p.find == nil {
			p.wrong("no find_string is before this replace_string")
			return
		}
		p.find.put = value
		p.replacement(*p.find)
		p.find = nil
	case "prune":
		p.choice(command, value, &f.prune)
	default:
		p.wrong("%q is not a command; commands are %s", letters.Truncate(command, maxShown), strings.Join(commands, ", "))
	}
}

func (p *parser) replacement(r replacement) {
	p.rules++
	p.file.replace = append(p.file.replace, r)
}

// expression reads an XPath expression. One for elements must select nodes; others
// may also be a text.
func (p *parser) expression(to *[]expression, value string, elements bool) bool {
	e, err := compile(p.at(), value, elements)
	if err != nil {
		p.wrong("%v", err)
		return false
	}
	p.rules++
	*to = append(*to, e)
	return true
}

func (p *parser) linkExpression(to *[]expression, value string) {
	p.link = nil
	if p.expression(to, value, false) {
		p.link = to
	}
	p.linkLine = p.line
}

// condition reads what must be on the page for the link before it to be used. When
// it is wrong the link is dropped: it would be used on every page.
func (p *parser) condition(value string) {
	if p.link == nil {
		if p.linkLine == 0 {
			p.wrong("no single_page_link or next_page_link is before this if_page_contains")
		}
		return
	}
	links := *p.link
	e, err := compile(p.at(), value, false)
	if err != nil {
		p.wrong("%v; the link of line %d is not used either", err, p.linkLine)
		*p.link, p.link = links[:len(links)-1], nil
		return
	}
	p.rules++
	links[len(links)-1].conditions = append(links[len(links)-1].conditions, e)
}

// namePart reads a part of a name. A single letter would be in nearly every name.
func (p *parser) namePart(to *[]namePart, value string) {
	part := strings.NewReplacer("'", "", `"`, "").Replace(value)
	if len(part) < 2 {
		p.wrong("%q is too short: it is part of too many names", part)
		return
	}
	p.rules++
	*to = append(*to, namePart{p.at(), part})
}

func (p *parser) choice(command, value string, to *choice) {
	switch strings.ToLower(value) {
	case "yes", "true":
		*to = "yes"
	case "no", "false":
		*to = "no"
	default:
		p.wrong("%s is yes or no, not %q", command, letters.Truncate(value, maxShown))
	}
}
