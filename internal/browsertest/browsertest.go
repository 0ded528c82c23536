// Package browsertest selects the browser for tests that render pages.
//
// The environment variable WINNOW_TEST_CHROMIUM names it: unset, the Chromium of
// the machine is used; a path names another; "off" leaves such tests out. Without
// a browser they are left out too, unless CI=true: then they fail.
package browsertest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

const variable = "WINNOW_TEST_CHROMIUM"

// absent says how to have a browser.
const absent = "there is no Chromium: install it (on Debian: apt-get install chromium), or set " + variable + " to the path of one, or to off"

// Path returns the path of the browser to be used, as find does. It skips the
// test when such tests are to be left out. find is [winnow/crawler/browser.Find]:
// it returns the path for a setting, and an error when there is no browser.
func Path(t testing.TB, find func(string) (string, error)) string {
	t.Helper()
	given := os.Getenv(variable)
	if given == "off" {
		t.Skip(variable + "=off")
	}
	path, err := find(given)
	if err == nil {
		return path
	}
	if given != "" || os.Getenv("CI") == "true" {
		t.Fatal(absent)
	}
	told.Do(func() { fmt.Fprintln(os.Stderr, "tests of rendered pages are skipped:", absent) })
	t.Skip(absent)
	return ""
}

var told sync.Once
