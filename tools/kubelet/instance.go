package main

import (
	"errors"
	"io"
	"sync"
	"syscall"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/remotecommand"
)

// An instance is one run of a container.
type instance struct {
	process *process
	output  *output
	// input is nil where the container has no stdin.
	input       *io.PipeWriter
	isStdinOnce bool
	isTerminal  bool
	over        chan struct{}

	mu sync.Mutex
	// guests are what kubectl exec has started beside it.
	guests map[*process]struct{}
}

func startInstance(spec v1.Container, command command, logFile string) (*instance, error) {
	output, err := newOutput(logFile)
	if err != nil {
		return nil, err
	}
	i := &instance{
		output:      output,
		isStdinOnce: spec.StdinOnce,
		isTerminal:  spec.TTY,
		over:        make(chan struct{}),
		guests:      map[*process]struct{}{},
	}
	streams := streams{out: output.stream(stdout), err: output.stream(stderr), terminal: spec.TTY}
	if spec.Stdin {
		reader, writer := io.Pipe()
		streams.in, i.input = reader, writer
	}
	if i.process, err = command.start(streams); err != nil {
		output.close()
		return nil, err
	}
	return i, nil
}

func (i *instance) wait() int {
	code := i.process.wait()
	if i.input != nil {
		i.input.Close()
	}
	i.output.close()
	i.dismiss()
	return code
}

// admit has a process end with the instance, unless it leaves before.
func (i *instance) admit(guest *process) (leave func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.guests[guest] = struct{}{}
	select {
	case <-i.over:
		guest.signal(syscall.SIGKILL)
	default:
	}
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.guests, guest)
	}
}

func (i *instance) dismiss() {
	i.mu.Lock()
	defer i.mu.Unlock()
	close(i.over)
	for guest := range i.guests {
		guest.signal(syscall.SIGKILL)
	}
}

// attach takes part in the instance's input and output until it is over or the client is gone.
func (i *instance) attach(in io.Reader, out, err io.Writer, sizes <-chan remotecommand.TerminalSize) error {
	gone := make(chan struct{})
	member := i.output.join(out, err)
	defer i.output.leave(member)
	if in != nil && i.input != nil {
		go i.feed(in)
	}
	if i.isTerminal && sizes != nil {
		go func() {
			i.process.resize(sizes)
			close(gone)
		}()
	}
	select {
	case <-i.over:
		return nil
	case <-gone:
	case <-member.failed:
	}
	return errors.New("the client is gone")
}

func (i *instance) feed(in io.Reader) {
	_, _ = io.Copy(i.input, in)
	if i.isStdinOnce {
		i.input.Close()
	}
}
