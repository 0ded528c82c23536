package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"winnow/internal/training"
)

// listsOfSite bounds the lists that are taken of one site of the ground.
const listsOfSite = 40

// groundWeight is that of a story of the ground in training: there are many, and of
// few templates.
const groundWeight = 0.15

// groundStory is what the ground says of a story.
type groundStory struct {
	URL, Template, Text, Form string
}

// ground fetches the stories and lists of the second ground, an invented web on
// loopback whose source is in data/ground2, for one seed. A template is in one fold
// only.
func ground(data, seed, dir string) error {
	program := filepath.Join(dir, "ground2")
	f, err := newFolder(dir)
	if err != nil {
		return err
	}
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = filepath.Join(data, "ground2")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	const control = "http://127.0.0.1:8951"
	run := exec.Command(program, "-set", "a", "-stories", "400", "-seed", seed, "-listen", strings.TrimPrefix(control, "http://"))
	if err := run.Start(); err != nil {
		return err
	}
	defer func() { _ = run.Process.Kill(); _ = run.Wait() }()
	for range 100 {
		if _, _, err = get(control + "/__seeds"); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	if _, _, err := get(control + "/__day?n=2"); err != nil {
		return err
	}
	truth, _, err := get(control + "/__truth")
	if err != nil {
		return err
	}
	return f.harvest(truth, seed)
}

// harvest fetches the pages that the truth of the ground names, and the lists that
// they and other lists link to.
func (f *folder) harvest(truth []byte, seed string) error {
	sites := map[string]string{} // template by base
	var stories []groundStory
	lines := bufio.NewScanner(bytes.NewReader(truth))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var s groundStory
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return err
		}
		if s.Text != "" {
			stories = append(stories, s)
			sites[base(s.URL)] = s.Template
		}
	}
	slices.SortFunc(stories, func(a, b groundStory) int { return strings.Compare(a.URL, b.URL) })
	var templates, bases []string
	for b, t := range sites {
		bases = append(bases, b)
		if !slices.Contains(templates, t) {
			templates = append(templates, t)
		}
	}
	slices.Sort(templates)
	slices.Sort(bases)
	save := func(address, set, kind string, weight float64) ([]byte, error) {
		body, contentType, err := get(address)
		if err != nil {
			return nil, nil // one address of the ground's sitemap is gone
		}
		u, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		fold := slices.Index(templates, sites[base(address)]) % training.Folds
		id := fmt.Sprintf("ground-%s-%x", seed, sha256.Sum256([]byte(u.Hostname()+u.RequestURI())))[:24]
		return body, f.write(training.PageTruth{ID: id, Set: set, URL: address, Kind: kind, ContentType: contentType, Fold: &fold, Weight: weight}, body)
	}
	for _, s := range stories {
		set := "ground story"
		if s.Form == "brief" {
			set = "ground brief"
		}
		if _, err := save(s.URL, set, "story", groundWeight); err != nil {
			return err
		}
	}
	for _, b := range bases {
		queue := []string{"/"}
		for k := 0; k < len(queue) && k < listsOfSite; k++ {
			body, err := save(b+queue[k], "ground list", "section", 0)
			if err != nil {
				return err
			}
			for _, m := range listLinks.FindAllSubmatch(body, -1) {
				if path := strings.TrimPrefix(string(m[1]), b); strings.HasPrefix(path, "/") && !slices.Contains(queue, path) {
					queue = append(queue, path)
				}
			}
		}
	}
	return f.truth.Close()
}

var listLinks = regexp.MustCompile(`href="((?:http://[^"/]+)?/(?:section|tag|author|events|jobs)[^"#]*)"`)

// base returns scheme and host of an address.
func base(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

func get(address string) (body []byte, contentType string, err error) {
	resp, err := http.Get(address)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("%s: %s", address, resp.Status)
	}
	body, err = io.ReadAll(resp.Body)
	return body, resp.Header.Get("Content-Type"), err
}
