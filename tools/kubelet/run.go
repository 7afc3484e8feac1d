package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
)

// command is what the container runs: a plain process, or the OCI runtime.
func (c *container) command() (command, error) {
	if box := c.pod.sandbox.Load(); box != nil {
		return c.isolated(box)
	}
	return c.plain(append(append([]string{}, c.spec.Command...), c.spec.Args...))
}

// beside is the command that runs argv beside the container's process.
func (c *container) beside(argv []string, terminal bool) (command, error) {
	if c.pod.sandbox.Load() == nil {
		return c.plain(argv)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pod.manager.runtime.exec(c.id, argv, terminal), nil
}

// plain is a process in a directory of its own: the image is not looked at.
func (c *container) plain(argv []string) (command, error) {
	home := c.home()
	if err := os.MkdirAll(home, 0o700); err != nil {
		return command{}, err
	}
	environment, err := c.environment(map[string]string{"PATH": os.Getenv("PATH"), "HOME": home, "TMPDIR": home})
	if err != nil {
		return command{}, err
	}
	argv = environment.expand(argv)
	if len(argv) == 0 {
		self, err := os.Executable()
		if err != nil {
			return command{}, err
		}
		argv = []string{self, pause}
	}
	return command{argv: argv, environment: environment.list(), directory: home}, nil
}

// isolated has the OCI runtime run the image.
func (c *container) isolated(box *sandbox) (command, error) {
	image, ok := box.images[c.spec.Image]
	if !ok {
		return command{}, fmt.Errorf("the image %s is not in the table of images", c.spec.Image)
	}
	usual := map[string]string{
		"PATH":                    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME":                    "/",
		"KUBERNETES_SERVICE_HOST": "kubernetes.default.svc",
		"KUBERNETES_SERVICE_PORT": "443",
	}
	maps.Copy(usual, image.Env)
	environment, err := c.environment(usual)
	if err != nil {
		return command{}, err
	}
	bundle, err := newBundle(c, box, image, environment, c.home())
	if err != nil {
		return command{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs++
	c.id = fmt.Sprintf("%s-%s-%d", c.pod.object.UID, c.spec.Name, c.runs)
	return c.pod.manager.runtime.run(bundle, c.id), nil
}

func (c *container) home() string {
	return filepath.Join(c.pod.manager.home(c.pod.object), c.spec.Name)
}
