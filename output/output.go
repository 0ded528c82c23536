// Package output turns stories into files: plain text and JSON Lines.
//
// Start with [NewRecord], which makes the record of a story that every format
// writes. [TextPath] and [Text] lay it out as a text file, [JSONLines] as lines of
// JSON. [Open] returns the [Folder] of a corpus, which writes files so that a
// reader sees them whole or not at all; folder.go has that, manifest.go the list of
// what a run changed, card.go the README.md of the corpus. The files are a
// projection of the state: any of them can be written again, and the same story
// makes the same bytes. Package warc is the archive of pages as fetched, package
// disk has what durable files need.
package output
