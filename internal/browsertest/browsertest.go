// Package browsertest says which browser the tests use that render pages.
//
// The environment variable WINNOW_TEST_CHROMIUM says what to do: unset, the
// Chromium of the machine is used, and its absence is a failure; a path names
// another; "off" leaves such tests out.
package browsertest

import (
	"os"
	"testing"
)

const variable = "WINNOW_TEST_CHROMIUM"

// Absent is what a test says when there is no browser.
const Absent = "there is no Chromium: install it (on Debian: apt-get install chromium), or set " + variable + " to the path of one, or to off"

// Path gives the path to be used, "" for the browser that is found. It skips
// the test when such tests are off.
func Path(t testing.TB) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "off" {
		t.Skip(variable + "=off")
	}
	return path
}
