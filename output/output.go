// Package output turns stories into files: plain text, JSON Lines and the
// archive of pages as fetched (output/warc).
//
// NewRecord makes of a story the record that every format writes; TextPath and
// Text lay it out as a text file; Folder puts files in place so that a reader
// sees them whole or not at all. The files are a projection of the state: any
// of them can be written again, and writing the same story twice gives the
// same bytes.
package output
