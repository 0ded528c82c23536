// Package browser runs the scripts of a page in Chromium and returns the document
// that they make. The browser itself has no network access: it is given the page,
// and what the page requests is loaded by the caller or refused.
//
// Start with [New], then [Browser.Render]; [Browser.Close] ends the process and
// removes its files. browser.go starts and ends the process, render.go is the
// visit of one page, memory_linux.go stops a browser that takes too much memory.
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

// Options configure a Browser. All may be zero.
type Options struct {
	Path      string        // of the program; "" means the one that Find returns
	UserAgent string        // that scripts see; "" means the browser's own
	MaxDOM    int           // UTF-16 units of a rendered document; 0 means 10 Mi
	Memory    int64         // bytes of anonymous memory of the browser's processes; 0 means 1 GiB; enforced on Linux only
	Budget    time.Duration // time that passes for scripts, not counting what they load; 0 means 5 s
}

// Defaults and fixed limits.
const (
	defaultMaxDOM = 10 << 20
	defaultMemory = 1 << 30
	defaultBudget = 5 * time.Second
	maxPages      = 100              // that one process renders, so that leaks end
	maxRequests   = 200              // that are answered for one page
	startTime     = 30 * time.Second // for the process to start
	scriptHeapMiB = 256
)

// Errors of [Browser.Render] and [Find].
var (
	ErrNoBrowser = errors.New("no Chromium is found to render pages with: install one (on Debian: apt-get install chromium), or set fetch.chromium to its path")
	ErrTooLarge  = errors.New("the rendered page is over the limit")
	ErrMemory    = errors.New("the page took more memory than the browser may have")
	ErrTimeout   = errors.New("the scripts of the page did not come to rest in time")
)

// Page is a page as it was fetched.
type Page struct {
	URL    string
	Header http.Header // of the answer: Content-Type, Content-Security-Policy …
	Body   []byte
}

// Kind is the use that a page has for a resource.
type Kind string

// The kinds of resource that are loaded. Everything else (images, video, fonts,
// frames, sockets) is refused; style sheets are empty.
const (
	Script Kind = "script"
	Data   Kind = "data" // XMLHttpRequest and fetch
)

// Resource is an answer of a Loader.
type Resource struct {
	Status int
	Header http.Header
	Body   []byte
}

// Loader loads by GET what a page requests, with header being that of the page's
// request. An error refuses the request. Calls do not overlap.
type Loader func(ctx context.Context, kind Kind, url string, header http.Header) (Resource, error)

// Browser is one Chromium. It starts with the first page and renders one page at
// a time. It is safe for concurrent use.
type Browser struct {
	options Options

	mu    sync.Mutex
	stop  func() // ends the process and waits for it; nil while there is none
	ctx   context.Context
	pages int
}

// New returns a Browser. The process starts with the first page.
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

// programs are the names of the Chromium program.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell", "headless_shell"}

// Find returns the path of the browser: that of the given program unless path is
// "", else that of the first one of the usual names. The error is ErrNoBrowser.
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

// Close ends the process. The next Render starts another.
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

// start starts the process unless it is running and good for another page.
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

// flags returns the flags of the program. They leave it no network: no name
// resolves, and everything goes through a proxy that does not exist.
func flags(path, dir, userAgent string) []chromedp.ExecAllocatorOption {
	all := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Env("TMPDIR=" + dir)} // where it leaves a folder at each start
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
