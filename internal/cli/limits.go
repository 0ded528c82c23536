package cli

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"winnow/internal/config"
	"winnow/schedule"
)

// limits are the bounds of one pass that its command names.
type limits struct {
	time    *time.Duration // nil: as configured
	perHost uint
}

func (l *limits) timeFlag(c *cobra.Command) {
	c.Flags().Var((*timeLimit)(l), "max-time", "make no new request after this time, such as 30m; what came by then is written (default fetch.max_time)")
}

func (l *limits) hostFlag(c *cobra.Command) {
	c.Flags().UintVar(&l.perHost, "max-pages-per-host", 0, "pages of a list fetched from each host in this call; 0 is no limit")
}

// set puts the bounds in place of the configured ones.
func (l *limits) set(o *opened) {
	if l.time != nil {
		o.Options.MaxTime, o.importer.Options.MaxTime = *l.time, *l.time
	}
	o.Options.MaxPagesPerHost = int(min(l.perHost, math.MaxInt32))
}

// timeLimit is limits.time as a flag, written as in the configuration.
type timeLimit limits

func (l *timeLimit) Set(text string) error {
	d, err := config.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%w; write e.g. 30m or 2h", err)
	}
	l.time = &d
	return nil
}

func (l *timeLimit) String() string {
	if l.time == nil {
		return ""
	}
	return schedule.ShortDuration(*l.time)
}

func (l *timeLimit) Type() string { return "time" }

// takeOverFlag adds the flag by which a corpus and a state are joined that do not
// belong to each other yet, see [corpus.Keeper.Attach].
func takeOverFlag(c *cobra.Command, takeOver *bool) {
	c.Flags().BoolVar(takeOver, "take-over", false, "write to a corpus that belongs to another state, or begin a second one")
}
