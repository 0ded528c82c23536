package letters

import (
	"testing"
)

func TestWithoutFrame(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"all within", "[ Related: Yard to close ]", "Related: Yard to close"},
		{"a label first", "[Related] Yard to close", "Related: Yard to close"},
		{"a label with its colon", "[Related:] Yard to close", "Related: Yard to close"},
		{"a word put into a quotation", "[The]se ships are old", "[The]se ships are old"},
		{"brackets later", "Yard [in the north] to close", "Yard [in the north] to close"},
		{"no end", "[Related Yard to close", "[Related Yard to close"},
		{"nothing within", "[] Yard to close", "[] Yard to close"},
		{"two frames", "[[Related] Yard]", "[[Related] Yard]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := withoutFrame(c.line); got != c.want {
				t.Errorf("%q: got %q, want %q", c.line, got, c.want)
			}
		})
	}
}
