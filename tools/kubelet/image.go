package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// An image says what a container is that names it: the configuration of an OCI image, and where on
// this machine its files are.
type image struct {
	Entrypoint []string          `json:"entrypoint"`
	Cmd        []string          `json:"cmd"`
	WorkingDir string            `json:"workingDir"`
	Env        map[string]string `json:"env"`
	// User is "uid" or "uid:gid"; empty is root.
	User string `json:"user"`
	// Shim is what runs, whatever the command says, where the pod has a runtime class: what a
	// containerd shim does with an image that no machine could execute.
	Shim []string `json:"shim"`
	// Root is a directory with the image unpacked. Without it the container has this machine's
	// programs and libraries.
	Root string `json:"root"`
	// Files are further files and directories of this machine, by their place in the container.
	Files map[string]string `json:"files"`
}

// images reads the table: image references and what they stand for. It is read for each pod, so
// that it may grow.
func images(file string) (map[string]image, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	table := map[string]image{}
	if err := json.Unmarshal(text, &table); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return table, nil
}

// argv is what a container of the image runs.
func (i image) argv(command, args []string, hasRuntimeClass bool) ([]string, error) {
	if hasRuntimeClass && len(i.Shim) > 0 {
		return i.Shim, nil
	}
	// As in a cluster: a command without arguments runs without those of the image, too.
	if len(command) == 0 {
		command = i.Entrypoint
		if len(args) == 0 {
			args = i.Cmd
		}
	}
	argv := append(append([]string{}, command...), args...)
	if len(argv) == 0 {
		return nil, fmt.Errorf("neither the image nor the container says what to run")
	}
	return argv, nil
}

// user gives the ids in User.
func (i image) user() (uid, gid int64, err error) {
	if i.User == "" {
		return 0, 0, nil
	}
	first, second, hasGroup := strings.Cut(i.User, ":")
	if uid, err = strconv.ParseInt(first, 10, 32); err == nil && hasGroup {
		gid, err = strconv.ParseInt(second, 10, 32)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("the user %q of the image is no number: %w", i.User, err)
	}
	return uid, gid, nil
}
