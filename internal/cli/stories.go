package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"winnow/internal/store"
	"winnow/internal/store/stories"
)

var (
	// idForm is an ID or the beginning of one; fewer digits are too likely a word.
	idForm = regexp.MustCompile(`^[0-9a-f]{4,32}$`)
	// textFile is the name of a story's text file, see [winnow/output.TextPath].
	textFile = regexp.MustCompile(`(?:^|[/\\-])([0-9a-f]{32})\.txt$`)
)

// storyName returns the ID for the beginning of one, with or without "…" after
// it, and for the path of a text file. What is neither, such as a URL, comes
// back as it is. The error is one of several stories with the same beginning.
func (o *opened) storyName(ctx context.Context, name string) (string, error) {
	if m := textFile.FindStringSubmatch(name); m != nil {
		return m[1], nil
	}
	begin := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(name, "…"), "..."))
	if !idForm.MatchString(begin) {
		return name, nil
	}
	ids, err := o.Store.Stories.WithPrefix(ctx, begin, 4)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return name, nil
	case len(ids) > 1:
		return "", fmt.Errorf("several IDs begin with %s: %s; write more of it", begin, strings.Join(ids, ", "))
	}
	return ids[0], nil
}

// story finds a story by a URL, an ID or the beginning of one, or the path of its
// text file. The error is store.ErrNotFound when there is none.
func (o *opened) story(ctx context.Context, name string) (stories.Stored, error) {
	full, err := o.storyName(ctx, name)
	if err != nil {
		return stories.Stored{}, err
	}
	return o.Story(ctx, full)
}

// find is like story for several names. The error names every one that is unknown.
func (o *opened) find(ctx context.Context, names []string) ([]stories.Stored, error) {
	var found []stories.Stored
	var unknown []error
	for _, name := range names {
		s, err := o.story(ctx, name)
		switch {
		case errors.Is(err, store.ErrNotFound):
			unknown = append(unknown, unknownStory(name))
		case err != nil:
			return nil, err
		}
		found = append(found, s)
	}
	return found, errors.Join(unknown...)
}

func unknownStory(name string) error {
	return fmt.Errorf("%s is not the URL, ID or text file of a story here", name)
}
