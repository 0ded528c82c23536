package pgtest

import "syscall"

// dieWithParent has the kernel send SIGQUIT, PostgreSQL's immediate shutdown,
// when the tests end without stopping the server.
func dieWithParent(attr *syscall.SysProcAttr) *syscall.SysProcAttr {
	own := *attr
	own.Pdeathsig = syscall.SIGQUIT
	return &own
}
