package main

import (
	"context"
	"fmt"
	"log"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
)

// stop keeps the container from being started again, and has what runs end within grace.
func (c *container) stop(grace time.Duration) {
	c.mu.Lock()
	isStopping, current := c.isStopped, c.current
	c.isStopped = true
	c.mu.Unlock()
	// Who is stopped twice is killed when the shorter time is over.
	if !isStopping && current != nil {
		c.shutdown(current, grace)
	}
}

// kill ends the container now, and keeps it from being started again.
func (c *container) kill() {
	c.mu.Lock()
	c.isStopped = true
	current := c.current
	c.mu.Unlock()
	if current != nil {
		current.process.signal(syscall.SIGKILL)
	}
}

// shutdown runs the hook of an instance, asks it to end, and ends it when grace is over.
func (c *container) shutdown(i *instance, grace time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	go func() {
		select {
		case <-i.over:
			cancel()
		case <-ctx.Done():
		}
	}()
	if lifecycle := c.spec.Lifecycle; lifecycle != nil && lifecycle.PreStop != nil && grace > 0 {
		if err := c.hook(ctx, lifecycle.PreStop); err != nil {
			log.Printf("%s/%s: preStop of container %s: %v", c.pod.object.Namespace, c.pod.object.Name, c.spec.Name, err)
		}
	}
	select {
	case <-i.over:
		return
	default:
	}
	i.process.signal(syscall.SIGTERM)
	<-ctx.Done()
	select {
	case <-i.over:
	default:
		i.process.signal(syscall.SIGKILL)
	}
}

func (c *container) hook(ctx context.Context, hook *v1.LifecycleHandler) error {
	switch {
	case hook.Sleep != nil:
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(hook.Sleep.Seconds) * time.Second):
		}
		return nil
	case hook.Exec != nil:
		return c.execute(ctx, hook.Exec.Command)
	case hook.HTTPGet != nil:
		return c.pod.get(ctx, hook.HTTPGet)
	default:
		return fmt.Errorf("a hook of this kind is not supported here")
	}
}

// execute runs something beside the container's process, which must succeed before ctx ends.
func (c *container) execute(ctx context.Context, argv []string) error {
	running, err := c.running()
	if err != nil {
		return err
	}
	command, err := c.beside(argv, false)
	if err != nil {
		return err
	}
	process, err := command.start(streams{})
	if err != nil {
		return err
	}
	defer running.admit(process)()
	over := make(chan int, 1)
	go func() { over <- process.wait() }()
	select {
	case code := <-over:
		if code != 0 {
			return fmt.Errorf("%s: exit code %d", argv[0], code)
		}
		return nil
	case <-ctx.Done():
		process.signal(syscall.SIGKILL)
		<-over
		return ctx.Err()
	}
}
