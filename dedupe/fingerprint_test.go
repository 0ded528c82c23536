package dedupe

import "testing"

func TestFingerprintIsOfTheWordsAlone(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	const text = "The frigate “Ansgar” joined the fleet on Monday, eleven months late."
	want := c.Fingerprint(text)
	if len(want) != 16 {
		t.Fatalf("the fingerprint is %q", want)
	}
	for _, c2 := range []struct {
		name, text string
		same       bool
	}{
		{"quotes, case and spaces", "the frigate \"ANSGAR\"  joined the fleet\non Monday – eleven months late", true},
		{"another word", "The frigate Ansgar left the fleet on Monday, eleven months late.", false},
		{"another order", "On Monday the frigate Ansgar joined the fleet, eleven months late.", false},
	} {
		t.Run(c2.name, func(t *testing.T) {
			if got := c.Fingerprint(c2.text); (got == want) != c2.same {
				t.Errorf("fingerprints %s and %s", want, got)
			}
		})
	}
	if got := c.Fingerprint("— … —"); got != "" {
		t.Errorf("a text without words has the fingerprint %q", got)
	}
}
