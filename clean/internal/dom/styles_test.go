package dom

import "testing"

func TestStyleSheetHides(t *testing.T) {
	tests := []struct {
		css, class string
		want       bool
	}{
		{".a{display:none}", "a", true},
		{"p.a, .b { color: red; DISPLAY : none !important }", "b", true},
		{".a{left:-9999px;position:absolute}", "a", true},
		{"@media print{.a{display:none}} .b{color:red}", "a", false},
		{"@media print{.a{color:red}} .b{display:none}", "b", true},
		{".menu .a{display:none}", "a", false},
		{".a:hover{display:none}", "a", false},
		{".a{display:nonetheless}", "a", false},
		{".a{left:-9px}", "a", false},
		{"/* .a { */ .b{visibility:hidden}", "b", true},
		{".a{display:none", "a", true},
		{"@media{{{", "a", false},
	}
	for _, tt := range tests {
		t.Run(tt.css, func(t *testing.T) {
			h := hiddenNames{map[string]bool{}, map[string]bool{}}
			h.read(tt.css)
			if h.classes[tt.class] != tt.want {
				t.Errorf("hides %q: %v, want %v", tt.class, !tt.want, tt.want)
			}
		})
	}
}
