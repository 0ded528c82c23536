// Package browser runs the scripts of a page in Chromium and gives what the
// page looks like then. The browser itself reaches no network: the page is
// handed to it, and whatever the page asks for is loaded by the caller or
// refused.
//
// Start with New, then Render; Close ends the browser and takes its files away.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// Options of New. Everything may be zero.
type Options struct {
	Path      string        // of the program; "" means the one that Find finds
	UserAgent string        // as scripts see it; "" means the browser's own
	MaxDOM    int           // characters of a rendered page; 0 means 10 Mi
	Memory    int64         // bytes that the browser may take beside its program and files; 0 means 1 GiB; kept to on Linux
	Budget    time.Duration // time that passes for the page's scripts, waits for the network apart; 0 means 5 s
}

// Limits that are no settings.
const (
	defaultMaxDOM = 10 << 20
	defaultMemory = 1 << 30
	defaultBudget = 5 * time.Second
	maxPages      = 100 // rendered by one process, so that what leaks is given back
	maxRequests   = 200 // answered for one page
	startTime     = 30 * time.Second
	scriptHeapMiB = 256
)

// Errors of Render and Find.
var (
	ErrNoBrowser = errors.New("no Chromium is found to render pages with: install one (on Debian: apt-get install chromium), or set fetch.chromium to its path")
	ErrTooLarge  = errors.New("the rendered page is over the limit")
	ErrMemory    = errors.New("the page took more memory than the browser may have")
	ErrTimeout   = errors.New("the scripts of the page did not come to rest in time")
)

// Page is a page as it was fetched.
type Page struct {
	URL    string
	Header http.Header // Content-Type is used, and what the page may do (Content-Security-Policy)
	Body   []byte
}

// Kind is what a page wants a resource for.
type Kind string

// The kinds of resource that are loaded. Everything else (pictures, films,
// fonts, frames, sockets) is refused, and style sheets are empty.
const (
	Script Kind = "script"
	Data   Kind = "data" // XMLHttpRequest and fetch
)

// Resource is what a loader gives.
type Resource struct {
	Status int
	Header http.Header
	Body   []byte
}

// Loader loads by GET what a page asks for, or refuses. Calls do not overlap.
// header is what the page sends.
type Loader func(ctx context.Context, kind Kind, url string, header http.Header) (Resource, error)

// Browser is one Chromium. It renders one page at a time, and is started when
// the first one comes. It is safe for concurrent use.
type Browser struct {
	options Options

	mu    sync.Mutex
	stop  func() // ends the process and waits for it; nil while there is none
	ctx   context.Context
	pages int
}

// New makes a Browser.
func New(o Options) *Browser {
	if o.MaxDOM == 0 {
		o.MaxDOM = defaultMaxDOM
	}
	if o.Memory == 0 {
		o.Memory = defaultMemory
	}
	if o.Budget == 0 {
		o.Budget = defaultBudget
	}
	return &Browser{options: o}
}

// programs are the names that Chromium goes by.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell", "headless_shell"}

// Find gives the path of the browser, that of the setting if there is one. The
// error is ErrNoBrowser.
func Find(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoBrowser, err)
		}
		return found, nil
	}
	for _, name := range programs {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", ErrNoBrowser
}

// Close ends the browser. It may be used again.
func (b *Browser) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end()
}

func (b *Browser) end() {
	if b.stop != nil {
		b.stop()
		b.stop, b.pages = nil, 0
	}
}

// start starts the process, unless it runs.
func (b *Browser) start() error {
	if b.stop != nil && b.pages < maxPages && b.ctx.Err() == nil {
		return nil
	}
	b.end()
	path, err := Find(b.options.Path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "winnow-browser-")
	if err != nil {
		return err
	}
	allocated, free := chromedp.NewExecAllocator(context.Background(), flags(path, dir, b.options.UserAgent)...)
	quiet := func(string, ...any) {}
	ctx, cancel := chromedp.NewContext(allocated, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	late := time.AfterFunc(startTime, cancel)
	_, err = chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny})
	late.Stop()
	b.ctx = ctx
	b.stop = func() {
		cancel()
		free() // waits for the process
		endAll(dir)
		os.RemoveAll(dir)
	}
	if err != nil {
		b.end()
		return fmt.Errorf("the browser %s does not start: %w", path, err)
	}
	return nil
}

// flags of the program. Nothing of it may reach a network: names lead nowhere,
// not even that of the proxy which everything goes through.
func flags(path, dir, userAgent string) []chromedp.ExecAllocatorOption {
	all := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile"))}
	if userAgent != "" {
		all = append(all, chromedp.UserAgent(userAgent))
	}
	for _, name := range []string{
		"headless", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-extensions", "disable-default-apps", "disable-breakpad", "disable-crash-reporter",
		"disable-domain-reliability", "disable-client-side-phishing-detection", "disable-dev-shm-usage", "disable-notifications",
		"block-new-web-contents", "mute-audio", "metrics-recording-only", "disable-remote-fonts",
		"disable-web-security", // what may be loaded is decided by the loader; the browser's own questions to servers (CORS) would not come through it
	} {
		all = append(all, chromedp.Flag(name, true))
	}
	for name, value := range map[string]string{
		"blink-settings":                  "imagesEnabled=false",
		"disable-features":                "Translate,OptimizationHints,MediaRouter,AutofillServerCommunication,InterestFeedContentSuggestions",
		"host-resolver-rules":             "MAP * ~NOTFOUND",
		"proxy-server":                    "http://127.0.0.1:9",
		"proxy-bypass-list":               "<-loopback>",
		"force-webrtc-ip-handling-policy": "disable_non_proxied_udp",
		"webrtc-ip-handling-policy":       "disable_non_proxied_udp",
		"password-store":                  "basic",
		"js-flags":                        fmt.Sprintf("--max-old-space-size=%d", scriptHeapMiB),
	} {
		all = append(all, chromedp.Flag(name, value))
	}
	return all
}
