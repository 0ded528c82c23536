package dom

import (
	"strconv"
	"strings"
)

// Signature is an element's name with the first of its class names; a number
// that counts the elements ("part-3") is left away.
func Signature(e *Element) string {
	class, _, _ := strings.Cut(strings.TrimSpace(Attr(e.Node, "class")), " ")
	if bare := strings.TrimRight(class, "0123456789"); strings.HasSuffix(bare, "-") || strings.HasSuffix(bare, "_") {
		class = bare
	}
	return e.Node.Data + "." + class
}

// BuildHash stands for how the place of a block is built, see build.
func (o *Doc) BuildHash(i int32) uint64 {
	h := uint64(14695981039346656037)
	add := func(s string) {
		for k := 0; k < len(s); k++ {
			h = (h ^ uint64(s[k])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	e := &o.Elements[i]
	add(e.Node.Data)
	add(Attr(e.Node, "class"))
	if e.Parent >= 0 {
		p := &o.Elements[e.Parent]
		add(p.Node.Data)
		add(Attr(p.Node, "class"))
	}
	return h
}

// Build is how the place of a block is built: its element and the one around
// it, by name and class. Bare elements are alike everywhere, so they have none.
func (o *Doc) Build(i int32) string {
	e := &o.Elements[i]
	if e.Parent < 0 {
		return ""
	}
	p := &o.Elements[e.Parent]
	if Attr(p.Node, "class") == "" {
		return strconv.Itoa(int(i))
	}
	return Signature(p) + ">" + Signature(e)
}
