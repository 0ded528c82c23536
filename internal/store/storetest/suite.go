// Package storetest is the contract of internal/store as a test suite, which
// runs on every database that the store supports.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// day is the morning on which the tests' clocks start.
var day = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// Run runs the suite. fresh returns the DSN of an empty state.
func Run(t *testing.T, fresh func(testing.TB) string) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, string)
	}{
		{"robots come first", testRobotsFirst},
		{"robots fail", testRobotsFail},
		{"robots by scheme", testRobotsByScheme},
		{"robots hops", testRobotsHops},
		{"a robots hop takes the other host's slot", testRobotsHopTakesSlot},
		{"a robots hop to a host that rests", testRobotsHopToRestingHost},
		{"a robots hop that comes late", testLateRobotsHop},
		{"order within a host", testOrder},
		{"hosts take turns", testHostsTakeTurns},
		{"busy", testBusy},
		{"busy for two reasons", testBusyTwice},
		{"fencing", testFencing},
		{"late finish", testLateFinish},
		{"finish and claim", testFinishAndClaim},
		{"writes together", testWritesTogether},
		{"release", testRelease},
		{"pace outlives the process", testPace},
		{"pause outlives the process", testPause},
		{"max pages", testMaxPages},
		{"max pages in progress", testMaxPagesInProgress},
		{"newest first", testNewestFirst},
		{"max pages per host", testMaxPagesPerHost},
		{"hosts that fail", testHostsThatFail},
		{"hosts that rest beyond patience", testBeyondPatience},
		{"pages found by others", testFoundByOthers},
		{"rest of a batch", testRestOfABatch},
		{"slower than patience", testSlowerThanPatience},
		{"new runs fill new batches", testNewRunsFillNewBatches},
		{"batches are bounded", testBatchesAreBounded},
		{"listed URLs apart", testListedApart},
		{"runs see their own work", testRunFilter},
		{"a host with one worker", testExclusive},
		{"one story from many hosts", testOneStoryFromTwoHosts},
		{"merge rules", testMergeRules},
		{"hint of a page that was read", testHintOfReadPage},
		{"an alias is not requested", testAliasIsNotRequested},
		{"lists", testAddListed},
		{"invalid text", testInvalidText},
		{"runs", testRuns},
		{"recheck joins", testRecheckJoins},
		{"tries start again", testTriesStartAgain},
		{"progress", testProgress},
		{"validators", testValidators},
		{"kind of page", testKindOfPage},
		{"story", testStory},
		{"revisions", testRevisions},
		{"revisits adapt", testRevisits},
		{"site rules that find nothing", testSiteMisses},
		{"sample of a site", testSample},
		{"profile of a site", testProfiled},
		{"texts of feeds are a site", testSketchOfAFeed},
		{"names", testNames},
		{"beginnings of IDs", testPrefix},
		{"stories that are one", testFold},
		{"paging", testPaging},
		{"settle lease", testSettleLease},
		{"outbox", testOutbox},
		{"outbox replaced", testOutboxReplaced},
		{"settled late", testSettleLate},
		{"replace", testReplace},
		{"edges", testEdges},
		{"overrides", testOverrides},
		{"overrides come in time", testOverrideInTime},
		{"index", testIndex},
		{"index of two processes", testIndexOfTwo},
		{"erased from the archive", testErased},
		{"forget", testForget},
		{"forgotten stays forgotten", testForgottenStays},
		{"forget a page in progress", testForgetInProgress},
		{"history of a URL", testHistory},
		{"attempts are bounded", testAttemptsAreBounded},
		{"failures", testFailures},
		{"unreachable hosts", testUnreachableHosts},
		{"waiting", testWaiting},
		{"unchanged pages stay set aside", testUnchangedStaysSetAside},
		{"pages from files", testImport},
		{"settings", testSettings},
		{"settings of sources", testSourceSettings},
		{"sources that were renamed", testAdopt},
		{"sources that reach further", testReach},
		{"edges of equal texts", testEqualTexts},
		{"articles in parts", testParts},
		{"parts that are found late", testLateParts},
		{"re-clean queue", testRecleanQueue},
		{"stories taken out", testTakenOut},
		{"texts of feeds", testFeedTexts},
		{"files of the corpus", testCorpusFiles},
		{"pages lost from the archive", testArchiveLost},
		{"state and corpus", testOwnership},
		{"looks without a story", testLooks},
		{"turns of runs", testTurns},
		{"copies of a state", testCopy},
		{"dead URLs are pruned", testPrune},
		{"a clock that was ahead", testClock},
		{"feeds that are not due", testFeedsThatAreNotDue},
		{"redirects", testMoved},
		{"revision by a part", testReviseByPart},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, fresh(t))
		})
	}
	for _, test := range []struct {
		name string
		run  func(*testing.T, func() string) // needs several states
	}{
		{"hosts of a source", testHostsOfASource},
		{"merge in any order", testMergeInAnyOrder},
		{"known links", testKnownLinks},
		{"changed pages", testChangedPages},
		{"ranks", testRanks},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, func() string { return fresh(t) })
		})
	}
}

// desk is a worker with a state open, with its own clock.
type desk struct {
	*store.Store
	t   testing.TB
	ctx context.Context
	now time.Time
}

func open(t testing.TB, dsn string) *desk { return openAs(t, dsn, store.Options{}) }

func openAs(t testing.TB, dsn string, o store.Options) *desk {
	t.Helper()
	s, err := store.Open(context.Background(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &desk{Store: s, t: t, ctx: context.Background(), now: day}
}

// ok fails the test on an error.
func (d *desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// link returns a link to an article on a host, unless the options say otherwise.
func link(host, path string, options ...func(*schedule.Link)) schedule.Link {
	l := schedule.Link{URL: "https://" + host + path, Host: host, Source: "gazette", Kind: schedule.Article, Depth: 1}
	for _, option := range options {
		option(&l)
	}
	return l
}

func kind(k schedule.Kind) func(*schedule.Link) { return func(l *schedule.Link) { l.Kind = k } }
func source(name string) func(*schedule.Link)   { return func(l *schedule.Link) { l.Source = name } }

func hint(h news.Hint) func(*schedule.Link) { return func(l *schedule.Link) { l.Hint = h } }

// begin begins a run of the source "gazette" with these seeds.
func (d *desk) begin(seeds ...schedule.Link) schedule.Run {
	d.t.Helper()
	return d.beginSpec(store.RunSpec{Source: "gazette", Seeds: seeds})
}

func (d *desk) beginSpec(spec store.RunSpec) schedule.Run {
	d.t.Helper()
	run, err := d.BeginRun(d.ctx, spec, d.now)
	d.ok(err)
	return run
}

// claim claims a task; there must be one.
func (d *desk) claim(runs ...schedule.Run) schedule.Task {
	d.t.Helper()
	task, err := d.Claim(d.ctx, schedule.Filter{Runs: runs}, d.now)
	d.ok(err)
	return task
}

// next claims a task that is not for robots.txt; it finishes those for robots.txt.
func (d *desk) next(runs ...schedule.Run) schedule.Task {
	d.t.Helper()
	for {
		task := d.claim(runs...)
		if task.Kind != schedule.Robots {
			return task
		}
		d.finishRobots(task)
	}
}

func (d *desk) finishRobots(task schedule.Task) {
	d.t.Helper()
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: d.now}}))
}

// countDirty returns the number of stories that are to be settled.
func (d *desk) countDirty() (int64, error) {
	dirty, err := d.Stories.Dirty(d.ctx, "", 1000)
	return int64(len(dirty)), err
}

// done returns the outcome of a page that was read.
func (d *desk) done(links ...schedule.Link) schedule.Outcome {
	return schedule.Outcome{State: schedule.Done, Status: 200, At: d.now, BodySHA: "00", Links: links}
}

// story returns a story with a text of the words.
func story(url, text string) news.Story {
	return news.Story{URL: url, Title: "On " + text, Hostname: "gazette.example", Source: "gazette", Date: "2026-03-01", Language: "en",
		Kind: news.KindStory, Blocks: []news.Block{{Kind: news.Paragraph, Text: text}}}
}

// found returns the outcome of a page with a story.
func (d *desk) found(url, text string, prints []uint64, aliases ...string) schedule.Outcome {
	o := d.done()
	if len(aliases) == 0 {
		aliases = []string{url}
	}
	o.Story = &schedule.Found{Story: story(aliases[len(aliases)-1], text), Prints: prints, Aliases: aliases}
	o.Archived = &schedule.Archived{File: "a.warc.gz", Offset: int64(len(url))}
	return o
}

// read puts a page with a story into the state, in a separate run.
func (d *desk) read(l schedule.Link, make func(schedule.Task) schedule.Outcome) {
	d.t.Helper()
	run := d.beginSpec(store.RunSpec{Source: l.Source, Seeds: []schedule.Link{l}})
	for {
		task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
		d.ok(err)
		if task.Kind == schedule.Robots {
			d.finishRobots(task)
			continue
		}
		if task.URL != l.URL {
			d.t.Fatalf("claimed %s, want %s", task.URL, l.URL)
		}
		d.ok(d.Finish(d.ctx, task, make(task)))
		break
	}
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func article(i int) string { return fmt.Sprintf("/a/%03d", i) }
