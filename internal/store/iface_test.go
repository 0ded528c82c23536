package store

import (
	"winnow/dedupe"
	"winnow/schedule"
)

var (
	_ schedule.Frontier = (*Store)(nil)
	_ dedupe.Index      = (*Store)(nil)
)
