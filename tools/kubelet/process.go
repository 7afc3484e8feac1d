package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"k8s.io/client-go/tools/remotecommand"
)

// patience is how long output may still come when the process is over and its group is killed:
// another one may hold it open.
const patience = 10 * time.Second

// endOfTransmission is Ctrl-D.
const endOfTransmission = 4

// A command is what a process is started with.
type command struct {
	argv        []string
	environment []string
	directory   string
	// kill ends what the process stands for, where killing it would not; it may be nil.
	kill func()
}

// streams are a process's ends: in may be nil, and err with a terminal.
type streams struct {
	in       io.Reader
	out, err io.Writer
	terminal bool
}

// A process leads a group of its own, which ends with it.
type process struct {
	cmd      *exec.Cmd
	kill     func()
	terminal *os.File
	copies   sync.WaitGroup
	ends     []*os.File
}

func (c command) start(s streams) (*process, error) {
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Env, cmd.Dir = c.environment, c.directory
	p := &process{cmd: cmd, kill: c.kill}
	if s.terminal {
		return p, p.startOnTerminal(s)
	}
	return p, p.startOnPipes(s)
}

func (p *process) startOnTerminal(s streams) error {
	terminal, err := pty.Start(p.cmd)
	if err != nil {
		return err
	}
	p.terminal = terminal
	p.ends = []*os.File{terminal}
	p.copy(s.out, terminal)
	if s.in != nil {
		go func() {
			_, _ = io.Copy(terminal, s.in)
			// A terminal cannot be closed on one side: this is how its user says that nothing follows.
			_, _ = terminal.Write([]byte{endOfTransmission})
		}()
	}
	return nil
}

func (p *process) startOnPipes(s streams) error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, outEnd, err := os.Pipe()
	if err != nil {
		return err
	}
	defer outEnd.Close()
	errors, errorsEnd, err := os.Pipe()
	if err != nil {
		out.Close()
		return err
	}
	defer errorsEnd.Close()
	p.cmd.Stdout, p.cmd.Stderr = outEnd, errorsEnd
	p.ends = []*os.File{out, errors}
	in, err := p.input(s)
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.close()
		return err
	}
	p.copy(s.out, out)
	p.copy(s.err, errors)
	if in != nil {
		go func() {
			_, _ = io.Copy(in, s.in)
			in.Close()
		}()
	}
	return nil
}

func (p *process) input(s streams) (io.WriteCloser, error) {
	if s.in == nil {
		return nil, nil
	}
	return p.cmd.StdinPipe()
}

// copy goes on until nobody writes or nobody reads; then whoever writes is told.
func (p *process) copy(to io.Writer, from *os.File) {
	if to == nil {
		to = io.Discard
	}
	p.copies.Go(func() {
		_, _ = io.Copy(to, from)
		from.Close()
	})
}

// wait gives the exit code once the process is over and its output has been passed on.
func (p *process) wait() int {
	err := p.cmd.Wait()
	p.signal(syscall.SIGKILL)
	timer := time.AfterFunc(patience, p.close)
	p.copies.Wait()
	timer.Stop()
	p.close()
	return exitCode(err)
}

func (p *process) close() {
	for _, end := range p.ends {
		end.Close()
	}
}

// signal reaches the whole group; if it is gone, nobody.
func (p *process) signal(signal syscall.Signal) {
	if signal == syscall.SIGKILL && p.kill != nil {
		p.kill()
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, signal)
}

// resize follows the size of the client's terminal until the client is gone.
func (p *process) resize(sizes <-chan remotecommand.TerminalSize) {
	for size := range sizes {
		if p.terminal != nil {
			// It may have ended.
			_ = pty.Setsize(p.terminal, &pty.Winsize{Rows: size.Height, Cols: size.Width})
		}
	}
}

// exitCode puts a signal as a shell does.
func exitCode(err error) int {
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return 0
	}
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return failed.ExitCode()
}
