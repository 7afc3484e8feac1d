package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// A networkNamespace is a network of its own: a loopback interface, and nothing else. It lasts as
// long as it is open or something runs in it.
type networkNamespace struct{ file *os.File }

func newNetworkNamespace() (*networkNamespace, error) {
	made := &networkNamespace{}
	err := onThreadOfItsOwn(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("this machine forbids network namespaces: %w", err)
		}
		if err := raiseLoopback(); err != nil {
			return err
		}
		var err error
		made.file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	return made, err
}

// path is how another process names it.
func (n *networkNamespace) path() string {
	return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.file.Fd())
}

// dial connects within the namespace. The address has to be a number: a name would be looked up on
// another thread.
func (n *networkNamespace) dial(ctx context.Context, address string) (net.Conn, error) {
	var conn net.Conn
	err := n.within(func() error {
		var dialer net.Dialer
		var err error
		conn, err = dialer.DialContext(ctx, "tcp", address)
		return err
	})
	return conn, err
}

// listen listens within the namespace.
func (n *networkNamespace) listen(address string) (net.Listener, error) {
	var listener net.Listener
	err := n.within(func() error {
		var err error
		listener, err = net.Listen("tcp", address)
		return err
	})
	return listener, err
}

func (n *networkNamespace) close() { n.file.Close() }

func (n *networkNamespace) within(act func() error) error {
	return onThreadOfItsOwn(func() error {
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return err
		}
		return act()
	})
}

// onThreadOfItsOwn runs act on a thread that ends with it: nothing else gets what act changes.
func onThreadOfItsOwn(act func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- act()
	}()
	return <-done
}

func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, loopback); err != nil {
		return err
	}
	loopback.SetUint16(loopback.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback)
}
