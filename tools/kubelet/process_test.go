package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func shell(t *testing.T, script string) command {
	return command{
		argv:        []string{"sh", "-c", script},
		environment: []string{"PATH=" + os.Getenv("PATH")},
		directory:   t.TempDir(),
	}
}

func TestAProcessHasItsStreamsAndItsExitCode(t *testing.T) {
	var out, complaints bytes.Buffer
	in := strings.NewReader("from stdin\n")
	p, err := shell(t, "cat; echo oops >&2; exit 7").start(streams{in: in, out: &out, err: &complaints})
	if err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 7 {
		t.Errorf("exit code %d", code)
	}
	if out.String() != "from stdin\n" || complaints.String() != "oops\n" {
		t.Errorf("%q and %q", out.String(), complaints.String())
	}
}

func TestAProcessEndsWithItsGroup(t *testing.T) {
	var out bytes.Buffer
	p, err := shell(t, "sleep 1000 & echo started").start(streams{out: &out})
	if err != nil {
		t.Fatal(err)
	}
	// The one in the background holds the output open.
	if code := p.wait(); code != 0 || out.String() != "started\n" {
		t.Errorf("%d, %q", code, out.String())
	}
}

func TestATerminalIsOneAndEnds(t *testing.T) {
	var out bytes.Buffer
	in := strings.NewReader("")
	p, err := shell(t, "tty; cat").start(streams{in: in, out: &out, terminal: true})
	if err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 0 || !strings.Contains(out.String(), "/dev/pts/") {
		t.Errorf("%d, %q", code, out.String())
	}
}

func TestASignalIsPutAsAShellDoes(t *testing.T) {
	p, err := shell(t, "kill -TERM $$").start(streams{})
	if err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 143 {
		t.Errorf("exit code %d", code)
	}
}

func TestAProgramThatIsNotThereIsAnError(t *testing.T) {
	if _, err := (command{argv: []string{"no-such-program"}}).start(streams{}); err == nil {
		t.Error("it was started")
	}
}
