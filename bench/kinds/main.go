// Command kinds makes folders of pages whose kind is known, for winnow train --pages.
//
//	go run ./kinds invented DIR
//	go run ./kinds shared DATA DIR
//	go run ./kinds ground DATA SEED DIR
//
// The first writes stories and lists in many markups, in words that mean nothing. The
// others take the pages of the project's data in DATA: real pages, and those of the
// invented web that DATA/ground2 serves. The same command makes the same folder.
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"

	"winnow/internal/training"
)

// perForm is how many invented pages of one markup there are.
const perForm = 30

// inventedWeight is that of an invented page in training.
const inventedWeight = 0.15

func main() {
	log.SetFlags(0)
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 2 && args[0] == "invented":
		err = invented(args[1])
	case len(args) == 3 && args[0] == "shared":
		err = shared(args[1], args[2])
	case len(args) == 4 && args[0] == "ground":
		err = ground(args[1], args[2], args[3])
	default:
		log.Fatal("usage: kinds invented DIR | shared DATA DIR | ground DATA SEED DIR")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// invented writes invented pages. A markup is in one fold only.
func invented(dir string) error {
	f, err := newFolder(dir)
	if err != nil {
		return err
	}
	for k := range 2 * len(teaserForms) * perForm {
		isStory, form := k%2 == 0, k/2%len(teaserForms)
		w := &writer{Rand: rand.New(rand.NewPCG(uint64(k), 1)), script: k / 7 % len(scripts)}
		w.salt = []string{"", "plain", fmt.Sprint("s", k), fmt.Sprint("site", k)}[k/3%4]
		t := training.PageTruth{ID: fmt.Sprintf("invented-%d", k), Set: "invented", Kind: "section", Weight: inventedWeight}
		fold := form % training.Folds
		if isStory {
			t.Kind = "story"
			fold = form % len(storyForms) % training.Folds
		}
		t.Fold = &fold
		var body string
		body, t.URL = w.page(isStory, form)
		if err := f.write(t, []byte(body)); err != nil {
			return err
		}
	}
	return f.truth.Close()
}
