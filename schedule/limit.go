package schedule

import (
	"strings"
	"time"
)

// OutOfTimeNote returns the note of a run that its time limit has stopped, in the
// words of the configuration.
func OutOfTimeNote(limit time.Duration) string {
	return "stopped after " + ShortDuration(limit) + ", as max_time says"
}

// ShortDuration returns a duration as it is written in a configuration: 30m, not
// 30m0s.
func ShortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
