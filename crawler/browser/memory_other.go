//go:build !linux

package browser

import "context"

// watchMemory does nothing: where there is no /proc the heap of scripts alone
// is bounded.
func watchMemory(context.Context, int64, func()) (stop func()) { return func() {} }

func endAll(string) {}
