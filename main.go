// Command winnow keeps a corpus of clean news text up to date: it fetches the
// pages of news sites, keeps the story, drops near-identical copies and writes
// text files. README.md tells how to use it.
package main

import (
	"os"

	"winnow/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
