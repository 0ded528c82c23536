//go:build !linux

package browser

import "context"

// watchMemory does nothing without /proc: only the heap of scripts is bounded.
func watchMemory(context.Context, int64, func()) (stop func()) { return func() {} }

// endAll does nothing without /proc.
func endAll(string) {}
