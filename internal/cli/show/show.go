// Package show formats what people read: text of strangers made safe for a
// terminal, counts, times, tables, two texts side by side, and the progress of
// work.
//
//   - text.go: [Line] and [Lines] take out what a terminal would obey; counts and
//     clipped text.
//   - terminal.go: how wide the output is, and whether it is a terminal.
//   - table.go: [Table], which fits the width of a terminal.
//   - comparison.go: [Comparison], two documents side by side.
//   - explanation.go, site.go: the history of a page, and what is known of its site.
//   - screen.go, progress.go: [Screen], standard error with a line of [Progress]
//     at its end.
//
// Nothing here knows a command. What programs read, JSON and JSON Lines, does
// not come through here.
package show
