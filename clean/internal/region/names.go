package region

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// NameKind is a set of bits: what the class names and the id of an element say of
// its content. The values are part of every block model.
type NameKind uint8

const (
	goodName     NameKind = 1 << iota // it is the content
	badName                           // it is not
	unlikelyName                      // hardly ever the content: not even searched
	savingName                        // searched in spite of an unlikely name
)

// nameWords are parts of names by their first letter, from Readability.js.
var nameWords = func() (t [128][]nameWord) {
	for kind, words := range map[NameKind]string{
		goodName: "article body content entry main page post text blog story",
		badName: "-ad- hidden banner combx comment com- contact footer gdpr masthead media meta outbrain promo related scroll share shoutbox sidebar " +
			"skyscraper sponsor shopping tags widget",
		unlikelyName: "-ad- ai2html banner breadcrumbs combx comment community cover-wrap disqus extra footer gdpr header legends menu related remark " +
			"replies rss shoutbox sidebar skyscraper social sponsor supplemental agegate pagination pager popup yom-remote",
		savingName: "and article body column content main shadow",
	} {
		for word := range strings.FieldsSeq(words) {
			t[word[0]] = append(t[word[0]], nameWord{word, kind})
		}
	}
	return t
}()

type nameWord struct {
	text string
	kind NameKind
}

// KindsOfNames returns what the class attribute and the id of an element say.
func KindsOfNames(n *html.Node) NameKind {
	return kindsOfName(dom.Attr(n, "class")) | kindsOfName(dom.Attr(n, "id"))
}

func kindsOfName(name string) (kinds NameKind) {
	if name == "" {
		return 0
	}
	name = letters.Lower(name[:min(len(name), dom.MaxClass)])
	for i := 0; i < len(name); i++ {
		if name[i] >= utf8.RuneSelf {
			continue
		}
		for _, w := range nameWords[name[i]] {
			if strings.HasPrefix(name[i:], w.text) {
				kinds |= w.kind
			}
		}
	}
	return kinds
}
