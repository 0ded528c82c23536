package storetest

import (
	"testing"

	"winnow/schedule"
)

func testRobotsFirst(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/feed", kind(schedule.Feed)))
	task := d.claim(run)
	equal(t, "URL", task.URL, "https://gazette.example/robots.txt")
	equal(t, "kind", task.Kind, schedule.Robots)
	equal(t, "source", task.Source, "gazette")
	d.finishRobots(task)
	equal(t, "after robots.txt", d.claim(run).URL, "https://gazette.example/feed")
}
