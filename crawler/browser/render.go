package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Render returns the document of the page, as HTML, after its scripts have run:
// when nothing is being loaded and the time of Options.Budget has passed. That is
// virtual time: it stops while something is loaded and otherwise runs as fast as
// it can, so that the result does not depend on the machine.
//
// The error is ErrNoBrowser, ErrTooLarge, ErrMemory, ErrTimeout at the deadline
// of ctx, or another failure of the browser. After an error the process is ended;
// the next page starts another.
func (b *Browser) Render(ctx context.Context, p Page, load Loader) (html []byte, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := b.start(); err != nil {
		return nil, err
	}
	b.pages++
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer watchMemory(b.ctx, b.options.Memory, func() { cancel(ErrMemory) })()

	tab, leave := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	defer context.AfterFunc(ctx, leave)()
	html, err = (&visit{page: p, load: load, ctx: ctx, options: b.options, wake: make(chan struct{}, 1), rested: make(chan struct{})}).run(tab)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		if err = cause; errors.Is(cause, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: %w", ErrTimeout, cause)
		}
	}
	if err != nil {
		b.end()
		return nil, err
	}
	return html, chromedp.Cancel(tab)
}

// visit is one page in the browser.
type visit struct {
	page    Page
	load    Loader
	ctx     context.Context
	options Options

	mu     sync.Mutex
	queue  []any         // events to handle, in order
	wake   chan struct{} // has a value when the queue is not empty
	rested chan struct{} // closed when the page's time is over
	over   bool          // rested is closed

	given    bool // the browser has the page itself
	requests int
}

// run loads the page in the tab and returns its document.
func (v *visit) run(tab context.Context) (html []byte, err error) {
	if err := chromedp.Listen(tab, v.event); err != nil {
		return nil, err
	}
	frame, err := v.prepare(tab)
	if err != nil {
		return nil, err
	}
	working, stop := context.WithCancel(tab)
	var worker sync.WaitGroup
	worker.Go(func() { v.work(working, frame) })
	defer worker.Wait()
	defer stop()
	nav, err := chromedp.Call(tab, page.Navigate, page.NavigateParams{URL: v.page.URL})
	if err != nil {
		return nil, err
	}
	if nav.ErrorText != "" {
		return nil, fmt.Errorf("the browser does not take the page: %s", nav.ErrorText)
	}
	budget := float64(v.options.Budget / time.Millisecond)
	if _, err := chromedp.Call(tab, emulation.SetVirtualTimePolicy, emulation.SetVirtualTimePolicyParams{
		Policy: emulation.VirtualTimePolicyPauseIfNetworkFetchesPending, Budget: &budget, MaxVirtualTimeTaskStarvationCount: 10000,
	}); err != nil {
		return nil, err
	}
	select {
	case <-v.rested:
	case <-v.ctx.Done():
		return nil, context.Cause(v.ctx)
	case <-tab.Done():
		return nil, errors.New("the page broke the browser")
	}
	return v.document(tab)
}

// prepare makes the tab pass all requests to us, and returns its frame.
func (v *visit) prepare(tab context.Context) (frame cdp.FrameID, err error) {
	tree, err := chromedp.Call(tab, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return "", err
	}
	if _, err := chromedp.Call(tab, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}); err != nil {
		return "", err
	}
	_, err = chromedp.Call(tab, fetch.Enable, fetch.EnableParams{})
	return tree.FrameTree.Frame.ID, err
}

// document returns the document of the tab. The browser checks the size first.
func (v *visit) document(tab context.Context) ([]byte, error) {
	const read = `(max => {
		const kind = document.doctype ? "<!DOCTYPE " + document.doctype.name + ">\n" : "";
		const text = document.documentElement ? document.documentElement.outerHTML : "";
		return text.length > max ? "" : kind + text + "\n";
	})(%d)`
	text, err := chromedp.Run(tab, chromedp.Evaluate[string](fmt.Sprintf(read, v.options.MaxDOM)))
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, fmt.Errorf("%w of %d characters", ErrTooLarge, v.options.MaxDOM)
	}
	return []byte(text), nil
}

// event is called with each event of the tab. It must not block.
func (v *visit) event(ev any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch ev.(type) {
	case *emulation.EventVirtualTimeBudgetExpired:
		if !v.over {
			v.over = true
			close(v.rested)
		}
		return
	case *fetch.EventRequestPaused, *page.EventJavascriptDialogOpening:
		v.queue = append(v.queue, ev)
	default:
		return
	}
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// next takes the first event off the queue, nil when it is empty.
func (v *visit) next() any {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.queue) == 0 {
		return nil
	}
	ev := v.queue[0]
	v.queue = v.queue[1:]
	return ev
}

// work handles the events one after the other until the visit ends.
func (v *visit) work(tab context.Context, frame cdp.FrameID) {
	for {
		for ev := v.next(); ev != nil && tab.Err() == nil; ev = v.next() {
			switch ev := ev.(type) {
			case *fetch.EventRequestPaused:
				v.answer(tab, frame, ev)
			case *page.EventJavascriptDialogOpening:
				chromedp.Call(tab, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
			}
		}
		select {
		case <-v.wake:
		case <-tab.Done():
			return
		}
	}
}

// answer fulfils a request or lets it fail. Errors are ignored: the page may be
// gone.
func (v *visit) answer(tab context.Context, frame cdp.FrameID, ev *fetch.EventRequestPaused) {
	res, ok := v.resource(tab, frame, ev)
	if !ok {
		chromedp.Call(tab, fetch.FailRequest, fetch.FailRequestParams{RequestID: ev.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
		return
	}
	var header []*fetch.HeaderEntry
	for name, values := range res.Header {
		switch http.CanonicalHeaderKey(name) {
		case "Content-Encoding", "Content-Length", "Transfer-Encoding", "Set-Cookie", "Link":
			continue
		}
		for _, value := range values {
			header = append(header, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	chromedp.Call(tab, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: ev.RequestID, ResponseCode: int64(res.Status), ResponseHeaders: header, Body: res.Body})
}

// resource returns the answer to a request; ok is false when it is refused.
func (v *visit) resource(ctx context.Context, frame cdp.FrameID, ev *fetch.EventRequestPaused) (res Resource, ok bool) {
	kind := Data
	switch ev.ResourceType {
	case network.ResourceTypeDocument:
		if ev.FrameID != frame {
			return res, false
		}
		if v.given {
			return Resource{Status: http.StatusNoContent}, true // the page stays
		}
		v.given = true
		return Resource{Status: http.StatusOK, Header: v.page.Header, Body: v.page.Body}, true
	case network.ResourceTypeStylesheet:
		return Resource{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/css"}}}, true
	case network.ResourceTypeScript:
		kind = Script
	case network.ResourceTypeXHR, network.ResourceTypeFetch:
	default:
		return res, false
	}
	header := sent(ev.Request)
	if header.Get("Sec-Purpose") != "" || header.Get("Purpose") != "" || strings.HasPrefix(header.Get("Accept"), "text/event-stream") {
		return res, false // a prefetch, or a stream without end
	}
	if v.requests++; v.requests > maxRequests || ev.Request.Method != http.MethodGet {
		return res, false
	}
	res, err := v.load(v.ctx, kind, ev.Request.URL, header)
	return res, err == nil
}

// sent returns the headers of a request whose values are text.
func sent(r *network.Request) http.Header {
	h := http.Header{}
	for name, value := range r.Headers {
		if text, ok := value.(string); ok && !strings.ContainsAny(text, "\r\n") {
			h.Set(name, text)
		}
	}
	return h
}
