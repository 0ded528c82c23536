// Package input reads what is named on the command line: files, folders and
// standard input, compressed or not.
//
//   - documents.go: [Walk] finds the documents of arguments, each a page or a
//     text; [Document.Read] reads one.
//   - records.go: [Open] reads records, JSON Lines, from files and folders as one
//     stream that knows where each line came from.
//   - record.go: [Find] reads one document to be compared.
//   - stoppable.go: [Stoppable], standard input that a signal ends.
//
// Errors name no file: callers put the name that the user wrote before them.
package input
