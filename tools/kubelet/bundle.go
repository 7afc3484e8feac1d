package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
	v1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// A bundle is what an OCI runtime runs: a root file system and a configuration (OCI Runtime
// Specification, "Filesystem Bundle").
type bundle struct {
	directory string
	spec      *specs.Spec
}

// newBundle writes the bundle of a container.
func newBundle(c *container, s *sandbox, image image, environment *environment, directory string) (*bundle, error) {
	if err := os.RemoveAll(directory); err != nil {
		return nil, err
	}
	volumes, err := volumeMounts(c, s)
	if err != nil {
		return nil, err
	}
	root := &rootfs{directory: filepath.Join(directory, "rootfs")}
	// There is no DNS: names stand in a file.
	volumes = append(volumes, bind(s.hosts(), "/etc/hosts", true))
	for _, mount := range append(systemMounts(), volumes...) {
		root.points = append(root.points, mount.Destination)
	}
	if err := root.assemble(image); err != nil {
		return nil, err
	}
	argv, err := image.argv(c.spec.Command, c.spec.Args, c.pod.object.Spec.RuntimeClassName != nil)
	if err != nil {
		return nil, err
	}
	user, err := c.user(image)
	if err != nil {
		return nil, err
	}
	spec := &specs.Spec{
		Version:  specs.Version,
		Hostname: c.pod.object.Name,
		Root:     &specs.Root{Path: "rootfs", Readonly: c.readOnlyRoot()},
		Process: &specs.Process{
			Terminal:        c.spec.TTY,
			User:            user,
			Args:            environment.expand(argv),
			Env:             environment.list(),
			Cwd:             firstOf(c.spec.WorkingDir, image.WorkingDir, "/"),
			Capabilities:    c.capabilities(),
			NoNewPrivileges: c.noNewPrivileges(),
		},
		Mounts: slices.Concat(systemMounts(), root.mounts, volumes),
		Linux: &specs.Linux{Namespaces: []specs.LinuxNamespace{
			{Type: specs.NetworkNamespace, Path: s.network.path()},
			{Type: specs.MountNamespace},
			{Type: specs.PIDNamespace},
			{Type: specs.IPCNamespace},
			{Type: specs.UTSNamespace},
		}},
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	return &bundle{directory, spec}, os.WriteFile(filepath.Join(directory, "config.json"), text, 0o600)
}

// systemMounts are what every container has.
func systemMounts() []specs.Mount {
	return []specs.Mount{
		{Destination: "/proc", Type: "proc", Source: "proc"},
		{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "mode=755"}},
		{Destination: "/dev/pts", Type: "devpts", Source: "devpts", Options: []string{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
		{Destination: "/dev/shm", Type: "tmpfs", Source: "shm", Options: []string{"nosuid", "nodev", "noexec", "mode=1777"}},
	}
}

func volumeMounts(c *container, s *sandbox) ([]specs.Mount, error) {
	mounts := make([]specs.Mount, 0, len(c.spec.VolumeMounts))
	for _, mount := range c.spec.VolumeMounts {
		source, err := s.volumes.path(mount)
		if err != nil {
			return nil, fmt.Errorf("the mount %s: %w", mount.MountPath, err)
		}
		mounts = append(mounts, bind(source, mount.MountPath, mount.ReadOnly))
	}
	// A mount below another one comes after it.
	slices.SortFunc(mounts, func(a, b specs.Mount) int { return strings.Compare(a.Destination, b.Destination) })
	return mounts, nil
}

func bind(source, destination string, readOnly bool) specs.Mount {
	options := []string{"rbind", "nosuid"}
	if readOnly {
		options = append(options, "ro")
	}
	return specs.Mount{Destination: destination, Type: "bind", Source: source, Options: options}
}

// user is whom the container runs as: its own security context says, else the pod's, else the image.
func (c *container) user(image image) (specs.User, error) {
	uid, gid, err := image.user()
	if err != nil {
		return specs.User{}, err
	}
	pod := ptr.Deref(c.pod.object.Spec.SecurityContext, v1.PodSecurityContext{})
	own := ptr.Deref(c.spec.SecurityContext, v1.SecurityContext{})
	uid = *coalesce(own.RunAsUser, pod.RunAsUser, &uid)
	gid = *coalesce(own.RunAsGroup, pod.RunAsGroup, &gid)
	if *coalesce(own.RunAsNonRoot, pod.RunAsNonRoot, new(bool)) && uid == 0 {
		return specs.User{}, fmt.Errorf("container has runAsNonRoot and would run as root")
	}
	user := specs.User{UID: uint32(uid), GID: uint32(gid)}
	for _, group := range pod.SupplementalGroups {
		user.AdditionalGids = append(user.AdditionalGids, uint32(group))
	}
	if pod.FSGroup != nil {
		user.AdditionalGids = append(user.AdditionalGids, uint32(*pod.FSGroup))
	}
	return user, nil
}

// usualCapabilities are those that container runtimes leave to root.
var usualCapabilities = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE",
	"CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
}

func (c *container) capabilities() *specs.LinuxCapabilities {
	left := slices.Clone(usualCapabilities)
	if own := c.spec.SecurityContext; own != nil && own.Capabilities != nil {
		for _, name := range own.Capabilities.Drop {
			left = slices.DeleteFunc(left, func(kept string) bool { return name == "ALL" || kept == "CAP_"+string(name) })
		}
		for _, name := range own.Capabilities.Add {
			left = append(left, "CAP_"+string(name))
		}
	}
	return &specs.LinuxCapabilities{Bounding: left, Effective: left, Permitted: left}
}

func (c *container) noNewPrivileges() bool {
	own := c.spec.SecurityContext
	return own != nil && own.AllowPrivilegeEscalation != nil && !*own.AllowPrivilegeEscalation
}

func (c *container) readOnlyRoot() bool {
	own := c.spec.SecurityContext
	return own != nil && ptr.Deref(own.ReadOnlyRootFilesystem, false)
}

// coalesce is the first that is there; the last one is.
func coalesce[T any](candidates ...*T) *T {
	for _, candidate := range candidates {
		if candidate != nil {
			return candidate
		}
	}
	return candidates[len(candidates)-1]
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
