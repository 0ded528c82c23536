package cli

import (
	"context"
	"fmt"

	"winnow/clean"
	"winnow/news"
)

// cleanParts joins documents that are the pages of one article. A page of which
// nothing else is told is taken to be where the one before it leads on to.
func (e *env) cleanParts(ctx context.Context, f cleanFlags, x *clean.Extractor, args []string) error {
	var parts []news.Story
	var first document
	err := walk(args, e.stdin, pageEndings, func(d document) error {
		if len(parts) == clean.MaxParts {
			return fmt.Errorf("more than %d documents are no article in parts", clean.MaxParts)
		}
		story, err := f.read(ctx, x, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.path, err)
		}
		if len(parts) == 0 {
			first = d
		}
		parts = append(parts, story)
		f.url = story.NextPage
		return nil
	})
	if err != nil {
		return err
	}
	p := e.cleanPrinter(f, false)
	if err := p.print(cleaned{document: first, story: x.Join(parts, "")}); err != nil {
		return err
	}
	return p.end()
}
