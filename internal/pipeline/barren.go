package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"winnow/crawler"
	"winnow/internal/pipeline/admit"
	"winnow/internal/store/report"
	"winnow/news"
	"winnow/schedule"
)

// A source that can be read and gives no story is as useless as one that fails, and
// shows less. It is reported by what the state holds, so that a pass that finds nothing
// new changes nothing: a source that has stories is reported only when many new pages
// give none.

const (
	// earlyPages is from how many pages on a source is reported that has no story yet
	// and has pages left to fetch.
	earlyPages = 20
	// freshPages is from how many new pages without a story on a source is reported
	// that had stories before.
	freshPages = 10
	// namedReasons is how many reasons a report names.
	namedReasons = 3
)

// barren returns why the source of a run gives no stories, "" when it does, when it
// failed as a whole, or when it is too early to say. late reports that the time of the
// pass was over.
func (p *Pipeline) barren(ctx context.Context, run schedule.Run, one *SourceSummary, late bool) (string, error) {
	if run.Listed || one.Broken {
		return "", nil
	}
	y, err := p.Store.Report.Yield(ctx, run, admit.ByScripts)
	left := late || one.Left.All() > 0
	switch {
	case err != nil:
		return "", err
	case y.Stories:
		y.Rejected = slices.DeleteFunc(y.Rejected, func(c report.Count) bool { return c.Reason == news.KindSection })
		if n := pagesOf(y.Rejected); n >= freshPages && y.Added == 0 {
			return fmt.Sprintf("no story in %d new pages: %s%s", n, reasonsOf(y.Rejected), scriptAdvice(y)), nil
		}
	case y.Pages > 0:
		if onlySections(y.Reasons) && p.sharesHost(run.Source) {
			return "", nil // the stories that they lead to may be the other source's
		}
		if !left || y.Pages >= earlyPages {
			return fmt.Sprintf("no story in %s: %s%s", pageCount(y.Pages), reasonsOf(y.Reasons), scriptAdvice(y)), nil
		}
	case !left && !p.sharesHost(run.Source):
		y.Hinted = 0
		if strings.Contains(y.Start, admit.ByScripts) {
			y.Hinted = 1
		}
		return "no pages: no feed, sitemap or section has a link that include, exclude and max_depth admit" + scriptAdvice(y), nil
	}
	return "", nil
}

// sharesHost reports whether another source has the host of a source's site, and so
// perhaps its pages.
func (p *Pipeline) sharesHost(name string) bool {
	var site string
	for _, s := range p.Sources {
		if s.Name == name {
			site = s.Site
		}
	}
	for _, s := range p.Sources {
		if s.Name != name && (crawler.SameSite(s.Site, site) || s.Scope != nil && s.Scope.HasHost(site)) {
			return true
		}
	}
	return false
}

// onlySections reports whether all pages are lists of others.
func onlySections(counts []report.Count) bool {
	return !slices.ContainsFunc(counts, func(c report.Count) bool { return c.Reason != news.KindSection })
}

func pagesOf(counts []report.Count) (n int64) {
	for _, c := range counts {
		n += c.Pages
	}
	return n
}

func pageCount(n int64) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// reasonsOf names the most frequent reasons, such as "short (9), wall (2)".
func reasonsOf(counts []report.Count) string {
	var named []string
	for _, c := range counts[:min(len(counts), namedReasons)] {
		reason := c.Reason
		if reason == "" {
			reason = "no reason is known"
		}
		named = append(named, fmt.Sprintf("%s (%d)", reason, c.Pages))
	}
	if len(counts) > namedReasons {
		named = append(named, "…")
	}
	return strings.Join(named, ", ")
}

// scriptAdvice returns what may help when the text of pages comes by scripts, "" when
// it does not seem to.
func scriptAdvice(y report.Yield) string {
	if y.Hinted == 0 {
		return ""
	}
	return "; their text may come by scripts: try render: true, or text: feed if its feeds have whole stories"
}
