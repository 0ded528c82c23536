//go:build unix

// Package pgtest starts a throw-away PostgreSQL server for tests, from the
// programs that Debian's package postgresql installs. The server listens on
// loopback, has its data in a temporary folder and does not sync it.
//
// The environment variable WINNOW_TEST_POSTGRES selects the server: unset, one
// is started from the programs of the machine; a postgres:// URL names a server
// to be used instead; "off" leaves PostgreSQL out. Without the programs the tests
// are left out too, unless CI=true: then they fail.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const variable = "WINNOW_TEST_POSTGRES"

// startTime is how long a server may take until it answers.
const startTime = 60 * time.Second

// absent says how to have PostgreSQL.
const absent = "there is no PostgreSQL: install it (on Debian: apt-get install postgresql), or set " + variable + " to the postgres:// URL of a server, or to off"

// LeftOut returns why tests on PostgreSQL are to be skipped, "" when they are to
// run. The first call in a process prints the reason on standard error.
func LeftOut() string {
	why := leftOut()
	if why != "" {
		told.Do(func() { fmt.Fprintln(os.Stderr, "tests on PostgreSQL are skipped:", why) })
	}
	return why
}

var told sync.Once

func leftOut() string {
	switch given := os.Getenv(variable); {
	case given == "off":
		return variable + "=off"
	case given != "" || os.Getenv("CI") == "true":
		return ""
	}
	if _, err := programs(); err != nil {
		return err.Error()
	}
	return ""
}

// Cluster is a running server.
type Cluster struct {
	base   string // URL
	folder string // "" for a server that was there before
	cmd    *exec.Cmd
	ended  chan error
	stderr bytes.Buffer
}

// Start starts a server with one database and waits until it answers. It is to
// be called when [LeftOut] returns "".
func Start() (*Cluster, error) {
	if given := os.Getenv(variable); strings.HasPrefix(given, "postgres") {
		return &Cluster{base: given}, nil
	}
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "winnow-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder, ended: make(chan error, 1)}
	if err := c.start(bin); err != nil {
		c.Stop()
		return nil, fmt.Errorf("PostgreSQL does not start: %w", err)
	}
	return c, nil
}

// programs is the folder with initdb and postgres.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New(absent)
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

func (c *Cluster) start(bin string) error {
	attr, err := account(c.folder)
	if err != nil {
		return err
	}
	data := filepath.Join(c.folder, "data")
	initdb := func(more ...string) error {
		cmd := exec.Command(filepath.Join(bin, "initdb"), append([]string{"-D", data, "-U", "winnow", "-A", "trust", "-E", "UTF8", "--no-sync"}, more...)...)
		cmd.SysProcAttr, cmd.Dir = attr, c.folder
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("initdb: %w: %s", err, out)
		}
		return nil
	}
	// A language's own order of letters shows where a statement leans on the
	// order of bytes without saying so. Not every server is built with it.
	if err := initdb("--locale=C", "--locale-provider=icu", "--icu-locale=en"); err != nil {
		os.RemoveAll(data)
		if err := initdb("--locale=C"); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	args := []string{"-D", data, "-p", strconv.Itoa(port)}
	for _, setting := range []string{"listen_addresses=127.0.0.1", "unix_socket_directories=" + c.folder, "fsync=off", "synchronous_commit=off",
		"full_page_writes=off", "max_connections=200", "shared_buffers=32MB", "deadlock_timeout=200ms"} {
		args = append(args, "-c", setting)
	}
	c.cmd = exec.Command(filepath.Join(bin, "postgres"), args...)
	c.cmd.SysProcAttr, c.cmd.Dir, c.cmd.Stderr = dieWithParent(attr), c.folder, &c.stderr
	started := make(chan error)
	go func() {
		// The kernel ends the server with the thread that started it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			c.ended <- c.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		c.cmd = nil
		return err
	}
	c.base = fmt.Sprintf("postgres://winnow@127.0.0.1:%d/postgres?sslmode=disable", port)
	return c.await()
}

// account is what initdb and postgres run as, which root must not be.
func account(folder string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return attr, os.Chown(folder, uid, gid)
}

func (c *Cluster) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.base)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case end := <-c.ended:
			c.ended <- end
			return fmt.Errorf("it ended: %v: %s", end, c.stderr.String())
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// URL is the address of the database with the schema as its search path.
func (c *Cluster) URL(schema string) string {
	u, err := url.Parse(c.base)
	if err != nil {
		return c.base
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

// Stop ends the server and removes its data.
func (c *Cluster) Stop() error {
	if c.folder == "" {
		return nil
	}
	if c.cmd != nil {
		// SIGQUIT: at once, without writing anything to disk.
		if err := c.cmd.Process.Signal(syscall.SIGQUIT); err == nil {
			<-c.ended
		}
	}
	return os.RemoveAll(c.folder)
}
