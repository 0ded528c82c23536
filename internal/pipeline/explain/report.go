package explain

import (
	"time"

	"winnow/news"
	"winnow/schedule"
)

// Explanation is the history of a URL, or of a story, as far as it is known.
type Explanation struct {
	Asked   string        `json:"asked"`
	Refused string        `json:"refused"` // why a URL that is not known would not be followed; "" for one that is
	URLs    []URLHistory  `json:"urls"`    // the URL itself; then the page that its story was read from, when that is another
	Story   *StoryHistory `json:"story"`   // nil when there is none
	Page    *Page         `json:"page"`    // what the archived page holds; nil when it is not archived
}

// URLHistory is how a URL was found and what its fetches came to.
type URLHistory struct {
	URL       string         `json:"url"`
	Source    string         `json:"source"`
	Kind      schedule.Kind  `json:"kind"`
	FoundIn   string         `json:"found_in"` // URL of a page, feed or sitemap; or "list", "configuration", a file
	Depth     int            `json:"depth"`    // links from the site's start
	Hint      news.Hint      `json:"hint"`     // what a feed or a sitemap says of it
	Redirects []string       `json:"redirects"`
	Robots    Robots         `json:"robots"`
	State     schedule.State `json:"state"`
	Reason    string         `json:"reason"`
	Due       time.Time      `json:"due,omitzero"` // next try or revisit
	Attempts  []Attempt      `json:"attempts"`
	Copies    []string       `json:"copies"` // in the archive, FILE:OFFSET
}

// Robots is what robots.txt says of a URL.
type Robots struct {
	Allowed bool          `json:"allowed"`
	Asked   time.Time     `json:"asked,omitzero"` // when it was last read; zero for never
	Status  int           `json:"status"`
	Error   string        `json:"error"` // of the last failure to read it
	Delay   time.Duration `json:"-"`     // Crawl-delay
}

// Attempt is one request for a URL.
type Attempt struct {
	At     time.Time      `json:"at"`
	Status int            `json:"status"` // 0: nothing was requested, or nothing answered
	State  schedule.State `json:"state"`
	Reason string         `json:"reason"`
	Target string         `json:"redirects_to"`
}

// StoryHistory is a story with what became of it.
type StoryHistory struct {
	ID        string       `json:"id"`
	Title     string       `json:"title"`
	Date      string       `json:"date"`
	Page      string       `json:"page"`      // URL that it was read from
	Canonical string       `json:"canonical"` // URL that it is published under
	Names     []string     `json:"names"`     // all URLs that mean it
	Words     int          `json:"words"`
	Crawled   time.Time    `json:"crawled"`
	Changed   time.Time    `json:"changed"`
	Gone      time.Time    `json:"gone,omitzero"`
	Revision  int64        `json:"revision"`
	Revisions []Revision   `json:"revisions"` // earlier ones
	Parts     []string     `json:"parts"`     // URLs of the pages of an article in parts, in order
	Missing   string       `json:"missing"`   // why a part of it is not here; "" when none is missing
	Figures   []string     `json:"figures"`   // its marks, and what each rests on
	Judged    bool         `json:"judged"`    // settled since it last changed
	Verdict   news.Verdict `json:"verdict"`
	KeptURL   string       `json:"kept_url"` // of the story that is kept instead
	File      string       `json:"file"`     // below the corpus; "" none
}

// Revision is an earlier text of a story.
type Revision struct {
	Revision int64     `json:"revision"`
	Crawled  time.Time `json:"crawled"`
	Words    int       `json:"words"`
	Archived string    `json:"archived"` // FILE:OFFSET
}

// Page is what an archived page holds, by the cleaner and the rules of now.
type Page struct {
	Archived string         `json:"archived"` // FILE:OFFSET
	Rendered bool           `json:"rendered"` // by a browser; as fetched it was another page
	Feed     string         `json:"feed"`     // URL of the feed that the text is from; "" for a page
	Kind     string         `json:"kind"`
	Why      string         `json:"why"`
	Marks    []string       `json:"marks"`
	Figures  []string       `json:"figures"` // what each mark rests on
	Words    int            `json:"words"`
	BySite   []Fact         `json:"by_site"` // metadata that the profile of the site has changed
	Removals []news.Removal `json:"removals"`
}

// Fact is one of the metadata of a story.
type Fact struct {
	Field string `json:"field"` // as in records
	Value string `json:"value"` // "" for one that was withdrawn
	Why   string `json:"why"`
}
