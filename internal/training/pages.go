package training

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"winnow/clean"
	"winnow/clean/blockmodel"
	"winnow/clean/pagemodel"
	"winnow/news"
)

// PageTruth is what is known of the kind of a page.
type PageTruth struct {
	ID          string  `json:"id"`
	Set         string  `json:"dataset"` // the pages that it is counted with; may be empty
	URL         string  `json:"url"`
	Kind        string  `json:"kind"`         // story, section, forum or product; "" see Story
	Type        string  `json:"page_type"`    // the same in other words: listing, collection
	Story       *bool   `json:"story"`        // false where Kind is none of a story; null where nobody can say
	ContentType string  `json:"content_type"` // header of the answer; "" when not known
	Fold        *int    `json:"fold"`         // for cross-validation, 0 to 4; by a hash of the host when missing
	Weight      float64 `json:"weight"`       // in training; 0 means 1
}

// kind returns the kind of a page, "" when it is not known or not one that the model
// is asked for. A truth that states none is that of an article.
func (t *PageTruth) kind(stated bool) string {
	switch {
	case t.Kind != "":
		return t.Kind
	case stated && t.Story == nil:
		return ""
	case !stated || *t.Story:
		return news.KindStory
	case t.Type == "listing" || t.Type == "collection":
		return news.KindSection
	}
	return t.Type
}

// fold returns the fold of a page: the given one, or the sum of the bytes of the
// MD5 of its host, modulo the number of folds.
func (t *PageTruth) fold() int {
	if t.Fold != nil {
		return *t.Fold
	}
	host := t.ID
	if u, err := url.Parse(t.URL); err == nil && u.Host != "" {
		host = strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	}
	sum := 0
	for _, b := range md5.Sum([]byte(host)) {
		sum += int(b)
	}
	return sum % Folds
}

// labelledPage is a page with its features and its kind.
type labelledPage struct {
	truth    PageTruth
	kind     string // "" when it is not known
	fold     int
	features pagemodel.Features
	hash     [sha256.Size]byte
}

// PageSet has pages as examples of kinds to learn from.
type PageSet struct{ pages []labelledPage }

// OpenPages reads the features of the pages in some folders, each with truth.jsonl
// and pages/. Pages whose ID is in except are left out. So are truths without a
// page; no page at all is an error.
func OpenPages(ctx context.Context, dirs []string, except map[string]bool) (*PageSet, error) {
	s, c := &PageSet{}, &Corpus{}
	for _, dir := range dirs {
		truths, err := ReadJSONLines[PageTruth](truthFile(dir))
		if err != nil {
			return nil, err
		}
		stated := slices.ContainsFunc(truths, func(t PageTruth) bool { return t.Kind != "" || t.Type != "" || t.Story != nil })
		for _, t := range truths {
			if file := pageFile(filepath.Join(dir, "pages"), t.ID); file != "" && !except[t.ID] {
				s.pages = append(s.pages, labelledPage{truth: t, kind: t.kind(stated), fold: t.fold()})
				c.Pages = append(c.Pages, Page{Truth{ID: t.ID, URL: t.URL}, file})
			}
		}
	}
	if len(c.Pages) == 0 {
		return nil, fmt.Errorf("%s: no page of a truth.jsonl is here", strings.Join(dirs, ", "))
	}
	x := clean.New(clean.Options{Model: &blockmodel.Model{}})
	d := Dataset{corpus: c}
	err := d.each(ctx, func(p *Page, i int, body []byte) error {
		l := &s.pages[i]
		page := p.page(body)
		if l.truth.ContentType != "" {
			page.Header = http.Header{"Content-Type": {l.truth.ContentType}}
		}
		h := sha256.New()
		fmt.Fprintf(h, "%q %q %q %q %d %g %d\n", p.ID, p.URL, l.kind, l.truth.ContentType, l.fold, l.truth.Weight, len(body))
		h.Write(body)
		h.Sum(l.hash[:0])
		var err error
		l.features, err = x.PageFeatures(ctx, page)
		return err
	})
	return s, err
}

// PageSettings say how the trees of pages are grown, and when the answer is yes.
type PageSettings struct {
	Settings
	Lost  float64 // share of the stories of each fold's pages that may be refused, by models that have not seen them: sets the score from which a page is a story
	Wrong float64 // the same share of pages that are no forum, or no product
}

// DefaultPageSettings were chosen by cross-validation on the project's own pages.
var DefaultPageSettings = PageSettings{
	Settings: Settings{Trees: 400, Leaves: 8, Rate: 0.06, MinMass: 3, Lambda: 4, Rows: 0.7, Columns: 0.3},
	Lost:     0.008, Wrong: 0.01,
}

// answers returns what a page is an example of for a question: 1 for yes, 0 for no;
// ok is false when it is none.
func answers(question int, kind string) (yes float64, ok bool) {
	switch {
	case kind != news.KindStory && kind != news.KindSection && kind != news.KindForum && kind != news.KindProduct:
		return 0, false
	case question == pagemodel.Story:
		return float(kind == news.KindStory), true
	case question == pagemodel.Forum:
		return float(kind == news.KindForum), kind != news.KindStory
	}
	return float(kind == news.KindProduct), kind != news.KindStory
}

func float(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Each page is learned from once more for every part of what is known of it that
// other pages lack, with that part masked. So the model does not lean on one part.
const maskedCopies = pagemodel.Masks

var maskedWeight = 0.1

// grow grows the trees of a question on the pages that use accepts.
func (s *PageSet) grow(question int, settings Settings, use func(l *labelledPage) bool) [][]blockmodel.Node {
	t := &table{columns: make([][]uint8, pagemodel.Count)}
	var mass [2]float64
	add := func(f *pagemodel.Features, yes, weight float64) {
		for c := range t.columns {
			t.columns[c] = append(t.columns[c], f[c])
		}
		t.story, t.weight = append(t.story, yes), append(t.weight, weight)
		mass[int(yes)] += weight
	}
	for i := range s.pages {
		l := &s.pages[i]
		yes, ok := answers(question, l.kind)
		if !ok || !use(l) {
			continue
		}
		weight := l.truth.Weight
		if weight == 0 {
			weight = 1
		}
		add(&l.features, yes, weight)
		for k := range maskedCopies {
			f := l.features.Masked(k)
			add(&f, yes, weight*maskedWeight)
		}
	}
	for i := range t.weight { // yes and no weigh the same, 1 is the average
		t.weight[i] = min(maxWeight, t.weight[i]*float64(len(t.weight))/2/mass[int(t.story[i])])
	}
	return boost(t, settings, runtime.GOMAXPROCS(0))
}

// LearnPages returns a model learned from all folds but some.
func (s *PageSet) LearnPages(o PageSettings, from [pagemodel.Questions]int32, without ...int) (*pagemodel.Model, error) {
	origin := pagemodel.Origin{Without: without, Leaves: o.Leaves, Rate: strconv.FormatFloat(o.Rate, 'g', -1, 64), From: from}
	h := sha256.New()
	use := func(l *labelledPage) bool { return !slices.Contains(without, l.fold) }
	for i := range s.pages {
		l := &s.pages[i]
		if _, ok := answers(pagemodel.Story, l.kind); !ok || !use(l) {
			continue
		}
		h.Write(l.hash[:])
		origin.Pages++
		if l.kind == news.KindStory {
			origin.Stories++
		}
	}
	if origin.Stories == 0 || origin.Stories == origin.Pages {
		return nil, errors.New("nothing to learn from: the pages are all stories, or none is")
	}
	origin.Input = hex.EncodeToString(h.Sum(nil))
	var trees [pagemodel.Questions][][]blockmodel.Node
	for q := range trees {
		trees[q] = s.grow(q, o.Settings, use)
	}
	return pagemodel.New(origin, trees)
}
