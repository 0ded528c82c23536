// Package siterules reads and follows rules for single sites, in the format of the
// Full-Text RSS project's ftr-site-config, which the community keeps for some two
// thousand sites:
//
//	# example.com.txt
//	title: //h1[@class='headline']
//	body: //div[@id='story']
//	strip: //div[@id='story']/aside
//	strip_id_or_class: newsletter
//	prune: no
//
// plain.go and xpath.go evaluate XPath expressions within a bound of steps, file.go
// reads the rules of one site, rules.go finds those for a page. body.go finds the
// elements with the text and apply.go follows all the rules, with a Result
// (result.go).
//
// Start with [Load], and set clean.Options.Sites.
package siterules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"
)

// Rules are the rules of all sites. They are read before pages are cleaned and not
// changed afterwards; any number of goroutines may use them. A nil *Rules has no
// rules.
type Rules struct {
	hosts   map[string]*File // by host without "www."
	domains map[string]*File // by domain, for all hosts below it
	sources map[string]*File // by the source of a page
}

// Bounds of a folder of site files.
const (
	maxFiles    = 20000
	maxFileSize = 256 << 10 // bytes
)

// Load reads the site files of a folder. example.com.txt is for example.com and
// www.example.com, .example.com.txt for all hosts below example.com that have no
// nearer file. Other files, such as global.txt, and folders are ignored. Lines and
// files that are wrong are ignored, too, and returned as mistakes. The error is
// that of a folder that cannot be read.
func Load(dir fs.FS) (*Rules, []Mistake, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, nil, err
	}
	s := &Rules{hosts: map[string]*File{}, domains: map[string]*File{}}
	var mistakes []Mistake
	read := 0
	for _, e := range entries {
		host, ok := strings.CutSuffix(strings.ToLower(e.Name()), ".txt")
		domain, below := strings.CutPrefix(host, ".")
		if !ok || e.IsDir() || !strings.Contains(domain, ".") {
			continue
		}
		if read++; read > maxFiles {
			mistakes = append(mistakes, Mistake{File: e.Name(), What: fmt.Sprintf("the folder has more than %d files; this and the rest are not read", maxFiles)})
			break
		}
		text, err := readFile(dir, e.Name())
		if err != nil {
			mistakes = append(mistakes, Mistake{File: e.Name(), What: err.Error()})
			continue
		}
		file, wrong := Parse(e.Name(), 1, text)
		mistakes = append(mistakes, wrong...)
		if below {
			s.domains[domain] = file
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

func readFile(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxFileSize {
		return "", fmt.Errorf("the file is larger than %d KiB", maxFileSize>>10)
	}
	return string(text), nil
}

// WithSource returns the rules with those of one source added, which go before
// those of a page's host. s is not changed and may be nil.
func (s *Rules) WithSource(name string, file *File) *Rules {
	out := &Rules{sources: map[string]*File{}}
	if s != nil {
		out.hosts, out.domains = s.hosts, s.domains
		for k, v := range s.sources {
			out.sources[k] = v
		}
	}
	out.sources[name] = file
	return out
}

// Digest returns a hash that changes when a rule of any site does, "" for no rules.
func (s *Rules) Digest() string {
	if s == nil {
		return ""
	}
	var all []string
	for kind, files := range map[string]map[string]*File{"host": s.hosts, "below": s.domains, "source": s.sources} {
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

// find returns the rules for a page of a source at an address, nil for none.
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
	if err != nil || len(s.hosts)+len(s.domains) == 0 {
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
		if f := s.domains[domain]; f != nil {
			return f
		}
		host = domain
	}
}
