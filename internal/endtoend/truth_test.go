package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"winnow/internal/testweb"
)

// shingles are the 4-grams of a text's words, with their counts.
func shingles(text string) map[string]int {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := map[string]int{}
	for i := 0; i+4 <= len(words); i++ {
		out[strings.Join(words[i:i+4], " ")]++
	}
	return out
}

// f1 compares two texts by their shingles, 0 to 1.
func f1(got, want string) float64 {
	a, b := shingles(got), shingles(want)
	both, all := 0, 0
	for s, n := range a {
		both += min(n, b[s])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(both) / float64(all)
}

func TestCorpusIsWhatTheWebHolds(t *testing.T) {
	s := undisturbed(t)
	byURL, kept := map[string]record{}, map[string]string{}
	for _, r := range s.records(t, "--all") {
		url := r["url"].(string)
		if byURL[url] != nil {
			t.Errorf("%s has two records", url)
		}
		byURL[url] = r
		if r["duplicate_of"] == nil {
			kept[r["id"].(string)] = url
		}
	}
	clusters := map[string][]testweb.Truth{}
	var sum float64
	truth := s.web.Truth()
	for _, want := range truth {
		r := byURL[want.URL]
		if r == nil {
			t.Errorf("missing: %s", want.URL)
			continue
		}
		delete(byURL, want.URL)
		f := f1(r["text"].(string), want.Text)
		sum += f
		if f < 0.9 {
			t.Errorf("%s: text F1 %.3f:\n%s\n-- want --\n%s", want.URL, f, r["text"], want.Text)
		}
		fields(t, want, r)
		if want.Cluster != "" {
			clusters[want.Cluster] = append(clusters[want.Cluster], want)
		} else if r["duplicate_of"] != nil {
			t.Errorf("%s (series %q) is dropped as a copy of %s", want.URL, want.Series, kept[r["duplicate_of"].(string)])
		}
	}
	for url, r := range byURL {
		t.Errorf("%s is no story of the web:\n%s", url, r["text"])
	}
	if mean := sum / float64(len(truth)); mean < 0.98 {
		t.Errorf("mean text F1 is %.3f over %d stories", mean, len(truth))
	}
	copies(t, s, clusters)
	noise(t, s)
	quoted(t, s)
}

func fields(t *testing.T, want testweb.Truth, r record) {
	t.Helper()
	for key, value := range map[string]any{"title": want.Title, "date": want.Date, "language": want.Lang} {
		if r[key] != value {
			t.Errorf("%s: %s is %v, want %v", want.URL, key, r[key], value)
		}
	}
	if want.Author != "" {
		authors, _ := r["authors"].([]any)
		if len(authors) != 1 || authors[0] != want.Author {
			t.Errorf("%s: authors are %v, want %s", want.URL, authors, want.Author)
		}
	}
}

// copies checks that of each cluster one story is kept and the rest name it.
func copies(t *testing.T, s *site, clusters map[string][]testweb.Truth) {
	t.Helper()
	byURL := map[string]record{}
	for _, r := range s.records(t, "--all") {
		byURL[r["url"].(string)] = r
	}
	for name, members := range clusters {
		var kept []string
		for _, m := range members {
			if r := byURL[m.URL]; r != nil && r["duplicate_of"] == nil {
				kept = append(kept, m.URL)
			}
		}
		if len(kept) != 1 {
			t.Errorf("of the %d copies of %s %d are kept: %v", len(members), name, len(kept), kept)
		}
	}
}

// noise checks that nothing of the pages' noise came into a file.
func noise(t *testing.T, s *site) {
	t.Helper()
	texts := s.texts(t)
	for _, passage := range s.web.Noise() {
		for path, text := range texts {
			if strings.Contains(text, passage) {
				t.Errorf("%s holds noise: %s", path, passage)
			}
		}
	}
}

// quoted checks that what others quote is in the story that it is from, and
// in no other.
func quoted(t *testing.T, s *site) {
	t.Helper()
	for _, passage := range s.web.Quoted() {
		n := 0
		for _, text := range s.texts(t) {
			n += strings.Count(text, passage)
		}
		if n != 1 {
			t.Errorf("%d files hold what one story says: %s", n, passage)
		}
	}
}

func TestSecondPassAsksOnlyForLists(t *testing.T) {
	s := newSite(t, 4, "")
	s.run(t, "refresh")
	stories := map[string]bool{}
	for _, w := range s.web.Truth() {
		stories[w.URL] = true
	}
	s.web.ForgetRequests()
	s.run(t, "refresh")
	bases := map[string]string{}
	for _, one := range s.web.Sites() {
		bases[one.Key] = strings.TrimSuffix(one.URL, "/")
	}
	for _, r := range s.web.Requests() {
		if stories[bases[r.Site]+r.Path] {
			t.Errorf("a second pass over an unchanged web asks for the story %s%s", r.Site, r.Path)
		}
	}
	if t.Failed() {
		return
	}
	s.web.ForgetRequests()
	s.run(t, "refresh", "--recheck")
	asked, conditional := 0, 0
	for _, r := range s.web.Requests() {
		if stories[bases[r.Site]+r.Path] {
			asked++
			if r.Conditional {
				conditional++
			}
		}
	}
	if asked < len(stories)*9/10 || conditional < asked*95/100 {
		t.Errorf("--recheck asked for %d of %d stories, %d of them conditionally", asked, len(stories), conditional)
	}
}

func TestRobotsAreKeptTo(t *testing.T) {
	s := undisturbed(t)
	first := map[string]bool{}
	for _, r := range s.web.Requests() {
		if r.Path == "/robots.txt" {
			first[r.Site] = true
		} else if !first[r.Site] {
			t.Errorf("%s%s was asked for before robots.txt", r.Site, r.Path)
		}
		if strings.Contains(r.Path, "/internal/") || strings.Contains(r.Path, "/members/") {
			t.Errorf("robots.txt forbids %s%s", r.Site, r.Path)
		}
	}
}

func TestForgetAndChangedStories(t *testing.T) {
	s := newSite(t, 4, "")
	s.run(t, "refresh")
	before := s.texts(t)
	s.web.SetDay(2)
	s.run(t, "refresh", "--recheck") // one site has neither feed nor sitemap: nothing tells of its changes
	changed := 0
	byURL := map[string]record{}
	for _, r := range s.records(t, "--all") {
		byURL[r["url"].(string)] = r
	}
	for _, w := range s.web.Truth() {
		if !w.Changed {
			continue
		}
		changed++
		if r := byURL[w.URL]; r == nil || r["revision"] != 2.0 {
			t.Errorf("%s changed on the second day: its record is %v", w.URL, r)
		}
	}
	if changed == 0 {
		t.Fatal("nothing changed on the second day")
	}
	var victim record
	for _, r := range s.records(t) {
		victim = r
		break
	}
	out := s.run(t, "forget", victim["url"].(string))
	if !strings.Contains(out, victim["id"].(string)) || !strings.Contains(out, "erased from the archive") {
		t.Errorf("forget says:\n%s", out)
	}
	for path := range s.texts(t) {
		if strings.Contains(path, victim["id"].(string)) {
			t.Errorf("%s is still there", path)
		}
	}
	s.web.ForgetRequests()
	s.run(t, "refresh", "--recheck")
	for _, r := range s.records(t, "--all") {
		if r["id"] == victim["id"] {
			t.Error("a forgotten story came back")
		}
	}
	if parts, err := filepath.Glob(filepath.Join(s.dir, "corpus", "jsonl", "*.zst")); err != nil || len(parts) == 0 {
		t.Errorf("no JSON Lines were written: %v", err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "corpus", "README.md")); err != nil {
		t.Error(err)
	}
	if len(before) == 0 {
		t.Error("the first day left no texts")
	}
}
