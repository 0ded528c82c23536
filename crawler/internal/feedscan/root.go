package feedscan

import (
	"bytes"
	"strings"
)

// RootName returns the local name of the first element of an XML or HTML
// document, in lower case, "" without one. It skips text, the XML declaration,
// comments, processing instructions and the document type.
func RootName(doc []byte) string {
	i := RootAt(doc)
	if i < 0 {
		return ""
	}
	name := doc[i+1:]
	if end := bytes.IndexAny(name[:min(len(name), 200)], " \t\r\n/>"); end >= 0 {
		name = name[:end]
	} else {
		return ""
	}
	if colon := bytes.LastIndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	return strings.ToLower(string(name))
}

// RootAt returns the index at which the first element's tag begins, or -1.
func RootAt(doc []byte) int {
	at := 0
	for {
		next := bytes.IndexByte(doc[at:], '<')
		if next < 0 {
			return -1
		}
		at += next
		rest := doc[at:]
		var end string
		skip := 0
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			end, skip = "-->", 4
		case bytes.HasPrefix(rest, []byte("<?")):
			end, skip = "?>", 2
		case bytes.HasPrefix(rest, []byte("<!")):
			n := doctypeLength(rest)
			if n < 0 {
				return -1
			}
			at += n
			continue
		case len(rest) > 1 && IsNameStart(rest[1]):
			return at
		default:
			at++
			continue
		}
		stop := bytes.Index(rest[skip:], []byte(end))
		if stop < 0 {
			return -1
		}
		at += skip + stop + len(end)
	}
}

// doctypeLength returns the length of <!DOCTYPE …>, internal subset included, or
// -1 if it does not end.
func doctypeLength(b []byte) int {
	inside, quote := false, byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case c == '>' && !inside:
			return i + 1
		}
	}
	return -1
}

func IsNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// IsFeedRoot reports whether the root element of that name is a feed's.
func IsFeedRoot(name string) bool { return name == "rss" || name == "rdf" || name == "feed" }
