// Package siteprofile learns a site from its own pages, without labels: which
// elements hold its stories, which boxes it repeats from page to page, which texts
// recur, and which lines point to its other stories. With a profile of its site, a
// page is judged better than by itself: what was cut for its place can be brought
// back, and what no rule knows can be cut.
//
// A [Sketch] is what is kept of a page. [Build] makes a [Profile] of the sketches of
// a host; it is a function of their set, of which it uses a [Sample], and of nothing
// else. [Profile.Judge] judges the blocks of a page, in the sample or not.
//
// sketch.go reads a page, part.go the parts of its texts and pointer.go the
// sentences that lead elsewhere. build.go counts what recurs, container.go finds
// where the stories are, box.go measures boxes. judge.go judges a page, others.go
// finds the other stories on it, inner.go cuts within texts. field.go has the short texts
// that may be headline, byline, date or tags; learn.go finds where the site has these,
// learnbyline.go the names of authors, metadata.go reads them on a page.
//
// The words: a unit is a text of the page with the element that holds it; a
// signature is how an element and those around it are named; a container is an
// element that holds stories, an instance one such element on a page; a box is an
// element between a unit and its container.
package siteprofile

// Rule is the ID of the rule by which a profile cuts.
const Rule = "site"

// Profile is what is known of a host. The zero value knows nothing.
type Profile struct {
	pages    int             // in the sample
	digest   uint64          // of the sample
	sampled  map[uint64]bool // hashes of their URLs
	filled   int             // those whose main container holds a story
	oneSite  bool            // the pages are of one site, and have stories
	tokens   map[tagToken]bool
	exact    map[uint64]int32 // key of a text → pages that have it
	masked   map[uint64]int32 // the same without digits
	inside   map[uint64]int32 // key of a text → pages that have it in a container
	amid     map[uint64]int32 // the same, with prose before and after it
	titles   map[uint64]int32 // key of a title → pages whose title it is
	labels   map[uint64]int32 // key of what is before a link → pages that have it
	headline map[uint64]bool  // signatures of the elements that hold a page's own title
	common   map[uint64]int32 // signature → pages that have such an element
	main     []uint64         // signatures of the containers of stories, one for each template
	days     [][]int32        // of publication of the pages that each of these holds the story of, ascending; unknown ones left out
	second   []uint64         // of further ones, for stories in pieces
	boxes    map[uint64]*box  // by signature
	learned  learned

	forms        map[string]addresses // by the form of the address
	outlines     map[string]addresses // by the outline of that
	allAddresses addresses
}

// Pages returns the number of pages that the profile was built from, at most
// [SampleSize].
func (p *Profile) Pages() int {
	if p == nil {
		return 0
	}
	return p.pages
}

// decides reports whether the profile knows enough to judge pages.
func (p *Profile) decides() bool { return p != nil && p.pages >= MinPages && p.oneSite }
