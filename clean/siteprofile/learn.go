package siteprofile

import (
	"cmp"
	"maps"
	"slices"
)

// learned is what the profile knows of the fields of the site. A place with signature
// 0 is not known.
type learned struct {
	headline place
	byline   place
	frame    frame // around the names in a byline
	date     place
	tags     place
	bylines  int // pages whose story has names at the place of the byline
	dates    int // the same, of dates
	tagged   int
	headed   int
	idle     bool             // the day that pages state for machines is not that of publication
	standing map[uint64]bool  // keys of names that the pages alone have as authors, and that are none
	clocks   map[place]bool   // places of dates that are not those of stories
	lists    map[placed]int32 // pages without a story that have a text at a place
	stories  map[placed]int32 // the same, with a story
}

// placed is a text at a place.
type placed struct {
	at  place
	key uint64
}

// Least numbers of pages, and shares of pages, 0 to 1, from which fields are learned.
const (
	fieldFloor    = 3    // pages with a story and a field at the place
	headlineShare = 0.6  // of the fields at a place, that are the titles of their pages
	bylineShare   = 0.2  // of the stories, that have a byline
	nameShare     = 0.6  // of the fields at a place, that are names
	agreeShare    = 0.5  // of the pages that state authors or a day, where the field has them too
	sameShare     = 0.6  // of the fields at a place, with the same lead or tail
	dateShare     = 0.3  // of the stories, that have a date
	variedShare   = 0.25 // different values among those of the fields at a place
	standingShare = 0.8  // of pages with the same value, which is not that of one story
	maxVariety    = 0.7  // different names among bylines that nothing else marks
	tagShare      = 0.5  // of the fields at a place, that are tags where the page states some
	maxOnLists    = 0.5  // of the values at a place, that lists show as well
)

// maxApart is how many fields are between an author and a date that neither a label nor
// the page's statements mark.
const maxApart = 3

// learnFields learns the places of headline, authors, date and tags from the pages with
// a story.
func (p *Profile) learnFields(views []*view) {
	p.learned = learned{standing: map[uint64]bool{}, clocks: map[place]bool{}, lists: map[placed]int32{}, stories: map[placed]int32{}}
	if !p.decides() {
		return
	}
	var stories []*view
	for _, v := range views {
		on, pages := map[placed]bool{}, p.learned.lists
		if p.isFilled(v) {
			stories = append(stories, v)
			pages = p.learned.stories
		}
		for i := range v.fields {
			f := &v.fields[i]
			on[placed{place{v.sigs[f.elem], 0}, f.key}] = true
		}
		count(pages, on)
	}
	if len(stories) < fieldFloor {
		return
	}
	p.learnHeadline(stories, teasersOf(views))
	p.learnDate(stories)
	p.learnByline(stories)
	p.learnTags(stories)
	p.learnStanding(stories)
}

// places returns the places of fields on pages, in an order that depends on the pages
// alone.
func places(views []*view) []place {
	on := map[place]bool{}
	for _, v := range views {
		for i := range v.fields {
			f := &v.fields[i]
			on[place{v.sigs[f.elem], 0}] = true
			on[place{v.sigs[f.elem], f.nth}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(on), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.nth, b.nth), cmp.Compare(a.sig, b.sig))
	})
}

// teaser is a text that leads to a page.
type teaser struct{ page, text uint64 }

// teasersOf returns the texts by which pages lead to others.
func teasersOf(views []*view) map[teaser]bool {
	all := map[teaser]bool{}
	for _, v := range views {
		for i := range v.units {
			if u := &v.units[i]; u.target != 0 {
				all[teaser{u.target, u.exact}] = true
			}
		}
	}
	return all
}

// learnHeadline finds the place whose first field is the title of its page, or the text
// of links to it.
func (p *Profile) learnHeadline(stories []*view, teasers map[teaser]bool) {
	best := 0.0
	for _, at := range places(stories) {
		pages, titles := 0, 0
		values := map[uint64]bool{}
		for _, v := range stories {
			i := slices.IndexFunc(v.fields, func(f field) bool { return v.fieldIs(&f, at) })
			if i < 0 {
				continue
			}
			pages++
			if f := &v.fields[i]; f.forms&FormTitle != 0 && p.titles[f.key] <= maxTitlePages || teasers[teaser{v.self, f.key}] {
				titles++
				values[f.key] = true
			}
		}
		share := float64(titles) / float64(max(1, pages))
		if titles < fieldFloor || share < headlineShare || 2*len(values) < titles {
			continue
		}
		if score := share * float64(titles); score > best {
			best = score
			p.learned.headline, p.learned.headed = at, pages
		}
	}
}

// learnDate finds the place of the dates of publication: they vary from page to page,
// agree with what pages state for machines, and are not those of the fetch.
func (p *Profile) learnDate(stories []*view) {
	best := 0.0
	for _, at := range places(stories) {
		t := p.countDays(stories, at)
		if t.pages < fieldFloor || float64(t.pages) < dateShare*float64(len(stories)) {
			continue
		}
		agree := t.agree >= fieldFloor && float64(t.agree) >= agreeShare*float64(t.stated)
		if float64(t.same) >= standingShare*float64(t.pages) || t.fetched >= fieldFloor && !agree && float64(t.now) >= standingShare*float64(t.fetched) {
			p.learned.clocks[at] = true
			continue
		}
		if float64(t.days) < variedShare*float64(t.pages) || t.stated >= fieldFloor && !agree && !t.idle {
			continue
		}
		score := float64(t.pages) + float64(t.behind)/2
		if agree {
			score += float64(t.agree) * 2
		}
		if t.nth > 0 {
			score *= 0.95
		}
		if score > best {
			best = score
			p.learned.date, p.learned.dates, p.learned.idle = at, t.pages, t.idle
		}
	}
}

// dayCounts are the pages with a date at a place.
type dayCounts struct {
	pages   int
	behind  int // behind the headline
	days    int // different ones
	same    int // with the most frequent day
	stated  int // that state a day for machines
	agree   int // whose date is this day
	fetched int // of which the day of the fetch is known
	now     int // whose date is that day
	nth     int32
	idle    bool // the days that the pages state are few, and not those at the place
}

func (p *Profile) countDays(stories []*view, at place) dayCounts {
	t := dayCounts{nth: at.nth}
	days, stated := map[int32]int{}, map[int32]bool{}
	statedNow := 0
	for _, v := range stories {
		i := p.nearest(v, func(f *field) bool { return f.day != 0 && v.fieldIs(f, at) })
		if i < 0 {
			continue
		}
		day := v.fields[i].day
		t.pages++
		days[day]++
		t.same = max(t.same, days[day])
		if i > p.head(v) {
			t.behind++
		}
		if v.stated != 0 {
			t.stated++
			stated[v.stated] = true
			if day == v.stated || day == v.stated-1 || day == v.stated+1 { // another zone
				t.agree++
			}
			if v.stated == v.fetched {
				statedNow++
			}
		}
		if v.fetched != 0 {
			t.fetched++
			if day == v.fetched {
				t.now++
			}
		}
	}
	t.days = len(days)
	t.idle = t.stated >= minIdle && float64(t.agree) < (1-standingShare)*float64(t.stated) &&
		(float64(len(stated)) < (1-standingShare)*float64(t.stated) || float64(statedNow) >= standingShare*float64(t.stated))
	return t
}

// minIdle is the number of pages from which what they state is known not to be of their
// stories.
const minIdle = 5

// stands reports whether nearly all stories of the site have the text of a field at its
// place.
func (p *Profile) stands(v *view, f *field) bool {
	n := p.learned.stories[placed{place{v.sigs[f.elem], 0}, f.key}]
	return n >= fieldFloor && float64(n) >= standingShare*float64(p.filled)
}

// learnTags finds the place of the tags: it has those that pages state for machines, or
// links to pages of topics.
func (p *Profile) learnTags(stories []*view) {
	best := 0.0
	for _, at := range places(stories) {
		if at.nth != 0 {
			continue
		}
		pages, fields, tags, topics := 0, 0, 0, 0
		stating := 0 // fields on pages where one is a stated tag
		values := map[uint64]bool{}
		for _, v := range stories {
			n, stated := 0, 0
			for i := range v.fields {
				f := &v.fields[i]
				if !v.fieldIs(f, at) {
					continue
				}
				n++
				values[f.key] = true
				if f.forms&FormTag != 0 {
					stated++
				}
				if f.forms&FormTopic != 0 {
					topics++
				}
			}
			if n > 0 {
				pages++
			}
			if fields += n; stated > 0 {
				stating += n
			}
			tags += stated
		}
		agree := tags >= fieldFloor && float64(tags) >= tagShare*float64(stating)
		if pages < fieldFloor || len(values) < fieldFloor || !agree && float64(topics) < standingShare*float64(fields) || float64(len(values)) < variedShare*float64(pages) {
			continue
		}
		if score := float64(fields + 2*tags); score > best && fields > pages {
			best = score
			p.learned.tags, p.learned.tagged = at, pages
		}
	}
}

// learnStanding finds the names that nearly all stories have as authors when they are
// read alone, and that the pages do not print, while the byline has others.
func (p *Profile) learnStanding(stories []*view) {
	if p.learned.byline.sig == 0 {
		return
	}
	pages, other := map[uint64]int{}, map[uint64]int{}
	for _, v := range stories {
		i := p.nearest(v, func(f *field) bool { return p.isByline(v, f) })
		if i < 0 {
			continue
		}
		printed := p.prints(v, FormAlone)
		for _, name := range v.authors {
			pages[name]++
			if !printed {
				other[name]++
			}
		}
	}
	for name, n := range pages {
		if n >= fieldFloor && float64(n) >= standingShare*float64(len(stories)) && float64(other[name]) >= standingShare*float64(n) {
			p.learned.standing[name] = true
		}
	}
}

// prints reports whether a page has a field of a form that lists of stories do not have at
// its place.
func (p *Profile) prints(v *view, form FieldForms) bool {
	return slices.ContainsFunc(v.fields, func(f field) bool {
		n := p.learned.lists[placed{place{v.sigs[f.elem], 0}, f.key}]
		return f.forms&form != 0 && (n < fieldFloor || float64(n) < standingShare*float64(p.pages-p.filled))
	})
}

// isElsewhere reports whether nearly all pages of the site have the text of a field, but
// most not at its place: it is one of a menu.
func (p *Profile) isElsewhere(v *view, f *field) bool {
	n, at := p.exact[f.key], placed{place{v.sigs[f.elem], 0}, f.key}
	return float64(n) >= standingShare*float64(p.pages) && 2*(p.learned.stories[at]+p.learned.lists[at]) < n
}
