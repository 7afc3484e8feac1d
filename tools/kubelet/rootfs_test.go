package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// An unpacked image with a file below a directory into which a volume is mounted.
func unpacked(t *testing.T) string {
	root := t.TempDir()
	for _, directory := range []string{"app", "etc/ssl", "usr/bin"} {
		if err := os.MkdirAll(filepath.Join(root, directory), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"app/program", "etc/hosts", "etc/passwd"} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("usr/bin", filepath.Join(root, "bin")); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestARootIsMountedButForTheWaysToMountPoints(t *testing.T) {
	root := unpacked(t)
	made := &rootfs{
		directory: filepath.Join(t.TempDir(), "rootfs"),
		points:    []string{"/etc/hosts", "/etc/aks/config"},
	}
	if err := made.assemble(image{Root: root}); err != nil {
		t.Fatal(err)
	}
	var destinations []string
	for _, mount := range made.mounts {
		destinations = append(destinations, mount.Destination)
		if mount.Source != filepath.Join(root, mount.Destination) || !slices.Contains(mount.Options, "ro") {
			t.Error(mount)
		}
	}
	slices.Sort(destinations)
	if expected := []string{"/app", "/etc/passwd", "/etc/ssl", "/usr"}; !slices.Equal(destinations, expected) {
		t.Errorf("%v instead of %v", destinations, expected)
	}
	if target, err := os.Readlink(filepath.Join(made.directory, "bin")); target != "usr/bin" {
		t.Error(target, err)
	}
}

func TestFilesComeFromElsewhere(t *testing.T) {
	made := &rootfs{directory: filepath.Join(t.TempDir(), "rootfs")}
	files := map[string]string{"/app/b": "/machine/b", "/app/a": "/machine/a"}
	if err := made.assemble(image{Root: unpacked(t), Files: files}); err != nil {
		t.Fatal(err)
	}
	last := made.mounts[len(made.mounts)-2:]
	if last[0].Destination != "/app/a" || last[1].Source != "/machine/b" {
		t.Error(last)
	}
}

func TestAFileStandsAmongThoseOfItsDirectory(t *testing.T) {
	root := unpacked(t)
	for _, file := range []string{"usr/bin/sh", "usr/bin/program"} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	made := &rootfs{directory: filepath.Join(t.TempDir(), "rootfs")}
	if err := made.assemble(image{Root: root, Files: map[string]string{"/usr/bin/program": "/machine/program"}}); err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	for _, mount := range made.mounts {
		sources[mount.Destination] = mount.Source
	}
	if sources["/usr/bin/sh"] != filepath.Join(root, "usr/bin/sh") || sources["/usr/bin/program"] != "/machine/program" {
		t.Error(sources)
	}
	if _, ok := sources["/usr"]; ok {
		t.Error("nothing could be put into it")
	}
}
