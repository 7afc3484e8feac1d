package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/remotecommand"
	client "k8s.io/client-go/tools/remotecommand"
	"k8s.io/utils/exec"
)

// protocols are those of exec and attach.
var protocols = remotecommand.SupportedStreamingProtocols

// An executor lets clients into a container.
type executor struct{ container *container }

// ExecInContainer runs a command beside the container's, and ends it when its client's terminal is gone.
func (e executor) ExecInContainer(_ context.Context, _ string, _ types.UID, _ string, argv []string,
	in io.Reader, out, err io.WriteCloser, tty bool, sizes <-chan client.TerminalSize, _ time.Duration) error {
	running, problem := e.container.running()
	if problem != nil {
		return problem
	}
	command, problem := e.container.beside(argv, tty)
	if problem != nil {
		return problem
	}
	process, problem := command.start(streams{in: in, out: out, err: err, terminal: tty})
	if problem != nil {
		return problem
	}
	defer running.admit(process)()
	if tty {
		go func() {
			process.resize(sizes)
			process.signal(syscall.SIGHUP)
		}()
	}
	if code := process.wait(); code != 0 {
		return exec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", code), Code: code}
	}
	return nil
}

// AttachContainer joins what the container's own process reads and prints.
func (e executor) AttachContainer(_ context.Context, _ string, _ types.UID, _ string,
	in io.Reader, out, err io.WriteCloser, _ bool, sizes <-chan client.TerminalSize) error {
	running, problem := e.container.running()
	if problem != nil {
		return problem
	}
	return running.attach(in, out, err, sizes)
}

// A forwarder reaches ports of a pod.
type forwarder struct{ pod *pod }

// PortForward connects a stream with a port.
func (f forwarder) PortForward(ctx context.Context, _ string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	conn, err := f.pod.dial(ctx, port)
	if err != nil {
		return err
	}
	defer conn.Close()
	go func() {
		_, _ = io.Copy(conn, stream)
		if half, ok := conn.(*net.TCPConn); ok {
			_ = half.CloseWrite()
		}
	}()
	_, err = io.Copy(stream, conn)
	return err
}
