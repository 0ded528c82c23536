package site

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryStoryIsReachedAndCounted(t *testing.T) {
	s := &Site{Stories: 250, Size: 61 << 10}
	server := httptest.NewServer(s)
	defer server.Close()
	read := func(path string) string {
		r, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	links := func(page, prefix string) (paths []string) {
		for _, part := range strings.Split(page, `href="`)[1:] {
			if path, _, _ := strings.Cut(part, `"`); strings.HasPrefix(path, prefix) {
				paths = append(paths, path)
			}
		}
		return paths
	}
	requests := 1
	for _, section := range links(read("/"), "/section/") {
		for _, story := range links(read(section), "/story/") {
			if page := read(story); len(page) < 60<<10 || len(page) > 62<<10 {
				t.Fatalf("%s has %d bytes, want about 61 KiB", story, len(page))
			}
			requests++
		}
		requests++
	}
	read("/story/250")
	c, err := AskCounts(server.URL)
	if err != nil || c.Stories != 250 || c.Requests != requests+1 {
		t.Errorf("counts %+v, %v; want 250 stories by %d requests", c, err, requests+1)
	}
	if c, err := AskCounts(server.URL); err != nil || c != (Counts{}) {
		t.Errorf("counts %+v, %v after they were asked for; want none", c, err)
	}
}

func TestStoriesAreTheSameAtEveryRunAndDiffer(t *testing.T) {
	a, b := &Site{Stories: 9, Size: 30 << 10}, &Site{Stories: 9, Size: 30 << 10}
	if a.Story(3) != b.Story(3) {
		t.Error("a story differs from itself")
	}
	if a.Story(3) == a.Story(4) {
		t.Error("two stories are the same")
	}
}
