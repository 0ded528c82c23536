package clean

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
	maxSiteRules = 500       // a file
)

// SiteRules are rules for single sites: where a page's text, title, author and
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
type SiteRules struct {
	hosts   map[string]*SiteFile // by host without www.
	below   map[string]*SiteFile // by the domain that the hosts lie below
	sources map[string]*SiteFile // by the page's source
}

// SiteMistake is a line of a site file that is passed over.
type SiteMistake struct {
	File string
	Line int // from 1; 0 for the file as a whole
	What string
}

func (m SiteMistake) Error() string {
	if m.Line == 0 {
		return m.File + ": " + m.What
	}
	return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.What)
}

// LoadSiteRules reads the files of a folder whose names are hosts with .txt
// behind; global.txt, folders and other files are left alone. What is wrong in
// a file is told and passed over; the error means that the folder cannot be
// read.
func LoadSiteRules(dir fs.FS) (*SiteRules, []SiteMistake, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, nil, err
	}
	s := &SiteRules{hosts: map[string]*SiteFile{}, below: map[string]*SiteFile{}}
	var mistakes []SiteMistake
	read := 0
	for _, e := range entries {
		host, ok := strings.CutSuffix(strings.ToLower(e.Name()), ".txt")
		domain, below := strings.CutPrefix(host, ".")
		if !ok || e.IsDir() || !strings.Contains(domain, ".") {
			continue
		}
		if read++; read > maxSiteFiles {
			mistakes = append(mistakes, SiteMistake{File: e.Name(), What: fmt.Sprintf("the folder has more than %d files; this and the rest are not read", maxSiteFiles)})
			break
		}
		text, err := readSiteFile(dir, e.Name())
		if err != nil {
			mistakes = append(mistakes, SiteMistake{File: e.Name(), What: err.Error()})
			continue
		}
		file, wrong := ParseSiteFile(e.Name(), 1, text)
		mistakes = append(mistakes, wrong...)
		if below {
			s.below[domain] = file
			continue
		}
		host = strings.TrimPrefix(host, "www.")
		if _, twice := s.hosts[host]; twice {
			mistakes = append(mistakes, SiteMistake{File: e.Name(), What: "there is another file for " + host + "; this one is not used"})
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
func (s *SiteRules) WithSource(name string, file *SiteFile) *SiteRules {
	out := &SiteRules{sources: map[string]*SiteFile{}}
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
func (s *SiteRules) Digest() string {
	if s == nil {
		return ""
	}
	var all []string
	for kind, files := range map[string]map[string]*SiteFile{"host": s.hosts, "below": s.below, "source": s.sources} {
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
func (s *SiteRules) find(source, address string) *SiteFile {
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

func (s *SiteRules) forHost(address string) *SiteFile {
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

// SiteFile is the rules of one site.
type SiteFile struct {
	title, author, date, body []sitePath
	strip                     []sitePath
	stripNames, stripImages   []siteWord
	nextPage, singlePage      []sitePath
	replace                   []siteReplacement
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
func (f *SiteFile) before(g *SiteFile) *SiteFile {
	out := &SiteFile{
		title: slices.Concat(f.title, g.title), author: slices.Concat(f.author, g.author),
		date: slices.Concat(f.date, g.date), body: slices.Concat(f.body, g.body),
		strip: slices.Concat(f.strip, g.strip), stripNames: slices.Concat(f.stripNames, g.stripNames),
		stripImages: slices.Concat(f.stripImages, g.stripImages), nextPage: slices.Concat(f.nextPage, g.nextPage),
		singlePage: slices.Concat(f.singlePage, g.singlePage), replace: slices.Concat(f.replace, g.replace),
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
