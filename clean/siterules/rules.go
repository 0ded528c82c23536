// Package siterules reads and applies rules for single sites, in the format of
// the community's ftr-site-config files: body, title, author, date, strip,
// strip_id_or_class, next_page_link and others.
//
// parse.go reads files, rules.go finds the file of a host, apply.go does what it
// says on a page; xpath.go evaluates expressions within a bound of steps, and
// plain.go the simple ones without the library.
//
// Start with [Load] and give the [Rules] to the extractor's options.
package siterules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Bounds of site files. The largest of the community's two thousand has 20 KB.
const (
	maxSiteFiles = 20000
	maxSiteFile  = 256 << 10 // bytes
	maxSiteLine  = 4096      // bytes
	MaxSiteRules = 500       // a file
)

// Rules are rules for single sites: where a page's text, title, author and
// date stand, and what in it is to go. They are read before pages are cleaned
// and not changed afterwards. The nil value has no rules.
//
// The files are those of the Full-Text RSS project (ftr-site-config):
//
//	# example.com.txt
//	title: //h1[@class='headline']
//	body: //div[@id='story']
//	strip: //div[@id='story']/aside
//	strip_id_or_class: newsletter
//	prune: no
//
// example.com.txt is for example.com and www.example.com, .example.com.txt for
// all other hosts below example.com that have no nearer file.
type Rules struct {
	hosts   map[string]*File // by host without www.
	below   map[string]*File // by the domain that the hosts lie below
	sources map[string]*File // by the page's source
}

// Mistake is a line of a site file that is passed over.
type Mistake struct {
	File string
	Line int // from 1; 0 for the file as a whole
	What string
}

func (m Mistake) Error() string {
	if m.Line == 0 {
		return m.File + ": " + m.What
	}
	return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.What)
}

// Load reads the files of a folder whose names are hosts with .txt
// behind; global.txt, folders and other files are left alone. What is wrong in
// a file is told and passed over; the error means that the folder cannot be
// read.
func Load(dir fs.FS) (*Rules, []Mistake, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, nil, err
	}
	s := &Rules{hosts: map[string]*File{}, below: map[string]*File{}}
	var mistakes []Mistake
	read := 0
	for _, e := range entries {
		host, ok := strings.CutSuffix(strings.ToLower(e.Name()), ".txt")
		domain, below := strings.CutPrefix(host, ".")
		if !ok || e.IsDir() || !strings.Contains(domain, ".") {
			continue
		}
		if read++; read > maxSiteFiles {
			mistakes = append(mistakes, Mistake{File: e.Name(), What: fmt.Sprintf("the folder has more than %d files; this and the rest are not read", maxSiteFiles)})
			break
		}
		text, err := readSiteFile(dir, e.Name())
		if err != nil {
			mistakes = append(mistakes, Mistake{File: e.Name(), What: err.Error()})
			continue
		}
		file, wrong := Parse(e.Name(), 1, text)
		mistakes = append(mistakes, wrong...)
		if below {
			s.below[domain] = file
			continue
		}
		host = strings.TrimPrefix(host, "www.")
		if _, twice := s.hosts[host]; twice {
			mistakes = append(mistakes, Mistake{File: e.Name(), What: "there is another file for " + host + "; this one is not used"})
			continue
		}
		s.hosts[host] = file
	}
	return s, mistakes, nil
}

func readSiteFile(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSiteFile+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSiteFile {
		return "", fmt.Errorf("the file is larger than %d KiB", maxSiteFile>>10)
	}
	return string(text), nil
}

// WithSource gives the rules with those of one source beside them. They go
// before those of the page's host.
func (s *Rules) WithSource(name string, file *File) *Rules {
	out := &Rules{sources: map[string]*File{}}
	if s != nil {
		out.hosts, out.below = s.hosts, s.below
		for k, v := range s.sources {
			out.sources[k] = v
		}
	}
	out.sources[name] = file
	return out
}

// Digest names what the rules say: it changes when a rule of any site does. ""
// is that of no rules.
func (s *Rules) Digest() string {
	if s == nil {
		return ""
	}
	var all []string
	for kind, files := range map[string]map[string]*File{"host": s.hosts, "below": s.below, "source": s.sources} {
		for name, file := range files {
			all = append(all, kind+" "+name+" "+file.digest)
		}
	}
	if len(all) == 0 {
		return ""
	}
	slices.Sort(all)
	return digest(strings.Join(all, "\n"))
}

// find is the rules for a page of a source at an address; nil when there are
// none.
func (s *Rules) find(source, address string) *File {
	if s == nil {
		return nil
	}
	own, host := s.sources[source], s.forHost(address)
	switch {
	case own == nil:
		return host
	case host == nil:
		return own
	}
	return own.before(host)
}

func (s *Rules) forHost(address string) *File {
	u, err := url.Parse(address)
	if err != nil || len(s.hosts)+len(s.below) == 0 {
		return nil
	}
	host := strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), "www.")
	if f := s.hosts[host]; f != nil {
		return f
	}
	for {
		_, domain, ok := strings.Cut(host, ".")
		if !ok {
			return nil
		}
		if f := s.below[domain]; f != nil {
			return f
		}
		host = domain
	}
}

// File is the rules of one site.
type File struct {
	Title, Author, Date, Body []sitePath
	Strip                     []sitePath
	StripNames, StripImages   []siteWord
	NextPage, SinglePage      []sitePath
	Replace                   []siteReplacement
	prune                     siteSwitch
	digest                    string // 8 hex digits of the SHA-256 of the text
}

// siteWord is a part of a class name, an id or an image's address.
type siteWord struct{ at, word string }

// siteReplacement puts one string for another in the page's HTML.
type siteReplacement struct{ at, find, put string }

// siteSwitch is yes, no or, when it is empty, not said.
type siteSwitch string

// before joins two files; what the first says goes before.
func (f *File) before(g *File) *File {
	out := &File{
		Title: slices.Concat(f.Title, g.Title), Author: slices.Concat(f.Author, g.Author),
		Date: slices.Concat(f.Date, g.Date), Body: slices.Concat(f.Body, g.Body),
		Strip: slices.Concat(f.Strip, g.Strip), StripNames: slices.Concat(f.StripNames, g.StripNames),
		StripImages: slices.Concat(f.StripImages, g.StripImages), NextPage: slices.Concat(f.NextPage, g.NextPage),
		SinglePage: slices.Concat(f.SinglePage, g.SinglePage), Replace: slices.Concat(f.Replace, g.Replace),
		prune: f.prune, digest: f.digest + g.digest,
	}
	if out.prune == "" {
		out.prune = g.prune
	}
	return out
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// siteAt names a line for reasons and reports.
func siteAt(file string, line int) string { return fmt.Sprintf("%s:%d", path.Base(file), line) }
