package dedupe

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"strings"
	"sync"

	"winnow/dedupe/internal/align"
	"winnow/dedupe/internal/text"
	"winnow/dedupe/internal/weights"
)

// Revisions of what is code, and not data. TestRevisions fails when the results
// for its fixed texts change and a revision does not.
const (
	verdictsRevision = 4
	printsRevision   = 2
)

// Version returns the name of what a verdict rests on, besides the stories and the
// [Options]: "dedupe/", the revision of the code, and a hash of the rules, their
// limits and the shipped words. It changes whenever a verdict may come out
// differently, so that a verdict can be traced to what made it, and stories are
// judged again by an upgraded program.
func Version() string { return versions().verdicts }

// PrintsVersion returns the name of what prints and fingerprints rest on, besides
// the text. Prints of another version do not meet these: an [Index] that outlives
// the program has to make its prints again when it changes. Then [Version] changes
// too.
func PrintsVersion() string { return versions().prints }

var versions = sync.OnceValue(deriveVersions)

func deriveVersions() (v struct{ verdicts, prints string }) {
	words := sha256.New()
	fmt.Fprintf(words, "%q %q %v %v", entries(weights.Stopwords), weights.Phrases, text.Limits(), printsLimits)
	v.prints = named("prints", printsRevision, words)

	all := sha256.New()
	fmt.Fprintf(all, "%s %q %q %v %v", v.prints, entries(weights.Numerals), entries(weights.Roundups), align.Limits(), verdictLimits)
	for _, r := range rules {
		r.why = "" // may be worded better
		fmt.Fprintf(all, " %+v", r)
	}
	for _, r := range secondRules {
		r.why = ""
		fmt.Fprintf(all, " %+v", r)
	}
	v.verdicts = named("dedupe", verdictsRevision, all)
	return v
}

// entries returns a list of words without its comments.
func entries(list string) (out []string) {
	for line := range strings.Lines(list) {
		if line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

func named(what string, revision int, of hash.Hash) string {
	return fmt.Sprintf("%s/%d-%x", what, revision, of.Sum(nil)[:4])
}

// printsLimits are the limits that prints rest on; those of package text apart.
var printsLimits = []any{printRate, minPrints, maxPrints}

// verdictLimits are the other limits that verdicts rest on; those of package align
// and the rules apart. TestVersionCountsLimits holds the lists against the source.
var verdictLimits = []any{
	minShared, minShare, farShare, farSlack, common, sameTexts, maxMisses, maxFar, maxCompared,
	nearDays, DefaultWindow,
	fewestOfKind, leastOther,
	templateChanged, templateClean, templateMany, templateNoisy, longText, cleanText,
	firstNameWords, firstNameDensity, partSpan, partDensity, partWords, backgroundSpan, backgroundBefore, bothSpan, sameWords,
	openingTokens, around, partlySpan, wholeSpan, partlyDensity, newOpening, openingFacts, movedNumbers, nearBoth,
	partShare, sameTopic, pinnedSpan,
}
