package training

import (
	"cmp"
	"slices"

	"winnow/clean/pagemodel"
	"winnow/news"
)

// KindCount is how many pages of one set and one kind were taken for which kind.
type KindCount struct {
	Set, Kind string
	Pages     int
	As        map[string]int // by the kind that they were taken for
	Wrong     []string       // IDs of stories that were refused, and of others that were taken for stories
}

// scores has the scores of all pages by models that have not seen their fold.
type scores [pagemodel.Questions][]int32

// Models returns a model of each fold, learned from the others.
func (s *PageSet) foldModels(o PageSettings) ([]*pagemodel.Model, error) {
	models := make([]*pagemodel.Model, Folds)
	for fold := range models {
		m, err := s.LearnPages(o, [pagemodel.Questions]int32{}, fold)
		if err != nil {
			return nil, err
		}
		models[fold] = m
	}
	return models, nil
}

// CrossValidate judges every page by a model that has not seen its fold. It returns
// the scores from which the answers are yes, as the settings want them, and how
// often each kind was taken for which.
func (s *PageSet) CrossValidate(o PageSettings) (from [pagemodel.Questions]int32, counts []KindCount, err error) {
	models, err := s.foldModels(o)
	if err != nil {
		return from, nil, err
	}
	var all scores
	for q := range all {
		all[q] = make([]int32, len(s.pages))
		for i := range s.pages {
			l := &s.pages[i]
			all[q][i] = models[l.fold].Score(q, &l.features)
		}
	}
	from = s.thresholds(o, &all)
	for i := range s.pages {
		l := &s.pages[i]
		as := news.KindSection
		switch {
		case all[pagemodel.Story][i] >= from[pagemodel.Story]:
			as = news.KindStory
		case all[pagemodel.Forum][i] >= from[pagemodel.Forum]:
			as = news.KindForum
		case all[pagemodel.Product][i] >= from[pagemodel.Product]:
			as = news.KindProduct
		}
		counts = count(counts, l, as)
	}
	return from, counts, nil
}

// thresholds returns the scores from which the answers are yes.
func (s *PageSet) thresholds(o PageSettings, all *scores) (from [pagemodel.Questions]int32) {
	for q := range from {
		var list []int32
		for i := range s.pages {
			yes, ok := answers(q, s.pages[i].kind)
			if ok && s.pages[i].truth.Weight == 0 && (q == pagemodel.Story) == (yes == 1) {
				list = append(list, all[q][i])
			}
		}
		slices.Sort(list)
		switch {
		case len(list) == 0:
		case q == pagemodel.Story:
			from[q] = list[int(float64(len(list))*o.Lost)]
		default:
			from[q] = list[len(list)-1-int(float64(len(list))*o.Wrong)] + 1
		}
	}
	return from
}

// count adds a page to the counts of its set and kind.
func count(counts []KindCount, l *labelledPage, as string) []KindCount {
	set, kind := cmp.Or(l.truth.Set, "all"), cmp.Or(l.kind, "unknown")
	k := slices.IndexFunc(counts, func(c KindCount) bool { return c.Set == set && c.Kind == kind })
	if k < 0 {
		k = len(counts)
		counts = append(counts, KindCount{Set: set, Kind: kind, As: map[string]int{}})
	}
	c := &counts[k]
	c.Pages++
	c.As[as]++
	if (kind == news.KindStory) != (as == news.KindStory) {
		c.Wrong = append(c.Wrong, l.truth.ID)
	}
	return counts
}
