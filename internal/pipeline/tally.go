package pipeline

import (
	"strings"

	"winnow/internal/store/report"
	"winnow/schedule"
)

// Tally counts what a run of a source did in this process.
type Tally struct {
	Pages    int               // pages that came whole
	Same     int               // of them unchanged since the last time
	Stories  int               // pages that hold a story
	Rejected int               // pages that hold none
	Reasons  map[string]int    // of them, by the kind of page or what else the reason begins with
	Refused  int               // of them never requested: robots.txt closes them, or the rules of addresses, ports and schemes
	Failed   int               // URLs given up in this run
	Trouble  string            // what went wrong with the source itself: with its start page, else with robots.txt, a feed, a sitemap or a section; "" for nothing
	Resting  map[string]string // hosts whose robots.txt could not be read, and why; at most maxResting
	Removed  map[string]int    // words cut from stories, by rule

	started bool // Trouble is the start page's
}

// maxResting bounds the hosts that a tally names.
const maxResting = 1000

// count changes the tally of a run.
func (p *Pipeline) count(run string, change func(*Tally)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tally == nil {
		p.tally = map[string]*Tally{}
	}
	t := p.tally[run]
	if t == nil {
		t = &Tally{Removed: map[string]int{}}
		p.tally[run] = t
	}
	change(t)
}

// takeTally returns the tally of a run that has ended, and forgets it.
func (p *Pipeline) takeTally(run string) Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tally[run]
	delete(p.tally, run)
	if t == nil {
		return Tally{}
	}
	return *t
}

// refused counts a URL that is not requested.
func (p *Pipeline) refused(t schedule.Task) { p.count(t.Run, func(tally *Tally) { tally.Refused++ }) }

// report logs an outcome, counts it and calls Watch.
func (p *Pipeline) report(t schedule.Task, o schedule.Outcome) {
	p.Log.Debug("url", "source", t.Source, "url", t.URL, "kind", t.Kind, "state", o.State, "status", o.Status, "reason", o.Reason, "tries", o.Tries)
	p.count(t.Run, func(tally *Tally) { tally.add(t, o) })
	if p.Watch != nil {
		p.watching.Lock()
		defer p.watching.Unlock()
		p.Watch(t, o)
	}
}

// add counts an outcome.
func (t *Tally) add(task schedule.Task, o schedule.Outcome) {
	switch o.State {
	case schedule.SetAside:
		t.Rejected++
		if reason := report.ReasonKind(o.Reason); reason != "" && o.Status != 0 {
			if t.Reasons == nil {
				t.Reasons = map[string]int{}
			}
			t.Reasons[reason]++
		}
	case schedule.Failed:
		t.Failed++
	}
	if o.Story != nil {
		t.Stories++
		for _, r := range o.Story.Story.Removals {
			t.Removed[r.Rule] += len(strings.Fields(r.Text))
		}
	}
	if o.State == schedule.Done && (o.Status == 304 || o.BodySHA != "" && o.BodySHA == task.BodySHA) {
		t.Same++
	}
	if o.Status >= 200 && o.Status < 300 && (task.Kind == schedule.Section || task.Kind == schedule.Article) {
		t.Pages++
	}
	t.noteTrouble(task, o)
}

// noteTrouble keeps what went wrong with the source itself. The start page is
// what a person looks at first: its trouble goes before all other.
func (t *Tally) noteTrouble(task schedule.Task, o schedule.Outcome) {
	if task.Kind == schedule.Robots && o.State == schedule.Done {
		delete(t.Resting, task.Host)
	}
	if o.Reason == "" || o.State == schedule.Done || task.Kind == schedule.Article {
		return
	}
	if task.Kind == schedule.Robots {
		t.rest(task.Host, o.Reason)
	}
	start := task.Kind == schedule.Section && task.Depth == 0
	if start || !t.started {
		t.Trouble = trouble(o.Reason, task.URL)
		t.started = start
	}
}

// rest notes that a host is left alone, and why.
func (t *Tally) rest(host, reason string) {
	if t.Resting == nil {
		t.Resting = map[string]string{}
	}
	if len(t.Resting) < maxResting {
		t.Resting[host] = reason
	}
}

// trouble returns what went wrong with a source, for people.
func trouble(reason, url string) string { return reason + " (" + url + ")" }

// robotsTrouble returns why a robots.txt cannot be read, for people.
func robotsTrouble(err string) string { return "robots.txt: " + err }
