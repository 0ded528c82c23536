package crawler

import (
	"context"
	"net/url"
	"slices"
	"time"
)

// maxRobotsHops is how many redirects of a robots.txt are followed: RFC 9309,
// section 2.3.1.2.
const maxRobotsHops = 5

// RobotsAnswer is what asking for a robots.txt came to. Give its status and
// body to RobotsFor.
type RobotsAnswer struct {
	Status     int    // of the last answer; 0 when there was none
	Body       []byte // of a 2xx answer, at most 500 KiB and what lies within one line of it
	RetryAfter time.Duration
	Hosts      []string // hosts that were asked, in order, each once: the origin's and those of redirects
}

// FetchRobots asks the origin of a URL ("https://news.example") for its
// robots.txt and follows up to five redirects, with all checks at each hop. An
// answer of any status is no error; the error, an *Error, tells that there was
// no answer, or none that could be used.
func (c *Crawler) FetchRobots(ctx context.Context, r Request) (RobotsAnswer, error) {
	var out RobotsAnswer
	base, err := url.Parse(r.URL)
	if err != nil {
		return out, &Error{Reason: "not a URL", Err: err}
	}
	// Not by Normalize: /robots.txt is asked for as it stands.
	target := (&url.URL{Scheme: base.Scheme, Host: base.Host, Path: "/robots.txt"}).String()
	for hop := 0; ; hop++ {
		if host := HostOf(target); !slices.Contains(out.Hosts, host) {
			out.Hosts = append(out.Hosts, host)
		}
		x := &exchange{crawler: c, site: c.sites[r.Source], request: Request{URL: target, Source: r.Source, Run: r.Run}, accept: acceptRobots, limit: maxRobots + 4<<10, cut: true}
		answer, err := x.run(ctx, x.direct)
		if answer == nil {
			return out, err
		}
		out.Status, out.RetryAfter = answer.Status, answer.RetryAfter
		switch {
		case answer.Page != nil:
			out.Body = answer.Page.Body
			return out, nil
		case answer.Redirect != "" && hop < maxRobotsHops:
			target = answer.Redirect
		case isSuccess(answer.Status):
			return out, err // its body could not be read
		default:
			return out, nil
		}
	}
}
