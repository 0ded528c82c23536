// Package cli is winnow's command line. Each command is a file that reads its
// flags, calls the packages that do the work, and prints.
//
//   - cli.go: [Main], the root command, exit statuses; start here.
//   - open.go: the pipeline of a configuration, which most commands work with;
//     stories.go finds stories by URL, ID or file.
//   - refresh.go, schedule.go, backfill.go: the commands that fetch or import.
//   - status.go, failures.go, explain.go, verify.go: those that report; state.go looks
//     after the state; check.go, demo.go.
//   - clean.go, dedupe.go, rules.go, train.go: those that need no corpus.
//   - [winnow/internal/cli/input] reads what is named on the command line,
//     [winnow/internal/cli/show] formats what people read.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"winnow/internal/cli/input"
	"winnow/internal/cli/show"
	"winnow/internal/config"
	"winnow/internal/pipeline/corpus"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // nothing could be done, or the work was broken off
	exitUsage   = 2 // wrong flags, arguments or configuration
	exitPartly  = 3 // done, but some sources or inputs failed
)

// env is what a command works with.
type env struct {
	stdin          io.Reader
	stdout         io.Writer
	stderr         *show.Screen
	configPath     string
	quiet, verbose bool
	logFormat      string
	log            *slog.Logger
}

// Main runs a command line, without the program's name, and returns the exit
// status. SIGINT and SIGTERM end the command's context: commands finish the work
// in hand. A second signal ends the process at once.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer runtime.KeepAlive(headroom())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal has its usual effect
	out := &show.Checked{Out: stdout}
	e := &env{stdin: input.Stoppable(ctx, stdin), stdout: out, stderr: show.NewScreen(stderr), log: slog.New(slog.DiscardHandler)}
	root := rootCommand(e)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = errors.New("stopped") // commands that write to the corpus say more, see [stopped]
	}
	if err == nil {
		err = out.Err
	}
	code := exitCode(err)
	if err != nil && !errors.Is(err, syscall.EPIPE) { // the reader of a pipe is gone: there is nobody to tell
		fmt.Fprintf(e.stderr, "winnow: %s\n", show.Lines(err.Error()))
	}
	return code
}

// headroom is memory that is never touched, and so never taken from the
// machine, but counts as a part of the heap: the garbage of a page costs less to
// collect when there is more of it at a time, and this lets some 16 MB of it
// come together however small the heap is. Large heaps, which GOGC would let
// grow by a multiple, grow no more than usual.
func headroom() []byte { return make([]byte, 16<<20) }

func exitCode(err error) int {
	var wrong *usageError
	var mistakes config.Mistakes
	var missing *config.MissingError
	var foreign *corpus.ForeignError
	var part *partError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &part):
		return exitPartly
	case errors.As(err, &wrong), errors.As(err, &mistakes), errors.As(err, &missing), errors.As(err, &foreign):
		return exitUsage
	}
	return exitFailure
}

// partError is the error of work of which a part failed.
type partError struct{ err error }

func (p *partError) Error() string { return p.err.Error() }
func (p *partError) Unwrap() error { return p.err }

// partly makes an error one of a part of the work, when there is one.
func partly(err error) error {
	if err == nil {
		return nil
	}
	return &partError{err}
}

// usageError is an error in how winnow was called or configured.
type usageError struct{ err error }

func (u *usageError) Error() string { return u.err.Error() }
func (u *usageError) Unwrap() error { return u.err }

func usage(err error) error { return &usageError{err} }

func rootCommand(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "winnow",
		Short: "Keep a corpus of clean news text up to date",
		Long: `winnow fetches the pages of news sites on a schedule, keeps the story and removes
everything else, drops near-identical stories, and writes plain text files.

To see it at work: winnow demo`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		Version:                    versions(),
		SuggestionsMinimumDistance: 2,
		Args:                       knownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return e.openLog()
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	flags := root.PersistentFlags()
	flags.StringVarP(&e.configPath, "config", "c", cmp.Or(os.Getenv("WINNOW_CONFIG"), config.DefaultPath), "the configuration; WINNOW_CONFIG names another default")
	flags.BoolVarP(&e.quiet, "quiet", "q", false, "print errors only")
	flags.BoolVarP(&e.verbose, "verbose", "v", false, "log every URL")
	flags.StringVar(&e.logFormat, "log", "text", "how to log on standard error: json or text")
	if err := root.MarkPersistentFlagFilename("config", "yaml", "yml"); err != nil {
		panic(err) // a bug: the flag does not exist
	}
	completeWords(root, "log", "text", "json")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if cmd == root {
			// winnow refesh --recheck: the command is wrong, not its flag.
			if err := knownCommand(root, root.Flags().Args()); err != nil {
				return usage(err)
			}
		}
		return usage(fmt.Errorf("%w; see %s --help", err, cmd.CommandPath()))
	})
	root.AddCommand(commands(e)...)
	wrongArguments(root)
	return root
}

// knownCommand returns an error for a word that is not a command, with the
// command that was probably meant.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	meant := ""
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		meant = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return fmt.Errorf("unknown command %q%s", args[0], meant)
}

// commands returns the commands in the order in which a newcomer meets them.
func commands(e *env) []*cobra.Command {
	return []*cobra.Command{
		demoCommand(e),
		checkCommand(e),
		refreshCommand(e),
		scheduleCommand(e),
		backfillCommand(e),
		statusCommand(e),
		failuresCommand(e),
		explainCommand(e),
		siteCommand(e),
		exportCommand(e),
		verifyCommand(e),
		stateCommand(e),
		forgetCommand(e),
		undropCommand(e),
		pinCommand(e),
		cleanCommand(e),
		rulesCommand(e),
		trainCommand(e),
		dedupeCommand(e),
		versionCommand(e),
		manCommand(),
	}
}

// wrongArguments makes a wrong number of arguments, and an unknown command, an
// error of usage.
func wrongArguments(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usage(fmt.Errorf("%w; see %s --help", err, cmd.CommandPath()))
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrongArguments(sub)
	}
}

func (e *env) openLog() error {
	level := slog.LevelInfo
	switch {
	case e.verbose:
		level = slog.LevelDebug
	case e.quiet:
		level = slog.LevelError
	}
	options := &slog.HandlerOptions{Level: level}
	switch strings.ToLower(e.logFormat) {
	case "text":
		e.log = slog.New(slog.NewTextHandler(e.stderr, options))
	case "json":
		e.log = slog.New(slog.NewJSONHandler(e.stderr, options))
	default:
		return usage(fmt.Errorf("--log is %q; it can be text or json", e.logFormat))
	}
	return nil
}

// progress begins to show work of so many units, -1 when that is not known.
func (e *env) progress(total int64, what string) *show.Progress {
	switch {
	case e.quiet:
		return show.NewProgress(nil, nil, total, what)
	case strings.EqualFold(e.logFormat, "json"):
		return show.NewProgress(e.stderr, e.log, total, what)
	}
	return show.NewProgress(e.stderr, nil, total, what)
}

// load reads the configuration. Its errors are errors of usage.
func (e *env) load() (*config.Config, error) {
	c, err := config.Load(e.configPath)
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

// loadWithSources is like load, for commands that have nothing to do without
// sources.
func (e *env) loadWithSources() (*config.Config, error) {
	c, err := e.load()
	if err == nil && len(c.Sources) == 0 {
		err = usage(fmt.Errorf("%s has no sources, so there is nothing to refresh; write at least one below \"sources\"", e.configPath))
	}
	return c, err
}
