// Command kinds makes folders of pages whose kind is known, for winnow train --pages.
//
//	go run ./kinds invented DIR
//
// writes stories and lists in many markups, in words that mean nothing. They are
// the same every time.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// perForm is how many invented pages of one markup there are.
const perForm = 30

// weight is that of an invented page in training.
const weight = 0.15

// truth is a line of truth.jsonl.
type truth struct {
	ID          string  `json:"id"`
	Set         string  `json:"dataset"`
	URL         string  `json:"url"`
	Kind        string  `json:"kind"`
	ContentType string  `json:"content_type,omitempty"`
	Fold        int     `json:"fold"`
	Weight      float64 `json:"weight,omitempty"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 || os.Args[1] != "invented" {
		log.Fatal("usage: kinds invented DIR")
	}
	if err := invented(os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// invented writes invented pages. A markup is in one fold only.
func invented(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "pages"), 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "truth.jsonl"))
	if err != nil {
		return err
	}
	lines := json.NewEncoder(f)
	for k := range 2 * len(teaserForms) * perForm {
		isStory, form := k%2 == 0, k/2%len(teaserForms)
		w := &writer{Rand: rand.New(rand.NewPCG(uint64(k), 1)), script: k / 7 % len(scripts)}
		w.salt = []string{"", "plain", fmt.Sprint("s", k), fmt.Sprint("site", k)}[k/3%4]
		t := truth{ID: fmt.Sprintf("invented-%d", k), Set: "invented", Kind: "section", Fold: form % 5, Weight: weight}
		if isStory {
			t.Kind = "story"
			t.Fold = form % len(storyForms) % 5
		}
		var body string
		body, t.URL = w.page(isStory, form)
		if err := os.WriteFile(filepath.Join(dir, "pages", t.ID+".html"), []byte(body), 0o644); err != nil {
			return err
		}
		if err := lines.Encode(t); err != nil {
			return err
		}
	}
	return f.Close()
}
