package crawler

import (
	"context"
	"time"

	"winnow/crawler/robotstxt"
)

// MaxRobotsHops is how many redirects of a robots.txt are to be followed: RFC
// 9309, section 2.3.1.2. Beyond them the site has no robots.txt.
const MaxRobotsHops = 5

// RobotsAnswer is the answer to a request for a robots.txt. Unless Redirect is
// followed, status and body are for [robotstxt.FromAnswer].
type RobotsAnswer struct {
	Status     int           // 0 when there was no answer
	Body       []byte        // of a 2xx answer: robotstxt.MaxBody bytes and a little more at most
	Redirect   string        // target of a redirect, normalised; "" for none
	RetryAfter time.Duration // that the server asked for, 0 to MaxRetryAfter
}

// FetchRobots fetches a robots.txt, or the target of a redirect of one. Like
// Fetch it returns redirects without following them: that is another request,
// perhaps to another host. Answers of any status are returned without an error;
// an *Error means that there was no answer, or that it could not be read.
func (c *Crawler) FetchRobots(ctx context.Context, r Request) (RobotsAnswer, error) {
	x := &exchange{crawler: c, site: c.sites[r.Source], request: Request{URL: r.URL, Source: r.Source, Run: r.Run}, accept: acceptRobots, limit: robotstxt.MaxBody + 4<<10, cut: true}
	answer, err := x.run(ctx, x.direct)
	if answer == nil {
		return RobotsAnswer{}, err
	}
	out := RobotsAnswer{Status: answer.Status, Redirect: answer.Redirect, RetryAfter: answer.RetryAfter}
	if out.Redirect == r.URL {
		out.Redirect = "" // it leads nowhere
	}
	if answer.Page != nil {
		out.Body = answer.Page.Body
	} else if isSuccess(answer.Status) {
		return out, err // its body could not be read
	}
	return out, nil
}

// followRobots is FetchRobots with up to MaxRobotsHops redirects, one immediately
// after the other. It is for what a page loads while it is rendered.
func (c *Crawler) followRobots(ctx context.Context, r Request) (RobotsAnswer, error) {
	for hop := 0; ; hop++ {
		answer, err := c.FetchRobots(ctx, r)
		if err != nil || answer.Redirect == "" || hop == MaxRobotsHops {
			return answer, err
		}
		r.URL = answer.Redirect
	}
}
