package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"winnow/internal/testweb"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"winnow": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// A script in testdata/script runs commands as a user would and says what comes
// of them. Beside the commands of testscript there are
//
//	web [DAY]          starts the test web, or changes its day and empties its
//	                   log; the first time it writes web.yaml, a configuration
//	                   for all the sites
//	asked SITE PATH    the web was asked for the path since; ! asked for never
//	binary FILE HEX    writes a file of the bytes
//	gzip FILE…         compresses each into FILE.gz and takes FILE away
//	repeat N TEXT FILE writes a file of N times the text
//	terminal COLUMNS FILE COMMAND…
//	                   runs a command on a terminal of so many columns and writes
//	                   the lines that are to be seen there at the end into FILE
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			w := &scriptWeb{}
			env.Values[webKey{}] = w
			env.Defer(func() {
				if w.Web != nil {
					_ = w.Close() // the script is over
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"web": scriptStart, "asked": scriptAsked, "binary": scriptBinary, "gzip": scriptGzip, "repeat": scriptRepeat, "terminal": scriptTerminal,
		},
	})
}

type webKey struct{}

// scriptWeb is the web of one script, nil until it is started.
type scriptWeb struct{ *testweb.Web }

func scriptStart(ts *testscript.TestScript, neg bool, args []string) {
	day := 1
	if len(args) > 0 {
		n, err := strconv.Atoi(args[0])
		ts.Check(err)
		day = n
	}
	w := ts.Value(webKey{}).(*scriptWeb)
	if w.Web != nil {
		w.SetDay(day)
		w.ForgetRequests()
		return
	}
	web, err := testweb.Start(testweb.Options{Names: true, Day: day})
	ts.Check(err)
	w.Web = web
	var b strings.Builder
	b.WriteString("corpus: corpus\nstate: state/winnow.db\nsources:\n")
	for _, s := range web.Sites() {
		fmt.Fprintf(&b, "  - {name: %s, site: %q}\n", s.Key, s.URL)
	}
	b.WriteString("fetch:\n  delay: 1ms\n  allow_private: [127.0.0.0/8]\n  resolve:\n")
	for _, s := range web.Sites() {
		host := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/")
		fmt.Fprintf(&b, "    %s: %s\n", host, web.Resolve()[host])
	}
	ts.Check(os.WriteFile(ts.MkAbs("web.yaml"), []byte(b.String()), 0o644))
}

func scriptAsked(ts *testscript.TestScript, neg bool, args []string) {
	w := ts.Value(webKey{}).(*scriptWeb)
	if len(args) != 2 || w.Web == nil {
		ts.Fatalf("usage: asked SITE PATH, after web")
	}
	asked := slices.ContainsFunc(w.Requests(), func(r testweb.Request) bool { return r.Site == args[0] && r.Path == args[1] })
	if asked == neg {
		ts.Fatalf("%s was asked for %s: %v", args[0], args[1], asked)
	}
}

func scriptBinary(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: binary FILE HEX")
	}
	data, err := hex.DecodeString(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

func scriptGzip(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		data, err := os.ReadFile(ts.MkAbs(name))
		ts.Check(err)
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err = w.Write(data)
		ts.Check(err)
		ts.Check(w.Close())
		ts.Check(os.WriteFile(ts.MkAbs(name+".gz"), b.Bytes(), 0o644))
		ts.Check(os.Remove(ts.MkAbs(name)))
	}
}

func scriptRepeat(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: repeat N TEXT FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), bytes.Repeat([]byte(args[1]), n), 0o644))
}
