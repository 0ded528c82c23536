package dates

import (
	"strings"
)

// ReadClock reads a time of day that stands alone.
func ReadClock(fold string) (Match, bool) {
	s := scanner{tokens: tokens(fold)}
	h, next := s.hour(0)
	if next == 0 {
		return Match{}, false
	}
	zone, next := s.zone(next)
	return Match{Hour: h[0], Min: h[1], Sec: h[2], Zone: zone}, s.skip(next) >= len(s.tokens)
}

// IsHour says whether a folded text is a time of day, with or without the word
// for "at" before it.
func IsHour(fold string) bool {
	for _, at := range []string{"at ", "à ", "um ", "в ", "о ", "об ", "o ", "a las ", "alle ", "às ", "om ", "kl. "} {
		fold = strings.TrimPrefix(fold, at)
	}
	_, ok := ReadClock(strings.TrimSuffix(fold, " uhr"))
	return ok && fold != ""
}
