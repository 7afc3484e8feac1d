package main

import (
	"context"
	"fmt"
	"log"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
)

// watchHealth probes an instance until it is over: first whether it has started, then whether it is
// alive and ready.
func (c *container) watchHealth(i *instance) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-i.over
		cancel()
	}()
	if probe := c.spec.StartupProbe; probe != nil {
		hasStarted := false
		c.follow(ctx, probe, nil, func(succeeds bool) (goOn bool) {
			hasStarted = succeeds
			return false
		})
		if !hasStarted {
			c.giveUp(ctx, i, "startup")
			return
		}
	}
	c.change(i, func(s *v1.ContainerStatus) {
		*s.Started = true
		s.Ready = c.spec.ReadinessProbe == nil
	})
	var both sync.WaitGroup
	if probe := c.spec.ReadinessProbe; probe != nil {
		isReady := false
		both.Go(func() {
			c.follow(ctx, probe, &isReady, func(succeeds bool) (goOn bool) {
				c.change(i, func(s *v1.ContainerStatus) { s.Ready = succeeds })
				return true
			})
		})
	}
	if probe := c.spec.LivenessProbe; probe != nil {
		isAlive := true
		both.Go(func() {
			c.follow(ctx, probe, &isAlive, func(bool) (goOn bool) {
				c.giveUp(ctx, i, "liveness")
				return false
			})
		})
	}
	both.Wait()
}

// giveUp ends an instance that does not do well, so that it is started again.
func (c *container) giveUp(ctx context.Context, i *instance, probe string) {
	if ctx.Err() == nil {
		log.Printf("%s/%s: container %s fails its %s probe", c.pod.object.Namespace, c.pod.object.Name, c.spec.Name, probe)
		go c.shutdown(i, c.pod.usualGrace())
	}
}

// follow probes until ctx ends, and tells of each result that differs from the last one, if there was
// one; changed says whether to go on.
func (c *container) follow(ctx context.Context, probe *v1.Probe, last *bool, changed func(succeeds bool) (goOn bool)) {
	wait := time.Duration(probe.InitialDelaySeconds) * time.Second
	var successes, failures int32
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = time.Duration(probe.PeriodSeconds) * time.Second
		err := c.check(ctx, probe)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			successes, failures = successes+1, 0
		} else {
			successes, failures = 0, failures+1
		}
		succeeds := err == nil
		isCertain := successes >= max(probe.SuccessThreshold, 1) || failures >= max(probe.FailureThreshold, 1)
		if !isCertain || (last != nil && *last == succeeds) {
			continue
		}
		if err != nil {
			log.Printf("%s/%s: container %s: %v", c.pod.object.Namespace, c.pod.object.Name, c.spec.Name, err)
		}
		last = &succeeds
		if !changed(succeeds) {
			return
		}
	}
}

// check probes once.
func (c *container) check(ctx context.Context, probe *v1.Probe) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(max(probe.TimeoutSeconds, 1))*time.Second)
	defer cancel()
	switch {
	case probe.HTTPGet != nil:
		return c.pod.get(ctx, probe.HTTPGet)
	case probe.TCPSocket != nil:
		port, err := c.pod.portNumber(probe.TCPSocket.Port)
		if err != nil {
			return err
		}
		conn, err := c.pod.dial(ctx, port)
		if err != nil {
			return err
		}
		return conn.Close()
	case probe.Exec != nil:
		return c.execute(ctx, probe.Exec.Command)
	default:
		return fmt.Errorf("a probe of this kind is not supported here")
	}
}
