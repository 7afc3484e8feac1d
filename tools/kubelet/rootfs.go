package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// machine is what a container has of this machine whose image brings no files: programs and
// libraries, and what finds them.
var machine = []string{
	"/usr", "/bin", "/sbin", "/lib", "/lib64",
	"/etc/ld.so.cache", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/ssl", "/etc/alternatives",
}

// A rootfs is a directory of symbolic links and of points at which files of the image are mounted,
// read-only: nothing is copied, and what a container writes beside them is its own.
type rootfs struct {
	directory string
	// points are where something else is mounted: the way there has to be made of directories.
	points []string
	mounts []specs.Mount
}

// assemble makes the root of a container of the image.
func (r *rootfs) assemble(image image) error {
	if err := os.MkdirAll(r.directory, 0o755); err != nil {
		return err
	}
	for at := range image.Files {
		r.points = append(r.points, at)
	}
	sources := machine
	if image.Root != "" {
		entries, err := os.ReadDir(image.Root)
		if err != nil {
			return err
		}
		sources = nil
		for _, entry := range entries {
			sources = append(sources, "/"+entry.Name())
		}
	}
	for _, source := range sources {
		if err := r.add(filepath.Join(image.Root, source), source); err != nil {
			return err
		}
	}
	for _, at := range slices.Sorted(maps.Keys(image.Files)) {
		r.mounts = append(r.mounts, bind(image.Files[at], at, true))
	}
	return nil
}

// add puts what is at source to its place in the container.
func (r *rootfs) add(source, at string) error {
	info, err := os.Lstat(source)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	here := filepath.Join(r.directory, at)
	if err := os.MkdirAll(filepath.Dir(here), 0o755); err != nil {
		return err
	}
	switch {
	case slices.Contains(r.points, at):
		return nil
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(source)
		if err != nil {
			return err
		}
		return os.Symlink(target, here)
	case info.IsDir() && r.isOnTheWay(at):
		return r.addChildren(source, at)
	default:
		r.mounts = append(r.mounts, bind(source, at, true))
		return nil
	}
}

func (r *rootfs) addChildren(source, at string) error {
	if err := os.MkdirAll(filepath.Join(r.directory, at), 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(source)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := r.add(filepath.Join(source, entry.Name()), path.Join(at, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (r *rootfs) isOnTheWay(at string) bool {
	return slices.ContainsFunc(r.points, func(point string) bool { return strings.HasPrefix(point, at+"/") })
}
