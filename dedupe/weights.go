package dedupe

import (
	_ "embed"
	"strings"
)

//go:embed weights/stopwords.txt
var stopwords string

// stopSet reads the shipped list of stop words.
func stopSet() map[uint32]bool {
	set := make(map[uint32]bool)
	for line := range strings.Lines(stopwords) {
		_, list, ok := strings.Cut(line, ": ")
		if !ok || line[0] == '#' {
			continue
		}
		for _, h := range split(list).hash {
			set[h] = true
		}
	}
	return set
}
