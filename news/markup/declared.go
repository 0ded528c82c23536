package markup

import (
	"bytes"
	"mime"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// metaWindow is how many bytes of a page are searched for a declared encoding. The
// standard has 1,024; old pages put scripts first.
const metaWindow = 16 << 10

// declarations returns the encodings that the header and the meta elements declare,
// by WHATWG name, that of the header first, without unknown names.
func declarations(body []byte, contentType string) []string {
	var names []string
	add := func(label string) {
		enc, name := charset.Lookup(strings.Trim(label, " \t\"'"))
		if enc == nil || name == "" || name == "replacement" {
			return
		}
		for _, n := range names {
			if n == name {
				return
			}
		}
		names = append(names, name)
	}
	add(charsetOf(contentType))
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), metaWindow)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return names
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			switch string(name) {
			case "meta":
				if more {
					add(metaCharset(z))
				}
			case "body":
				return names
			}
		}
	}
}

// metaCharset returns the encoding that a meta element declares, "" for none.
func metaCharset(z *html.Tokenizer) string {
	var direct, content string
	var equiv bool
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "charset":
			direct = string(val)
		case "content":
			content = charsetOf(string(val))
		case "http-equiv":
			equiv = strings.EqualFold(string(val), "content-type")
		}
	}
	if direct != "" {
		return direct
	}
	if equiv {
		return content
	}
	return ""
}

// charsetOf returns the charset parameter of a media type, which may be malformed;
// "" for none.
func charsetOf(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return strings.Trim(params["charset"], "'\" ")
	}
	i := 0
	for i+len("charset") <= len(contentType) && !strings.EqualFold(contentType[i:i+len("charset")], "charset") {
		i++
	}
	if i+len("charset") > len(contentType) {
		return ""
	}
	rest := strings.TrimLeft(contentType[i+len("charset"):], " \t")
	if !strings.HasPrefix(rest, "=") {
		return ""
	}
	rest = strings.Trim(rest[1:], " \t\"'")
	if end := strings.IndexAny(rest, " \t;,\"'"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}
