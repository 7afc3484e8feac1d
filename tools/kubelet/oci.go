package main

import (
	"context"
	"fmt"
	"log"
	"os/exec"
	"path/filepath"
)

// An ociRuntime runs containers of sandboxes: runc, or what has its command line.
type ociRuntime struct {
	program string
	// state is where it keeps what it knows of its containers.
	state string
}

func newOCIRuntime(program, directory string) ociRuntime {
	return ociRuntime{program: program, state: filepath.Join(directory, "oci")}
}

// run is the command that runs a bundle in the foreground: it passes signals on, and ends with the
// container's exit code.
func (r ociRuntime) run(bundle *bundle, id string) command {
	return command{
		argv:      []string{r.program, "--root", r.state, "run", "--bundle", bundle.directory, id},
		directory: bundle.directory,
		kill:      func() { r.remove(id) },
	}
}

// exec is the command that runs something beside a container's process, as the same user.
func (r ociRuntime) exec(id string, argv []string, terminal bool) command {
	line := []string{r.program, "--root", r.state, "exec"}
	if terminal {
		line = append(line, "--tty")
	}
	return command{argv: append(append(line, id), argv...), directory: "/"}
}

// remove ends a container without any warning. It is no error if the container is gone.
func (r ociRuntime) remove(id string) {
	output, err := exec.CommandContext(context.Background(), r.program, "--root", r.state, "delete", "--force", id).CombinedOutput()
	if err != nil {
		log.Printf("the container %s is not removed: %s", id, fmt.Sprintf("%v: %s", err, output))
	}
}
