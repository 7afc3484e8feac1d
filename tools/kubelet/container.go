package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	firstBackoff = time.Second
	lastBackoff  = 30 * time.Second
	// notStarted is the exit code that container runtimes give a program that is not there.
	notStarted = 128
)

// A container is a local process, started again as the pod wants it.
type container struct {
	pod  *pod
	spec v1.Container

	mu      sync.Mutex
	status  v1.ContainerStatus
	current *instance
	// id is what the OCI runtime calls the last instance.
	id string
	// runs counts them.
	runs int
	// isStopped keeps it from being started again.
	isStopped bool
}

func newContainer(p *pod, spec v1.Container) *container {
	return &container{
		pod:  p,
		spec: spec,
		status: v1.ContainerStatus{
			Name:    spec.Name,
			Image:   spec.Image,
			ImageID: "process://" + spec.Image,
			State:   waiting("ContainerCreating", ""),
			Started: new(bool),
		},
	}
}

// supervise runs the container until it is over for good, and tells whether it has succeeded.
func (c *container) supervise(ctx context.Context, policy v1.RestartPolicy) bool {
	for backoff := firstBackoff; ; backoff = min(2*backoff, lastBackoff) {
		code, err := c.runOnce()
		if err != nil {
			// As on every node: somebody has to change the pod, or make what it names.
			c.set(func(s *v1.ContainerStatus) { s.State = waiting("CreateContainerConfigError", err.Error()) })
			select {
			case <-ctx.Done():
				return false
			case <-time.After(firstBackoff):
				backoff = firstBackoff / 2
				continue
			}
		}
		isOver := policy == v1.RestartPolicyNever || (policy == v1.RestartPolicyOnFailure && code == 0)
		if isOver || ctx.Err() != nil {
			return code == 0
		}
		c.backOff()
		select {
		case <-ctx.Done():
			c.set(func(s *v1.ContainerStatus) { s.State = s.LastTerminationState })
			return false
		case <-time.After(backoff):
		}
	}
}

// runOnce gives the exit code of one instance; an error means that there is none to start.
func (c *container) runOnce() (int, error) {
	command, err := c.command()
	if err != nil {
		return 0, err
	}
	current, err := c.start(command)
	if err != nil {
		c.terminated("StartError", err.Error(), notStarted)
		return notStarted, nil
	}
	code := current.wait()
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	c.terminated(reason, "", code)
	return code, nil
}

func (c *container) start(command command) (*instance, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isStopped {
		return nil, fmt.Errorf("the pod has been deleted")
	}
	restarts := c.status.RestartCount
	if c.status.ContainerID != "" {
		restarts++
	}
	started, err := startInstance(c.spec, command, c.logFile(restarts))
	if err != nil {
		return nil, err
	}
	c.current = started
	c.status.RestartCount = restarts
	c.status.ContainerID = fmt.Sprintf("process://%s-%s-%d", c.pod.object.UID, c.spec.Name, restarts)
	c.status.State = v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.Now()}}
	hasProbes := c.spec.StartupProbe != nil || c.spec.ReadinessProbe != nil
	c.status.Ready = !hasProbes
	*c.status.Started = c.spec.StartupProbe == nil
	c.pod.touch()
	go c.watchHealth(started)
	return started, nil
}

func (c *container) terminated(reason, message string, code int) {
	c.set(func(s *v1.ContainerStatus) {
		started := metav1.Now()
		if s.State.Running != nil {
			started = s.State.Running.StartedAt
		}
		s.State = v1.ContainerState{Terminated: &v1.ContainerStateTerminated{
			ExitCode:    int32(code),
			Reason:      reason,
			Message:     message,
			StartedAt:   started,
			FinishedAt:  metav1.Now(),
			ContainerID: s.ContainerID,
		}}
		c.current = nil
	})
}

func (c *container) backOff() {
	c.set(func(s *v1.ContainerStatus) {
		s.LastTerminationState = s.State
		s.State = waiting("CrashLoopBackOff", "it is started again after a while")
	})
}

// set changes the status of a container that does not run.
func (c *container) set(change func(*v1.ContainerStatus)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status.Ready = false
	*c.status.Started = false
	change(&c.status)
	c.pod.touch()
}

// change changes the status of a container whose instance still runs.
func (c *container) change(i *instance, change func(*v1.ContainerStatus)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == i {
		change(&c.status)
		c.pod.touch()
	}
}

func (c *container) currentStatus() v1.ContainerStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.status.DeepCopy()
}

// running is the instance that runs now.
func (c *container) running() (*instance, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		return nil, fmt.Errorf("container %s does not run", c.spec.Name)
	}
	return c.current, nil
}

// logFile is where the instance after so many restarts prints.
func (c *container) logFile(restarts int32) string {
	return filepath.Join(c.pod.manager.home(c.pod.object), "logs", c.spec.Name, fmt.Sprintf("%d.log", restarts))
}

func waiting(reason, message string) v1.ContainerState {
	return v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: reason, Message: message}}
}
