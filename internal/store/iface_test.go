package store

import "winnow/schedule"

var _ schedule.Frontier = (*Store)(nil)
