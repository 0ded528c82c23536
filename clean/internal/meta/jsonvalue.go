package meta

import (
	"encoding/json"
	"html"
	"strings"

	"winnow/clean/internal/letters"
)

// ldRaw returns a string as it is, and a list of strings as one text.
func ldRaw(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "\n\n")
	}
	return ""
}

// ldText returns a value as one line of text, "" for objects and lists.
func ldText(v any) string {
	switch v := v.(type) {
	case string:
		return letters.NormalizeSpace(html.UnescapeString(v))
	case json.Number:
		return v.String()
	}
	return ""
}

// ldStrings returns a string or a list of strings, as written, without the
// address of schema.org before a single one.
func ldStrings(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{strings.TrimPrefix(strings.TrimPrefix(v, "https://schema.org/"), "http://schema.org/")}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), maxLDTypes)] {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// ldList returns a string or a list of strings, each as one line of text. It
// splits no string at commas: that is right for keywords alone.
func ldList(v any) []string {
	switch v := v.(type) {
	case string:
		if s := ldText(v); s != "" {
			return []string{s}
		}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), maxLDList)] {
			if s := ldText(x); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// ldURL returns the address in a value: a string, the url or @id of an object, or
// the first of a list.
func ldURL(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		if len(v) > 0 {
			if _, nested := v[0].([]any); !nested {
				return ldURL(v[0])
			}
		}
	case map[string]any:
		for _, key := range []string{"url", "@id", "contentUrl"} {
			if s, ok := v[key].(string); ok && s != "" {
				return strings.TrimSpace(s)
			}
		}
	}
	return ""
}

// bodyText returns an articleBody without its markup and entities, with a blank
// line between paragraphs.
func bodyText(s string) string {
	if s == "" {
		return ""
	}
	if letters.ContainsOneOf(s, []string{"&lt;", "&#", "&nbsp;", "&quot;", "&amp;"}) { // the markup itself is escaped
		s = html.UnescapeString(s)
	}
	if letters.ContainsOneOf(s, []string{"</", "<br", "<p"}) {
		s = stripTags(s)
	}
	var out []string
	for part := range strings.FieldsFuncSeq(html.UnescapeString(s), letters.IsLineBreak) {
		if part = letters.NormalizeSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "\n\n")
}

// stripTags returns text without tags, with a line break for those of blocks.
func stripTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 || open+1 >= len(s) {
			break
		}
		c := s[open+1]
		if c != '/' && c != '!' && (c|0x20 < 'a' || c|0x20 > 'z') {
			b.WriteString(s[:open+1])
			s = s[open+1:]
			continue
		}
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:open])
		name := strings.ToLower(strings.Trim(s[open+1:open+end], "/ "))
		if i := strings.IndexAny(name, " \n\t/"); i > 0 {
			name = name[:i]
		}
		switch name {
		case "p", "br", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "ul", "ol", "table":
			b.WriteByte('\n')
		}
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return b.String()
}
