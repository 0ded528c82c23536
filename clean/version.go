package clean

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/blockrules"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/linerules"
	"winnow/clean/internal/wordlists"
	"winnow/clean/pagemodel"
)

// revision counts the states of the cleaner's code. TestRevision fails when the
// result for one of its fixed pages changes and the revision does not.
const revision = 3

// Version returns the name of the cleaner's code, as stories bear it in Extractor.
// It changes whenever the code may make another text, or other metadata, of a page.
func Version() string { return fmt.Sprintf("winnow %d", revision) }

// RulesVersion returns the name of what the cleaner goes by besides its code, as
// stories bear it in Rules: a hash of the rules, the word lists and the models
// that come with the program. With [Version] it says what a text rests on, so that an
// upgraded program makes its stories again.
func RulesVersion() string { return shippedRules() }

var shippedRules = sync.OnceValue(func() string { return rulesVersion(blockmodel.Shipped(), pagemodel.Shipped()) })

// rulesVersion returns RulesVersion for other models.
func rulesVersion(blocks *blockmodel.Model, pages *pagemodel.Model) string {
	h := sha256.New()
	for _, r := range elemrules.Table {
		fmt.Fprintf(h, "%q %q %q %q %v %v %v %v %v\n", r.ID, r.Tags, r.Roles, r.Terms, r.Guard, r.Sum, r.Links, r.Running, r.Outside)
	}
	for _, r := range blockrules.Table {
		fmt.Fprintf(h, "%q %v\n", r.ID, r.Weak)
	}
	for _, r := range linerules.Rules() {
		fmt.Fprintf(h, "%q %q %v %v %v\n", r.ID, r.Section, r.MaxWords, r.Edge, r.Tail)
	}
	_, err := wordlists.All().WriteTo(h)
	if err == nil {
		err = blocks.Write(h)
	}
	if err == nil {
		err = pages.Write(h)
	}
	if err != nil {
		panic(err) // unreachable: a hash takes every byte
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:4])
}
