package schema

import "testing"

func TestSQL(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no names", "SELECT 1", "SELECT 1"},
		{"names", "state IN ({setAside}, {failed}) AND ready < {never}", "state IN (3, 4) AND ready < 9223372036854775807"},
		{"a list", "state = {pending} AND url IN ({list})", "state = 0 AND url IN ({list})"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := SQL(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("a name that there is not was taken")
			}
		}()
		SQL("state = {penning}")
	})
}
