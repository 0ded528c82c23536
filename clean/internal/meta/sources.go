package meta

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/dates"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Where the source of a text and of its picture are looked for.
const (
	maxDatelines    = 3   // paragraphs at the start
	maxSourceLines  = 400 // of a page
	maxSourceLine   = 16  // words
	maxSourceName   = 5   // words
	minDatelineLine = 12  // words of a line that is a paragraph
)

// sources returns the agency or outlet that the page names as its source, and
// the site that it names as the source of its picture.
func (r *reader) sources() (origin, imageSource string) {
	var paragraphs, short []string
	for _, line := range r.f.lines {
		if len(paragraphs) >= maxDatelines && len(short) >= maxSourceLines {
			break
		}
		words := letters.CountWords(line)
		if words >= minDatelineLine && len(paragraphs) < maxDatelines {
			paragraphs = append(paragraphs, line)
		}
		if words <= maxSourceLine && len(short) < maxSourceLines {
			short = append(short, line)
		}
	}
	return findSources(paragraphs, short)
}

// findSources returns the agency in the dateline of one of the first paragraphs,
// or else the outlet behind a label for a source on one of the lines, and the
// site behind the label of a caption. A picture from a site makes it the origin
// where the text has none, or one of the same name.
func findSources(paragraphs, lines []string) (origin, imageSource string) {
	t := labels.All()
	for _, p := range paragraphs[:min(len(paragraphs), maxDatelines)] {
		if origin = dateline(p); origin != "" {
			break
		}
	}
	for _, line := range lines {
		l := letters.NewLine(line)
		if l.Words > maxSourceLine {
			continue
		}
		for _, h := range t.Sources.FindStart(&l) {
			switch {
			case h.Section == wordlists.Source && h.Rest != "" && origin == "" && letters.CountWords(h.Rest) <= maxSourceName:
				origin = strings.Trim(h.Rest, " .")
			case h.Section == wordlists.Caption && imageSource == "" && isHost(h.Rest):
				imageSource = strings.Trim(h.Rest, " .")
			}
		}
	}
	if imageSource == "" {
		return origin, ""
	}
	name := imageSource
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	if origin == "" || letters.Key(name) == letters.Key(origin) {
		origin = imageSource
	}
	return origin, imageSource
}

// maxHost is the length of the longest host that isHost takes for one, in bytes.
const maxHost = 80

// isHost reports whether text is the name of a host and nothing else.
func isHost(text string) bool {
	text = strings.Trim(text, " .")
	if strings.ContainsAny(text, " /:") || strings.Count(text, ".") == 0 || len(text) > maxHost {
		return false
	}
	u, err := url.Parse("http://" + text)
	last := text[strings.LastIndexByte(text, '.')+1:]
	first, _ := utf8.DecodeRuneInString(last)
	return err == nil && u.Hostname() != "" && utf8.RuneCountInString(last) >= 2 && unicode.IsLetter(first)
}

// Bounds of a dateline, in bytes.
const (
	maxDateline   = 200 // from the start of the paragraph to the first sentence
	maxBeforeDate = 60  // place and agency
	maxPlace      = 40  // before an agency in brackets
)

// dateline returns the agency that a paragraph opens with, as in "NORDWIRE, May
// 3. The …" or "MOSCOW, May 3 (NORDWIRE) - …"; "" when there is none.
func dateline(text string) string {
	head := letters.FoldSigns(letters.Truncate(text, maxDateline))
	if found := dates.Find(head, ""); len(found) > 0 && found[0].Start <= maxBeforeDate {
		before, after := strings.TrimRight(head[:found[0].Start], " "), strings.TrimLeft(head[found[0].End:], " ")
		if agency := datedAgency(before, after); agency != "" {
			return agency
		}
	}
	if i, k := strings.IndexByte(head, '('), strings.IndexByte(head, ')'); i > 0 && i <= maxPlace && k > i {
		after := strings.TrimLeft(head[k+1:], " ")
		if strings.HasPrefix(after, "- ") && isAgency(head[i+1:k]) {
			return head[i+1 : k]
		}
	}
	return ""
}

// datedAgency returns the agency in a dateline that has the given text before
// and after its date: in brackets after it, in capitals between a point and a
// dash after it, or before it.
func datedAgency(before, after string) string {
	if name, _, ok := strings.Cut(after, ")"); ok && strings.HasPrefix(name, "(") && isAgency(name[1:]) {
		return name[1:]
	}
	if name, _, ok := strings.Cut(strings.TrimLeft(after, ". "), " - "); ok && strings.HasPrefix(after, ".") && isAgency(name) && strings.ToUpper(name) == name {
		return name
	}
	name := strings.Trim(strings.TrimSuffix(before, ","), " ")
	if i := strings.LastIndexByte(name, ','); i >= 0 {
		name = strings.TrimSpace(name[i+1:])
	}
	if strings.HasSuffix(before, ",") && isAgency(name) && after != "" && strings.ContainsAny(after[:1], ".-:/") {
		return name
	}
	return ""
}

// Lengths, in words, of the name of an agency.
const (
	maxAgency      = 4
	maxMixedAgency = 2 // that is not all in capitals: "Nordwire", "TechWire"
)

// isAgency reports whether a name can be that of an agency in a dateline: a few
// words in capitals, or one or two with a capital.
func isAgency(name string) bool {
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > maxAgency || !byline.IsName(name) {
		return false
	}
	if letters.StartsCaseless(name) {
		return true
	}
	capitals, all := 0, 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			all++
			if unicode.IsUpper(r) {
				capitals++
			}
		}
	}
	return all >= 2 && (capitals == all || len(words) <= maxMixedAgency && capitals >= 1)
}
