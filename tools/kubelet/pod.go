package main

import (
	"context"
	"log"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// again is how long is waited before what a pod needs is looked for again.
const again = 500 * time.Millisecond

// A pod runs its containers until they are over or it is told to end.
type pod struct {
	manager *manager
	// object is the pod as it was seen first; what is used of it does not change.
	object  *v1.Pod
	address string
	started metav1.Time
	inits   []*container
	apps    []*container
	changed chan struct{}
	// sandbox is nil for plain processes, and until it is made.
	sandbox atomic.Pointer[sandbox]

	// ending ends when the pod is to be deleted.
	ending context.Context
	end    context.CancelFunc

	mu    sync.Mutex
	grace time.Duration
	// conditions are those that were reported last.
	conditions map[v1.PodConditionType]v1.PodCondition
}

func newPod(m *manager, object *v1.Pod) *pod {
	p := &pod{
		manager:    m,
		object:     object,
		started:    metav1.Now(),
		changed:    make(chan struct{}, 1),
		conditions: map[v1.PodConditionType]v1.PodCondition{},
	}
	p.ending, p.end = context.WithCancel(context.Background())
	address, err := m.network.take()
	if err != nil {
		log.Printf("%s/%s: %v", object.Namespace, object.Name, err)
	}
	p.address = address
	for _, spec := range object.Spec.InitContainers {
		p.inits = append(p.inits, newContainer(p, spec))
	}
	for _, spec := range object.Spec.Containers {
		p.apps = append(p.apps, newContainer(p, spec))
	}
	return p
}

// run is the pod's whole life.
func (p *pod) run() {
	stopReporting := p.keepReporting()
	running, stop := context.WithCancel(p.ending)
	if p.prepare(running) && p.initialize() {
		p.runApps()
	}
	stop()
	stopReporting()
	// What was reported last may have been before the end.
	p.report(context.Background())
	<-p.ending.Done()
	if box := p.sandbox.Load(); box != nil {
		box.close()
	}
	p.remove()
}

// prepare makes the sandbox, if one of the images is in the table; its volumes are kept fresh until
// running ends.
func (p *pod) prepare(running context.Context) bool {
	var box *sandbox
	isReady := p.until(func() error {
		table, err := images(p.manager.images)
		if err == nil && p.isNamedIn(table) {
			box, err = newSandbox(p.ending, p, table)
		}
		return err
	})
	if !isReady || box == nil {
		return isReady
	}
	p.sandbox.Store(box)
	if !p.until(func() error { return box.volumes.write(p.ending) }) {
		return false
	}
	go box.volumes.keepFresh(running)
	return true
}

// until tries again and again, and says what is missing; it gives up when the pod is to end.
func (p *pod) until(act func() error) bool {
	for {
		err := act()
		if err == nil {
			return true
		}
		for _, container := range p.containers() {
			container.set(func(s *v1.ContainerStatus) { s.State = waiting("ContainerCreating", err.Error()) })
		}
		select {
		case <-p.ending.Done():
			return false
		case <-time.After(again):
		}
	}
}

func (p *pod) isNamedIn(table map[string]image) bool {
	return slices.ContainsFunc(p.containers(), func(c *container) bool {
		_, ok := table[c.spec.Image]
		return ok
	})
}

// initialize runs the init containers one after the other, and tells whether all succeeded.
func (p *pod) initialize() bool {
	policy := p.object.Spec.RestartPolicy
	if policy == v1.RestartPolicyAlways {
		policy = v1.RestartPolicyOnFailure
	}
	for _, container := range p.inits {
		if !container.supervise(p.ending, policy) {
			return false
		}
	}
	return true
}

func (p *pod) runApps() {
	var group sync.WaitGroup
	for _, container := range p.apps {
		group.Go(func() { container.supervise(p.ending, p.object.Spec.RestartPolicy) })
	}
	group.Wait()
}

func (p *pod) containers() []*container {
	return append(append([]*container{}, p.inits...), p.apps...)
}

// terminate asks the containers to end, and ends them after a time; asked again, a shorter one counts.
func (p *pod) terminate(grace time.Duration) {
	p.mu.Lock()
	isKnown := p.ending.Err() != nil && grace >= p.grace
	p.grace = grace
	p.mu.Unlock()
	if isKnown {
		return
	}
	p.end()
	for _, container := range p.containers() {
		go container.stop(grace)
	}
	time.AfterFunc(grace, p.kill)
}

func (p *pod) kill() {
	for _, container := range p.containers() {
		container.kill()
	}
}

// remove tells the API server that nothing of the pod is left.
func (p *pod) remove() {
	now := int64(0)
	err := p.manager.client.CoreV1().Pods(p.object.Namespace).Delete(
		context.Background(), p.object.Name, metav1.DeleteOptions{
			GracePeriodSeconds: &now,
			Preconditions:      metav1.NewUIDPreconditions(string(p.object.UID)),
		})
	// By force it is gone at once, and another one may have its name.
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		log.Printf("%s/%s is not deleted: %v", p.object.Namespace, p.object.Name, err)
	}
	if err := os.RemoveAll(p.manager.home(p.object)); err != nil {
		log.Print(err)
	}
}

// usualGrace is how long a container has that is to end while the pod goes on.
func (p *pod) usualGrace() time.Duration {
	return time.Duration(ptr.Deref(p.object.Spec.TerminationGracePeriodSeconds, 30)) * time.Second
}

func gracePeriod(object *v1.Pod) time.Duration {
	seconds := int64(0)
	if object.DeletionGracePeriodSeconds != nil {
		seconds = *object.DeletionGracePeriodSeconds
	}
	return time.Duration(seconds) * time.Second
}
