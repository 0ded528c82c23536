package meta

import (
	"strings"
	"time"
	"unicode"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// BylineNames returns the people that a short text names, if it is a list of names or a
// line with author and date. labelled reports whether a label for an author is before
// them. language is ISO 639-1, or "".
func BylineNames(text, language string) (names []string, labelled bool) {
	if len(text) > maxAuthorText {
		return nil, false
	}
	if bare := withoutLabel(labels.All(), text); bare != text {
		names, labelled = byline.LeadingNames(bare, language), true
	} else if h := byline.ReadHeader(text, language); len(h.Names) > 0 && len(h.Dates) > 0 {
		names = h.Names
	} else {
		names = byline.ParseNames(text, language)
	}
	if len(names) == 0 || !labelled && (!isFullName(names[0]) || len(names) == 1 && !strings.Contains(names[0], " ") && !hasJoinedNames(names[0])) {
		return nil, false
	}
	return CleanAuthors(names, language), labelled
}

// hasJoinedNames reports whether a name is in a script in which family and given names
// are written together.
func hasJoinedNames(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return letters.IsUnspaced(r) || unicode.Is(unicode.Hangul, r) })
}

// FieldDate returns the date of publication in a short text as YYYY-MM-DD, and its
// moment in UTC, zero where the text has no time of day. The date is "" when the only
// one is that of a change. ok is false when there is none with a year.
func FieldDate(text, language string) (date string, at time.Time, ok bool) {
	if len(text) > maxStamp {
		return "", time.Time{}, false
	}
	h := byline.ReadHeader(letters.NormalizeSpace(text), language)
	if date, at = h.Published(); date == "" || h.ExtraWords > maxTopWords {
		return "", time.Time{}, false
	}
	if h.Label() == byline.Updated {
		return "", time.Time{}, true
	}
	return date, at, true
}
