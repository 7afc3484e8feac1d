package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"sync"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// The manager knows all pods of the node, and binds those that have no node to it.
type manager struct {
	client    kubernetes.Interface
	node      *node
	network   *network
	directory string
	// images is the file with the table of images; empty is none.
	images  string
	runtime ociRuntime
	// apiServer is its address.
	apiServer string

	mu   sync.Mutex
	pods map[types.UID]*pod
}

func newManager(client kubernetes.Interface, node *node, network *network, o options) *manager {
	return &manager{
		client:    client,
		node:      node,
		network:   network,
		directory: o.directory,
		images:    o.images,
		runtime:   newOCIRuntime(o.runtime, o.directory),
		pods:      map[types.UID]*pod{},
	}
}

// watch follows the API server's pods until ctx ends.
func (m *manager) watch(ctx context.Context) error {
	factory := informers.NewSharedInformerFactory(m.client, 0)
	informer := factory.Core().V1().Pods().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { m.onPod(ctx, object.(*v1.Pod)) },
		UpdateFunc: func(_, object any) { m.onPod(ctx, object.(*v1.Pod)) },
		DeleteFunc: m.onDelete,
	})
	if err == nil {
		err = m.provision(ctx, factory)
	}
	if err == nil {
		err = m.balance(ctx, factory)
	}
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	factory.Shutdown()
	return nil
}

func (m *manager) onPod(ctx context.Context, object *v1.Pod) {
	switch {
	case object.Spec.NodeName == "":
		if isSchedulable(object) {
			go m.bind(ctx, object)
		}
	case object.Spec.NodeName == m.node.name:
		m.follow(object)
	}
}

// isSchedulable tells whether the default scheduler would look for a node.
func isSchedulable(object *v1.Pod) bool {
	return object.DeletionTimestamp == nil &&
		object.Spec.SchedulerName == v1.DefaultSchedulerName &&
		len(object.Spec.SchedulingGates) == 0
}

func (m *manager) bind(ctx context.Context, object *v1.Pod) {
	binding := &v1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: object.Name, Namespace: object.Namespace, UID: object.UID},
		Target:     v1.ObjectReference{Kind: "Node", Name: m.node.name},
	}
	err := m.client.CoreV1().Pods(object.Namespace).Bind(ctx, binding, metav1.CreateOptions{})
	// It may have been bound or deleted meanwhile.
	if err != nil && !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) {
		log.Printf("%s/%s is not bound: %v", object.Namespace, object.Name, err)
	}
}

// follow starts a pod that is new, and ends one that is to be deleted.
func (m *manager) follow(object *v1.Pod) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.pods[object.UID]
	if known == nil {
		if isOver(object) && object.DeletionTimestamp == nil {
			return
		}
		known = newPod(m, object)
		m.pods[object.UID] = known
		go known.run()
	}
	if object.DeletionTimestamp != nil {
		known.terminate(gracePeriod(object))
	}
}

// onDelete ends a pod that is gone already, without any grace.
func (m *manager) onDelete(object any) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	deleted, ok := object.(*v1.Pod)
	if !ok {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.pods[deleted.UID]; known != nil {
		delete(m.pods, deleted.UID)
		m.network.release(known.address)
		known.terminate(0)
	}
}

// killAll ends every container now.
func (m *manager) killAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, pod := range m.pods {
		pod.kill()
	}
}

var errNoContainer = errors.New("not on this node")

// container finds a container by what a request names.
func (m *manager) container(namespace, podName, name string) (*container, error) {
	pod, err := m.pod(namespace, podName)
	if err != nil {
		return nil, err
	}
	for _, container := range pod.containers() {
		if container.spec.Name == name {
			return container, nil
		}
	}
	return nil, fmt.Errorf("container %s of pod %s/%s: %w", name, namespace, podName, errNoContainer)
}

func (m *manager) pod(namespace, name string) (*pod, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, pod := range m.pods {
		if pod.object.Namespace == namespace && pod.object.Name == name {
			return pod, nil
		}
	}
	return nil, fmt.Errorf("pod %s/%s: %w", namespace, name, errNoContainer)
}

// home is where the containers of a pod work and what they print is kept.
func (m *manager) home(object *v1.Pod) string {
	return filepath.Join(m.directory, fmt.Sprintf("%s_%s_%s", object.Namespace, object.Name, object.UID))
}

func isOver(object *v1.Pod) bool {
	return object.Status.Phase == v1.PodSucceeded || object.Status.Phase == v1.PodFailed
}
